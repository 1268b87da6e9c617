"""What every verb of the desk gets: the room it works in, and who asks for what, when and where."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.desk.answer import Answer
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.desk import DeskMessage, Dialogue, Person, Role
from bot.rules.growth import GrowthLine
from bot.work.broadcasting import Broadcasting
from bot.work.clipping import Clipping
from bot.work.ordering import Ordering

PATIENCE = timedelta(hours=1)
"""How long the desk waits for an answer to its question."""

Chart = Callable[[Sequence[GrowthLine], str, datetime], Awaitable[Path]]
"""Draws how readers grew, in a language, as on that day. Raises PressError."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a verb may look at and change."""

    ledger: Ledger
    channels: tuple[str, ...]
    """Every channel of the newsroom."""
    ordering: Ordering
    """The orders that need the press or the channels."""
    able: tuple[str, ...] = ()
    """Those that can delete what is out."""
    sources: tuple[str, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    cards: Path | None = None
    """The folder of the cards."""
    fixed: tuple[Person, ...] = ()
    """The people of the settings."""
    me: Callable[[], str] = str
    """The bot's own name, once Telegram has told it."""
    wake: Callable[[str], None] = lambda _: None
    """Have a source looked at."""
    fetch: Callable[[str], Awaitable[bytes]] | None = None
    """A picture that somebody sent, by `Asked.picture`. Raises Refused, Unavailable or Uncertain."""
    clipping: Clipping | None = None
    """Makes a story of a link."""
    tell: Callable[[int, Answer, str], Awaitable[object]] | None = None
    """Write to somebody's own chat, in a language. Raises Refused, Unavailable or Uncertain."""
    broadcasting: Broadcasting | None = None
    """Where there are carriers: writes to readers, and counts what is on its way to them."""
    subscribers: Subscribers | None = None
    """The readers, where the newsroom has any."""
    chart: Chart | None = None
    languages: tuple[str, ...] = ("zh", "en")
    """In which the desk can answer."""
    verbs: "Mapping[str, Spec]" = field(default_factory=dict)
    """Every verb there is, by name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One order, written or pressed."""

    person: Person
    rest: str
    """What stood behind the verb."""
    now: datetime
    chat: int = 0
    private: bool = True
    """In the person's own chat, where nobody else reads."""
    pressed: bool = False
    """By a button."""
    replied: DeskMessage | None = None
    """The desk's own message that this one replies to, or whose button was pressed."""
    quoted: str = ""
    """The words of the message that this one replies to."""
    picture: str | None = None
    """Telegram's name of a picture that came with it: `Room.fetch` brings it."""

    def waits(self, verb: str, step: str, data: str = "") -> Dialogue:
        """A conversation that goes on with this person's next words, for `ledger.dialogues.open`."""
        return Dialogue(self.chat, self.person.number, verb, step, data, self.now + PATIENCE)


Answers = Answer | tuple[Answer, ...]
"""One message, or several one after the other."""
Do = Callable[[Room, Asked], Awaitable[Answers]]
"""Raises LedgerError."""
Hear = Callable[[Room, Asked, Dialogue], Awaitable[Answers]]
"""Goes on with a conversation: `Asked.rest` is what was said. It is closed by then: open it again to ask on."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One verb: its name in Latin letters, what it does, and who may ask for it.

    Its description in the menu and its other names stand in words.yaml of each language.
    """

    name: str
    do: Do
    role: Role = Role.EDITOR
    looks: bool = False
    """It changes nothing, so it may be done twice, and its answer may take the place of the message pressed."""
    hears: Hear | None = None
    private: bool = False
    """Its answer is for one pair of eyes: not in a group."""
    menu: bool = True
    slow: bool = False
    """It may wait for a page, a picture or a card: whoever comes after is served meanwhile."""
