"""Proofing: how a story looks on a channel as things stand, before it is sent; nothing is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import PressError, TooLong
from bot.ledger import Ledger
from bot.model.delivery import Act, Delivery, State
from bot.model.edition import Edition
from bot.model.order import Given
from bot.model.story import Article, Story
from bot.press import Press
from bot.rules.ordered import overridden
from bot.rules.routing import Verdict, route
from bot.settings import Route
from bot.work.outlet import Clock, Outlet
from bot.work.typesetting import Typesetting

DRAFT = 0
"""The number of a story that is not in the ledger yet."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One channel's edition; None where it cannot be made, and then the `problem` says why."""

    channel: str
    goes: bool
    why: str
    """Why it goes there, or does not."""
    channels: tuple[str, ...]
    """Where it goes, in the order of the newsroom."""
    edition: Edition | None
    given: Given
    state: State | None = None
    """Of the delivery that it stands for; None: nothing is planned yet."""
    problem: str = ""
    unfit: TooLong | None = None
    """An editor's words that do not fit, so that the press's stand there."""


class Proofing:
    """Over the channels that can be opened."""

    def __init__(
        self, ledger: Ledger, press: Press, outlets: Mapping[str, Outlet], routes: Sequence[Route], clock: Clock
    ) -> None:
        self._ledger, self._press, self._outlets, self._routes = ledger, press, outlets, routes
        self._clock = clock

    def draft(self, article: Article, source: str) -> Story:
        """A story as it would be recorded now."""
        now = self._clock()
        return Story(DRAFT, source, 1, article, now, now)

    async def proof(self, story: Story, channel: str | None = None, *, carded: bool = False) -> Proof | None:
        """On that channel, or on the first that it goes to; None where there is no channel. Raises LedgerError.

        `carded`: rather on the first that shows a card.
        """
        given = await self._ledger.orders.given(story.id) if story.id != DRAFT else Given()
        rows = await self._ledger.deliveries.of_story(story.id) if story.id != DRAFT else ()
        verdicts = {one.channel: one for one in overridden(route(story, self._routes, self._outlets), given.overrides)}
        there = {row.channel for row in rows if row.state is not State.CANCELLED}
        channels = tuple(name for name, one in verdicts.items() if one.yes or name in there)
        name = channel or self._first(channels, carded=carded)
        if name is None or name not in verdicts:
            return None
        verdict = verdicts[name]
        last = _last([row for row in rows if row.channel == name])
        if last is not None and not _made_anew(last, given):
            return Proof(name, True, verdict.why, channels, last.edition, given, last.state)
        typesetting = Typesetting(self._ledger, self._press)
        state = last.state if last is not None else None
        try:
            edition = await self._edition(typesetting, story, given, rows, verdict)
        except PressError as err:
            return Proof(name, verdict.yes, verdict.why, channels, None, given, state, str(err))
        unfit = next(iter(typesetting.unfit), None)
        return Proof(name, name in channels, verdict.why, channels, edition, given, state, unfit=unfit)

    async def _edition(
        self, typesetting: Typesetting, story: Story, given: Given, rows: Sequence[Delivery], verdict: Verdict
    ) -> Edition:
        own = [row for row in rows if row.channel == verdict.channel]
        job = await typesetting.job(story, given, verdict.channel, own, verdict.route, Act.POST, correction=False)
        return await typesetting.edition(story, given, self._outlets[verdict.channel], job)

    def _first(self, channels: Sequence[str], *, carded: bool) -> str | None:
        with_cards = (name for name in channels if self._outlets[name].channel.facts.card is not None)
        return next(with_cards if carded else iter(()), None) or next(iter(channels or self._outlets), None)


def _last(rows: Sequence[Delivery]) -> Delivery | None:
    """What waits or is out, newest last."""
    telling = [row for row in rows if row.act is not Act.DELETE and row.state is not State.CANCELLED]
    return telling[-1] if telling else None


def _made_anew(row: Delivery, given: Given) -> bool:
    """What waits will read otherwise: a newer revision came, or an order was given."""
    return row.state in (State.PLANNED, State.HELD) and (given.renew or given.fresh)
