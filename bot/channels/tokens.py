"""A token that expires: asked for when it is needed, kept while it lives, and asked for again when it is refused."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.answers import Answer

_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lent:
    """What the platform gave, and for how long."""

    value: str
    life: timedelta


class Token:
    """One account's token; the platforms give the same one until it is nearly over, so nothing is stored."""

    def __init__(
        self, ask: Callable[[], Awaitable[Lent]], refused: Collection[int], clock: Callable[[], datetime]
    ) -> None:
        """`refused` are the codes by which the platform says that it does not take the token (any more)."""
        self._ask, self._refused, self._clock = ask, refused, clock
        self._value: str | None = None
        self._until: datetime | None = None

    async def value(self) -> str:
        """A token that lives. Raises what asking for it raises."""
        if self._value is None or self._until is None or self._clock() >= self._until:
            lent = await self._ask()
            self._value, self._until = lent.value, self._clock() + lent.life - _MARGIN
        return self._value

    async def use(self, call: Callable[[str], Awaitable[Answer]]) -> Answer:
        """The answer to a call with the token; one that refuses the token did nothing, so it is made once more."""
        answer = await call(await self.value())
        if answer.code in self._refused:
            self._value = None
            answer = await call(await self.value())
        return answer
