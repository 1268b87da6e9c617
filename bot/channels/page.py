"""A page for one story: values in, HTML out; how it looks stands in templates/pages.

Sources: the Open Graph protocol, X's cards, schema.org NewsArticle, and the share addresses that the platforms name.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from urllib.parse import quote
from zoneinfo import ZoneInfo

import segno

from bot.channels.whole import Whole, html_of, safe_address
from bot.errors import SettingsError
from bot.model.edition import Card
from bot.settings import Newsroom

_ZH = {
    "share": "分享", "size": "字号", "small": "小字", "normal": "标准字", "large": "大字", "letter": "字",
    "copy": "复制链接", "copied": "已复制", "scan": "微信扫一扫，转发给朋友", "save": "保存分享图",
    "gone_title": "本文已撤回", "gone": "编辑部已撤回这篇报道。", "updated": "更新于",
}  # fmt: skip
_HANT = {
    "share": "分享", "size": "字號", "small": "小字", "normal": "標準字", "large": "大字", "letter": "字",
    "copy": "複製連結", "copied": "已複製", "scan": "微信掃一掃，轉發給朋友", "save": "儲存分享圖",
    "gone_title": "本文已撤回", "gone": "編輯部已撤回這篇報道。", "updated": "更新於",
}  # fmt: skip
_EN = {
    "share": "Share", "size": "Size of the text", "small": "Small text", "normal": "Normal text", "large": "Large text",
    "letter": "A", "copy": "Copy link", "copied": "Copied", "scan": "Scan in WeChat to share", "save": "Save the card",
    "gone_title": "This story has been withdrawn", "gone": "The newsroom has withdrawn this story.",
    "updated": "Updated",
}  # fmt: skip
_SHARE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("微博", "https://service.weibo.com/share/share.php?url={url}&title={title}"),
        ("QQ", "https://connect.qq.com/widget/shareqq/index.html?url={url}&title={title}"),
        ("X", "https://twitter.com/intent/tweet?url={url}&text={title}"),
        ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
    ),
    "en": (
        ("X", "https://twitter.com/intent/tweet?url={url}&text={title}"),
        ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
        ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
        ("Telegram", "https://t.me/share/url?url={url}&text={title}"),
        ("Weibo", "https://service.weibo.com/share/share.php?url={url}&title={title}"),
    ),
}
_LOCALES = {"zh": "zh_CN", "zh-Hant": "zh_TW", "en": "en_GB"}
_DESCRIPTION = 160
_STORY = frozenset({
    "language", "headline", "headline_lines", "newsroom", "description", "colour", "canonical", "locale", "page",
    "published", "updated", "more_meta", "json_ld", "style", "home", "section", "subtitle", "published_here",
    "attribution", "mark", "body", "original", "share", "card", "code", "script", "script_hash",
})  # fmt: skip
_GONE = frozenset({"language", "newsroom", "colour", "style", "home", "say_gone", "say_gone_title"})


@dataclass(frozen=True, slots=True)
class Looks:
    """The files of templates/pages, the newsroom's own before the shipped ones."""

    story: Template
    gone: Template
    style: str
    script: str

    @classmethod
    def read(cls, folders: tuple[Path, ...]) -> "Looks":
        """Raises SettingsError where a page asks for what there is not."""
        texts = [_text(folders, name) for name in ("story.html", "gone.html", "page.css", "page.js")]
        story, gone = Template(texts[0]), Template(texts[1])
        said = {f"say_{name}" for name in _ZH}
        for name, page, known in (("story.html", story, _STORY | said), ("gone.html", gone, _GONE)):
            unknown = set(page.get_identifiers()) - known
            if unknown or not page.is_valid():
                wrong = ", ".join(sorted(unknown)) or "a lone $"
                raise SettingsError(f"house.templates: pages/{name}", wrong, f"known are {', '.join(sorted(known))}")
        return cls(story, gone, texts[2], texts[3])


@dataclass(frozen=True, slots=True)
class Site:
    """Where pages stand, and whose they are."""

    newsroom: Newsroom
    home: str
    url: str
    """Of the folder, with a slash at its end."""


