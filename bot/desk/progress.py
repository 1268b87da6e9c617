"""Progress: the messages that show how far a broadcast is, edited as it goes out."""

from datetime import datetime, timedelta

import structlog

from bot.desk.answers.broadcasting import ABOUT
from bot.desk.people import People
from bot.desk.speaking import Speaker
from bot.desk.verb import Room
from bot.desk.verbs.broadcasting import sending
from bot.errors import DeliveryError, Refused, Unavailable
from bot.model.desk import DeskMessage

log = structlog.get_logger(__name__)

LATELY = timedelta(days=7)
"""A message that has not changed for longer is looked at no more."""
SELDOM = timedelta(seconds=5)
"""Telegram takes no more edits of one message."""


class Progressing:
    """Edits them in place; one that is done is left alone."""

    def __init__(self, room: Room, people: People, speaker: Speaker) -> None:
        self._room, self._people, self._speaker = room, people, speaker
        self._done: dict[tuple[int, int], datetime] = {}
        """Messages that show an end, as they were then."""
        self._not_before: datetime | None = None

    async def run(self, now: datetime) -> None:
        """Bring them up to date. Raises LedgerError."""
        if self._room.broadcasting is None or (self._not_before is not None and now < self._not_before):
            return
        try:
            for message in await self._room.ledger.desk_messages.about(ABOUT, now - LATELY):
                if now - message.at >= SELDOM and self._done.get((message.chat, message.message)) != message.at:
                    await self._follow(message)
        except Unavailable as err:
            self._not_before = now + (err.retry_after or timedelta(seconds=30))

    async def _follow(self, message: DeskMessage) -> None:
        number = (message.channel or "").removeprefix(ABOUT)
        one = await self._room.ledger.broadcasts.get(int(number)) if number.isdecimal() else None
        if one is None:
            return
        answer = await sending(self._room, one)
        language = self._people.language(await self._people.who(message.chat) if message.chat > 0 else None)
        try:
            await self._speaker.change(message, answer, language)
        except Refused:
            await self._room.ledger.desk_messages.forget(message.chat, message.message)
        except Unavailable:
            raise
        except DeliveryError as err:
            log.warning("a message on a broadcast was not edited", chat=message.chat, why=err.why)
        else:
            kept = await self._room.ledger.desk_messages.get(message.chat, message.message) if answer.done else None
            if kept is not None:
                self._done[message.chat, message.message] = kept.at
