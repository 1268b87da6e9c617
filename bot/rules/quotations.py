"""Quotations: somebody's words with the name that the text gives beside them, both verbatim."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.passages import Passage, Sentence

_WORDS = re.compile(r"“([^“”]{8,})”|「([^「」]{8,})」|\"([^\"]{12,})\"")
_SPEAKS = "说|表示|介绍|回忆|坦言|认为|指出|提醒|讲|称|告诉"
_AFTER = re.compile(
    rf"[，,\s]*(?P<zh>[\u4e00-\u9fff·]{{2,14}}?)(?:{_SPEAKS})"
    r"|,?\s*(?:said|says) (?P<en>(?:Dr\. |Mr\. |Mrs\. |Ms\. )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*|the [a-z]+)"
    r"|,?\s*(?P<first>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+),? (?:said|says)"
)
_BEFORE = re.compile(
    rf"(?:^|[，。；])(?P<zh>[\u4e00-\u9fff·、“”]{{2,24}}?)(?:在[^，。]{{1,14}})?(?:{_SPEAKS}|做出批示|作出批示)"
    r"|(?P<en>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+)(?:,[^,]+,)? (?:said|says)"
    r"|(?:said|says) (?P<late>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+)"
)
_PRONOUNS = ("他", "她", "他们", "她们", "记者")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words without their marks, and who said them; "" where the text gives no name nearby."""

    words: str
    speaker: str
    passage: Passage


def quotations(found: Sequence[Passage]) -> tuple[Quotation, ...]:
    """Those of the passages, in order; a quotation that is a block of its own has no marks."""
    made = (_quotation(passage) for passage in found)
    return tuple(one for one in made if one is not None)


def _quotation(passage: Passage) -> Quotation | None:
    main = passage.main
    if main.quoted:
        words = [sentence.text for sentence in passage.sentences if sentence.quoted]
        before = [sentence for sentence in passage.sentences if not sentence.quoted]
        return Quotation("".join(words).strip('“”「」"'), _named(_BEFORE, before), passage)
    match = _WORDS.search(main.text)
    if match is None:
        return None
    after = _AFTER.match(main.text, match.end())
    speaker = _name(after) if after else ""
    if not speaker:
        rest = Sentence(main.text[: match.start()], 0, 0, 0)
        speaker = _named(_BEFORE, [*(one for one in passage.sentences if one.order < main.order), rest])
    return Quotation((match[1] or match[2] or match[3]).rstrip("，,"), speaker, passage)


def _named(pattern: re.Pattern[str], before: Sequence[Sentence]) -> str:
    for sentence in reversed(before):
        match = pattern.search(sentence.text)
        if match and (name := _name(match)):
            return name
    return ""


def _name(match: re.Match[str]) -> str:
    name = next((text for text in match.groups() if text), "")
    return "" if name.startswith(_PRONOUNS) else name
