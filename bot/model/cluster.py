"""A cluster: stories that are one, told by the first of them; the others are its reprints."""

from dataclasses import dataclass

from bot.model.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Relative:
    """Another story of the same cluster, with what became of it."""

    story: int
    waiting: bool
    """Not composed yet at its newest revision."""
    remembered: bool
    """Known but not to be posted: it was older than the first look at its source."""
    deliveries: tuple[Delivery, ...] = ()
