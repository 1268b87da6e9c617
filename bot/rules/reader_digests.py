"""What one subscriber's digest tells: what came since the last one and is wanted, but for what they have."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.model.reader_digest import Due, Line, Tellable
from bot.model.subscriber import Rhythm


@dataclass(frozen=True, slots=True)
class Pick:
    """Stories of one digest, the most important first, and those that must wait for the next."""

    told: tuple[Tellable, ...]
    later: tuple[int, ...] = ()


def by_weight(material: Iterable[Tellable]) -> tuple[Tellable, ...]:
    """Breaking news first, then the newest."""
    return tuple(sorted(material, key=lambda one: (one.urgent, one.story.first_seen, one.story.id), reverse=True))


def pick(
    one: Due, rhythm: Rhythm, wanted: Sequence[Tellable], kept: Collection[int] = (), got: Collection[int] = ()
) -> Pick:
    """Of what they want: `kept` are stories kept back for them, `got` those that came at once; numbers of stories.

    Who gets everything at once is told what was kept back, and what came while they still had digests: but nothing
    that may still come at once.
    """
    mine = [
        it
        for it in wanted
        if it.story.id not in got and (it.story.id in kept or (it.at > one.since and _asked(it, one.reader, rhythm)))
    ]
    told = tuple(it for it in mine if not it.waits)
    return Pick(told, tuple(it.story.id for it in mine if it.waits))


def _asked(it: Tellable, reader: int, rhythm: Rhythm) -> bool:
    """Whether it comes to them in no other way."""
    return rhythm is not Rhythm.AT_ONCE or it.passed is None or it.passed >= reader


def lines(pick: Sequence[Tellable], corrected: Sequence[tuple[int, int]]) -> tuple[Line, ...]:
    """What the edition tells, corrections first; `corrected` are stories and their revisions."""
    again = tuple(Line(story, revision, corrected=True) for story, revision in corrected)
    known = {line.story for line in again}
    return again + tuple(Line(it.story.id, it.story.revision) for it in pick if it.story.id not in known)
