"""What editors have ordered of a story, kept beside the ledger, as they would tell it from memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model.order import REJECTED, Given

Point = tuple[str, str]
"""What an order is about, and the channel where it is about one."""

OF_VERB: Mapping[str, frozenset[str]] = {
    "approve": frozenset({"signed", "held"}),
    "reject": frozenset({"held"}),
    "skip": frozenset({"goes"}),
    "add": frozenset({"goes"}),
    "schedule": frozenset({"scheduled"}),
    "embargo": frozenset({"embargo"}),
    "now": frozenset({"signed", "hurried", "urgent", "held"}),
    "hold": frozenset({"held"}),
    "release": frozenset({"held"}),
    "cancel": frozenset(),
}
"""What an order of that name changes, and its undoing may change back."""


@dataclass
class Ordered:
    """What stands ordered of one story; a later order of the same kind takes the place of an earlier one."""

    points: dict[Point, object] = field(default_factory=dict)

    def take(self, verb: str, who: str, value: object, channel: str = "") -> None:
        """An order that the ledger said was carried out."""
        match verb:
            case "approve":
                self._signed(who)
                self._free()
            case "hurry":
                self.points["hurried", ""] = (who,)
                self.points["urgent", ""] = True
                self._signed(who)
                self._free()
            case "skip" | "add":
                self.points["goes", channel] = verb == "add"
            case "schedule":
                self.points["scheduled", ""] = value
            case "embargo":
                self.points["embargo", ""] = value
            case "lift":
                self.points.pop(("embargo", ""), None)
            case "words":
                self.points["words", channel] = value
            case "release":
                self._free()
            case _:
                self.points["held", ""] = f"{value}"

    def undone(self, verb: str, stands: Mapping[Point, object]) -> None:
        """That order was taken back: what it was about is as the ledger says, everything else as before."""
        mine = OF_VERB[verb]
        kept = {point: value for point, value in self.points.items() if point[0] not in mine}
        self.points = {**kept, **{point: value for point, value in stands.items() if point[0] in mine}}

    def _signed(self, who: str) -> None:
        signed = self.points.get(("signed", ""), ())
        assert isinstance(signed, tuple)
        self.points["signed", ""] = signed if who in signed else (*signed, who)

    def _free(self) -> None:
        self.points.pop(("held", ""), None)


def stands(given: Given, held: str | None) -> dict[Point, object]:
    """The same, as the ledger tells it."""
    one = given.orders
    alone: dict[str, object] = {
        "signed": one.signed, "hurried": one.hurried, "urgent": one.urgent, "scheduled": one.scheduled,
        "embargo": one.embargo, "held": held,
    }  # fmt: skip
    points: dict[Point, object] = {(name, ""): value for name, value in alone.items() if value}
    points |= {("goes", override.channel): override.goes for override in given.overrides.values()}
    return points | {("words", worded.channel): worded.wording.headline for worded in given.worded}


def rejected(why: str) -> str:
    """As the ledger holds it."""
    return f"{REJECTED}: {why}"
