"""Whether the house is in order."""

from bot.desk.answer import Answer
from bot.desk.answers.checking import Broken, Checked


def samples() -> tuple[Answer, ...]:
    bad = Broken("telegram.html.j2", 7, "{{ headlne }}", "'headlne' is undefined")
    return (
        Checked((), 0, 0, 20_000, False, (("cards", 120), ("logs", 3))),
        Checked((), 0, 2, 300, True, ()),
        Checked((bad, Broken("cards/night.typ", None, "", "unclosed delimiter")), 2, 1, 20_000, False, ()),
    )
