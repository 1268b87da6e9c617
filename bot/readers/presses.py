"""Presses: a button counts where it was sealed for this chat, by who may decide there; its message shows what came."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from telegram import CallbackQuery, Message, Update

from bot.errors import OrderError
from bot.model.subscriber import Subscriber
from bot.readers.choosing import LANGUAGES
from bot.readers.offers import marked
from bot.readers.pages import Page
from bot.readers.reception import House
from bot.readers.visitor import Visitor, client_language, visitor_of
from bot.talk.buttons import LIFE, Pressed, Seal

SURE = timedelta(minutes=10)
"""How long the question whether everything is to be deleted stands."""
_FINAL = "forget!"


class Presses:
    """Between a button and what comes of it."""

    def __init__(self, house: House, seal: Seal) -> None:
        self._house, self._seal = house, seal

    async def pressed(self, update: Update, _: Any) -> None:
        """Somebody pressed a button."""
        query = update.callback_query
        if query is None:
            return
        message, speaker = query.message, self._house.speaker
        client = client_language(query.from_user.language_code)
        if not isinstance(message, Message):  # so old that Telegram no longer says what it was
            await speaker.toast(query.id, client, "stale", alert=True)
            return
        visitor = self._visitor(query, message)
        fast, say = self._house.too_fast(visitor.chat)
        if fast:
            if say:
                await speaker.toast(query.id, client, "slow", alert=True)
            return
        opened = self._seal.open(query.data or "", message.chat.id)
        if opened is None:  # forged: nothing is said, and nothing done
            await speaker.toast(query.id, client)
            return
        now = self._house.counter.clock()
        if now - opened.made_at > (SURE if opened.order == _FINAL else LIFE):
            await speaker.toast(query.id, client, "stale", alert=True)
            return
        if not await self._house.groups.may_decide(visitor):
            await speaker.toast(query.id, client, "admins", alert=True)
            return
        await self._carry_out(query, message, visitor, opened)

    async def _carry_out(self, query: CallbackQuery, message: Message, visitor: Visitor, opened: Pressed) -> None:
        speaker = self._house.speaker
        page: Page | None
        try:
            match opened.order.split():
                case ["say", said, *rest] if said in LANGUAGES:
                    visitor = replace(visitor, language=said)
                    page, one = self._house.counter.welcome(await self._topic(rest), said), None
                case _:
                    page, one = await self._page(visitor, opened.order)
        except OrderError:
            page, one = Page("cannot"), None
        language = one.reading.language if one is not None else visitor.language
        await speaker.toast(query.id, language, "" if page else "nobody", alert=page is None)
        if page is not None:
            await speaker.edit(visitor.place, message.message_id, page, language)

    async def _page(self, visitor: Visitor, order: str) -> tuple[Page | None, Subscriber | None]:
        """What the message shows then; None where there is nobody whom the order could be about."""
        counter = self._house.counter
        known = await counter.known(visitor)
        match order.split():  # what may be pressed by who is not subscribed
            case ["sub", language, *rest] if language in LANGUAGES:
                return await self._subscribe(replace(visitor, language=language), rest)
            case ["stop"]:
                return await counter.stop(visitor), known
            case ["forget!"]:
                return await counter.forget(visitor), known
        one = await counter.reader(visitor)
        return await self._settings(one, order) if one is not None else (None, None)

    async def _settings(self, one: Subscriber, order: str) -> tuple[Page | None, Subscriber | None]:
        counter = self._house.counter
        match order.split():
            case ["p", name]:
                return await counter.page(one, name), one
            case ["p", name, number] if number.isdecimal():
                return await counter.turned(one, name, int(number)), one
            case ["pause" | "go" as word]:
                return await counter.pause(one, on=word == "pause"), one
            case ["b", on]:
                return await counter.breaking(one, only=on == "1"), one
            case ["w+"]:
                return await counter.follow_found(one), one
        changed = await counter.change(one, order)
        return (changed[1], changed[0]) if changed else (None, None)

    async def _subscribe(self, visitor: Visitor, rest: list[str]) -> tuple[Page, Subscriber]:
        counter = self._house.counter
        one, note = await counter.subscribe(visitor, await self._topic(rest))
        return (await counter.page(one, "settings")).noted(note), one

    async def _topic(self, rest: list[str]) -> str:
        return marked(await self._house.counter.offers.topics()).get(rest[0], "") if rest else ""

    def _visitor(self, query: CallbackQuery, message: Message) -> Visitor:
        """Where the button stands, and who pressed it; its message is the bot's own."""
        there = visitor_of(message, self._house.house_language)
        own = client_language(query.from_user.language_code) if there.private else there.language
        return Visitor(there.chat, there.kind, own, there.thread, query.from_user.id)
