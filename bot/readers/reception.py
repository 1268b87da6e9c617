"""The reception of readers: a message comes in, and is answered by the page that its words ask for."""

import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog
from telegram import Message, Update
from telegram.error import TelegramError

from bot.errors import DeliveryError, LedgerError, OrderError
from bot.model.subscriber import Membership, Subscriber
from bot.readers import pages
from bot.readers.commands import VERBS, Command, read, switched
from bot.readers.counter import Counter
from bot.readers.groups import Groups
from bot.readers.links import topic_of
from bot.readers.mydata import FILE
from bot.readers.pages import Page
from bot.readers.replies import Replies
from bot.readers.speaking import Speaker
from bot.readers.visitor import Visitor, visitor_of
from bot.rules.flow import Flow

log = structlog.get_logger(__name__)

AT_MOST, WITHIN = 40, timedelta(minutes=1)
"""Messages and presses of one chat; what is more is not answered."""
SAID_AGAIN = timedelta(minutes=5)
_REMEMBERED = 1000


@dataclass(frozen=True)
class House:
    """What the reception and the buttons work with."""

    counter: Counter
    groups: Groups
    speaker: Speaker
    replies: Replies
    house_language: str
    flow: Flow = field(default_factory=lambda: Flow(AT_MOST, WITHIN))
    warned: Flow = field(default_factory=lambda: Flow(1, SAID_AGAIN))

    def too_fast(self, chat: int) -> tuple[bool, bool]:
        """Whether this chat is too fast, and whether it is to be told so."""
        now = self.counter.clock()
        if self.flow.wait(str(chat), now) is None:
            return False, False
        return True, self.warned.wait(str(chat), now) is None


