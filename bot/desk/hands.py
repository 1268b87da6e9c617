"""The hands of the desk: an order is carried out, once, by who may give it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.desk.answers.talk import NotAllowed, NotHere, Trouble, Twice
from bot.desk.drafts import VERB as DRAFT
from bot.desk.drafts import back
from bot.desk.verb import Answers, Asked, Room, Spec
from bot.errors import LedgerError
from bot.model.desk import Dialogue, Seen

ONCE_MORE = timedelta(minutes=5)
"""How long a question that comes back is waited for; a draft waits as long as it did."""

log = structlog.get_logger(__name__)


class Hands:
    """Carries orders out; `bot` is the bot's own number, under which its updates are remembered."""

    def __init__(self, room: Room, bot: int) -> None:
        self._room, self._bot = room, bot

    async def do(self, spec: Spec, asked: Asked, update: int) -> Answers:
        """What came of it. A verb that changes something does so once for each update, however often that comes."""
        if not asked.person.may(spec.role):
            return NotAllowed(spec.name, spec.role.value)
        if spec.private and not asked.private:
            return NotHere(spec.name)

        async def done() -> Answers:
            before = await self._waits(asked)
            return await self._and_back(spec, asked, before, await spec.do(self._room, asked))

        return await self._once(spec, asked, None if spec.looks else update, done)

    async def hear(self, spec: Spec, asked: Asked, dialogue: Dialogue, update: int) -> Answers:
        """Go on with a conversation of that verb; it is closed first, and the verb may open it again."""
        hears = spec.hears
        if hears is None or not asked.person.may(spec.role):
            return NotAllowed(spec.name, spec.role.value)

        async def goes_on() -> Answers:
            await self._room.ledger.dialogues.close(dialogue.chat, dialogue.person, dialogue.verb)
            return await self._and_back(spec, asked, dialogue, await hears(self._room, asked, dialogue))

        return await self._once(spec, asked, update, goes_on)

    async def _waits(self, asked: Asked) -> Dialogue | None:
        return await self._room.ledger.dialogues.get(asked.chat, asked.person.number, asked.now)

    async def _and_back(self, spec: Spec, asked: Asked, before: Dialogue | None, answers: Answers) -> Answers:
        """With a word on what was laid aside for this, and comes back now."""
        now = await self._waits(asked) if before is not None else None
        if before is None or now is None or now.verb in (before.verb, spec.name):
            return answers
        if now.verb != DRAFT:  # said once: who does not go on with it soon has other things to do
            dialogues, ends = self._room.ledger.dialogues, asked.now + ONCE_MORE
            if now.until <= ends:
                await dialogues.close(now.chat, now.person, now.verb)
                return answers
            await dialogues.open(replace(now, until=ends))
        return *(answers if isinstance(answers, tuple) else (answers,)), back(now)

    async def _once(
        self, spec: Spec, asked: Asked, update: int | None, do: Callable[[], Awaitable[Answers]]
    ) -> Answers:
        updates = self._room.ledger.updates
        try:
            if update is None:
                return await do()
            # Begun before, done after: a crash between them leaves a command that may be half done, and says so.
            seen = await updates.begin(self._bot, update, asked.now)
            if seen is not Seen.NEW:
                return Twice(spec.name, seen is Seen.DONE)
            answers = await do()
            await updates.done(self._bot, update)
        except LedgerError:
            log.exception("a command failed", person=asked.person.name, verb=spec.name)
            return Trouble()
        return answers
