"""Which channels a story goes to, with a reason for each yes and each no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.model.story import Story
from bot.settings import Route
from bot.settings.sections import When


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no for one channel, and why."""

    channel: str
    yes: bool
    why: str
    route: str = ""
    """The name of the route that took the story; "" where it has none."""


def route(story: Story, routes: Sequence[Route], channels: Iterable[str]) -> tuple[Verdict, ...]:
    """One verdict a channel, in the order of the settings; the first route that takes the story decides."""
    return tuple(_verdict(story, routes, channel) for channel in channels)


def carried(story: Story, routes: Sequence[Route], carrier: str) -> Verdict:
    """Whether the story is for a carrier's subscribers: whatever any route takes is, and they choose among it."""
    every = dict.fromkeys(name for candidate in routes for name in candidate.channels)
    verdicts = route(story, routes, every)
    taken = next((one for one in verdicts if one.yes), None)
    return Verdict(carrier, taken is not None, taken.why if taken else "; ".join({one.why for one in verdicts}))


def _verdict(story: Story, routes: Sequence[Route], channel: str) -> Verdict:
    objections = []
    for number, candidate in enumerate(routes, start=1):
        if channel not in candidate.channels:
            continue
        objection = _objection(story, candidate.when)
        if objection is None:
            return Verdict(channel, True, f"route {number} takes {_described(candidate.when)}", candidate.name or "")
        objections.append(f"route {number} {objection}")
    return Verdict(channel, False, "; ".join(objections) or "no route names this channel")


def _objection(story: Story, when: When) -> str | None:
    article = story.article
    asked = (
        ("language", when.languages, (article.language,)),
        ("source", when.sources, (story.source,)),
        ("section", when.sections, (article.section,) if article.section else ()),
        ("tag", when.tags, article.tags),
    )
    for what, wanted, given in asked:
        if wanted and not set(wanted) & set(given):
            return f"wants {what} {' or '.join(wanted)}; the story has {', '.join(given) or 'none'}"
    return None


def _described(when: When) -> str:
    named = (("language", when.languages), ("source", when.sources), ("section", when.sections), ("tag", when.tags))
    return ", ".join(f"{what} {' or '.join(values)}" for what, values in named if values) or "every story"