def page(story: Whole, site: Site, looks: Looks, name: str, card: Card | None, picture: str | None) -> str:
    """The whole page; `picture` is the card's file beside it."""
    said, zone = _said(story.language), site.newsroom.tz
    address, image = f"{site.url}{name}.html", f"{site.url}{quote(picture)}" if picture else None
    published = story.published or story.seen
    updated = story.updated or published
    description = " ".join(story.summary)
    description = description if len(description) <= _DESCRIPTION else f"{description[: _DESCRIPTION - 1]}…"
    link = safe_address(story.link)
    words = {
        "language": story.language,
        "headline": story.headline,
        "newsroom": site.newsroom.name,
        "description": description,
        "colour": site.newsroom.colour,
        "canonical": link or address,
        "locale": _LOCALES.get(story.language, _LOCALES.get(story.language.partition("-")[0], "en_GB")),
        "page": address,
        "published": published.isoformat(),
        "updated": updated.isoformat(),
        "published_here": _here(published, zone, story.language),
        "home": site.home,
        **{f"say_{key}": value for key, value in said.items()},
    }
    safe = {
        "more_meta": "\n".join(_meta(story, card, image)),
        "json_ld": _json_ld(story, site, address, description, image),
        "style": looks.style,
        "script": looks.script,
        "script_hash": f"sha256-{base64.b64encode(hashlib.sha256(looks.script.encode()).digest()).decode()}",
        "headline_lines": _headline(story),
        "section": _tag("p", "section", story.section),
        "subtitle": _tag("p", "subtitle", story.subtitle),
        "attribution": "".join(f"<span>{html.escape(one)}</span>" for one in story.attribution),
        "mark": _tag("p", "mark", story.mark),
        "body": html_of(story.body) or "\n".join(f"<p>{html.escape(one)}</p>" for one in story.summary),
        "original": _original(link, story.more),
        "share": "\n".join(_share(story, address)),
        "card": f'<li><a href="{html.escape(image)}" download>{said["save"]}</a></li>' if image else "",
        "code": segno.make(address, error="m", micro=False).svg_inline(
            border=3, dark="#000", light="#fff", omitsize=True
        ),
    }
    return looks.story.substitute({name: html.escape(value) for name, value in words.items()} | safe)


def notice(site: Site, looks: Looks) -> str:
    """What stands in the place of a page that was withdrawn, in each language of the newsroom."""
    all_said = [_said(language) for language in site.newsroom.languages]
    return looks.gone.substitute(
        language=site.newsroom.languages[0],
        newsroom=html.escape(site.newsroom.name),
        colour=site.newsroom.colour,
        style=looks.style,
        home=html.escape(site.home),
        say_gone_title=html.escape(all_said[0]["gone_title"]),
        say_gone="\n".join(f"<p>{html.escape(said['gone'])}</p>" for said in all_said),
    )


def _text(folders: tuple[Path, ...], name: str) -> str:
    paths = [folder / "pages" / name for folder in folders]
    for path in paths:
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise SettingsError("house.templates", str(paths), f"bring back pages/{name}: Crier ships it")


def _said(language: str) -> Mapping[str, str]:
    if language.startswith("zh"):
        return _HANT if "Hant" in language else _ZH
    return _EN


def _here(moment: datetime, zone: ZoneInfo, language: str) -> str:
    here = moment.astimezone(zone)
    if language.startswith("zh"):
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
    return f"{here.day} {here:%B %Y, %H:%M}"


def _meta(story: Whole, card: Card | None, image: str | None) -> Iterator[str]:
    """What only some stories have."""
    found = [("article:section", story.section), *(("article:tag", tag) for tag in story.tags)]
    if image and card:
        found += [("og:image", image), ("og:image:type", card.media_type), ("og:image:alt", card.alt)]
        found += [("og:image:width", str(card.width)), ("og:image:height", str(card.height))]
    yield from (f'<meta property="{name}" content="{html.escape(said)}">' for name, said in found if said)
    yield f'<meta name="twitter:card" content="{"summary_large_image" if image else "summary"}">'


def _json_ld(story: Whole, site: Site, address: str, description: str, image: str | None) -> str:
    """As schema.org has it; nothing in it can end the element that it stands in."""
    published = story.published or story.seen
    publisher = {"@type": "NewsMediaOrganization", "name": site.newsroom.name, "url": site.home}
    by = [{"@type": "Person", "name": story.author}] if story.author else []
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "description": description,
        "inLanguage": story.language,
        "datePublished": published.isoformat(),
        "dateModified": (story.updated or published).isoformat(),
        "author": by or [{"@type": "Organization", "name": story.credit or site.newsroom.name}],
        "publisher": publisher,
        "mainEntityOfPage": address,
        "isBasedOn": safe_address(story.link),
        "image": [image] if image else None,
        "articleSection": story.section,
        "keywords": list(story.tags) or None,
    }
    text = json.dumps({name: value for name, value in found.items() if value}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _share(story: Whole, address: str) -> Iterator[str]:
    language = "zh" if story.language.startswith("zh") else "en"
    for label, pattern in _SHARE[language]:
        link = pattern.format(url=quote(address, safe=""), title=quote(story.headline, safe=""))
        yield f'<li><a href="{html.escape(link)}" rel="noopener noreferrer" target="_blank">{label}</a></li>'


def _headline(story: Whole) -> str:
    """A Chinese headline of several parts breaks between them first."""
    parts = story.headline.split() if story.language.startswith("zh") else [story.headline]
    return " ".join(f"<span>{html.escape(part)}</span>" for part in parts) if parts[1:] else html.escape(story.headline)


def _code(address: str) -> str:
    """For WeChat, which takes no link: black on white whatever the page's colours are."""
    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(border=3, dark="#000", light="#fff", omitsize=True)


def _original(link: str | None, more: str) -> str:
    return f'<p class="original"><a href="{html.escape(link)}">{html.escape(more)}</a></p>' if link and more else ""


def _tag(element: str, kind: str, text: str | None) -> str:
    return f'<{element} class="{kind}">{html.escape(text)}</{element}>' if text else ""
