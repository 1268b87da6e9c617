"""Section and tags as a page shows them: the way of crumbs above the headline, and the links below the body."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sources.reading.cleaning import line
from bot.sources.reading.furniture import in_navigation, plain
from bot.sources.reading.tree import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CRUMBS = re.compile(
    r"(?:^|[\s_-])(?:breadcrumbs?|crumbs?|crumb-?nav|bread|weizhi|dqwz|location|curr?ent-?(?:position|location)|position|path)(?=$|[\s_-])",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"^(?:您?(?:当前|现在|所在|的)*(?:的)?位置(?:是)?|当前位置|you are here)\s*[:：]?\s*", re.IGNORECASE
)
_HOME = re.compile(r"^(?:网站|中心)?首页$|^home(?:page)?$|^主页$|.{1,12}首页$", re.IGNORECASE)
_WAY = re.compile(r"[^>»›→]{2,24}(?:\s*(?:>|»|›|→)+\s*[^>»›→]{2,60}){1,6}")
_LEAF = re.compile(r"^(?:正文|文章|详情|内容|article|story|浏览文章|信息内容|详细内容)$", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:>|»|›|→|/|\\|»|>>|·|-{1,2}>|::|\||丨|\s[-–—]\s)\s*")
_ALONE = re.compile(r"^[|丨]\s*(?P<section>[^|丨]{2,16}?)\s*[|丨]$")
_SERVICE = re.compile(
    r"关于|联系|登录|注册|电子报|投稿|^(?:about|contact|log ?in|sign|subscribe|search|e-?paper|rss)\b", re.IGNORECASE
)
_MOST_STEPS = 4
"""More words in a row behind the front page are a bar of sections."""
_TAGS = re.compile(
    r"(?:^|[\s_-])(?:tags?|tag-?list|tag-?links|tags-?links|entry-?tags|post-?tags|article-?tags|keywords?|biaoqian)(?=$|[\s_-])",
    re.IGNORECASE,
)
_TAG_WORDS = re.compile(r"^(?:标签|关键词|关键字|tags?|tagged|topics?|filed under)\s*[:：]\s*", re.IGNORECASE)
_SECTION = re.compile(
    r"(?:^|[\s_-])(?:section|kicker|eyebrow|category|cat-?links|entry-?category|post-?category|lanmu|channel|section-?name|article-?section)(?=$|[\s_-])",
    re.IGNORECASE,
)
_TAG_PREFIX = re.compile(r"^(?:filed to|topic|category|tag)s?\s*:\s*", re.IGNORECASE)
_SITE = ("nav", "header", "footer", "aside")
_NO_TAG = re.compile(r"^(?:.{0,4}首页|其他|更多|home|more|全部)$|^share\b|[【】\[\]]", re.IGNORECASE)
_LONGEST = 40
_MOST_ELEMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Labels:
    """What the page shows of where an article belongs."""

    section: str | None = None
    """The last step of the way of crumbs."""
    kicker: str | None = None
    """A word above the headline, or a category: where nothing else says the section."""
    tags: tuple[str, ...] = ()


def read(root: "Element") -> Labels:
    """Read them of the whole tree."""
    section: str | None = None
    kicker: str | None = None
    tags: list[str] = []
    for count, element in enumerate(
        root.iter("div", "p", "nav", "ol", "ul", "span", "a", "td", "li", "section", "header", "footer")
    ):
        if count > _MOST_ELEMENTS:
            break
        names = f"{element.get('class') or ''} {element.get('id') or ''}"[:300]
        rel = (element.get("rel") or "").split()
        if "tag" in rel:
            text = _text(element)
            if "category" in rel:
                kicker = kicker or text
            elif text:
                tags.append(text)
        elif (
            section is None
            and element.tag != "a"
            and (_CRUMBS.search(names) or _WHERE.match(plain((element.text or "")[:40])) or _is_way(element))
        ):
            section = _last_crumb(element)
        elif _TAGS.search(names) and element.tag in ("div", "p", "ul", "span"):
            tags += _tag_links(element)
        elif kicker is None and (found := _kicker(element, names)):
            kicker = found
        elif element.tag in ("p", "div", "span", "li") and _TAG_WORDS.match(plain((element.text or "")[:20])):
            tags += _tag_links(element)
    return Labels(
        section, kicker, tuple(dict.fromkeys(_TAG_PREFIX.sub("", tag) for tag in tags if not _NO_TAG.search(tag)))[:20]
    )


def _is_way(element: "Element") -> bool:
    """Links with arrows between them, whatever the site calls them."""
    if not 2 <= len(element) <= 14 or sum(1 for _ in element.iterchildren("a")) < 2:
        return False
    return _WAY.fullmatch(plain(line(words(element)[:200]))) is not None


def _kicker(element: "Element", names: str) -> str | None:
    """The word of an element that is called a section, or that stands as one."""
    if not _SECTION.search(names):
        return _alone(element) if element.tag != "a" else None
    outside = next(element.iterancestors(*_SITE), None) is None
    text = _text(element) if outside and element.tag in ("a", "span", "p", "div") and len(element) <= 1 else ""
    return text if text and not _HOME.match(text) else None


def _alone(element: "Element") -> str | None:
    """The section of a short line such as `| News |`, or `Home | News | Local`, whatever its element is called."""
    if len(element) > 2 * _MOST_STEPS or any(len(child) for child in element):
        return None
    text = plain(line(words(element)[:100]))
    if not 3 <= len(text) <= 60 or next(element.iterancestors(*_SITE), None) is not None or in_navigation(element):
        return None
    if match := _ALONE.match(text):
        return match["section"]
    home, *steps = [step for step in _SPLIT.split(text) if step]
    if not _HOME.match(home) or not 1 <= len(steps) < _MOST_STEPS or any(_SERVICE.search(step) for step in steps):
        return None
    kept = [step for step in steps if not _LEAF.match(step)]
    return kept[-1] if kept and len(kept[-1]) <= 10 + 10 * kept[-1].isascii() else None


def _text(element: "Element") -> str:
    text = line(words(element)[:400])
    return text.strip("# ") if len(text) <= _LONGEST else ""


def _tag_links(element: "Element") -> list[str]:
    return [text for link in list(element.iter("a"))[:20] if (text := _text(link)) and len(text) <= _LONGEST]


def _last_crumb(element: "Element") -> str | None:
    """The last link that is neither the front page nor the article."""
    whole = line(words(element)[:600])
    if len(whole) > 200:
        return None
    links = [_text(link) for link in element.iter("a")]
    steps = [text for text in links if text] or _SPLIT.split(_WHERE.sub("", plain(whole)))
    kept = [
        word
        for word in steps
        if word and not _HOME.match(word) and not _LEAF.match(word) and len(word) <= 20 + 20 * word.isascii()
    ]
    return kept[-1] if kept else None
