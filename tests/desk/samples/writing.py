"""What the verbs that show and word stories answer."""

from pathlib import Path

from bot.desk.answer import Answer
from bot.desk.answers.posting import AskHeadline, AskText, Clipped, NothingWritten, Unclipped, Written
from bot.desk.answers.proofs import NoPreview, Over, Previewed, Wrote
from bot.desk.answers.writing import (
    AskWords,
    Edited,
    Forgot,
    NoPicture,
    NotWritten,
    Pictured,
    TooLongWords,
    WhichPicture,
    WhichWords,
)  # fmt: skip
from bot.model.delivery import State
from bot.model.edition import Unit, Words
from bot.rules.rewording import Part

CARD = Path("card.png")
WROTE = (Wrote(Part.HEADLINE, "Ana", everywhere=True), Wrote(Part.SUMMARY, "Ana", everywhere=False))


def preview(
    number: int | None = 12, *, state: State | None = None, words: Words = Words.EXTRACTED, unit: Unit = Unit.UTF16,
    limit: int | None = 1024, goes: bool = True, wrote: tuple[Wrote, ...] = (), over: Over | None = None,
    problem: str = "", decide: tuple[str, ...] = (), more: tuple[str, ...] = (), marked: bool = True,
) -> Previewed:  # fmt: skip
    return Previewed(
        number, "Bridge", "weekly", 2, 3, goes, "route 1 wants sections news; the story has none",
        state.value if state else None, "<b>Bridge</b> reopens" if marked else "a < b", marked, more, 312, limit,
        unit.value, words.value, ("a note",), wrote, over, problem, CARD, "partners", "telegram-en", decide,
    )  # fmt: skip


def samples() -> tuple[Answer, ...]:
    return (
        *(preview(state=state, decide=("hold", "cancel")) for state in State if state is not State.CANCELLED),
        *(preview(words=words, unit=unit) for words in Words for unit in Unit),
        preview(wrote=WROTE, over=Over(300, 280, Unit.WEIGHTED.value), words=Words.EDITOR),
        preview(goes=False, limit=None, marked=False, more=("2/2",)), preview(more=("<i>2/2</i>",)),
        preview(problem="telegram.html.j2:3: no such name (story 12)"), preview(None),
        NoPreview(12, "Bridge"), NoPreview(None, "Bridge"),
        WhichWords(12, "Bridge", None, ()), WhichWords(12, "Bridge", "weekly", WROTE),
        *(AskWords(12, "Bridge", ("weekly",), part, "as it is") for part in Part),
        AskWords(12, "Bridge", (), Part.SUMMARY, ""),
        TooLongWords(12, "Bridge", "weekly", 300, 280, Unit.WEIGHTED.value, "the end"),
        TooLongWords(12, "Bridge", "weekly", 300, 280, Unit.GRAPHEMES.value, ""),
        Edited(12, "Bridge", (), ((Part.HEADLINE, "New"), (Part.HASHTAGS, "")), 2, "out already on a"),
        Edited(12, "Bridge", ("weekly",), ((Part.SUMMARY, "New"),), 1, ""), Edited(12, "Bridge", (), (), 0, ""),
        Forgot(12, "Bridge", ("weekly",), done=True), Forgot(12, "Bridge", (), done=False),
        NotWritten(12, "Bridge", "write a headline"), NotWritten(None, "", "write a headline"),
        WhichPicture(12, "Bridge", (("https://example.org/1", "The bridge"), ("https://example.org/2", "")), "1"),
        *(WhichPicture(12, "Bridge", (), chosen) for chosen in ("own", "none", "sent")),
        WhichPicture(12, "Bridge", (), "own", theirs=True),
        *(Pictured(12, "Bridge", chosen) for chosen in ("own", "none", "sent", "theirs", "2")),
        NoPicture(12, "the picture is of no kind that can be drawn, or broken"), NoPicture(None, "no picture came"),
        AskHeadline(), AskHeadline("Bridge"), AskText("Bridge"), AskText("Bridge", "It is open."),
        Written(12, "Bridge"), NothingWritten(),
        Clipped(12, "Bridge", "Riverbend Daily", new=True, original=None),
        Clipped(12, "Bridge", None, new=False, original=9),
        Unclipped("https://example.org/1", "HTTP 404"),
    )  # fmt: skip
