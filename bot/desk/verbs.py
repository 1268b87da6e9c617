"""The verbs of the desk by name; a new one is a function and a line here, a line in the menu and one in the help."""

from collections.abc import Mapping
from difflib import get_close_matches

from bot.desk.answers import Answer, Help, Number, Unknown
from bot.desk.command import Command
from bot.desk.contributions import contact
from bot.desk.reading import queue, story
from bot.desk.steering import cancel, hold, release, withdraw
from bot.desk.verb import Asked, Room, Verb


async def help_(room: Room, asked: Asked) -> Answer:
    """/help, /start."""
    del room
    return Help(asked.editor.name)


async def number(room: Room, asked: Asked) -> Answer:
    """/id."""
    del room
    return Number(asked.editor.id, asked.editor.name)


VERBS: Mapping[str, Verb] = {
    "start": help_,
    "help": help_,
    "queue": queue,
    "story": story,
    "hold": hold,
    "release": release,
    "cancel": cancel,
    "withdraw": withdraw,
    "contact": contact,
    "id": number,
}


def not_understood(text: str, asked: Command | None) -> Unknown:
    """What to say to words that are no command, with the verb they come close to."""
    near = get_close_matches(asked.verb, VERBS, 1) if asked is not None else []
    return Unknown(text, near[0] if near else None)
