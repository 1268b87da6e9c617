"""The desk's verbs that need only words, from a script: the same handlers, answered in text or JSON."""

import asyncio
import getpass
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from bot.app import SHIPPED, Premises, now
from bot.cli.orders import opened_desk
from bot.cli.session import DEFAULT, AsJson, SettingsFile, enter, out, print_json
from bot.desk.answer import Answer, asks
from bot.desk.answers.looking import NoSuchChannel, NoSuchSpan, NoSuchStory
from bot.desk.answers.people import NobodyOf
from bot.desk.answers.settling import NoChannel
from bot.desk.answers.talk import NotYours, Usage
from bot.desk.bot import called
from bot.desk.people import People
from bot.desk.registry import VERBS
from bot.desk.replies import Replies
from bot.desk.verb import Asked, Room, Spec
from bot.errors import OrderError
from bot.model.desk import Person, Role
from bot.model.edition import Markup
from bot.rules.counting import visible

app = typer.Typer()
As = Annotated[
    str, typer.Option("--as", "--who", default_factory=getpass.getuser, help="Who decides; the history keeps it.")
]
NOT_DONE = (Usage, NotYours, NoSuchStory, NoSuchChannel, NoSuchSpan, NoChannel, NobodyOf)
"""Answers that end with exit code 1, as do questions."""
ALIKE = {
    "next": ("[60m | 2 hours | 18:30]", "Show what goes out by then if nobody does anything."),
    "status": ("[PAGE]", "Show stories × channels, what is late or uncertain, and what is in trouble."),
    "today": ("[PAGE]", "Show what went out since midnight in the newsroom's zone."),
    "log": ("[PAGE]", "Show who did what."),
    "channels": ("", "Show how each channel does: waiting, held, last post, paused or not."),
    "pause": ("CHANNEL | SOURCE [reason]", "Let nothing out of a channel, or in from a source, until it is resumed."),
    "resume": ("CHANNEL | SOURCE", "Open a channel or a source that is paused: what waited goes on."),
    "sources": ("[PAGE]", "Show how each source does, those in trouble first."),
    "look": ("SOURCE", "Have a source looked at now; a daemon does it."),
    "flood": ("[SOURCE release | drop]", "Show floods of old stories that are held; let one go, or drop it."),
    "panic": ("[reason | over]", "Stop every channel; “over” lets go on what this stopped."),
    "people": ("", "Show who is of the desk, and what they may do."),
    "invite": ("ROLE [CHANNEL | SECTION …]", "Make a link by which one person joins the desk, within a day."),
    "remove": ("NUMBER", "Send somebody away from the desk; `people` shows the numbers."),
}
"""By verb: what is written behind it, and its line of help."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it: one answer or several, and the same in words."""

    answers: tuple[Answer, ...]
    text: str
    done: bool


async def said(premises: Premises, spec: Spec, words: str, who: str) -> Said:
    """Do as the desk does; any other name runs the house. Raises OrderError where it is not theirs, LedgerError."""
    async with opened_desk(premises) as (ordering, ledger):
        people = People(premises.settings.desk.editors, premises.settings.newsroom.languages[0], ledger)
        known = (one for one in await people.everybody() if one.name == who)
        person = next(known, Person(0, who, Role.ADMIN))
        if not person.may(spec.role):
            raise OrderError(f"{who} is {_a(person.role)} of the desk: `{spec.name}` is for {_a(spec.role)}")
        settings = premises.settings
        room = Room(
            ledger,
            tuple(settings.channels),
            ordering,
            sources=tuple(settings.sources),
            zone=settings.newsroom.tz,
            fixed=people.fixed,
            verbs=VERBS,
        )
        if spec.name == "invite":
            name = await called(settings.desk)
            room = replace(room, me=lambda: name)
        answers = await spec.do(room, Asked(person, words, now()))
        answers = answers if isinstance(answers, tuple) else (answers,)
        replies = Replies(SHIPPED, premises.own_templates, settings.newsroom.tz)
        language = people.language(person)
        text = "\n\n".join(visible(replies.render(one, language, now()), Markup.HTML) for one in answers)
        asking = bool(words) or spec.hears is not None  # without words, `flood` only shows
        done = not any(
            isinstance(one, NOT_DONE) or (asks(one) and asking) or not getattr(one, "known", True) for one in answers
        )
        return Said(answers, text, done)


def _a(role: Role) -> str:
    return f"{'an' if role in (Role.ADMIN, Role.EDITOR) else 'a'} {role}"


def _command(spec: Spec, behind: str) -> None:
    @app.command(name=spec.name, help=ALIKE[spec.name][1])
    def run(
        who: As,
        words: Annotated[list[str] | None, typer.Argument(metavar=behind, show_default=False)] = None,
        settings: SettingsFile = DEFAULT,
        json: AsJson = False,
    ) -> None:
        told = asyncio.run(said(enter(settings, level="error"), spec, " ".join(words or ()), who))
        print_json(told) if json else out.print(told.text, markup=False, soft_wrap=True)
        if not told.done:
            raise typer.Exit(1)


for _name, (_behind, _) in ALIKE.items():
    _command(VERBS[_name], _behind)
