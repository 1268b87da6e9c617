"""The verbs of the desk by name: a new group is a module in verbs/ and a line here."""

from collections.abc import Mapping
from difflib import get_close_matches

from bot.desk.answers.talk import Unknown
from bot.desk.command import Command
from bot.desk.contributions import contact
from bot.desk.verb import Spec
from bot.desk.verbs import (
    asking,
    broadcasting,
    checking,
    contributing,
    correcting,
    deciding,
    digesting,
    editing,
    looking,
    people,
    picturing,
    pinning,
    placing,
    posting,
    previewing,
    running,
    settling,
    steering,
    subscribers,
    surveying,
    talk,
    timing,
    withdrawing,
)

GROUPS: tuple[tuple[Spec, ...], ...] = (
    looking.VERBS,
    asking.VERBS,
    previewing.VERBS,
    editing.VERBS,
    picturing.VERBS,
    posting.VERBS,
    deciding.VERBS,
    timing.VERBS,
    placing.VERBS,
    steering.VERBS,
    pinning.VERBS,
    correcting.VERBS,
    withdrawing.VERBS,
    digesting.VERBS,
    settling.VERBS,
    surveying.VERBS,
    running.VERBS,
    checking.VERBS,
    subscribers.VERBS,
    broadcasting.VERBS,
    people.VERBS,
    contributing.VERBS,
    (Spec("contact", contact, looks=True, private=True),),
    talk.VERBS,
)

VERBS: Mapping[str, Spec] = {spec.name: spec for group in GROUPS for spec in group}
"""In the order of the menu."""


def not_understood(text: str, asked: Command | None) -> Unknown:
    """What to say to words that are no command, with the verb they come close to."""
    near = get_close_matches(asked.verb, VERBS, 1) if asked is not None else []
    return Unknown(text, near[0] if near else None)
