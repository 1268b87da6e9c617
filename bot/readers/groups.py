"""Groups and channels: who may decide there, who has thrown the bot out, and where a group has moved to."""

from collections.abc import Callable
from datetime import datetime

import structlog
from telegram import Bot, ChatMemberAdministrator, ChatMemberUpdated, Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.model.subscriber import Address, Membership, Subscriber
from bot.readers.counter import Counter
from bot.readers.pages import Page
from bot.readers.speaking import Speaker
from bot.readers.visitor import Visitor, visitor_at
from bot.talk.line import Place

log = structlog.get_logger(__name__)

_AWAY = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
_DECIDES = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
_MOST_ASKED = 10
_BATCH = 500


class Groups:
    """What Telegram says of the chats that the bot is in."""

    def __init__(self, bot: Bot, counter: Counter, speaker: Speaker, clock: Callable[[], datetime]) -> None:
        self._bot, self._counter, self._speaker, self._clock = bot, counter, speaker, clock

    async def may_decide(self, visitor: Visitor, message: Message | None = None) -> bool:
        """In their own chat everybody; in a group its administrators, also hidden ones; a channel for itself.

        Raises TelegramError where Telegram does not say.
        """
        if visitor.private:
            return True
        if message is not None and message.sender_chat is not None:
            # A hidden administrator speaks as the group itself; a channel that is linked to the group does not.
            return message.sender_chat.id == visitor.chat
        return visitor.person is not None and await self.administers(visitor.chat, visitor.person)

    async def administers(self, chat: int, person: int) -> bool:
        """Whether the person is an administrator there. Raises TelegramError."""
        try:
            member = await self._bot.get_chat_member(chat, person)
        except (BadRequest, Forbidden):
            return False
        return member.status in _DECIDES

    async def may_post(self, chat: int) -> bool:
        """Whether the bot may post in the channel. Raises TelegramError."""
        try:
            me = await self._bot.get_chat_member(chat, self._bot.id)
        except (BadRequest, Forbidden):
            return False
        return isinstance(me, ChatMemberAdministrator) and bool(me.can_post_messages)

    async def tell_administrators(self, chat: int, title: str) -> None:
        """Say to whoever of them has written to the bot that it may not post there."""
        try:
            found = await self._bot.get_chat_administrators(chat)
        except TelegramError as err:
            log.warning("a channel lets the bot neither post nor ask who administers it", error=str(err)[:200])
            return
        for one in found[:_MOST_ASKED]:
            if not one.user.is_bot:
                known = Visitor(one.user.id, "private", "en")
                there = await self._counter.known(known)
                language = there.reading.language if there else self._counter.newsroom.languages[0]
                await self._speaker.say(Place(one.user.id), Page("may_not_post", topic=title), language)

    async def changed(self, update: ChatMemberUpdated, house_language: str) -> None:
        """The bot was let in, thrown out, blocked or unblocked."""
        old, new = update.old_chat_member, update.new_chat_member
        visitor = visitor_at(update.chat, house_language, update.from_user.language_code)
        if new.status in _AWAY:
            why = "the reader has blocked the bot" if visitor.private else "the bot was thrown out"
            for one in await self._there(visitor, forum=bool(update.chat.is_forum)):
                if await self._counter.subscribers.lost(one.id, why, self._clock()):
                    log.info("a subscriber is gone", channel=one.channel, why=why)
            return
        came = old.status in _AWAY
        back = [
            one for one in await self._there(visitor, forum=bool(update.chat.is_forum))
            if came and one.state is Membership.LOST
        ]  # fmt: skip
        for one in back:
            await self._restore(visitor, one)
        if update.chat.type == ChatType.CHANNEL:
            if isinstance(new, ChatMemberAdministrator) and not new.can_post_messages:
                page = Page("may_not_post", topic=update.chat.title or "")
                await self._speaker.say(Place(update.from_user.id), page, house_language)
        elif came and back and not visitor.private:
            language = back[0].reading.language
            await self._speaker.say(visitor.place, Page("group_joined", note="welcome_back"), language)
        elif came and not visitor.private:
            newsroom = self._counter.newsroom.name
            await self._speaker.say(visitor.place, Page("group", newsroom=newsroom), house_language)

    async def moved(self, old: int, new: int) -> None:
        """A group has become a supergroup of another number: its subscription goes with it."""
        one = await self._counter.known(Visitor(old, "group", "en"))
        if one is not None:
            await self._counter.subscribers.moved(one.id, Address(str(new)), self._clock())

    async def _restore(self, visitor: Visitor, one: Subscriber) -> None:
        store, address = self._counter.subscribers, await self._counter.subscribers.opened(one.id)
        if one.consent is not None and address is not None:
            await store.ask(
                one.carrier, address, one.choices, one.timing, one.reading, one.consent, self._clock(), proved=True
            )
            log.info("a subscriber is back", channel=one.channel, kind=visitor.kind)

    async def _there(self, visitor: Visitor, *, forum: bool) -> list[Subscriber]:
        """The chat's own subscription, and those of its topics: a mark finds only an address that is known whole."""
        known = await self._counter.known(visitor)
        found = [known] if known is not None else []
        after = 0
        while forum:
            some = await self._counter.subscribers.addresses(self._counter.carrier, after, _BATCH)
            found += [one for one, address in some if address.to.startswith(f"{visitor.chat}/")]
            if len(some) < _BATCH:
                break
            after = some[-1][0].id
        return found
