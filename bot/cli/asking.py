"""`why`: the whole way of one story in plain words, from the ledger's records."""

import asyncio
from functools import partial
from typing import Annotated, Literal

import typer
from rich.text import Text

from bot.app import Premises, now
from bot.cli.broadcasting import carried_of
from bot.cli.broadcasting import told as in_words
from bot.cli.reading import dossier
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.desk.reasons import worded
from bot.desk.whywords import clock, sentence
from bot.errors import SettingsError
from bot.model.subscriber import subscriber_of
from bot.rules.why import why as lines_of
from bot.work.reader_why import why_reader


def why(
    number: Annotated[int, typer.Argument(help="The story's number.")],
    channel: Annotated[
        str | None, typer.Argument(help="Only this channel; or one subscriber, as in letters~17.")
    ] = None,
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="zh or en; if not given, the newsroom's first.")
    ] = None,
    settings: SettingsFile = DEFAULT,
    json: AsJson = False,
) -> None:
    """Tell why a story is where it is: who saw it, who decided what, what each attempt got, what it waits for."""
    premises = enter(settings, level="error")
    newsroom = premises.settings.newsroom
    if channel is not None and subscriber_of(channel) is not None:
        reason = asyncio.run(_why_reader(premises, number, channel))
        print_json(reason) if json else out.print(reason, markup=False, soft_wrap=True)
        return
    if channel is not None and channel not in premises.settings.channels:
        raise SettingsError("channel", channel, f"known are {', '.join(premises.settings.channels)}")
    told = asyncio.run(dossier(premises, number))
    lines = lines_of(told.story, told.deliveries, told.attempts, told.history, now(), channel)
    if json:
        print_json(lines)
        return
    carried = asyncio.run(carried_of(premises, number)) if channel is None else ()
    spoken = language or newsroom.languages[0]
    out.print(Text(f"#{number} {told.story.article.headline}", style="bold"))
    where = None
    for line in lines:
        if line.channel != where:
            where = line.channel
            out.print(Text(f"{where}", style="cyan"))
        at = clock(line.at, newsroom.tz) if line.at else ""
        said = sentence(line, spoken, newsroom.tz, partial(worded, language=spoken))
        out.print(Text(f"  {at:<15}{said}" if at else f"  {said}"), soft_wrap=True)
    for one in carried:
        out.print(Text(in_words(one)), soft_wrap=True)


async def _why_reader(premises: Premises, number: int, channel: str) -> str:
    async with premises.ledger() as ledger:
        return await why_reader(ledger, number, channel, now())
