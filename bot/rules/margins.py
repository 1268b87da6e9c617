"""Margins: what stands among an article's paragraphs and is no part of it: counters, pointers, advertisements."""

import re
import unicodedata

_BETWEEN = r"[\s|/·•,;，、；()\[\]【】<>《》>»-]*"
_COUNTED = (
    r"(?:阅读|浏览|点击|播放|评论|跟[贴帖]|参与|点赞|收藏|转发|分享|访问)[量数]?(?:次数)?|已有|共有|赞"
    r"|(?:view|read|comment|share|like|retweet|repost|click|play)s?|replies|people are (?:reading|watching)"
)
_COUNT = r"[\d.,]+\s*[万亿km]?\+?\s*[次人条个篇]?(?:阅读|浏览|评论|点赞|观看|参与)?"
_COUNTER = rf"{_BETWEEN}(?:(?:(?:{_COUNTED})[\s:(]*{_COUNT}|{_COUNT}\s*(?:{_COUNTED})){_BETWEEN})+$"
_BOX = (
    r"[\W_]*(?:相关(?:阅读|新闻|链接|报道|文章|推荐)|(?:推荐|延伸)阅读|猜你喜欢|热[门点]推荐|更多(?:精彩|新闻|阅读)|往期回顾"
    r"|点击(?:阅读|查看|下载|进入)|阅读(?:原文|全文)|(?:also )?read (?:also|more|next)"
    r"|related(?: stories| articles| news| coverage)?|see also|recommended|more (?:stories|news|on this|from)"
    r"|you (?:may|might) also like|don't miss|trending(?: now)?)\s*(?:[:>»|】\])]|$)"
)
_ADVERT = (
    r"[\W_]*(?:广告位?|推广|赞助内容|advertisements?|advertising|sponsored(?: content)?|promoted"
    r"|(?:story|article) continues (?:below|after).{0,20}|scroll to continue.{0,20})[\W_]*$"
    r"|\s*[(\[【]\s*(?:广告|推广|ad|advertisement|sponsored)\s*[)\]】]"
)
_APPEAL = (
    r"[\W_]*(?:扫(?:描|一扫)?(?:上方|下方)?二维码|长按(?:识别)?二维码|关注(?:我们|(?:微信)?公众号)|下载.{0,12}客户端"
    r"|sign up (?:for|to) (?:our|the) .{0,40}newsletter|follow us on|subscribe to our)"
)
_MARGIN = re.compile("|".join(f"(?:{one})" for one in (_COUNTER, _BOX, _ADVERT, _APPEAL)), re.IGNORECASE)
_LONGEST = 160
"""A longer paragraph is text, whatever it begins with."""


def in_the_margin(paragraph: str) -> bool:
    """Whether the paragraph is a counter, a pointer to other stories, an advertisement or an appeal to subscribe."""
    text = unicodedata.normalize("NFKC", paragraph).strip()
    return len(text) <= _LONGEST and _MARGIN.match(text) is not None
