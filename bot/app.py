"""Assemble the house from its settings, and own the lifetime of everything in it."""

import contextlib
import os
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot import channels, sources
from bot.channels.rehearsal import LANE, Rehearsal
from bot.errors import SettingsError
from bot.ledger import Ledger, Tokens
from bot.ledger.subscribers import Subscribers
from bot.log import Redactor
from bot.model.begun import Begun
from bot.model.channel import Channel, Facts
from bot.model.delivery import Act
from bot.model.source import Source
from bot.model.subscriber import Addressee, Membership
from bot.model.token import TokenStore
from bot.press import ModelClient, Pictures, Press, Script, Templates, Voice, Writer
from bot.settings import ChannelSettings, Secret, Settings, SourceSettings, load
from bot.web.fetch import Fetcher
from bot.web.guard import Guard
from bot.work.confirming import Confirming, Letters
from bot.work.outlet import Clock, Outlet, outlet
from bot.work.outlets import Find, Outlets, require_carrier

SHIPPED = Path(__file__).resolve().parent.parent / "templates"


def now() -> datetime:
    """The one place where the clock is read."""
    return datetime.now(UTC)


def source_settings() -> Mapping[str, type[SourceSettings]]:
    """What each kind of source may be told."""
    return {name: kind.settings for name, kind in sources.KINDS.items()}


def channel_settings() -> Mapping[str, type[ChannelSettings]]:
    """What each kind of channel may be told."""
    return {name: kind.settings for name, kind in channels.KINDS.items()}


