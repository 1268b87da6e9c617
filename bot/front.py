"""The front of a house: its page, its doors and its desk, built from what the house has."""

import contextlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.app import SHIPPED, House
from bot.channels.telegram import TelegramSettings
from bot.errors import SettingsError
from bot.model.channel import Withdrawable
from bot.settings import Settings
from bot.site import Readers, Shown, doors, letter_box, site
from bot.site.serve import serve
from bot.site.updates import PATH, ForDesk
from bot.sources.pages import Pages
from bot.web.fetch import Fetcher
from bot.work.audience import usual
from bot.work.broadcasting import Broadcasting
from bot.work.clipping import Clipping
from bot.work.offers import Offers
from bot.work.ordering import Ordering
from bot.work.runner import Work

if TYPE_CHECKING:
    from bot.desk.bot import DeskBot
    from bot.desk.contributions import Contributions
    from bot.talk.incoming import Webhook


class Front:
    """Where people and other machines come in; `wake` asks the runner for a piece of work."""

    def __init__(self, house: House, wake: Callable[[Work, str], None]) -> None:
        self._house, self._wake = house, wake
        self._webhook: Webhook | None = None
        if (desk := house.settings.desk).token is not None:
            self._webhook = import_module("bot.talk.incoming").Webhook.of(desk, house.settings.house.public_url, PATH)

    def page(self) -> contextlib.AbstractAsyncContextManager[str]:
        house, settings, premises = self._house, self._house.settings, self._house.premises
        channels = [
            Shown(name, own.kind, own.place, settings.rehearses(name)) for name, own in settings.channels.items()
        ]
        public = urlsplit(settings.house.public_url or "").hostname
        pages = site(
            ledger=house.ledger,
            newsroom=settings.newsroom,
            channels=channels,
            cards=premises.queue / "cards",
            templates=premises.templates,
            clock=house.clock,
            hosts=[settings.house.site_host],
            public=public,
            doors=doors(
                ledger=house.ledger,
                sources=house.sources,
                newsroom=settings.newsroom,
                templates=premises.templates,
                pictures=premises.queue / "submissions",
                clock=house.clock,
                wake=self._received,
                public=public,
                desk=self._door_of_the_desk(),
                channels={name: one.channel for name, one in house.outlets.doors.items()},
                audience=self._audience(),
                links=settings.house.public_url or "",
            ),
        )
        return serve(pages, settings.house.site_host, settings.house.site_port)

    def _audience(self) -> Readers | None:
        """What the pages of subscribers need, where there are any."""
        house, given = self._house, self._house.settings.subscribers
        store = house.premises.subscribers(house.ledger)
        if given is None or store is None:
            return None
        newsroom = house.settings.newsroom
        return Readers(
            store,
            given,
            {name: house.settings.channels[name].kind for name in given.carriers},
            usual(given, newsroom.zone, newsroom.languages[0]),
            Offers(house.ledger, given.topics, house.clock),
            lambda: self._wake(Work.ROUND, "confirm"),
        )

    def _door_of_the_desk(self) -> ForDesk | None:
        hook = self._webhook
        return ForDesk(hook.secret, import_module("bot.talk.incoming").LETTERS, hook.knocked.set) if hook else None

    def _received(self, name: str) -> None:
        self._wake(Work.RECEIVE, name)

    def _contributions(self) -> "Contributions | None":
        source = letter_box(self._house.sources)
        if source is None or not source.settings.telegram:
            return None
        pictures = self._house.premises.queue / "submissions"
        door: Contributions = _desk("contributions").Contributions(self._house.ledger, source, self._received, pictures)
        return door

    async def desk(self, closing: contextlib.AsyncExitStack) -> "DeskBot | None":
        house = self._house
        desk = house.settings.desk
        if desk.token is None:
            return None
        fetcher = Fetcher(private=house.settings.house.private_addresses)
        closing.push_async_callback(fetcher.close)
        pictures = house.premises.queue / "pictures"
        bot: DeskBot = _desk("bot").DeskBot(
            desk,
            house.settings.newsroom,
            tuple(house.outlets.doors),
            house.ledger,
            house.clock,
            SHIPPED,
            house.premises.own_templates,
            contributions=self._contributions(),
            able=tuple(name for name, one in house.outlets.doors.items() if isinstance(one.channel, Withdrawable)),
            sources=tuple(house.sources),
            cards=house.premises.queue / "cards",
            wake=lambda name: self._wake(Work.LOOK, name),
            webhook=self._webhook,
            clipping=Clipping(house.ledger, Pages(fetcher, house.settings.newsroom.tz), house.clock),
            ordering=Ordering(
                house.ledger, house.press, house.outlets, house.settings.routes, desk, house.clock, pictures
            ),
            broadcasting=self._broadcasting(),
            subscribers=house.premises.subscribers(house.ledger),
            chart=house.press.chart,
        )
        await bot.start()
        closing.push_async_callback(bot.stop)
        return bot

    def _broadcasting(self) -> Broadcasting | None:
        house, given = self._house, self._house.settings.subscribers
        if given is None:
            return None
        name, needed = house.settings.newsroom.name, given.broadcast
        return Broadcasting(house.ledger, house.press, house.outlets, house.clock, newsroom=name, needed=needed)

    async def readers(self, closing: contextlib.AsyncExitStack) -> None:
        """The bot of each carrier on Telegram. Raises SettingsError where its token is the desk's."""
        house, settings = self._house, self._house.settings
        store = house.premises.subscribers(house.ledger)
        if settings.subscribers is None or store is None:
            return
        for name, token, api in bots(settings):
            bot = import_module("bot.readers.bot").ReadersBot(
                name, token, api, settings.subscribers, settings.newsroom, house.ledger, store, house.clock,
                SHIPPED, house.premises.own_templates,
            )  # fmt: skip
            await bot.start()
            closing.push_async_callback(bot.stop)


def bots(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """The carriers whose bot listens to readers: name, token, the Bot API's address.

    Raises SettingsError where two of them, or one and the desk, have the same token: each would take the other's words.
    """
    desk, taken = settings.desk.token, dict[str, str]()
    if desk is not None:
        taken[desk.reveal()] = "desk.token"
    for name in settings.subscribers.carriers if settings.subscribers else ():
        own = settings.channels[name]
        if not isinstance(own, TelegramSettings) or settings.rehearses(name):
            continue
        token = own.token.reveal()
        if token in taken:
            remedy = f"{taken[token]} has the same token: let BotFather make a bot for the readers alone"
            raise SettingsError(f"channels.{name}.token", own.token.reference, remedy)
        taken[token] = f"channels.{name}.token"
        yield name, token, own.api


def _desk(room: str) -> Any:
    """A room of the desk, which takes 25 MB that a house without editors on Telegram need not have."""
    return import_module(f"bot.desk.{room}")
