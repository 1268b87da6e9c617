"""Enclosures: the picture that a reader sent with a contribution, for the editors' eyes until one of them takes it."""

from pathlib import Path

from bot.desk.verb import Room
from bot.model.story import Story
from bot.sources.submission import enclosed_in

FOLDER = "submissions"


def enclosed(room: Room, story: Story) -> Path | None:
    """Its file, as it came; None where there is none, or it has been cleared away."""
    name = enclosed_in(story.held)
    if name is None or room.cards is None:
        return None
    file = room.cards.parent / FOLDER / name
    return file if file.is_file() else None


async def seen(room: Room, story: Story) -> Path | None:
    """The same as the desk's message shows it."""
    file = enclosed(room, story)
    return await room.ordering.shown(file) if file is not None else None
