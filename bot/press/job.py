"""A job for the press: for which channel, on which occasion, and where its template is looked for."""

import re
from dataclasses import dataclass
from enum import StrEnum

_NOT_IN_A_NAME = re.compile(r"[^\w-]+")


class Occasion(StrEnum):
    """Why a story is told; a template may be written for one of them."""

    POST = "post"
    EDIT = "edit"
    CORRECTION = "correction"  # an edit, or a post, of a story whose newsroom says what it has corrected
    BREAKING = "breaking"
    PINNED = "pinned"  # a post that its editors want at the top
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Job:
    """What is known beside the story and the platform's facts."""

    channel: str = ""
    occasion: Occasion = Occasion.POST
    route: str = ""
    """The name of the route that took the story; "" where it has none."""
    number: int = 1
    """Which post of a thread."""
    of: int = 1
    """How many posts the thread has; 1 is no thread."""
    changed: tuple[str, ...] = ()
    """What reads otherwise than what is out, in short plain sentences."""
    translated: bool = False
    """By a machine: every post says so."""
    given: str = ""
    """An editor's words in the place of the article's sentences; they are told as they stand, or not at all."""
    tag: str = ""
    """The language tag of the words, such as zh-Hant; "" where it is the article's language."""


def candidates(template: str, job: Job, section: str | None) -> tuple[str, ...]:
    """The names under which a newsroom may keep the template of this job, most particular first; `template` is last.

    Who comes before what: the channel, then its route, then its kind; for each the occasion, then the section, then
    neither. The suffix is always that of `template`: it says how the platform reads markup.
    """
    kind, _, markup = template.removesuffix(".j2").rpartition(".")
    whats = [job.occasion, _NOT_IN_A_NAME.sub("-", section or "").strip("-")]
    names = [
        f"{who}.{what}.{markup}.j2" if what else f"{who}.{markup}.j2"
        for who in (job.channel, job.route, kind)
        if who
        for what in (*filter(None, whats), "")
    ]
    return tuple(dict.fromkeys(names))


def continued(template: str, job: Job) -> tuple[str, ...]:
    """The names of the template for the further posts of a thread; the channel's own comes first."""
    kind, _, markup = template.removesuffix(".j2").rpartition(".")
    names = [f"{who}.thread.{markup}.j2" for who in (job.channel, job.route, kind) if who]
    return (*dict.fromkeys(names), template)


def digests(template: str, job: Job) -> tuple[str, ...]:
    """The names of a digest's template in templates/digests/: the channel's, its route's, its kind's, anybody's."""
    kind, _, markup = template.removesuffix(".j2").rpartition(".")
    return (*dict.fromkeys(f"{who}.{markup}.j2" for who in (job.channel, job.route, kind, "digest") if who),)
