"""Meanings: words without a command, below a message of the desk or a link alone, read as the order they are."""

import re

from bot.desk.verb import Asked
from bot.model.desk import Shows

_LINK = re.compile(r"\s*[<（(]?(https?://[^\s<>（）]+?)[>）)]?[。，,.]?\s*", re.IGNORECASE)


def by_reply(asked: Asked) -> tuple[str, str] | None:
    """The verb and what stands behind it: below a preview the new text, below anything of a story a picture."""
    replied = asked.replied
    if replied is None or replied.story is None:
        return None
    if asked.picture is not None:
        return "picture", str(replied.story)
    if replied.shows is Shows.PREVIEW and replied.channel is not None and asked.rest.strip():
        return "edit", f"{replied.story} {replied.channel} words {asked.rest}"
    return None


def by_itself(asked: Asked) -> tuple[str, str] | None:
    """In one's own chat a link and nothing else is to be picked up."""
    found = _LINK.fullmatch(asked.rest) if asked.private else None
    return ("link", found[1]) if found is not None else None