@dataclass(frozen=True)
class Premises:
    """The settings and the folder they stand in: from these, every part of the house can be opened by itself."""

    settings: Settings
    root: Path

    @classmethod
    def of(cls, file: Path) -> "Premises":
        """Read the newsroom's file against every kind that is registered. Raises SettingsError."""
        return cls(load(file, source_settings(), channel_settings()), file.resolve().parent)

    @property
    def redactor(self) -> Redactor:
        """Blots out every secret that the settings refer to and that is there."""
        return Redactor(secret.reveal() for secret in self.settings.secrets() if secret.there)

    @property
    def queue(self) -> Path:
        """The folder of ledger, cards and rehearsal, made if need be. Raises SettingsError."""
        return _writable(self.root / self.settings.house.queue, "house.queue")

    @property
    def own_templates(self) -> Path | None:
        """The newsroom's own templates."""
        own = self.settings.house.templates
        return self.root / own if own else None

    def with_templates(self, folder: Path) -> "Premises":
        """The same house with that folder's templates as its own."""
        house = self.settings.house.model_copy(update={"templates": folder.resolve()})
        return replace(self, settings=self.settings.model_copy(update={"house": house}))

    @property
    def templates(self) -> tuple[Path, ...]:
        """Where templates are looked for, in order: the newsroom's own come before the shipped ones."""
        own = self.own_templates
        return (own, SHIPPED) if own else (SHIPPED,)

    def press(self, fetcher: Fetcher | None = None, writer: Writer | None = None) -> Press:
        """The composing room; with a fetcher, articles' pictures come on the cards."""
        pictures = Pictures(fetcher, self.queue / "pictures") if fetcher else None
        voices = {
            name: Voice(Script(own.script), own.rewrite, own.translate) for name, own in self.settings.channels.items()
        }
        cards = self.queue / "cards"
        return Press(self.settings.newsroom, SHIPPED, self.own_templates, cards, pictures, voices, writer)

    @property
    def prompts(self) -> Templates:
        """What a language model is asked."""
        return Templates(SHIPPED, self.own_templates, "model")

    def writer(self, ledger: Ledger, clock: Clock) -> Writer | None:
        """The language model's, where there is one. Raises SettingsError where its key is missing."""
        model = self.settings.model
        if model is None:
            return None
        client = ModelClient(model, self.settings.house.private_addresses)
        return Writer(model, self.settings.newsroom, client, self.prompts, ledger.calls, clock)

    def facts(self, channel: str) -> Facts:
        """What is true of the channel's platform; needs no account."""
        own = self.settings.channels[channel]
        return channels.KINDS[own.kind].facts(own)

    def tokens(self, ledger: Ledger, clock: Clock) -> Tokens | None:
        """Where the accounts' tokens are kept; None without a key. Raises SettingsError where it is missing or none."""
        key = self.settings.house.key
        return ledger.tokens(key.reveal(), clock) if key else None

    @contextlib.asynccontextmanager
    async def kept_tokens(self, clock: Clock) -> AsyncIterator[Tokens | None]:
        """The same, for who has no ledger open. Raises LedgerError."""
        async with contextlib.AsyncExitStack() as closing:
            ledger = await closing.enter_async_context(self.ledger()) if self.settings.house.key else None
            yield self.tokens(ledger, clock) if ledger else None

    def channel(self, name: str, clock: Clock, tokens: TokenStore | None = None, begun: Begun | None = None) -> Channel:
        """The channel of that name, rehearsing or not. Raises SettingsError where a secret is missing."""
        own = self.settings.channels[name]
        doors = channels.Doors(
            self.queue / "cards",
            clock,
            self.root,
            self.settings.newsroom,
            tokens=tokens,
            begun=begun,
            templates=self.templates,
            guard=Guard(self.settings.house.private_addresses),
            topics=self.settings.subscribers.topics if self.settings.subscribers else (),
        )
        try:
            return channels.KINDS[own.kind].open(name, own, doors)
        except SettingsError as err:
            raise SettingsError(f"channels.{name}", err.path, err.remedy) from err

    def outlet(
        self, channel: str, clock: Clock, tokens: TokenStore | None = None, begun: Begun | None = None
    ) -> Outlet:
        """The channel of that name, or its rehearsal. Raises SettingsError where a secret is missing."""
        own = self.settings.channels[channel]
        if self.settings.rehearses(channel):
            house = self.settings.house
            page = f"http://{house.site_host}:{house.site_port}/" if house.site_port else None
            rehearsal = Rehearsal(channel, self.facts(channel), self.queue / "rehearsal", page, clock)
            return outlet(self.settings, own, rehearsal, f"{LANE}{channel}")
        return outlet(self.settings, own, self.channel(channel, clock, tokens, begun), own.account(channel))

    def outlets(self, ledger: Ledger, clock: Clock) -> Outlets:
        """Every channel, and the way to its subscribers where it carries. Raises SettingsError."""
        tokens, readers = self.tokens(ledger, clock), self.subscribers(ledger)
        doors = {name: self.outlet(name, clock, tokens, ledger.begun(name, clock)) for name in self.settings.channels}
        return self.arranged(doors, readers)

    def arranged(self, doors: Mapping[str, Outlet], readers: Subscribers | None) -> Outlets:
        """The newsroom's own channels apart from its carriers; who sends nothing needs no readers.

        Raises SettingsError where one cannot carry.
        """
        given = self.settings.subscribers
        if given is None:
            return Outlets(doors)
        able = tuple(kind for kind, one in channels.KINDS.items() if one.carries)
        for name in given.carriers:
            require_carrier(name, self.settings.channels[name].kind, able)
            if self.settings.channels[name].kind == "email" and self.settings.house.public_url is None:
                remedy = f"say where the world reaches this machine: mails of {name} have links to confirm and to leave"
                raise SettingsError("house.public_url", "", remedy)
        carriers = {name: doors[name] for name in given.carriers if name in doors}
        own = {name: one for name, one in doors.items() if name not in carriers or self.settings.channels[name].placed}
        return Outlets(own, carriers, finding(readers, self.settings.house.public_url) if readers else None)

    def confirming(self, ledger: Ledger, outlets: Outlets, clock: Clock) -> Confirming | None:
        """Who sends readers the link by which they confirm; None where there are none. Raises SettingsError."""
        given, readers, links = self.settings.subscribers, self.subscribers(ledger), self.settings.house.public_url
        if given is None or readers is None or links is None:
            return None
        templates = Templates(SHIPPED, self.own_templates, "mail")
        letters = Letters(templates, self.templates, self.settings.newsroom, links, given.ask_for)
        return Confirming(ledger, readers, outlets.carriers, letters, clock)

    def subscribers(self, ledger: Ledger) -> Subscribers | None:
        """The readers; None where the newsroom has none. Raises SettingsError where their key is missing or none."""
        given = self.settings.subscribers
        return ledger.subscribers(given.key.reveal()) if given else None

    @property
    def ledger_url(self) -> str:
        """Where the ledger lives. Raises SettingsError where the secret that says it is missing."""
        given = self.settings.house.ledger
        url = given.reveal() if isinstance(given, Secret) else given
        return url or f"sqlite:///{self.queue / 'ledger.sqlite'}"

    @property
    def many(self) -> bool:
        """Whether several processes share the work. Raises SettingsError where their ledger is no PostgreSQL."""
        house = self.settings.house
        if house.runner == "procrastinate" and not self.ledger_url.startswith("postgres"):
            remedy = "several machines share a PostgreSQL: name one in house.ledger, or write runner: local"
            raise SettingsError("house.runner", house.runner, remedy)
        return house.runner == "procrastinate"

    @contextlib.asynccontextmanager
    async def ledger(self) -> AsyncIterator[Ledger]:
        """The memory, migrated. Raises LedgerError."""
        ledger = await Ledger.open(self.ledger_url)
        try:
            yield ledger
        finally:
            await ledger.close()

    @contextlib.asynccontextmanager
    async def sources(self) -> AsyncIterator[Mapping[str, Source]]:
        """The doors in."""
        async with contextlib.AsyncExitStack() as closing:
            fetcher = Fetcher(private=self.settings.house.private_addresses)
            closing.push_async_callback(fetcher.close)
            tools = sources.Tools(fetcher=fetcher, zone=self.settings.newsroom.tz, root=self.root)
            opened = {
                name: sources.KINDS[one.kind].open(name, one, tools) for name, one in self.settings.sources.items()
            }
            for source in opened.values():
                closing.push_async_callback(source.close)
            yield opened


