"""How a channel follows its story: a first post, an edit of what is out, or nothing, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.model.delivery import Act, Delivery, State
from bot.model.order import PAUSED, REJECTED

OUT = (State.SENT, State.SENDING, State.UNCERTAIN)
SUPERSEDED = "superseded"
"""How the ledger's reason begins where a newer revision, and no editor, cancelled a delivery."""


Corrections = Literal["said", "always", "never"]


@dataclass(frozen=True, slots=True)
class Follow:
    """What to plan for the newest revision; no act: nothing."""

    act: Act | None
    why: str
    held: str | None = None
    """The reason to plan it held: its forerunner was."""
    correction: bool = False
    """A post of its own that corrects what is out and stays out."""
    stale: bool = False
    """What is out says something else than the story now, and stays so: the desk must hear of it."""


def follow(rows: Sequence[Delivery], *, editable: bool) -> Follow:
    """Decide from what the channel already has of the story, oldest first."""
    posts = [row for row in rows if row.act is Act.POST]
    if any(row.act is Act.DELETE and row.state is not State.CANCELLED for row in rows):
        return Follow(None, "stays withdrawn")
    if not posts:
        return Follow(Act.POST, "first post")
    # With a receipt: a thread that is half out.
    if any(row.state in OUT or row.receipt is not None or row.doubtful for row in posts):
        return _of_what_is_out(editable=editable)
    return _of_what_waited(posts[-1])


def _of_what_is_out(*, editable: bool) -> Follow:
    if editable:
        return Follow(Act.EDIT, "what is out follows the story")
    return Follow(None, "what is out stays as it is: this platform cannot edit", stale=True)


def _of_what_waited(last: Delivery) -> Follow:
    if last.state is State.CANCELLED and last.reason.startswith(f"{REJECTED}: "):
        return Follow(Act.POST, "recomposed", held=last.reason)
    if last.state is State.CANCELLED and not last.reason.startswith(SUPERSEDED):
        return Follow(None, f"stays cancelled: {last.reason}")
    # What waited for its channel alone waits for it anew, and goes when the channel does: the ledger sees to that.
    held = last.state is State.HELD and not last.reason.startswith(PAUSED)
    return Follow(Act.POST, "recomposed", held=last.reason if held else None)


def corrected(step: Follow, policy: Corrections, *, said: bool) -> Follow:
    """What cannot be edited may be corrected by a post of its own; `said`: the article says what it corrects."""
    if step.stale and (policy == "always" or (policy == "said" and said)):
        return Follow(Act.POST, "a correction of what is out", correction=True)
    return step
