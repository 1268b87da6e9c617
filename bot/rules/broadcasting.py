"""Whom a broadcast is for, how it is read from an order, and how long it takes at a carrier's pace."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.model.broadcast import Draft
from bot.model.channel import Pace, Scope
from bot.model.subscriber import Choices, Rhythm, Timing
from bot.rules.matching import Answer, Read, fold, wanted
from bot.rules.pacing import kept_back

EVERYBODY = "it is for every reader"
_TO = re.compile(r"(?:^|\s)(?:to|发给|给|→)\s*(?P<names>\S[^\n]*?)\s*$", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)(?:by|via|经由|经|由)\s*(?P<names>\S[^\n]*?)\s*$", re.IGNORECASE)
_APART = re.compile(r"[\s,，、;；]+(?:and\s+|和)?")


@dataclass(frozen=True, slots=True)
class Named:
    """An order without its end, and whom that named."""

    text: str
    topics: tuple[str, ...] | None = None
    carriers: tuple[str, ...] | None = None


def read(words: str, topics: Collection[str], carriers: Collection[str]) -> Named:
    """“TEXT to TOPIC … by CARRIER …”; only where all of the names are known, else they are part of the message."""
    found = Named(words.strip())
    for _ in range(2):
        by, to = _BY.search(found.text), _TO.search(found.text)
        if by and found.carriers is None and (names := _names(by["names"], carriers)):
            found = replace(found, text=found.text[: by.start()].rstrip(), carriers=names)
        elif to and found.topics is None and (names := _names(to["names"], topics)):
            found = replace(found, text=found.text[: to.start()].rstrip(), topics=names)
    return found


def _names(said: str, known: Collection[str]) -> tuple[str, ...]:
    by_fold = {fold(one): one for one in known}
    if (whole := by_fold.get(fold(said))) is not None:
        return (whole,)
    asked = [by_fold.get(fold(one)) for one in _APART.split(said) if one]
    return tuple(dict.fromkeys(one for one in asked if one is not None)) if all(asked) else ()


def is_for(draft: Draft, choices: Choices) -> Answer:
    """Whether somebody who chose so gets it: as a story of these topics, or as everybody does."""
    language = draft.language.partition("-")[0]
    if draft.topics:
        story = Read(language, frozenset(map(fold, draft.topics)), frozenset(), "")
        return wanted(story, choices, breaking=draft.urgent)
    kept = Choices(languages=choices.languages, breaking_only=choices.breaking_only)
    answer = wanted(Read(language, frozenset(), frozenset(), ""), kept, breaking=draft.urgent)
    return replace(answer, why=EVERYBODY) if answer.yes else answer


def at_once(timing: Timing) -> Timing:
    """A message of the newsroom's own stands in no digest and counts for no daily number; quiet hours hold."""
    return replace(timing, rhythm=Rhythm.AT_ONCE, most=None)


def takes(posts: int, paces: Sequence[Pace]) -> timedelta | None:
    """Until so many posts are out at the account's pace; None where nothing sets one."""
    steady = [pace.per * posts / max(1, pace.count - kept_back(pace)) for pace in paces if pace.scope is Scope.ACCOUNT]
    return max(steady, default=None)
