"""Typesetting: from a story, and what editors ordered of it, to the edition of one channel."""

from collections.abc import Sequence
from dataclasses import replace

from bot.errors import TooLong
from bot.ledger import Ledger
from bot.model.channel import Facts
from bot.model.delivery import Act, Delivery
from bot.model.edition import Edition
from bot.model.order import Given, Kind
from bot.model.story import Story
from bot.press import Press
from bot.press.job import Job, Occasion
from bot.rules.changes import told
from bot.rules.difference import difference
from bot.rules.follow import OUT
from bot.rules.ordered import as_ordered
from bot.rules.summarising import analyse
from bot.work.outlet import Outlet


class Typesetting:
    """Knows what is out, so that an edit can say what reads otherwise."""

    def __init__(self, ledger: Ledger, press: Press) -> None:
        self._ledger, self._press = ledger, press
        self.unfit: list[TooLong] = []
        """Editors' words that did not fit, and for which the press's were taken."""

    async def edition(
        self,
        story: Story,
        given: Given,
        outlet: Outlet,
        job: Job,
        *,
        strict: bool = False,
        facts: Facts | None = None,
    ) -> Edition:
        """Words and card, by the channel's own facts or by these.

        Editors' words that do not fit any more give way to the press's, and `unfit` tells. Raises PressError; with
        `strict` also TooLong.
        """
        ordered = as_ordered(story, given, outlet.name, signs=outlet.signs)
        facts, summary = facts or await outlet.facts(), given.wording(outlet.name).summary
        if summary:
            try:
                return await self._press.edition(ordered, outlet.name, facts, replace(job, given=summary))
            except TooLong as err:
                if strict:
                    raise
                self.unfit.append(err)
        return await self._press.edition(ordered, outlet.name, facts, job)

    async def job(
        self,
        story: Story,
        given: Given,
        channel: str,
        rows: Sequence[Delivery],
        route: str,
        act: Act,
        *,
        correction: bool,
    ) -> Job:
        """The occasion; for an edit or a correction also what reads otherwise than what is out, but for a typo."""
        if act is not Act.EDIT and not correction:
            pinned = Occasion.PINNED if channel in given.pinned else Occasion.POST
            return Job(occasion=Occasion.BREAKING if given.orders.urgent else pinned, route=route)
        kind = given.correction.kind if given.correction else None
        marked = correction or kind is Kind.CORRECTION
        old = None if kind is Kind.TYPO else await self.as_out(story, rows)
        changed = told(difference(old.article, story.article), story.article.language) if old else ()
        return Job(occasion=Occasion.CORRECTION if marked else Occasion.EDIT, route=route, changed=changed)

    async def as_out(self, story: Story, rows: Sequence[Delivery]) -> Story | None:
        """The story as readers of this channel have it."""
        out = max((row.revision for row in rows if row.state in OUT), default=story.revision)
        return next((one for one in await self._ledger.stories.revisions(story.id) if one.revision == out), None)

    async def says_what_it_corrects(self, story: Story, rows: Sequence[Delivery]) -> bool:
        """And says something else than when it went out."""
        said, old = analyse(story.article).correction, await self.as_out(story, rows)
        before = analyse(old.article).correction if old else None
        return said is not None and (before is None or before.text != said.text)
