"""Tokens: what platforms granted, encrypted, renewed by one worker for all of them."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, Integer, LargeBinary, Row, Table, Text, delete, insert, select, update

from bot import log
from bot.errors import Unavailable
from bot.ledger.moment import Moment
from bot.ledger.naming import metadata
from bot.ledger.sealing import Keys
from bot.ledger.store import Conflict, Store
from bot.model.token import Connected, Grant, Lend

LEASE = timedelta(seconds=90)
"""Longer than a platform may take to answer; whoever dies while asking is replaced after it."""
PATIENCE, POLL = timedelta(seconds=60), 0.1
_as_json = TypeAdapter(Grant)

tokens = Table(
    "tokens",
    metadata,
    Column("account", Text, primary_key=True),
    # How many grants there have been: whoever writes one must have seen the last.
    Column("version", Integer, nullable=False),
    # None while the first is asked for.
    Column("sealed", LargeBinary),
    Column("expires_at", Moment),
    Column("refreshed_at", Moment),
    # Who is asking for the next one.
    Column("holder", Text),
    Column("lease_until", Moment),
)


class Tokens:
    """One row an account. The keys open what they sealed; the first of them seals."""

    def __init__(
        self, store: Store, keys: str, clock: Callable[[], datetime], *, patience: timedelta = PATIENCE
    ) -> None:
        """`keys` are one or several, with commas between. Raises SettingsError where one is none."""
        self._keys = Keys(keys, "house.key")
        self._store, self._clock, self._patience = store, clock, patience
        self._asking: set[asyncio.Task[Grant]] = set()

    def __repr__(self) -> str:
        return "Tokens(***)"

    async def current(self, account: str) -> Grant | None:
        """What is kept. Raises SettingsError where no key opens it."""
        async with self._store.read() as connection:
            row = (await connection.execute(select(tokens).where(tokens.c.account == account))).one_or_none()
        return self._opened(row)

    async def keep(self, account: str, grant: Grant) -> None:
        """Put this one in the place of whatever is there; who is asking for another meanwhile gets this one."""
        async with self._store.write() as connection:
            there = select(tokens.c.version).where(tokens.c.account == account)
            version = (await connection.execute(there)).scalar() or 0
            await connection.execute(delete(tokens).where(tokens.c.account == account))
            values = {"account": account, "version": version + 1, **self._sealed(grant)}
            await connection.execute(insert(tokens).values(values))

    async def reseal(self) -> int:
        """Put under the first key whatever a former one sealed, so that this may go; how many."""
        done = 0
        async with self._store.write() as connection:
            rows = await connection.execute(select(tokens).where(tokens.c.sealed.is_not(None)).with_for_update())
            for row in rows.all():
                if (sealed := self._keys.anew(row.sealed)) is not None:
                    change = update(tokens).where(tokens.c.account == row.account).values(sealed=sealed)
                    await connection.execute(change)
                    done += 1
        return done

    async def renewed(self, account: str, seen: Grant | None, lend: Lend) -> Grant:
        """The grant that followed the one seen. Raises what `lend` raises; Unavailable where another takes too long."""
        holder, left = uuid.uuid4().hex, self._patience / timedelta(seconds=POLL)
        while (found := await self._take(account, seen, holder)) is None:
            if (left := left - 1) < 0:
                raise Unavailable(account, "another worker is still asking for the token")
            await asyncio.sleep(POLL)
        if isinstance(found, Grant):
            return found
        # Whoever gives up waiting must not lose it: the platform may have thrown the old one away already.
        task = asyncio.create_task(self._ask(account, found, seen, holder, lend))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return await asyncio.shield(task)

    async def _take(self, account: str, seen: Grant | None, holder: str) -> Grant | int | None:
        """A newer grant; or the version, where it is on us to ask for the next; None while somebody else does."""
        now = self._clock()
        lease = {"holder": holder, "lease_until": now + LEASE}
        try:
            async with self._store.write() as connection:
                mine = tokens.c.account == account
                row = (await connection.execute(select(tokens).where(mine).with_for_update())).one_or_none()
                if row is None:
                    await connection.execute(insert(tokens).values(account=account, version=0, **lease))
                    return 0
                grant = self._opened(row)
                if grant is not None and grant != seen:
                    return grant
                if row.holder is not None and row.lease_until > now:
                    return None
                await connection.execute(update(tokens).where(mine).values(lease))
                return int(row.version)
        except Conflict:
            return None

    async def _ask(self, account: str, version: int, seen: Grant | None, holder: str, lend: Lend) -> Grant:
        grant = None
        try:
            grant = await lend(seen)
        finally:
            values = {"version": version + 1, **self._sealed(grant)} if grant else {"holder": None, "lease_until": None}
            which = [tokens.c.account == account, tokens.c.version == version]
            if grant is None:
                which.append(tokens.c.holder == holder)
            async with self._store.write() as connection:
                ours = (await connection.execute(update(tokens).where(*which).values(values))).rowcount
        return grant if ours else await self.current(account) or grant

    def _sealed(self, grant: Grant) -> dict[str, Any]:
        log.learn(grant.access, grant.renew)
        sealed = self._keys.seal(_as_json.dump_json(grant))
        times = {"expires_at": grant.until, "refreshed_at": grant.since}
        return {"sealed": sealed, **times, "holder": None, "lease_until": None}

    def _opened(self, row: Row[Any] | None) -> Grant | None:
        if row is None or row.sealed is None:
            return None
        whose = f"the token of {row.account}: write the former key behind it, or connect again"
        grant = _as_json.validate_json(self._keys.open(row.sealed, whose))
        log.learn(grant.access, grant.renew)
        return grant


async def connected(store: Store) -> tuple[Connected, ...]:
    """Every account whose token is kept; needs no key."""
    query = select(tokens).where(tokens.c.version > 0).order_by(tokens.c.account)
    async with store.read() as connection:
        return tuple(
            Connected(row.account, row.expires_at, row.refreshed_at, row.version)
            for row in await connection.execute(query)
        )
