"""What the ledger tells: what goes out next, and the whole history of one story."""

from dataclasses import dataclass
from itertools import pairwise

from bot.app import Premises
from bot.errors import LedgerError
from bot.model.decision import Decision
from bot.model.delivery import Attempt, Delivery
from bot.model.story import Story
from bot.rules.difference import Difference, difference

PAGE = 20


@dataclass(frozen=True, slots=True)
class Dossier:
    """One story with everything that was decided and done."""

    story: Story
    deliveries: tuple[Delivery, ...]
    attempts: dict[int, tuple[Attempt, ...]]
    """By delivery."""
    history: tuple[Decision, ...]
    revised: dict[int, Difference]
    """What each revision after the first changed for readers, by its number."""


async def next_out(premises: Premises, page: int) -> tuple[Delivery, ...]:
    """Deliveries that are planned, held or being sent, by due time."""
    async with premises.ledger() as ledger:
        return await ledger.deliveries.queue(PAGE, (page - 1) * PAGE)


async def dossier(premises: Premises, number: int) -> Dossier:
    """Everything the ledger knows of the story. Raises LedgerError where there is no such story."""
    async with premises.ledger() as ledger:
        story = await ledger.stories.get(number)
        if story is None:
            raise LedgerError(f"no story {number}: `queue` and the page show the numbers")
        deliveries = await ledger.deliveries.of_story(number)
        attempts = {row.id: await ledger.deliveries.attempts(row.id) for row in deliveries}
        revised = {
            new.revision: difference(old.article, new.article)
            for old, new in pairwise(await ledger.stories.revisions(number))
        }
        return Dossier(story, deliveries, attempts, await ledger.history.of_story(number), revised)
