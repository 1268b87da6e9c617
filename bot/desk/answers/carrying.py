"""How far something is on its way to readers, and what can be done with that; shared by many answers."""

from dataclasses import dataclass

from bot.desk.answer import Button, Rows
from bot.model.subscriber import Progress


@dataclass(frozen=True, slots=True)
class Reaching:
    """A carrier's readers and what they have of one thing, in figures."""

    fanout: int
    carrier: str
    title: str
    state: Progress
    total: int
    """Readers for whom a post was planned."""
    sent: int
    failed: int = 0
    uncertain: int = 0
    waiting: int = 0
    cancelled: int = 0
    lost: int = 0
    minutes: int | None = None
    """Until the last has it, rounded up."""
    why: str = ""
    """Why it stands still."""
    story: int | None = None
    withdrawn: bool = False
    signing: bool = False
    """It waits for another editor, so nobody lets it go on."""
    over: bool = False
    """It was cancelled for good."""

    @property
    def steering(self) -> tuple[Button, ...]:
        """Stop it, let it go on, or look at what is uncertain."""
        about, number = self.carrier, self.fanout
        buttons: list[Button] = []
        if self.state is Progress.STOPPED and not self.over and not self.signing:
            buttons += [Button("fanout_go", f"fanout {number} go", about)]
            buttons += [Button("fanout_cancel", f"fanout {number} cancel", about)]
        elif self.state not in (Progress.STOPPED, Progress.DONE) and not self.withdrawn:
            buttons += [Button("fanout_stop", f"fanout {number} stop", about)]
        if self.uncertain:
            buttons += [Button("fanout_doubt", f"fanout {number}", f"{about} {self.uncertain}")]
        return tuple(buttons)


def steering(carried: tuple[Reaching, ...]) -> Rows:
    """A row of buttons a carrier, where there is something to do."""
    return tuple(one.steering for one in carried if one.steering)
