"""The board: a story that waits for an editor arrives as one message, which is edited as the story goes on."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.desk.answer import Answer
from bot.desk.answers.board import Posted
from bot.desk.enclosures import seen
from bot.desk.people import People
from bot.desk.speaking import Speaker
from bot.desk.standing import decided, standing, telling
from bot.desk.verb import Room
from bot.desk.withdrawal import taken_back
from bot.errors import DeliveryError, LedgerError, Refused, Unavailable
from bot.ledger.reversals import WITHIN
from bot.model.decision import Decision, Verb
from bot.model.delivery import Delivery, State
from bot.model.desk import DeskMessage, Person, Role, Shows
from bot.model.story import BlockKind, Story
from bot.sources.submission import arrival_of
from bot.talk.line import Place
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

NEWS = timedelta(days=2)
"""A story older than this does not arrive any more; it is in the queue."""
AT_ONCE, IN_A_GROUP = 5, 1
"""New messages a chat and round: Telegram lets a bot write to a person each second, to a group every three."""
MARGIN = WITHIN + timedelta(seconds=5)
"""Changes this much earlier are looked at once more: two hands may have written at the same time, and what may be
taken back for a minute may not after it."""
_UNDOABLE = {
    Verb.APPROVED: "approve", Verb.REJECTED: "reject", Verb.HELD: "hold", Verb.RELEASED: "release",
    Verb.CANCELLED: "cancel", Verb.SCHEDULED: "schedule", Verb.EMBARGOED: "embargo", Verb.HURRIED: "now",
    Verb.SKIPPED: "skip", Verb.ADDED: "add",
}  # fmt: skip


class Board:
    """Keeps the desk's messages of stories in step with the ledger."""

    def __init__(
        self,
        room: Room,
        people: People,
        speaker: Speaker,
        clock: Clock,
        place: Place | None,
        deaf: Callable[[], Collection[int]],
    ) -> None:
        """`place` is the desk's own chat, if it has one; `deaf` tells who cannot be written to."""
        self._room, self._people, self._speaker, self._clock = room, people, speaker, clock
        self._place, self._deaf = place, deaf
        self._since: datetime | None = None
        self._expected: frozenset[int] = frozenset()
        self._writing = asyncio.Lock()
        """Two edits of one message at once would leave buttons that the ledger does not know."""
        self._not_before: datetime | None = None

    async def run(self, now: datetime) -> None:
        """Show what has come to wait, and what has changed. Raises LedgerError."""
        if self._not_before is not None and now < self._not_before:
            return
        try:
            async with self._writing:
                await self._follow(now)
                await self._arrive(now)
        except Unavailable as err:
            self._not_before = now + (err.retry_after or timedelta(seconds=30))

    async def follow(self, now: datetime, *, all_of: int | None = None) -> None:
        """The same without anything new, for who has just decided something; `all_of` names a story besides."""
        try:
            async with self._writing:
                await self._follow(now)
                for message in await self._room.ledger.desk_messages.of_story(all_of) if all_of is not None else ():
                    await self._edit(message)
        except LedgerError:
            log.exception("the messages of stories are behind")
        except Unavailable as err:
            self._not_before = now + (err.retry_after or timedelta(seconds=30))

    async def has(self, story: int, chat: int) -> bool | None:
        """Whether that chat has a message of the story; None: it is about to come."""
        if any(one.chat == chat for one in await self._room.ledger.desk_messages.of_story(story)):
            return True
        known = await self._room.ledger.stories.get(story)
        if known is not None and not await self._concerns(await self._reader(chat), known):
            return True  # not theirs to decide on: they need not be told
        return None if story in self._expected else False

    async def places(self) -> dict[int, tuple[Place, str]]:
        """Where stories and alarms arrive, by chat, each with its language. Raises LedgerError."""
        if self._place is not None:
            return {self._place.chat: (self._place, self._people.language())}
        editors = await self._people.everybody(Role.EDITOR)
        return {one.number: (Place(one.number), self._people.language(one)) for one in editors}

    async def _follow(self, now: datetime) -> None:
        since = (self._since or now - NEWS) - MARGIN
        for message in await self._room.ledger.desk_messages.lately(since):
            await self._edit(message)
        for message in await self._room.ledger.desk_messages.withdrawals():
            await self._edit(message)
        self._since = now

    async def _edit(self, message: DeskMessage) -> None:
        answer = await self._shown_by(message)
        if answer is None:
            return
        language = await self._language(message.chat)
        try:
            if not await self._speaker.change(message, answer, language):
                await self._room.ledger.desk_messages.forget(message.chat, message.message)
        except Refused:
            await self._room.ledger.desk_messages.forget(message.chat, message.message)
        except Unavailable:
            raise
        except DeliveryError as err:
            log.warning("a story's message was not edited", story=message.story, why=err.why)

    async def _shown_by(self, message: DeskMessage) -> Answer | None:
        """What the message says by now."""
        if message.story is None:
            return None
        if message.shows is Shows.WITHDRAWAL:
            story = await self._room.ledger.stories.get(message.story)
            return await taken_back(self._room.ledger, story) if story is not None else None
        return await self._answer(message.story, message.chat)

    async def _arrive(self, now: datetime) -> None:
        waiting = await self._room.ledger.desk_messages.waiting(now - NEWS)
        self._expected = frozenset(waiting)
        if not waiting:
            return
        there = await self._room.ledger.desk_messages.chats(waiting)
        for chat, (place, language) in (await self.places()).items():
            if chat in self._deaf():
                continue
            for story in [one for one in waiting if (one, chat) not in there][: AT_ONCE if chat > 0 else IN_A_GROUP]:
                answer = await self._answer(story, chat)
                if answer is not None and not await self._show(place, answer, language):
                    break

    async def _show(self, place: Place, answer: Posted, language: str) -> bool:
        try:
            await self._speaker.say(place, answer, language)
        except Unavailable:
            raise
        except DeliveryError as err:
            log.warning("a story did not arrive at the desk", story=answer.number, chat=place.chat, why=err.why)
            return False
        return True

    async def _reader(self, chat: int) -> Person | None:
        """Who alone reads that chat; None: a group."""
        return await self._people.who(chat) if chat > 0 else None

    async def _language(self, chat: int) -> str:
        return self._people.language(await self._reader(chat))

    async def _concerns(self, reader: Person | None, story: Story) -> bool:
        """Whether any of it is theirs to decide on."""
        if reader is None or not reader.may_section(story.article.section):
            return reader is None
        rows = await self._room.ledger.deliveries.of_story(story.id) if reader.channels else ()
        return not rows or any(reader.may_channel(row.channel) for row in rows)

    async def _answer(self, number: int, chat: int) -> Posted | None:
        story, reader = await self._room.ledger.stories.get(number), await self._reader(chat)
        if story is None or not await self._concerns(reader, story):
            return None
        rows = await self._room.ledger.deliveries.of_story(number)
        return await self._posted(story, telling(rows), reader)

    async def _posted(self, story: Story, rows: tuple[Delivery, ...], reader: Person | None) -> Posted:
        history = await self._room.ledger.history.of_story(story.id)
        orders = (await self._room.ledger.orders.given(story.id)).orders
        by_hand = decided(history)
        theirs = tuple(row for row in rows if reader is None or reader.may_channel(row.channel))
        enclosure = await seen(self._room, story)
        card = self._card(rows)
        return Posted(
            number=story.id,
            headline=story.article.headline,
            section=story.article.section,
            credit=story.article.byline.credit,
            summary=next((one.text for one in story.article.blocks if one.kind is BlockKind.PARAGRAPH), ""),
            link=story.article.link,
            standings=tuple(standing(row, history) for row in theirs),
            why=next((row.reason for row in theirs if row.state is State.HELD), ""),
            who=by_hand.who if by_hand else None,
            verb=by_hand.verb.value if by_hand else None,
            at=by_hand.at if by_hand else None,
            card=(enclosure if orders.picture is None else None) or card or enclosure,
            verbs=tuple(self._room.verbs),
            orders=orders,
            whole=len(theirs) == len(rows),
            enclosed=enclosure is not None,
            brought=arrival_of(story.article) is not None,
            undo=self._undo(by_hand, reader),
        )

    def _undo(self, last: Decision | None, reader: Person | None) -> str:
        if last is None or self._clock() - last.at > WITHIN or (reader is not None and reader.name != last.who):
            return ""
        return _UNDOABLE.get(last.verb, "")

    def _card(self, rows: tuple[Delivery, ...]) -> Path | None:
        if self._room.cards is None:
            return None
        names = (row.edition.card.file for row in rows if row.edition.card is not None)
        return next((path for path in (self._room.cards / name for name in names) if path.is_file()), None)
