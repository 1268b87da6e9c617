"""Who may ask for what, in which language everybody is answered, and how seldom a stranger is."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.model.desk import Person, Role
from bot.settings import Editor

DEFAULT_LANGUAGE = "en"
BREATH = timedelta(minutes=1)
"""A stranger gets at most one answer of a kind in this time."""
ALL_STRANGERS = 20
"""And all of them together at most this many, so that a crowd cannot use up what Telegram lets the bot send."""
REMEMBERED = 1000


class People:
    """The editors of the settings, and whom they let in."""

    def __init__(self, editors: Sequence[Editor], language: str, ledger: Ledger) -> None:
        self.fixed = tuple(_fixed(editor) for editor in editors)
        self._by_number = {person.number: person for person in self.fixed}
        self._language, self._ledger = language, ledger

    async def who(self, number: int) -> Person | None:
        """Whoever has this Telegram number; None: a stranger. Raises LedgerError."""
        return self._by_number.get(number) or await self._ledger.people.get(number)

    def known(self, number: int) -> Person | None:
        """The same of the settings' people, without the ledger."""
        return self._by_number.get(number)

    async def everybody(self, role: Role = Role.READER) -> tuple[Person, ...]:
        """All who may do that, those of the settings first. Raises LedgerError."""
        let_in = [one for one in await self._ledger.people.all() if one.number not in self._by_number]
        return tuple(one for one in (*self.fixed, *let_in) if one.may(role))

    def language(self, person: Person | None = None) -> str:
        """Their own, else the newsroom's first."""
        return (person.language if person else None) or self._language


def _fixed(editor: Editor) -> Person:
    return Person(
        editor.id, editor.name, Role(editor.role), editor.language, editor.sections, editor.channels, fixed=True
    )


def client_language(code: str | None) -> str:
    """Of a stranger, by what their Telegram says, such as "zh-hans" or "en"."""
    return "zh" if (code or "").lower().startswith("zh") else DEFAULT_LANGUAGE


class Strangers:
    """Remembers whom it answered, within bounds."""

    def __init__(self) -> None:
        self._answered: OrderedDict[tuple[int, str], datetime] = OrderedDict()
        self._lately: deque[datetime] = deque()
        self._known: OrderedDict[int, None] = OrderedDict()

    def new(self, number: int) -> bool:
        """Whether this one has not been seen before."""
        if number in self._known:
            return False
        self._known[number] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return True

    def may_answer(self, number: int, kind: str, now: datetime) -> bool:
        """Whether an answer of this kind is due; a yes counts as given."""
        while self._lately and now - self._lately[0] >= BREATH:
            self._lately.popleft()
        last = self._answered.get((number, kind))
        if (last is not None and now - last < BREATH) or len(self._lately) >= ALL_STRANGERS:
            return False
        self._lately.append(now)
        self._answered[number, kind] = now
        self._answered.move_to_end((number, kind))
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return True
