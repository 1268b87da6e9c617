"""The ledger as its readers see it: one object, a room for each kind of question."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text

from bot.errors import LedgerError
from bot.ledger import moving
from bot.ledger.alone import alone
from bot.ledger.arrivals import Arrivals
from bot.ledger.backup import backup
from bot.ledger.begun import BegunOf
from bot.ledger.bounces import Bounces
from bot.ledger.breakers import Breakers
from bot.ledger.broadcasts import Broadcasts
from bot.ledger.calls import Calls
from bot.ledger.chunks import Chunks
from bot.ledger.circulation import Circulation
from bot.ledger.claims import Claims
from bot.ledger.clusters import Clusters
from bot.ledger.corrections import Corrections
from bot.ledger.deliveries import Deliveries
from bot.ledger.desk_messages import DeskMessages
from bot.ledger.dialogues import Dialogues, Updates
from bot.ledger.digest_following import DigestFollowing
from bot.ledger.digests import Digests
from bot.ledger.fanouts import Fanouts
from bot.ledger.floods import Floods
from bot.ledger.history import History, Notices
from bot.ledger.lanes import Lanes
from bot.ledger.lateness import Lateness
from bot.ledger.menus import Menus
from bot.ledger.migrate import migrate
from bot.ledger.notes import Notes
from bot.ledger.orders import StoryOrders
from bot.ledger.pages import Pages
from bot.ledger.people import People
from bot.ledger.pins import Pins
from bot.ledger.reader_digests import ReaderDigests
from bot.ledger.replays import Replays
from bot.ledger.retention import Retention
from bot.ledger.reversals import Reversals
from bot.ledger.store import Store, connect
from bot.ledger.stories import Stories
from bot.ledger.subscribers import Subscribers
from bot.ledger.subscriptions import Subscriptions
from bot.ledger.tables import attempts, decisions, deliveries, sources, stories
from bot.ledger.tokens import Tokens, connected
from bot.ledger.withdrawals import Withdrawals
from bot.ledger.wordings import Wordings
from bot.model.token import Connected


class Ledger:
    """Opened once a process; every verb is one transaction. All of them raise LedgerError."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.stories = Stories(store)
        self.floods = Floods(store)
        self.clusters = Clusters(store)
        self.deliveries = Deliveries(store)
        self.claims = Claims(store)
        self.withdrawals = Withdrawals(store)
        self.lanes = Lanes(store)
        self.breakers = Breakers(store)
        self.notes = Notes(store)
        self.arrivals = Arrivals(store)
        self.subscriptions = Subscriptions(store)
        self.notices = Notices(store)
        self.pages = Pages(store)
        self.history = History(store)
        self.calls = Calls(store)
        self.retention = Retention(store)
        self.orders = StoryOrders(store)
        self.reversals = Reversals(store)
        self.wordings = Wordings(store)
        self.corrections = Corrections(store)
        self.pins = Pins(store)
        self.digests = Digests(store)
        self.people = People(store)
        self.dialogues = Dialogues(store)
        self.updates = Updates(store)
        self.menus = Menus(store)
        self.desk_messages = DeskMessages(store)
        self.lateness = Lateness(store)
        self.bounces = Bounces(store)
        self.fanouts = Fanouts(store)
        self.chunks = Chunks(store)
        self.replays = Replays(store)
        self.broadcasts = Broadcasts(store)
        self.circulation = Circulation(store)
        self.reader_digests = ReaderDigests(store)
        self.digest_following = DigestFollowing(store)

    @classmethod
    async def open(cls, url: str) -> "Ledger":
        """Connect to sqlite:///PATH or postgresql://…, and migrate."""
        store = connect(url)
        try:
            async with store.write() as connection:
                await connection.run_sync(migrate)
        except LedgerError:
            await store.engine.dispose()
            raise
        return cls(store)

    def tokens(self, keys: str, clock: Callable[[], datetime]) -> Tokens:
        """The accounts' tokens, under these keys. Raises SettingsError where one is none."""
        return Tokens(self._store, keys, clock)

    def subscribers(self, keys: str) -> Subscribers:
        """The readers, their addresses under these keys. Raises SettingsError where one is none."""
        return Subscribers(self._store, keys)

    def begun(self, channel: str, clock: Callable[[], datetime]) -> BegunOf:
        """What that channel has begun on its platform."""
        return BegunOf(self._store, channel, clock)

    async def connected(self) -> tuple[Connected, ...]:
        """Accounts whose tokens are kept."""
        return await connected(self._store)

    async def move(self, url: str) -> moving.Moved:
        """Copy everything into the empty ledger at that address; what stands in both then."""
        target = connect(url)
        try:
            async with target.write() as connection:
                await connection.run_sync(migrate)
            return await moving.copy(self._store, target)
        finally:
            await target.engine.dispose()

    async def backup(self, file: Path) -> None:
        """Write the ledger as it is now into a new SQLite file, while others go on writing."""
        await backup(self._store, file)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._store.engine.dispose()

    def alone(self, lost: Callable[[], None]) -> contextlib.AbstractAsyncContextManager[None]:
        """Be the only worker, until `lost` says that another is. Raises AlreadyRunning."""
        return alone(self._store, lost)

    def together(self) -> contextlib.AbstractAsyncContextManager[None]:
        """What is read within the block is read in one snapshot, and costs one way to the database."""
        return self._store.together()

    async def ready(self) -> None:
        """Ask the cheapest question."""
        async with self._store.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def pulse(self) -> str:
        """A word that changes whenever something that a page shows has changed."""
        newest = [
            func.max(column)
            for column in (
                stories.c.changed_at,
                deliveries.c.changed_at,
                attempts.c.started_at,
                decisions.c.id,
                sources.c.last_look,
            )
        ]
        async with self._store.read() as connection:
            row = (await connection.execute(select(*[select(one).scalar_subquery() for one in newest]))).one()
        return " ".join(map(str, row))
