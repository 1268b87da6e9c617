"""Margins: what stands among an article's paragraphs and is no part of it: counters, pointers, advertisements."""

import re
import unicodedata

_COUNTED = re.compile(
    r"(?:阅读|浏览|点击|播放|评论|跟[贴帖]|参与|点赞|收藏|转发|分享|访问|观看)(?:[量数]|次数)?|已有|共有|赞"
    r"|\b(?:(?:view|read|comment|share|like|retweet|repost|click|play)s?|replies|people are (?:reading|watching))\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[\d.,]+\s*[万亿km]?\+?\s*[次人条个篇]?", re.IGNORECASE)
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
_STAMP = (
    r"[\W_]*(?:(?:最后|最近)?(?:更新|发布|发表|修改)(?:时间|日期|于)?\s*:?\s*\d{2,4}[-年/.]"
    r"|(?:last )?(?:updated|published|modified)\b(?=.*(?:\d:\d\d|\b\d{4}\b))).{0,60}$"
)
_MARGIN = re.compile("|".join(f"(?:{one})" for one in (_BOX, _ADVERT, _APPEAL, _STAMP)), re.IGNORECASE)
_INSIDE = re.compile(
    r"(?:阅读|浏览|点击|访问|评论|播放|跟[贴帖])(?:[量数]|次数)?\s*[:：]\s*[\d.,]+\s*[万亿]?\s*[次条]?"
    r"|[(\[]\s*[\d.,]+[km]?\s+(?:views|comments|reads|shares|likes)\s*[)\]]|\b(?:views|comments|reads|shares):\s*[\d.,]+[km]?",
    re.IGNORECASE,
)
_LONGEST = 160
"""A longer paragraph is text, whatever it begins with."""


def without_counters(line: str) -> str:
    """The line without what counts its readers, where that stands among other words: "来源：河湾日报 阅读：1204"."""
    return _INSIDE.sub("", line) if len(line) <= _LONGEST else line


def in_the_margin(paragraph: str) -> bool:
    """Whether the paragraph is a counter, a pointer elsewhere, an advertisement, an appeal, or a time of updating."""
    text = unicodedata.normalize("NFKC", paragraph).strip()
    return len(text) <= _LONGEST and (_MARGIN.match(text) is not None or _only_counts(text))


def _only_counts(text: str) -> bool:
    """Whether nothing is left of it without numbers and the words for what they count."""
    bare, counted = _COUNTED.subn("", text)
    rest, counts = _COUNT.subn("", bare)
    return bool(counted and counts) and not any(sign.isalnum() for sign in rest)
