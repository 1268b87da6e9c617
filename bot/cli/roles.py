"""Roles: whoever is of the desk may from a script what they may there; any other name is who runs the house."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.app import Premises
from bot.errors import OrderError
from bot.ledger import Ledger
from bot.model.desk import Person, Role


@dataclass(frozen=True, slots=True)
class By:
    """Who orders, and on what; without a channel on all that the story goes to."""

    who: str
    story: int | None = None
    channels: Sequence[str] = ()
    delivery: int | None = None
    role: Role = Role.EDITOR
    """That it needs."""


async def check(premises: Premises, ledger: Ledger, by: By) -> None:
    """Raises OrderError where it is not theirs to decide on, and LedgerError."""
    editors = premises.settings.desk.editors
    fixed = [Person(one.id, one.name, Role(one.role), None, one.sections, one.channels) for one in editors]
    person = next((one for one in (*fixed, *await ledger.people.all()) if one.name == by.who), None)
    if person is None:
        return
    if not person.may(by.role):
        article = "an" if person.role in (Role.EDITOR, Role.ADMIN) else "a"
        raise OrderError(f"{by.who} is {article} {person.role} of the desk: an {by.role} decides")
    row = await ledger.deliveries.get(by.delivery) if by.delivery is not None else None
    number, channels = (row.story, [row.channel]) if row else (by.story, list(by.channels))
    story = await ledger.stories.get(number) if number is not None else None
    if story is not None and not person.may_section(story.article.section):
        raise OrderError(f"#{number} is not {by.who}'s to decide on: their sections are {', '.join(person.sections)}")
    if story is not None and not channels:
        channels = [one.channel for one in await ledger.deliveries.of_story(story.id)]
    if not all(map(person.may_channel, channels)):
        raise OrderError(f"this is not {by.who}'s to decide on: their channels are {', '.join(person.channels)}")
