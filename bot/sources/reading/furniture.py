"""What belongs to a site and not to an article: by its words, and by the name that the site gives to the box."""

import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_WORDS = (
    r"字号|字体|文字大小|分享(?:至|到|给朋友)?|打印(?:本页|此页|文章)?|收藏(?:本文)?|设为首页|我要投稿"
    r"|加入收藏|返回首页|返回顶部|返回列表|首页|登录|注册|客户端"
    r"|手机版|手机看新闻|扫一扫|微信扫一扫|特大|超大|大|中|小|举报|我要纠错|纠错|参与评论|我要评论|发表评论"
    r"|评论|点赞|在看|关闭(?:窗口|本页|页面)?|下一篇|上一篇|复制链接|朋友圈|朗读|听新闻|语音播报"
    r"|无障碍浏览|保存|阅读全文|展开全文|网站地图|联系我们|关于我们|正文|新闻|推荐|默认|标准|繁体|简体"
    r"|font ?size|text ?size|share(?: this)?(?: story| article| on| via)?|print|e-?mail|facebook|twitter"
    r"|linkedin|whatsapp|reddit|copy link|x"
    r"|weibo|wechat|微信|微博|新浪微博|腾讯微博|qq好友|qq空间|qq|豆瓣|人人网|save|listen|like|tweet|pin it"
    r"|instagram|bluesky|mastodon|telegram"
    r"|home|log ?in|sign ?(?:up|in)|register|subscribe|menu|search|advertisement|ad|sponsored|comments?|small"
    r"|medium|large|back to top|a[+-]{0,2}"
    r"|skip to (?:main )?content|close|next|previous|more|read more|continue reading|follow us|follow|about"
    r"|contact|news|sports?"
)
_BAR = re.compile(
    rf"^[\s(\[【|]*(?:(?:{_WORDS})(?:\s*:\s*)?(?:[\s|/·>»,、()+\[\]【】•:-]+|(?<=[\u4e00-\u9fff])|$))+$", re.IGNORECASE
)
_COUNTS = re.compile(
    r"^(?:您的|你的)?浏览器.{0,12}(?:无法|不支持)|^(?:(?:阅读|点击|浏览|评论|人气|访问|点赞|转发)(?:次数|数"
    r"|量)?\s*:?\s*\[?\d+\]?\s*次?\s*)+$|^\d+\s*(?:人参与|条评论|comments?|shares?|views?)$"
    r"|^\d+ min(?:ute)?s? read$|^(?:阅读|点击|浏览)\s*:?$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"^[(（【\[*※■▲◆\s]*(?:"
    r"[上下]一[篇条则]\s*[:：]|(?:previous|next)(?: (?:article|story|post))?\s*:"
    r"|原标题|原题|(?:信息|文章|图片|图文|资料|内容|素材)?来源(?:于|自|[:：]).{0,15}$|(?:图片|文字|信息"
    r"|素材).{0,4}(?:来自|来源|源于).{0,12}$|反馈留言|违法和不良信息|我要跟帖|已输入|点击进入|更多精彩"
    r"|更多(?:新闻|资讯|内容)请|(?:长按|识别|扫描|扫码).{0,12}(?:二维码|关注)|扫一扫.{0,20}|(?:欢迎"
    r"|点击).{0,10}关注|关注.{0,12}(?:公众号|微信)|关注我们"
    r"|版权(?:声明|所有|归)|免责声明|(?:特别)?声明\s*[:：]|本文(?:系|来源|版权|转自)|未经(?:授权|许可|书面)"
    r"|凡(?:本网|注明|来源)|转载(?:请|须|自|声明)|如需转载|温馨提示\s*[:：]"
    r"|推荐阅读|延伸阅读|相关(?:阅读|新闻|链接|报道)|往期(?:回顾|推荐)|(?:新闻)?热线(?:电话)?\s*[:：]|(?:投稿"
    r"|举报|报料|爆料)(?:邮箱|电话|热线)|责任编辑|返回搜狐|特此声明|网友评论|点击(?:进入|查看|下载)"
    r"|copyright|©|\(c\) ?(?:19|20)\d\d|all rights reserved|(?:sign up|subscribe) (?:for|to|now)|follow us"
    r"|read (?:more|also|next)\s*:|see (?:also|more)\s*:|related\s*:|more\s*:|(?:also )?watch\s*:"
    r"|don['’]t miss\b|get .{3,40} on the go|click here\b|back to gallery|up next$"
    r"|this (?:article|story) (?:was )?(?:first|originally)"
    r"|the post .{1,200} (?:first )?appeared (?:first )?on|filed under|posted in|tagged|tags?\s*:|share this"
    r"|get (?:the|our) .{1,40}(?:newsletter|inbox)"
    r"|support (?:local|our)|have a (?:news )?tip|got a (?:news )?tip|click here to|download (?:our|the) app"
    r"|.{2,60} can be reached (?:at|by)\b|(?:contact|reach|e-?mail) .{2,60} at \S+@\S+$"
    r"|follow .{2,60} on (?:twitter|x|facebook|instagram|bluesky|threads|mastodon)\b"
    r"|already (?:a |have a )?(?:subscriber|member|subscription)\b|(?:log|sign) in to (?:read|continue)\b"
    r"|subscribe (?:now )?to (?:read|continue)\b|(?:to )?(?:continue|keep) reading,"
    r"|(?:登录|订阅|开通会员|付费)后?(?:可|即可)?(?:继续)?(?:阅读|查看)全文|剩余.{0,12}(?:付费|订阅)"
    r"|join the conversation|leave a (?:reply|comment)|we use cookies|advertisement\b"
    r")",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"^[(（]?(?:完|全文完|the end|ends|# # #|-30-|■|end)[)）]?$", re.IGNORECASE)
_RELATED = re.compile(
    r"^[【\[■●▶>*\s]*(?:相关(?:阅读|新闻|链接|报道|文章|资讯|推荐|稿件|内容)|推荐阅读|延伸阅读|更多新闻"
    r"|更多阅读|热点推荐|猜你喜欢|往期回顾|大家都在看|热门推荐|今日推荐|精彩推荐|您可能(?:还)?(?:感兴趣"
    r"|喜欢).{0,6}"
    r"|related(?: stories| articles| news| posts| content| coverage| reading)?|(?:read|see) (?:more|also|next)"
    r"|also read|more (?:stories|news|like this|on this(?: story| topic)?|from .{1,30}|coverage|in .{1,20})"
    r"|you (?:may|might) (?:also )?like|recommended(?: for you| reading| stories)?|keep reading"
    r"|up next)[】\]\s]*[:：]?$",
    re.IGNORECASE,
)


class Box(Enum):
    """What an element is by its name: other people's matter, or the article's own bars and labels."""

    FOREIGN = "foreign"
    RELATED = "related"
    BAR = "bar"


def _names(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-])(?:{words})\d*(?=$|[\s_-])")


_FOREIGN_NAMES = _names(
    "nav|navbar|navigation|topnav|subnav|menu|menubar|daohang|sidebar|side|sider|sidecol|aside|right-?col"
    "|comments?|comment-?list|comments-?area|pinglun|respond|disqus|livefyre"
    "|cookies?|cookie-?\\w+|consent|gdpr|newsletter|news-?letter|subscribe|subscription|signup|sign-?up"
    "|paywall|advert\\w*|ads?|adsense|adsbygoogle|adbox|ad-\\w{1,12}|guanggao|gg|banner"
    "|sponsor\\w*|promo|promos|promotion|popular|trending|most-?(?:read|popular|viewed)|latest|hot-?news"
    "|hot-?list|rank|ranking|paihang|outbrain|taboola|footer|foot|site-?footer|dibu|bottom-?nav"
    "|friend-?links?"
    "|modal|popup|login|search|topbar|top-?bar|site-?header|masthead|logo|widget-area|widgets|carousel"
    "|marketing|gallery|slideshow|lightbox|donate|donation|join|download-?app|app-?download|skip-?link"
    "|sr-?only|screen-?reader-?text|visually-?hidden"
)
_RELATED_NAMES = _names(
    "related\\w*|relate|recommend\\w*|recirc\\w*|read-?(?:also|more|next)|also-?read|more-?(?:news|stories"
    "|articles|from)|see-?also|xiangguan\\w*|xgxw|xgyd|tuijian|yanshen|relnews|rel-?news|about-?news"
    "|you-?may-?like|next-?up|further-?reading"
)
_BAR_NAMES = _names(
    "share|shares|sharing|share-?\\w+|social|social-?\\w+|bshare|bdshare\\w*|bdsharebuttonbox|jiathis\\w*"
    "|fenxiang|toolbar|tools?|tool-?bar|font-?size|fontsize|zihao|print|printer|pager|pagination|page-?nav"
    "|nav-?links|post-?navigation"
    "|breadcrumbs?|crumbs?|crumb-?\\w*|weizhi|tags?|tag-?list|tag-?links|tags-?links|keywords?|copyright"
    "|disclaimer|statement|shengming|qr-?code|qrcode|ewm|erweima|weixin-?code|author-?(?:bio|box|info|card)"
    "|about-?(?:the-)?author|bio"
    "|editor|edit|rating|reactions?|like|likes|zan|dianzan|audio-?player|listen|jump-?links|toc"
    "|table-?of-?contents|credit-?line|byline|post-?meta|entry-?meta|article-?meta|post-?info|article-?info"
    "|meta-?info|timestamp|dateline|correction-?policy|reprint"
)
_BARS_OF_LINKS = _names("nav|navbar|navigation|topnav|subnav|mainnav|menu|menubar|daohang|channels?")
_COMPACT = re.compile(r"[\W_]+")
_FOREIGN_TAGS = frozenset(("nav", "footer", "aside"))
_NEVER = frozenset(("html", "body", "main", "article", "h1"))
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def box(element: "Element") -> Box | None:
    """What an element's own name says it is; None where it may be part of the article."""
    tag = element.tag
    if tag in _NEVER:
        return None
    names = _CAPITALS.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}"[:400]).lower()
    if _RELATED_NAMES.search(names):
        return Box.RELATED
    if tag in _FOREIGN_TAGS or element.get("role") in (
        "navigation",
        "complementary",
        "contentinfo",
        "search",
        "banner",
    ):
        return Box.FOREIGN
    if not names.strip():
        return None
    if _FOREIGN_NAMES.search(names):
        return Box.FOREIGN
    return Box.BAR if _BAR_NAMES.search(names) else None


def plain(line: str) -> str:
    """Full-width letters, digits and punctuation as ASCII."""
    return unicodedata.normalize("NFKC", line).strip()


def compact(text: str) -> str:
    """Letters and digits only, to compare."""
    return _COMPACT.sub("", plain(text)).lower()


def in_navigation(element: "Element") -> bool:
    """Whether it is, or stands close within, a bar of links to sections."""
    near = [element, *(above for above, _ in zip(element.iterancestors(), range(4), strict=False))]
    return any(
        one.tag == "nav" or _BARS_OF_LINKS.search(f"{one.get('class') or ''} {one.get('id') or ''}"[:200].lower())
        for one in near
    )


def is_bar(line: str) -> bool:
    """A line of buttons or counts: every word of it is one."""
    text = plain(line)
    return bool(text) and len(text) <= 80 and (_BAR.match(text) or _COUNTS.match(text)) is not None


def is_tail(line: str) -> bool:
    """A line that a site adds below its articles."""
    return _TAIL.match(line.strip()) is not None or _CLOSES.match(line.strip()) is not None


def opens_related(line: str) -> bool:
    """A heading above links to other stories."""
    return len(line) <= 40 and _RELATED.match(plain(line)) is not None
