"""The desk's verbs that need only words, from a script: the same handlers, answered in text or JSON."""

import asyncio
import getpass
from importlib import import_module
from typing import Annotated

import typer

from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json

app = typer.Typer()
As = Annotated[
    str, typer.Option("--as", "--who", default_factory=getpass.getuser, help="Who decides; the history keeps it.")
]
ALIKE = {
    "next": ("[60m | 2 hours | 18:30]", "Show what goes out by then if nobody does anything."),
    "status": ("[PAGE]", "Show stories × channels, what is late or uncertain, and what is in trouble."),
    "today": ("[PAGE]", "Show what went out since midnight in the newsroom's zone."),
    "log": ("[PAGE]", "Show who did what."),
    "channels": ("[PAGE]", "Show how each channel does: waiting, held, pace, last post, paused or not."),
    "pause": (
        "CHANNEL | SOURCE | all [reason]",
        "Let nothing out of a channel, or in from a source, until it is resumed.",
    ),
    "resume": ("CHANNEL | SOURCE | all", "Open a channel or a source that is paused: what waited goes on."),
    "sources": ("[PAGE]", "Show how each source does, those in trouble first."),
    "look": ("SOURCE", "Have a source looked at now; a daemon does it."),
    "flood": ("[SOURCE release | drop]", "Show floods of old stories that are held; let one go, or drop it."),
    "panic": ("[reason | over]", "Stop every channel; “over” lets go on what this stopped."),
    "link": ("ADDRESS", "Make a story of a page; it waits for an editor."),
    "digest": ("[HOURS] [CHANNEL … | all]", "Make a digest of what has come out; it waits to be released."),
    "ask": ("NUMBER question", "Ask who sent a story in; the answer comes to the desk."),
    "decline": ("NUMBER [words]", "Decline a contribution politely; nothing of it goes out."),
    "contact": ("NUMBER", "Show how to reach who sent a story in."),
    "people": ("", "Show who is of the desk, and what they may do."),
    "invite": ("ROLE [CHANNEL | SECTION …]", "Make a link by which one person joins the desk, within a day."),
    "remove": ("NUMBER", "Send somebody away from the desk; `people` shows the numbers."),
}
"""By verb: what is written behind it, and its line of help."""


def _command(verb: str, behind: str, line: str) -> None:
    @app.command(name=verb, help=line)
    def run(
        who: As,
        words: Annotated[list[str] | None, typer.Argument(metavar=behind, show_default=False)] = None,
        settings: SettingsFile = DEFAULT,
        json: AsJson = False,
    ) -> None:
        room = import_module("bot.cli.desksaid")  # the daemon's own command line needs no desk
        told = asyncio.run(room.said(enter(settings, level="error"), verb, " ".join(words or ()), who))
        print_json(told) if json else out.print(told.text, markup=False, soft_wrap=True)
        if not told.done:
            raise typer.Exit(1)


for _verb, (_behind, _line) in ALIKE.items():
    _command(_verb, _behind, _line)
