"""The few words that Crier adds to a story's own, in the story's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model.story import Byline, Story


@dataclass(frozen=True, slots=True)
class Wording:
    """One language."""

    source: str
    author: str
    editor: str
    updated: str
    corrected: str
    contents: str
    between: str
    """What stands between the headings of a long piece."""
    more: str
    breaking: str
    """Before the headline of breaking news."""
    translated: str
    """What every translation by a machine says of itself."""
    colon: str = "："
    semicolon: str = "；"

    def mark(self, changed: Sequence[str], *, corrected: bool) -> str:
        """One line that says what has changed; "" where nothing is said."""
        label = (self.corrected if corrected else self.updated).rstrip(" ：")
        return f"{label}{self.colon}{self.semicolon.join(changed)}" if changed else ""


_WORDING: Mapping[str, Wording] = {
    "zh": Wording(
        "来源：", "作者：", "责任编辑：", "更新：", "更正：", "本文分述：", "、", "阅读全文", "突发：", "机器翻译"
    ),
    "zh-Hant": Wording(
        "來源：", "作者：", "責任編輯：", "更新：", "更正：", "本文分述：", "、", "閱讀全文", "突發：", "機器翻譯"
    ),
    "en": Wording(
        "Source: ",
        "By ",
        "Editor: ",
        "Updated ",
        "Corrected ",
        "In this story: ",
        " · ",
        "Read the full story",
        "Breaking: ",
        "Machine translation",
        ": ",
        "; ",
    ),
}


@dataclass(frozen=True, slots=True)
class DigestWording:
    """What a digest says of itself in one language."""

    title: str
    pinned: str
    """The chapter of one pinned story, and of several."""
    all_pinned: str
    others: str
    """The chapter of stories without a section."""
    source: str
    editor: str
    between: str
    one_left: str
    many_left: str
    corrected: str
    """Before the headline of a story that was wrong in a digest before."""

    def left(self, number: int) -> str:
        """That so many stories have no room; "" for none."""
        return (self.one_left if number == 1 else self.many_left).format(number) if number else ""


_DIGEST: Mapping[str, DigestWording] = {
    "zh": DigestWording(
        "要闻速览", "头条", "头条", "其他", "来源：", "责任编辑：", "、", "另有{}条", "另有{}条",
        "更正：",
    ),
    "zh-Hant": DigestWording(
        "要聞速覽", "頭條", "頭條", "其他", "來源：", "責任編輯：", "、", "另有{}條", "另有{}條",
        "更正：",
    ),
    "en": DigestWording(
        "The news in brief", "Top story", "Top stories", "Also in the news", "Source: ", "Edited by ", ", ",
        "{} more story", "{} more stories", "Corrected: ",
    ),
}  # fmt: skip


def digest_wording(language: str) -> DigestWording:
    """The language's words for a digest; English where we have none."""
    return _DIGEST.get(language) or _DIGEST.get(language.partition("-")[0], _DIGEST["en"])


def wording(language: str) -> Wording:
    """The language's words; English where we have none."""
    return _WORDING.get(language) or _WORDING.get(language.partition("-")[0], _WORDING["en"])


def attribution(
    story: Story, zone: ZoneInfo, language: str, *, author: bool, corrected: bool, translated: bool
) -> tuple[str, ...]:
    """Who answers for the article, and that it has changed: source, author, responsible editor, the time of the change.

    All but the author go wherever the article goes.
    """
    said, byline = wording(language), story.article.byline
    changed = _changed(story, byline)
    parts = [
        (said.source, byline.credit),
        (said.author, byline.author if author else None),
        (said.editor, byline.editor),
        (said.corrected if corrected else said.updated, _moment(changed, zone, language)),
    ]
    by_machine = (said.translated,) if translated else ()
    return (*(label + value for label, value in parts if value), *by_machine)


def _changed(story: Story, byline: Byline) -> datetime | None:
    if story.revision > 1:
        return max(byline.updated, story.revised_at) if byline.updated else story.revised_at
    return byline.updated


def _moment(moment: datetime | None, zone: ZoneInfo, language: str) -> str | None:
    if moment is None:
        return None
    here = moment.astimezone(zone)
    if language.startswith("zh"):
        return f"{here.month}月{here.day}日 {here:%H:%M}"
    return f"{here.day} {here:%B, %H:%M}"
