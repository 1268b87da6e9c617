"""The front matter of a Markdown file: fields by English or Chinese names, each checked where it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.errors import SourceUnreadable
from bot.model.story import Byline, Picture
from bot.sources.reading import moments
from bot.sources.reading.cleaning import line
from bot.sources.reading.links import web_address

# A field → the names that editors give it.
NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline", "标题"),
    "subtitle": ("subtitle", "副标题", "副题"),
    "lead": ("lead", "summary", "导语", "摘要"),
    "section": ("section", "category", "栏目", "分类", "频道"),
    "published": ("published", "date", "time", "时间", "日期", "发布时间", "发布日期"),
    "updated": ("updated", "更新", "更新时间"),
    "credit": ("credit", "source", "来源", "稿源"),
    "editor": ("editor", "责任编辑", "责编", "编辑"),
    "author": ("author", "authors", "作者", "记者"),
    "tags": ("tags", "keywords", "标签", "关键词"),
    "link": ("link", "url", "canonical", "链接", "网址"),
    "language": ("language", "lang", "语言"),
    "picture": ("picture", "image", "cover", "图片", "封面"),
}
_FIELDS = {name: part for part, names in NAMES.items() for name in names}
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<yaml>.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_OPENS = re.compile(r"---[ \t]*\r?\n\s*[\w\u4e00-\u9fff-]+\s*:")
_NOTHING = ("", "~", "null")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,4})?|und")


@dataclass(frozen=True, slots=True)
class Front:
    """What the front matter says, every part checked."""

    headline: str | None = None
    subtitle: str | None = None
    lead: str | None = None
    section: str | None = None
    byline: Byline = field(default_factory=Byline)
    tags: tuple[str, ...] = ()
    link: str | None = None
    language: str | None = None
    picture: Picture | None = None


def has_front_matter(text: str) -> bool:
    """Whether a text opens with front matter."""
    return _OPENS.match(text.lstrip("\ufeff")) is not None


def read_front(name: str, text: str, zone: tzinfo, now: datetime) -> tuple[Front, str]:
    """The front matter and the text below it. Raises SourceUnreadable with field, value and remedy."""
    if not has_front_matter(text):
        return Front(), text
    match = _FRONT.match(text)
    if match is None:
        raise SourceUnreadable(name, "the front matter has no end: close it with a line of three dashes")
    said = _Said(name, _fields(name, match["yaml"]))
    picture, link = said.address("picture"), said.address("link")
    return Front(
        headline=said.text("title"),
        subtitle=said.text("subtitle"),
        lead=said.text("lead"),
        section=said.text("section"),
        byline=Byline(
            published=said.moment("published", zone, now),
            updated=said.moment("updated", zone, now),
            credit=said.text("credit"),
            editor=said.text("editor"),
            author=", ".join(said.texts("author")) or None,
        ),
        tags=said.texts("tags"),
        link=link,
        language=said.language(),
        picture=Picture(picture) if picture else None,
    ), text[match.end() :]


def _fields(name: str, text: str) -> Mapping[str, tuple[str, object]]:
    """Field → the name it was written by, and its value."""
    try:
        loaded = YAML(typ="base", pure=True).load(text)
    except MarkedYAMLError as err:
        row = f" line {err.problem_mark.line + 2}" if err.problem_mark else ""
        raise SourceUnreadable(name, f"front matter{row}: {err.problem or err.context}") from err
    except (YAMLError, ValueError, RecursionError) as err:
        raise SourceUnreadable(name, f"front matter: {err}") from err
    if not isinstance(loaded, dict):
        raise SourceUnreadable(name, "front matter: write one `name: value` a line")
    fields: dict[str, tuple[str, object]] = {}
    for key, value in loaded.items():
        part = _FIELDS.get(str(key).strip().lower())
        if part and part not in fields and not (isinstance(value, str) and value.strip().lower() in _NOTHING):
            fields[part] = (str(key), value)
    return fields


@dataclass(frozen=True, slots=True)
class _Said:
    name: str
    fields: Mapping[str, tuple[str, object]]

    def text(self, part: str) -> str | None:
        key, value = self.fields.get(part, (part, None))
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong(key, value, "write one line of text")
        return line(value) or None

    def texts(self, part: str) -> tuple[str, ...]:
        """A list, or one line with commas."""
        key, value = self.fields.get(part, (part, ""))
        values = re.split(r"[,，、;；]", value) if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise self._wrong(key, value, "write a list of words")
        return tuple(dict.fromkeys(text for one in values if (text := line(one))))

    def moment(self, part: str, zone: tzinfo, now: datetime) -> datetime | None:
        text = self.text(part)
        if text is None:
            return None
        moment = moments.read(text, zone, now)
        if moment is None:
            raise self._wrong(self.fields[part][0], text, "write a time such as 2019-02-02 22:29")
        return moment

    def address(self, part: str) -> str | None:
        text = self.text(part)
        if text is None:
            return None
        address = web_address(text, None)
        if address is None or (part == "link" and "://" not in address):
            raise self._wrong(self.fields[part][0], text, "write an address that begins with https://")
        return address

    def language(self) -> str | None:
        text = self.text("language")
        if text is not None and not _LANGUAGE.fullmatch(text):
            raise self._wrong(self.fields["language"][0], text, "write a code such as zh or en")
        return text[:2] if text and text != "und" else text

    def _wrong(self, key: str, value: object, remedy: str) -> SourceUnreadable:
        return SourceUnreadable(self.name, f"{key} is {value!r}: {remedy}")
