"""A channel's token: as it stands in the settings, or kept by the house and renewed before it ends."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from bot.channels.answers import Answer
from bot.errors import DeliveryError, LedgerError, Refused, SettingsError, Unavailable
from bot.model.token import Entry, Grant, Lend, Standing, TokenStore, Visit

_MARGIN = timedelta(minutes=5)
"""So long before its end a token is exchanged: a send must not outlive it."""
_RIPE = timedelta(days=1)
"""A younger token is not renewed ahead of time: some platforms refuse that."""


class Lender(Protocol):
    """Asks a platform for a token."""

    async def __call__(self, old: Grant | None, *, refused: bool) -> Grant:
        """What follows the old one, which the platform may have refused. Raises Refused or Unavailable."""
        ...


def again(channel: str) -> str:
    """The remedy where a person is needed."""
    return f"run `python main.py connect {channel}`"


class Given:
    """A token from the settings: it is what it is, and no key of the house is needed."""

    account, entry, remedy = "", None, ""

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Given(***)"

    async def value(self) -> str:
        """The token."""
        return self._value

    async def instead_of(self, refused: str) -> str:
        """There is no other."""
        del refused
        return self._value

    async def renew(self) -> Standing:
        """Nothing to do, and nothing known of its end."""
        return Standing()

    def hide(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self._value, "***")


class Kept:
    """A token that is asked for, kept for all workers, and asked for again when it ends or is refused."""

    def __init__(
        self,
        channel: str,
        account: str,
        lend: Lender,
        store: TokenStore,
        clock: Callable[[], datetime],
        *,
        entry: Entry | None = None,
        early: timedelta = timedelta(),
    ) -> None:
        """Without an `entry`, the application's keys are enough. `early` is for `renew`."""
        self.account = account
        self.entry: Entry = entry or Keys(lend)
        self.remedy = again(channel) if self.entry.wanted else ""
        self._channel, self._lend, self._store, self._clock, self._early = channel, lend, store, clock, early
        self._seen: deque[str] = deque(maxlen=8)

    def __repr__(self) -> str:
        return f"Kept({self.account!r})"

    async def value(self) -> str:
        """A token that lives. Raises Refused or Unavailable."""
        grant = await self._current()
        now = self._clock()
        if grant is None or not grant.lives(now, _MARGIN):
            try:
                grant = await self._next(grant, refused=False)
            except DeliveryError:
                if grant is None or not grant.lives(now):
                    raise
        return self._known(grant)

    async def instead_of(self, refused: str) -> str:
        """The one that follows a token which the platform does not take. Raises Refused or Unavailable."""
        grant = await self._current()
        if grant is None or grant.access == refused:
            grant = await self._next(grant, refused=True)
        return self._known(grant)

    async def use(self, call: Callable[[str], Awaitable[Answer]], refused: Collection[int]) -> Answer:
        """The answer to a call with the token; one that refuses the token did nothing, so it is made once more."""
        value = await self.value()
        answer = await call(value)
        return await call(await self.instead_of(value)) if answer.code in refused else answer

    async def renew(self) -> Standing:
        """Ask for the next one while there is still time for a person to help."""
        grant = None
        try:
            grant = await self._current()
            now = self._clock()
            if grant is None or grant.lives(now, self._early) or now - grant.since < _RIPE:
                return Standing(grant.until if grant else None)
            grant = await self._next(grant, refused=False)
        except DeliveryError as err:
            return Standing(grant.until if grant else None, err.why)
        return Standing(grant.until)

    def hide(self, text: str) -> str:
        """The text without any token that was used lately."""
        for value in self._seen:
            text = text.replace(value, "***")
        return text

    async def _current(self) -> Grant | None:
        with _as_delivery(self._channel):
            return await self._store.current(self.account)

    async def _next(self, seen: Grant | None, *, refused: bool) -> Grant:
        async def lend(old: Grant | None) -> Grant:
            return await self._lend(old, refused=refused)

        with _as_delivery(self._channel):
            return await self._store.renewed(self.account, seen, lend)

    def _known(self, grant: Grant) -> str:
        if grant.access not in self._seen:
            self._seen.append(grant.access)
        return grant.access


class Keys:
    """The entry to an account for which the application's own keys are enough."""

    wanted = ""

    def __init__(self, lend: Lender) -> None:
        self._lend = lend

    def address(self, visit: Visit) -> None:
        """Nothing is to be opened."""

    async def enter(self, brought: str, visit: Visit) -> Grant:
        """What the platform gives for the keys."""
        del brought, visit
        return await self._lend(None, refused=False)


class Pocket:
    """Keeps tokens as long as this process lives: enough where the platform gives all who ask the same one."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._asking = asyncio.Lock()

    async def current(self, account: str) -> Grant | None:
        """What is kept."""
        return self._grants.get(account)

    async def keep(self, account: str, grant: Grant) -> None:
        """Put it in the place of whatever is there."""
        self._grants[account] = grant

    async def renewed(self, account: str, seen: Grant | None, lend: Lend) -> Grant:
        """Several sends wait for one exchange."""
        async with self._asking:
            grant = self._grants.get(account)
            if grant is None or grant == seen:
                grant = self._grants[account] = await lend(grant)
            return grant


class Bearer(httpx.Auth):
    """The token in the header; a 401 did nothing, so the request is made once more where there is a newer token."""

    def __init__(self, token: Given | Kept) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """One request, or two."""
        value = await self._token.value()
        request.headers["Authorization"] = f"Bearer {value}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            newer = await self._token.instead_of(value)
            if newer != value:
                request.headers["Authorization"] = f"Bearer {newer}"
                yield request


@contextlib.contextmanager
def _as_delivery(channel: str) -> Iterator[None]:
    """What keeps a token from us keeps the post from going out."""
    try:
        yield
    except SettingsError as err:
        raise Refused(channel, str(err), account=True) from err
    except LedgerError as err:
        raise Unavailable(channel, f"no token, so nothing was sent: {err}") from err
