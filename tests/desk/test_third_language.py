"""Another language is one folder: what it says is said in it, what it does not say yet is said in English."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.desk.answers.people import WhichLanguage
from bot.desk.answers.talk import No
from bot.desk.replies import Replies
from bot.errors import SettingsError
from tests.desk.conftest import Office, seen

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def spanish(tmp_path: Path) -> Path:
    """A newsroom's own templates with a folder for Spanish, barely begun."""
    folder = tmp_path / "own" / "desk" / "es"
    folder.mkdir(parents=True)
    (folder / "words.yaml").write_text('verbs: {queue: "lo que sale"}\nbuttons: {hold: "Retener"}\n', encoding="utf-8")
    (folder / "reasons.yaml").write_text("'no reason given': 'sin motivo'\n", encoding="utf-8")
    (folder / "no.html.j2").write_text("Lo siento: {{ worded('no reason given') }}", encoding="utf-8")
    return tmp_path / "own"


def test_a_folder_of_words_is_a_language(spanish: Path) -> None:
    replies = Replies(SHIPPED, spanish, ZoneInfo("Asia/Shanghai"))
    assert list(replies.words) == ["zh", "en", "es"]
    assert replies.render(No(), "es", NOW) == "Lo siento: sin motivo"
    assert replies.words["es"].caption("hold", "") == "Retener"


def test_what_it_does_not_say_yet_is_said_in_english(spanish: Path) -> None:
    replies = Replies(SHIPPED, spanish, ZoneInfo("Asia/Shanghai"))
    asked = WhichLanguage(("zh", "en", "es"))
    assert replies.render(asked, "es", NOW) == replies.render(asked, "en", NOW)
    assert replies.words["es"].caption("release", "") == replies.words["en"].caption("release", "")
    assert replies.words["es"].verbs["hold"] == replies.words["en"].verbs["hold"]


def test_a_language_that_is_not_there_is_answered_in_english(spanish: Path) -> None:
    replies = Replies(SHIPPED, spanish, ZoneInfo("Asia/Shanghai"))
    assert replies.render(No(), "fr", NOW) == replies.render(No(), "en", NOW)


def test_a_shape_of_a_reason_that_is_none_is_named_with_its_file(spanish: Path) -> None:
    (spanish / "desk" / "es" / "reasons.yaml").write_text("'(': 'x'\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"es/reasons\.yaml"):
        Replies(SHIPPED, spanish, ZoneInfo("Asia/Shanghai")).render(No(), "es", NOW)


async def test_somebody_let_in_chooses_it_and_reads_it(shut: Office, spanish: Path) -> None:
    await shut.open(own=spanish)
    [question] = await shut.posts(shut.ana, "/language klingon")
    assert question.buttons == [["中文", "English", "es"]]
    assert "Retener" not in seen(question)
