"""What /story answers when it is asked for more, and /next."""

from dataclasses import replace

from bot.desk.answer import Answer
from bot.desk.answers.dossier import Deliveries, Outline, Piece, Revision, Revisions, Sent
from bot.desk.answers.looking import Coming, NoSuchSpan, Standing, Waiting
from bot.model.delivery import Act, State
from bot.model.story import BlockKind
from bot.rules.difference import Change, Mark, Part
from bot.rules.difference import Piece as Words
from tests.desk.sampled import NOW

LONG = "reads on as it did before, and is far longer than what anybody wants to see of it again"


def samples() -> tuple[Answer, ...]:
    body = tuple(Piece(kind.value, "the bridge") for kind in BlockKind)
    pieces = (Words(Mark.KEPT, LONG), Words(Mark.REMOVED, "old"), Words(Mark.ADDED, "new"), Words(Mark.KEPT, "same"))
    changes = tuple(Change(part, pieces) for part in Part)
    sent = tuple(
        Sent(Standing("weekly", Act.POST, state, NOW, NOW, "https://t.me/a/1", minutes=3), 2, 2) for state in State
    )
    revisions = (Revision(3, NOW, "Bridge", ()), Revision(2, NOW, "Bridge", changes), Revision(1, NOW, "Bridge", ()))
    outlined = Outline(
        12, "Bridge", "At last", "It is open.", "city", "en", "Daily", "Ana", "Bo", NOW, NOW, ("bridge",),
        "https://example.org/1", 1, 2, body, 1, 2,
    )  # fmt: skip
    waits = Waiting(12, "Bridge", ("weekly", "partners"), Act.POST, State.PLANNED, NOW, "")
    return (
        Coming((waits, replace(waits, state=State.SENDING, act=Act.EDIT)), NOW, 3),
        Coming((), NOW),
        NoSuchSpan("soon"),
        outlined,
        Outline(12, "Bridge", None, None, None, "und", None, None, None, None, None, (), None, 0, 0, (), 1, 1),
        Revisions(12, "Bridge", revisions, 1, 2),
        Deliveries(12, "Bridge", sent, 9, 1, 2),
        Deliveries(12, "Bridge", sent[:1], 1, 1, 1),
    )
