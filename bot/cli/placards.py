"""`subscribers qr`: a placard for print whose code subscribes to a topic in the readers' bot."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from bot.app import Premises
from bot.channels.telegram import TelegramSettings
from bot.cli.session import DEFAULT, SettingsFile, enter, out
from bot.cli.subscribers import OfCarrier
from bot.errors import OrderError, SettingsError
from bot.press.placard import Sheet

app = typer.Typer()
_SUFFIXES = (".png", ".pdf")


@app.command()
def qr(
    topic: Annotated[str, typer.Argument(help='A section, tag or series; "" for everything.')],
    file: Annotated[Path, typer.Argument(metavar="OUT", help="A .png, or a .pdf for the printer.")],
    carrier: OfCarrier = None,
    size: Annotated[Sheet, typer.Option(help="paper: the shape of A4, A5 and A6.")] = Sheet.PAPER,
    language: Annotated[str | None, typer.Option(help="zh or en; else the newsroom's first.")] = None,
    settings: SettingsFile = DEFAULT,
) -> None:
    """Draw a placard whose code opens the readers' bot at a topic."""
    if file.suffix.lower() not in _SUFFIXES:
        raise OrderError(f"{file} is neither a .png nor a .pdf: name the file so")
    premises = enter(settings, level="error")
    link, picture = asyncio.run(drawn(premises, topic, carrier, size, language, pdf=file.suffix.lower() == ".pdf"))
    file.write_bytes(picture)
    out.print(f"{file}: {link}", markup=False, soft_wrap=True)


async def drawn(
    premises: Premises, topic: str, carrier: str | None, size: Sheet, language: str | None, *, pdf: bool
) -> tuple[str, bytes]:
    """The link, and its placard. Raises SettingsError, OrderError, Unavailable."""
    own = _carrier(premises, carrier)
    bot, links = import_module("bot.readers.bot"), import_module("bot.readers.links")  # Telegram's library is large
    link = links.deep_link(await bot.called(own.token.reveal(), own.api), topic)
    if link is None:
        raise OrderError(
            f"the topic {topic!r} is too long for a link: 48 bytes at most, which are 16 Chinese characters"
        )
    language = language or premises.settings.newsroom.languages[0]
    return link, await premises.press().placard(topic, link, language, size, pdf=pdf)


def _carrier(premises: Premises, name: str | None) -> TelegramSettings:
    given = premises.settings.subscribers
    carriers = given.carriers if given else ()
    for each in carriers if name is None else (name,):
        own = premises.settings.channels.get(each)
        if each in carriers and isinstance(own, TelegramSettings):
            return own
    raise SettingsError("subscribers.carriers", name or ", ".join(carriers), "name a carrier of the kind telegram")
