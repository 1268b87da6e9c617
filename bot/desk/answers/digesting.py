"""What the verb for digests asks and tells; the digest itself is previewed like any story."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows


@dataclass(frozen=True, slots=True)
class WhichDigest:
    """How much there is to tell, and for which channel."""

    template: ClassVar[str] = "which_digest"
    asks: ClassVar[bool] = True
    stories: int
    hours: int
    """0: since the day began."""
    channels: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        """A channel each, and all of them."""
        if not self.stories:
            return ()
        each = tuple((Button("digest_for", f"digest {self.hours} {name}", name),) for name in self.channels)
        every = ((Button("digest_all", f"digest {self.hours} *"),),) if len(self.channels) > 1 else ()
        return (*each, *every)


@dataclass(frozen=True, slots=True)
class DigestMade:
    """What stands beside the preview: how many stories it tells, and which channels do not get it."""

    template: ClassVar[str] = "digest_made"
    number: int | None
    told: int
    problems: tuple[tuple[str, str], ...] = ()
