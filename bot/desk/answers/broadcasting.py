"""What is answered around a message to readers: how it will look, how far it has come, what one fan-out stands for."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.carrying import Reaching, steering
from bot.model.desk import Shows
from bot.model.subscriber import Progress

ABOUT = "broadcast "
"""What a message of the desk's is about whose story is none."""


@dataclass(frozen=True, slots=True)
class AskBroadcast:
    """The next message is what readers are to get; the last ones stand below."""

    template: ClassVar[str] = "ask_broadcast"
    asks: ClassVar[bool] = True
    lately: tuple[tuple[int, str], ...] = ()

    @property
    def rows(self) -> Rows:
        """One tap shows an earlier one."""
        return tuple((Button("broadcast_one", f"broadcast {number}", f"{number}"),) for number, _ in self.lately)


@dataclass(frozen=True, slots=True)
class Sample:
    """How one carrier would bring it."""

    carrier: str
    readers: int
    minutes: int | None
    text: str = ""
    marked: bool = False
    """The text is Telegram's own markup."""
    count: int = 0
    limit: int | None = None
    unit: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The message as each carrier shows it, to how many it goes, and when the last has it."""

    template: ClassVar[str] = "broadcast_proposed"
    samples: tuple[Sample, ...]
    topics: tuple[str, ...]
    urgent: bool
    editors: int
    """How many it takes, with whoever asks."""
    finishes: datetime | None

    @property
    def readers(self) -> int:
        """Of all carriers."""
        return sum(one.readers for one in self.samples)

    @property
    def fits(self) -> bool:
        """It can be sent as it stands."""
        return bool(self.readers) and not any(one.problem for one in self.samples)

    @property
    def rows(self) -> Rows:
        """Send it, have it overtake all, or let it be."""
        urgent = Button("broadcast_calm" if self.urgent else "broadcast_urgent", "broadcast urgent")
        yes = Button("broadcast_yes" if self.editors == 1 else "broadcast_ask", "broadcast yes")
        return (*(((yes,),) if self.fits else ()), (urgent, Button("post_no", "nevermind broadcast")))


@dataclass(frozen=True, slots=True)
class Sending:
    """How far a message is; edited until it is out."""

    template: ClassVar[str] = "broadcast_sending"
    number: int
    text: str
    topics: tuple[str, ...]
    urgent: bool
    signed: tuple[str, ...]
    missing: int
    carried: tuple[Reaching, ...]
    able: bool
    """What is out can be taken back somewhere."""
    note: str = ""
    """What became of the last order, where that needs saying."""

    @property
    def done(self) -> bool:
        """Nothing of it moves any more."""
        return all(one.state is Progress.DONE for one in self.carried)

    @property
    def rows(self) -> Rows:
        """Sign it, stop it, let it go on, cancel the rest, take back what is out."""
        number, about = self.number, ""
        if self.missing:
            return (
                (Button("broadcast_sign", f"broadcast {number} sign"),),
                (Button("broadcast_drop", f"broadcast {number} cancel"),),
            )
        moving = any(one.state not in (Progress.STOPPED, Progress.DONE) and not one.withdrawn for one in self.carried)
        stopped = any(one.state is Progress.STOPPED and not one.over for one in self.carried)
        out = any(one.sent or one.uncertain for one in self.carried if not one.withdrawn)
        first = [
            *([Button("broadcast_stop", f"broadcast {number} stop", about)] if moving else []),
            *([Button("broadcast_go", f"broadcast {number} go")] if stopped else []),
            *([Button("broadcast_cancel", f"broadcast {number} cancel")] if moving or stopped else []),
        ]
        doubts = steering(tuple(one for one in self.carried if one.uncertain and one.state is Progress.DONE))
        back = ((Button("broadcast_back", f"broadcast {number} withdraw"),),) if self.able and out else ()
        return (*((tuple(first),) if first else ()), *doubts, *back)

    @property
    def topic(self) -> Topic:
        """No story: the message itself."""
        return Topic(Shows.ANSWER, None, f"{ABOUT}{self.number}")


@dataclass(frozen=True, slots=True)
class FanOut:
    """One thing on its way to one carrier's readers; where some are uncertain, both answers to that."""

    template: ClassVar[str] = "fanout"
    one: Reaching
    note: str = ""

    @property
    def rows(self) -> Rows:
        """Steer it; say of all that is uncertain what was seen."""
        number, about = self.one.fanout, str(self.one.uncertain)
        steer = tuple(button for button in self.one.steering if button.caption != "fanout_doubt")
        doubt = (
            (Button("fanout_out", f"fanout {number} out", about),),
            (Button("fanout_again", f"fanout {number} again", about),),
        )
        return (*((steer,) if steer else ()), *(doubt if self.one.uncertain else ()))


@dataclass(frozen=True, slots=True)
class FansOut:
    """What is on its way to readers at this moment."""

    template: ClassVar[str] = "fanouts"
    carried: tuple[Reaching, ...]

    @property
    def rows(self) -> Rows:
        """Steer each of them."""
        return steering(self.carried)


@dataclass(frozen=True, slots=True)
class NotBroadcast:
    """It cannot be done as it stands, and why."""

    template: ClassVar[str] = "not_broadcast"
    why: str


@dataclass(frozen=True, slots=True)
class NoReaders:
    """The newsroom has no section `subscribers`."""

    template: ClassVar[str] = "no_readers"