def finding(readers: Subscribers, links: str | None) -> Find:
    """Where subscribers are reached; who has paused gets no posts, but what they have follows its story."""

    async def find(number: int, act: Act) -> Addressee | None:
        here = (Membership.ACTIVE,) if act is Act.POST else (Membership.ACTIVE, Membership.PAUSED)
        return await readers.addressee(number, links, here)

    return find


@dataclass(frozen=True)
class House:
    """Everything that the settings describe, open."""

    premises: Premises
    clock: Clock
    ledger: Ledger
    press: Press
    sources: Mapping[str, Source]
    outlets: Outlets
    worker: str
    """Who claims: no two processes, also not one after the other, have the same name."""

    @property
    def settings(self) -> Settings:
        """The newsroom's file."""
        return self.premises.settings


@contextlib.asynccontextmanager
async def opened(premises: Premises, *, clock: Clock = now) -> AsyncIterator[House]:
    """Open ledger, press, sources and channels; close them in the end. Raises SettingsError or LedgerError."""
    async with contextlib.AsyncExitStack() as closing:
        ledger = await closing.enter_async_context(premises.ledger())
        if (tokens := premises.tokens(ledger, clock)) is not None:
            await tokens.reseal()
        outlets = premises.outlets(ledger, clock)
        for outlet in outlets.doors.values():
            closing.push_async_callback(outlet.channel.close)
        inlets = await closing.enter_async_context(premises.sources())
        fetcher = Fetcher(private=premises.settings.house.private_addresses)
        closing.push_async_callback(fetcher.close)
        if (writer := premises.writer(ledger, clock)) is not None:
            closing.push_async_callback(writer.close)
        worker = f"{socket.gethostname()}:{os.getpid()}:{clock().timestamp():.3f}"
        yield House(premises, clock, ledger, premises.press(fetcher, writer), inlets, outlets, worker)


def _writable(path: Path, setting: str) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise SettingsError(setting, str(path), f"make this folder writable ({err.strerror})") from err
    if not os.access(path, os.W_OK):
        raise SettingsError(setting, str(path), "make this folder writable for the user who runs Crier")
    return path
