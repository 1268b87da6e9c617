"""Variants: the editions that many readers share, each composed once a fan-out and revision."""

from dataclasses import replace

from bot.ledger import Ledger
from bot.model.edition import Edition
from bot.model.order import Given, Kind
from bot.model.story import Story
from bot.model.subscriber import Fanout, Form
from bot.press import Press
from bot.press.job import Job, Occasion
from bot.rules.changes import told as changes
from bot.rules.difference import difference
from bot.rules.fanning import corrects
from bot.rules.summarising import analyse
from bot.work.outlet import Outlet
from bot.work.outlets import told
from bot.work.typesetting import Typesetting

_POST, _EDIT, _CORRECTION = "post", "edit", "correction"


class Variants:
    """Language and 字号 are the carrier's, at the moment of sending; the form of the reading is the press's."""

    def __init__(self, ledger: Ledger, press: Press) -> None:
        self._ledger, self._set = ledger, Typesetting(ledger, press)
        self._known: dict[str, int] = {}
        self._of: tuple[int, int] | None = None

    async def post(self, one: Fanout, story: Story, outlet: Outlet, form: Form) -> int:
        """The shared edition of whoever has nothing of it yet. Raises PressError."""
        return await self._variant(one, story, outlet, form, _POST)

    async def follow(self, one: Fanout, story: Story, outlet: Outlet, form: Form) -> tuple[int | None, int | None]:
        """The edit, or where nothing can be edited the correction, of whoever has an older revision."""
        if outlet.channel.facts.editable:
            return await self._variant(one, story, outlet, form, _EDIT), None
        given = await self._ledger.orders.given(story.id)
        said, before = analyse(story.article).correction, await self._before(one, story)
        new = said is not None and said != (analyse(before.article).correction if before else None)
        if not corrects(outlet.corrections, given.correction.kind if given.correction else None, said=new):
            return None, None
        return None, await self._variant(one, story, outlet, form, _CORRECTION)

    async def reset(self, one: Fanout, story: Story, outlet: Outlet) -> None:
        """Make anew what waits, as editors ordered. Raises PressError."""
        for variant in await self._ledger.chunks.editions(one):
            form, _, occasion = variant.partition(" ")
            await self._ledger.chunks.keep(one, variant, await self._made(one, story, outlet, Form(form), occasion))

    async def _variant(self, one: Fanout, story: Story, outlet: Outlet, form: Form, occasion: str) -> int:
        if self._of != (one.id, one.revision):
            self._known, self._of = await self._ledger.chunks.editions(one), (one.id, one.revision)
        variant = f"{form} {occasion}"
        if variant not in self._known:
            edition = await self._made(one, story, outlet, form, occasion)
            number = await self._ledger.chunks.keep(one, variant, edition)
            self._known[variant] = number
            return number
        return self._known[variant]

    async def _made(self, one: Fanout, story: Story, outlet: Outlet, form: Form, occasion: str) -> Edition:
        given = await self._ledger.orders.given(story.id)
        job = await self._job(one, story, given, occasion)
        return await self._set.edition(story, given, outlet, job, facts=told(outlet, form))

    async def _job(self, one: Fanout, story: Story, given: Given, occasion: str) -> Job:
        if occasion == _POST:
            return Job(occasion=Occasion.BREAKING if given.orders.urgent else Occasion.POST)
        kind = given.correction.kind if given.correction else None
        before = None if kind is Kind.TYPO else await self._before(one, story)
        changed = changes(difference(before.article, story.article), story.article.language) if before else ()
        job = Job(occasion=Occasion.EDIT, changed=changed)
        return replace(job, occasion=Occasion.CORRECTION) if Kind.CORRECTION is kind or occasion == _CORRECTION else job

    async def _before(self, one: Fanout, story: Story) -> Story | None:
        """The story as readers have it."""
        out = await self._ledger.chunks.newest_out(one)
        return next((old for old in await self._ledger.stories.revisions(story.id) if old.revision == out), None)
