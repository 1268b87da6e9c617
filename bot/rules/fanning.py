"""What somebody who has a story already gets of its new revision, or of its withdrawal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model.delivery import Act, State
from bot.model.order import Kind
from bot.rules.follow import OUT, Corrections, Follow, corrected


class Step(StrEnum):
    """What is planned for one subscriber."""

    RENEW = "renew"  # what waits gets the new words
    FOLLOW = "follow"  # it is out: an edit or a correction
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Stands:
    """One delivery of a subscriber's, as far as it matters here."""

    id: int
    act: Act
    state: State
    revision: int
    doubtful: bool
    """An earlier try may be out."""
    begun: bool
    """Some of it is out."""

    @property
    def waits(self) -> bool:
        """Nothing of it can be out."""
        return self.state in (State.PLANNED, State.HELD) and not self.doubtful and not self.begun


def step(rows: Sequence[Stands], revision: int) -> tuple[Step, int]:
    """What becomes of a subscriber's deliveries, oldest first, with a new revision; and which delivery it is about."""
    last = rows[-1]
    if last.act is Act.DELETE or last.revision >= revision:
        return Step.NOTHING, last.id
    if last.waits:
        return Step.RENEW, last.id
    out = [row for row in rows if row.state in OUT or row.doubtful or row.begun]
    return (Step.FOLLOW, out[-1].id) if out else (Step.NOTHING, last.id)


def corrects(policy: Corrections, kind: Kind | None, *, said: bool) -> bool:
    """Whether what cannot be edited is corrected by a post of its own; as on the newsroom's own channels."""
    if kind is Kind.TYPO:
        return False
    stale = Follow(None, "", stale=True)
    return corrected(stale, policy, said=kind is Kind.CORRECTION or (kind is None and said)).correction
