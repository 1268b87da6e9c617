"""The counter: what each word of a reader does to their subscription, and the page that answers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.decision import Decision, Verb
from bot.model.desk import Dialogue
from bot.model.subscriber import Choices, Consent, Membership, Reading, Rhythm, Subscriber, Timing
from bot.readers import pages
from bot.readers.choosing import added, applied
from bot.readers.mydata import as_json
from bot.readers.offers import marked, matching, named
from bot.readers.pages import Page
from bot.readers.visitor import Visitor
from bot.readers.why import why
from bot.rules.wishes import names_of, timing_of
from bot.settings import Newsroom
from bot.settings import Subscribers as Section
from bot.work.offers import Offers

WAITS = timedelta(days=1)
"""How long words that follow a page are about it."""
_DIALOGUE = "readers"
_LISTS = ("topics", "sources")
_HOW = {
    "private": "/start and the button “Subscribe”, in their own chat with the bot",
    "group": "/subscribe by an administrator of the group",
    "thread": "/subscribe by an administrator of the group, in this topic",
    "channel": "/subscribe, posted by the channel itself",
}


@dataclass(frozen=True)
class Counter:
    """One carrier's readers; `number` is its bot's. Every verb raises LedgerError, SettingsError."""

    carrier: str
    number: int
    ledger: Ledger
    subscribers: Subscribers
    section: Section
    newsroom: Newsroom
    offers: Offers
    clock: Callable[[], datetime]

    async def known(self, visitor: Visitor) -> Subscriber | None:
        """Who is there, also who has left."""
        return await self.subscribers.found(self.carrier, visitor.address.to)

    async def reader(self, visitor: Visitor) -> Subscriber | None:
        """Who gets posts there, or paused them."""
        one = await self.known(visitor)
        return one if one is not None and one.state in (Membership.ACTIVE, Membership.PAUSED) else None

    async def topic(self, text: str) -> str:
        """One that is offered, however it is written; "" for none."""
        return named(text, await self.offers.topics()) or "" if text else ""

    def welcome(self, topic: str, language: str) -> Page:
        """What somebody new is asked."""
        return pages.welcome(self.newsroom.name, topic, language)

    async def subscribe(self, visitor: Visitor, topic: str = "") -> tuple[Subscriber, str]:
        """They agree, and are proved to be who they say; and what to say of it. Raises OrderError for who may not."""
        before, now = await self.known(visitor), self.clock()
        choices, consent = Choices(topics=(topic,) if topic else ()), Consent(_HOW[visitor.kind], now)
        timing = Timing(zone=self.newsroom.zone, rhythm=Rhythm(self.section.rhythm))
        reading = Reading(language=visitor.language)
        one = await self.subscribers.ask(
            self.carrier, visitor.address, choices, timing, reading, consent, now, proved=True
        )
        if before is not None and before.state in (Membership.ACTIVE, Membership.PAUSED):
            return (await self._with_topic(one, topic)), "already"
        return one, "welcome_back" if before is not None and before.state is Membership.LOST else "joined"

    async def _with_topic(self, one: Subscriber, topic: str) -> Subscriber:
        """Who follows some topics follows this one, too; who gets everything gets it already."""
        if not topic or not one.choices.topics:
            return one
        topics = added(one.choices.topics, [topic])
        return await self._keep(replace(one, choices=replace(one.choices, topics=topics)))

    async def page(self, one: Subscriber, name: str, number: int = 0, found: str = "") -> Page:
        """A page of settings; words that follow are about it."""
        await self._waits(one, name, found)
        made = pages.paged(one, name, self.newsroom.name, full=self.section.full)
        if made is not None:
            return made
        offered = await self._offered(name)
        some = matching(found, offered) if found else ()
        return pages.listing(one, name, some or offered, number, found if some else "")

    async def turned(self, one: Subscriber, name: str, number: int) -> Page:
        """Another page of the list that was shown last."""
        return await self.page(one, name, number, await self._found(one, name))

    async def change(self, one: Subscriber, order: str) -> tuple[Subscriber, Page] | None:
        """Carry out a button's order; None for one that is none."""
        names = [*await self.offers.topics(), *await self.offers.sources(), *one.choices.topics, *one.choices.sources]
        changed = applied(one, order, marked([*names, *one.choices.words, *one.choices.muted]))
        if changed is None:
            return None
        one = await self._keep(changed)
        word, *rest = order.split()
        name = _PAGES[word]
        number = int(rest[2]) if len(rest) > 2 and rest[2].isdecimal() else 0
        found = await self._found(one, name) if name in _LISTS else ""
        return one, await self.page(one, name, number, found)

    async def hear(self, one: Subscriber, text: str, name: str | None = None) -> Page:
        """Words about the page that was shown last, or that `name` means."""
        name = name or await self._about(one)
        match name:
            case "topics" | "sources":
                return await self._searched(one, name, text)
            case "words" | "mute":
                more = names_of(text)
                field = "words" if name == "words" else "muted"
                choices = replace(one.choices, **{field: added(getattr(one.choices, field), more)})  # type: ignore[arg-type]  # both are names
                one = await self._keep(replace(one, choices=choices))
                return (await self.page(one, name)).noted("added", *more)
            case "when":
                (timing, lost), before = timing_of(text, one.timing), one.timing
                one = await self._keep(replace(one, timing=timing))
                return (await self.page(one, name)).noted(
                    ("lost" if timing == before else "lost_some") if lost else "done", *lost
                )
        return (await self.page(one, "settings")).noted("unclear")

    async def follow_found(self, one: Subscriber) -> Page:
        """What was looked for and not found is followed as a word."""
        text = await self._found(one, "topics")
        return await self.hear(one, text, "words") if text else await self.page(one, "words")

    async def breaking(self, one: Subscriber, *, only: bool) -> Page:
        """Breaking news only, or everything."""
        one = await self._keep(replace(one, choices=replace(one.choices, breaking_only=only)))
        return (await self.page(one, "settings")).noted("breaking" if only else "all")

    async def speak(self, one: Subscriber, language: str) -> tuple[Subscriber, Page]:
        """Our words in that language."""
        one = await self._keep(replace(one, reading=replace(one.reading, language=language)))
        return one, (await self.page(one, "settings")).noted("done")

    async def pause(self, one: Subscriber, *, on: bool) -> Page:
        """Nothing comes, or everything again."""
        verb = self.subscribers.pause if on else self.subscribers.resume
        said = "by the reader" if on else "the reader goes on"
        one = await verb(one.id, said, self.clock()) or one
        return (await self.page(one, "settings")).noted("paused" if on else "resumed")

    async def stop(self, visitor: Visitor) -> Page:
        """They go; nobody asks why."""
        one = await self.known(visitor)
        gone = await self.subscribers.leave(one.id, "/stop", self.clock()) if one else None
        if gone is None:
            return Page("left")
        await self._hush(gone)
        return Page("stopped", ((pages.Button("again", f"sub {one.reading.language if one else visitor.language}"),),))

    async def mydata(self, visitor: Visitor) -> tuple[Page, bytes | None]:
        """All that is kept, to read and as a file."""
        one = await self.known(visitor)
        mine = await self.subscribers.mydata(one.id) if one else None
        if mine is None:
            return Page("nothing_kept"), None
        kind = "group" if visitor.kind == "thread" else visitor.kind
        return Page("mydata", one=mine.subscriber, mydata=mine, kind=kind), as_json(mine)

    async def forget(self, visitor: Visitor) -> Page:
        """Delete them everywhere."""
        one = await self.known(visitor)
        if one is None or not await self.subscribers.forget(one.id, self.clock()):
            return Page("nothing_kept")
        await self._hush(one)
        said = Decision(Verb.FORGOTTEN, "a reader", "by /forget", self.clock(), channel=self.carrier)
        await self.ledger.history.add(said)
        return Page("forgotten")

    async def why(self, one: Subscriber, text: str) -> Page:
        """Why a story came, or did not."""
        return await why(self.ledger, one, text, self.clock())

    async def _searched(self, one: Subscriber, name: str, text: str) -> Page:
        offered, text = await self._offered(name), text.strip()[:60]
        wanted = [(asked, named(asked, offered)) for asked in names_of(text)]
        if wanted and all(found for _, found in wanted):
            field, names = name, [found for _, found in wanted if found]
            choices = replace(one.choices, **{field: added(getattr(one.choices, field), names)})  # type: ignore[arg-type]  # both are names
            one = await self._keep(replace(one, choices=choices))
            return (await self.page(one, name)).noted("added", *names)
        if matching(text, offered):
            return await self.page(one, name, 0, text)
        page = (await self.page(one, name)).noted("unfound", text)
        await self._waits(one, name, text)
        follow = ((pages.Button("follow_word", "w+", text),),) if name == "topics" else ()
        return replace(page, rows=(*follow, *page.rows))

    async def _offered(self, name: str) -> Sequence[str]:
        return await (self.offers.topics() if name == "topics" else self.offers.sources())

    async def _keep(self, one: Subscriber) -> Subscriber:
        return await self.subscribers.keep(one, self.clock()) or one

    async def _waits(self, one: Subscriber, name: str, found: str = "") -> None:
        # By the reader's number in the ledger: a chat's number stands nowhere in the clear.
        dialogue = Dialogue(self.number, one.id, _DIALOGUE, name, found, self.clock() + WAITS)
        await self.ledger.dialogues.open(dialogue)

    async def _hush(self, one: Subscriber) -> None:
        await self.ledger.dialogues.close(self.number, one.id, _DIALOGUE)

    async def _about(self, one: Subscriber) -> str:
        open_ = await self.ledger.dialogues.get(self.number, one.id, self.clock())
        return open_.step if open_ else ""

    async def _found(self, one: Subscriber, name: str) -> str:
        open_ = await self.ledger.dialogues.get(self.number, one.id, self.clock())
        return open_.data if open_ and open_.step == name else ""


_PAGES = {
    "t": "topics", "t*": "topics", "s": "sources", "s*": "sources", "w": "words", "m": "mute", "b": "settings",
    "f": "how", "l": "language", "sl": "language", "r": "when", "at": "when", "wd": "when", "q": "when", "n": "when",
}  # fmt: skip