class Reception:
    """Between a message and its answer."""

    def __init__(self, house: House, me: str = "") -> None:
        self._house, self.me = house, me
        self._aliases = {
            alias: verb for one in house.replies.words.values() for alias, verb in one.aliases.items()
        }  # fmt: skip
        self._told: OrderedDict[tuple[int, int | None], None] = OrderedDict()

    async def heard(self, update: Update, _: Any) -> None:
        """A message, or a channel's post."""
        message = update.message or update.channel_post
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await self._house.groups.moved(message.chat.id, message.migrate_to_chat_id)
            return
        if message.migrate_from_chat_id is not None:
            await self._house.groups.moved(message.migrate_from_chat_id, message.chat.id)
            return
        if message.from_user is not None and message.from_user.is_bot and message.sender_chat is None:
            return
        visitor = visitor_of(message, self._house.house_language)
        asked = self._read(message, visitor)
        if asked is None and not (visitor.private and message.text):
            return  # people talk with each other
        fast, say = self._house.too_fast(visitor.chat)
        if fast:
            if say:
                await self._house.speaker.say(visitor.place, Page("slow"), visitor.language)
            return
        await self._answer(message, visitor, asked)

    def _read(self, message: Message, visitor: Visitor) -> Command | None:
        """In one's own chat a verb's name needs no slash; what somebody else wrote is no order of who forwards it."""
        if message.forward_origin is not None or message.is_automatic_forward:
            return None
        return read(message.text or message.caption or "", self.me, self._aliases, bare=visitor.private)

    async def _answer(self, message: Message, visitor: Visitor, asked: Command | None) -> None:
        house = self._house
        try:
            one = await house.counter.known(visitor)
            if one is not None and one.consent is not None:
                visitor = replace(visitor, language=one.reading.language)
            if asked is not None and not visitor.private and asked.verb not in VERBS:
                return  # another bot's
            if asked is not None and not await self._may(message, visitor, asked):
                return
            said = await (self._carry_out(message, visitor, asked) if asked else self._listen(message, visitor))
            if said is None:
                return
            page, one = said
        except OrderError:
            page = Page("cannot")
        language = one.reading.language if one is not None and one.consent is not None else visitor.language
        await house.speaker.say(visitor.place, page, language)

    async def _may(self, message: Message, visitor: Visitor, asked: Command) -> bool:
        """In a group administrators; others are told kindly, once."""
        if asked.verb in ("help", "why") or await self._house.groups.may_decide(visitor, message):
            return True
        who = (visitor.chat, visitor.person)
        if who not in self._told:
            self._told[who] = None
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
            await self._house.speaker.say(visitor.place, Page("admins"), visitor.language)
        return False

    async def _listen(self, message: Message, visitor: Visitor) -> tuple[Page, Subscriber | None]:
        counter = self._house.counter
        one = await counter.reader(visitor)
        if one is None:
            return counter.welcome("", visitor.language), None
        return await counter.hear(one, (message.text or "")[:500]), one

    async def _carry_out(  # noqa: PLR0911 - a table of verbs
        self, message: Message, visitor: Visitor, asked: Command
    ) -> tuple[Page, Subscriber | None] | None:
        counter, rest = self._house.counter, asked.rest
        match asked.verb:
            case "help":
                return Page("help", newsroom=counter.newsroom.name), await counter.reader(visitor)
            case "start" | "subscribe":
                return await self._begin(message, visitor, asked)
            case "stop":
                return await counter.stop(visitor), None
            case "forget":
                known = await counter.known(visitor)
                return (pages.forget() if known else Page("nothing_kept")), known
            case "mydata":
                return await self._mydata(visitor)
        one = await counter.reader(visitor)
        if one is None:
            return (counter.welcome("", visitor.language) if visitor.private else Page("left")), None
        if asked.verb == "language" and (language := _LANGUAGES.get(rest.casefold())):
            one, page = await counter.speak(one, language)
            return page, one
        return await self._changed(one, asked), one

    async def _changed(self, one: Subscriber, asked: Command) -> Page:
        counter, verb, rest = self._house.counter, asked.verb, asked.rest
        if verb == "why":
            return await counter.why(one, rest)
        if verb == "breaking":
            only = switched(rest)
            return await counter.breaking(one, only=not one.choices.breaking_only if only is None else only)
        if verb in ("pause", "resume"):
            return await counter.pause(one, on=verb == "pause")
        if rest and verb in ("topics", "sources", "words", "mute", "when"):
            return await counter.hear(one, rest[:500], verb)
        return await counter.page(one, verb if verb in _PAGES else "settings")

    async def _begin(self, message: Message, visitor: Visitor, asked: Command) -> tuple[Page, Subscriber | None] | None:
        counter = self._house.counter
        linked = topic_of(asked.rest) if asked.verb == "start" else asked.rest
        topic = await counter.topic(linked)
        if visitor.private:
            return await self._own(visitor, topic)
        if asked.verb == "start" and not asked.rest:
            return Page("group", newsroom=counter.newsroom.name), None
        if linked and not topic:
            return Page("no_topic", topic=linked[:60], names=tuple((await counter.offers.topics())[:20])), None
        if visitor.kind == "channel" and not await self._house.groups.may_post(visitor.chat):
            await self._house.groups.tell_administrators(visitor.chat, message.chat.title or "")
            return None
        one, note = await counter.subscribe(visitor, topic)
        return Page("group_joined", one=one, topic=topic, note=note, kind=visitor.kind), one

    async def _own(self, visitor: Visitor, topic: str) -> tuple[Page, Subscriber | None]:
        """Somebody opens the bot: they are asked, or are back, or are here already."""
        counter = self._house.counter
        one = await counter.reader(visitor)
        if one is not None:
            return await self._more(one, visitor, topic), one
        known = await counter.known(visitor)
        if known is None or known.state is not Membership.LOST:
            return counter.welcome(topic, visitor.language), None
        one, note = await counter.subscribe(visitor)
        return (await counter.page(one, "settings")).noted(note), one

    async def _more(self, one: Subscriber, visitor: Visitor, topic: str) -> Page:
        """A reader who follows another link, or says it once more."""
        counter = self._house.counter
        if topic and one.choices.topics and topic not in one.choices.topics:
            one, _ = await counter.subscribe(visitor, topic)
            return (await counter.page(one, "settings")).noted("added", topic)
        return (await counter.page(one, "settings")).noted("already")

    async def _mydata(self, visitor: Visitor) -> tuple[Page, Subscriber | None] | None:
        page, file = await self._house.counter.mydata(visitor)
        if file is None or page.one is None:
            return page, None
        language = page.one.reading.language if page.one.consent else visitor.language
        await self._house.speaker.say(visitor.place, page, language)
        try:
            await self._house.speaker.file(visitor.place, FILE, file)
        except DeliveryError as err:
            log.warning("a reader's data was not sent", why=err.why)
            return Page("trouble"), page.one
        return None

    async def broke(self, update: object, context: Any) -> None:
        """The ledger or Telegram did not answer, or a mistake of ours: say so instead of nothing."""
        error = context.error
        ours = isinstance(error, LedgerError | TelegramError)
        log.error("a reader's word was not carried out", exc_info=None if ours else error, why=type(error).__name__)
        message = update.message if isinstance(update, Update) else None
        query = update.callback_query if isinstance(update, Update) else None
        with contextlib.suppress(DeliveryError):
            if message is not None:
                visitor = visitor_of(message, self._house.house_language)
                if visitor.private:
                    await self._house.speaker.say(visitor.place, Page("trouble"), visitor.language)
            elif query is not None:
                await self._house.speaker.toast(query.id, self._house.house_language, "trouble", alert=True)


_PAGES = ("settings", "topics", "sources", "words", "mute", "when", "how", "language")
_LANGUAGES = {
    "zh": "zh",
    "中文": "zh",
    "汉语": "zh",
    "chinese": "zh",
    "en": "en",
    "english": "en",
    "英文": "en",
    "英语": "en",
}
