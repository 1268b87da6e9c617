"""The readers' bot in its house: its token, its links, and the placard that leads to it."""

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from bot.app import Premises
from bot.cli.placards import drawn
from bot.errors import OrderError, SettingsError
from bot.front import bots
from bot.press.placard import Sheet
from bot.readers.commands import VERBS
from bot.readers.links import LONGEST, deep_link, payload, topic_of
from bot.readers.replies import Replies
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.reading_room import KEY, SHIPPED
from tests.fakes.serve import serve

FILE = """
newsroom: {{name: 河湾日报, zone: Asia/Shanghai}}
desk: {{token: "env:CRIER_TEST_DESK"}}
channels:
  main: {{kind: telegram, token: "env:CRIER_TEST_DESK", chat: "@riverbend_daily"}}
  reader-bot: {{kind: telegram, token: "env:CRIER_TEST_BOT", api: "{api}"}}
subscribers: {{key: "env:CRIER_TEST_READERS", carriers: [reader-bot]}}
sources:
  inbox: {{kind: inbox, folder: inbox}}
routes: [{{channels: [main]}}]
"""


@pytest.fixture
def premises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)
    monkeypatch.setenv("CRIER_TEST_DESK", "987654321:another")
    monkeypatch.setenv("CRIER_TEST_READERS", KEY)
    return tmp_path / "settings.yaml"


def opened(file: Path, api: str = "http://127.0.0.1:9") -> Premises:
    file.write_text(FILE.format(api=api), encoding="utf-8")
    return Premises.of(file)


def test_each_bot_has_a_token_of_its_own(premises: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = opened(premises).settings
    assert list(bots(settings)) == [("reader-bot", TOKEN, "http://127.0.0.1:9")]
    monkeypatch.setenv("CRIER_TEST_DESK", TOKEN)
    with pytest.raises(SettingsError, match=r"desk\.token has the same token"):
        list(bots(settings))


@pytest.mark.parametrize("topic", ["体育", "Harbour & ferries", "城市慢行系统三年行动计划二〇二", "🎉", ""])
def test_a_link_brings_its_topic_back(topic: str) -> None:
    said = payload(topic)
    assert said is not None
    assert len(said) <= LONGEST
    assert topic_of(said) == topic
    assert (deep_link("crier_bot", topic) or "").startswith("https://t.me/crier_bot")


@pytest.mark.parametrize("made_up", ["=", "a", "__", "体育", "A" * 65, "////", "%00"])
def test_a_link_that_somebody_made_up_names_nothing(made_up: str) -> None:
    assert topic_of(made_up) == ""


async def test_a_placard_for_print_names_topic_and_bot_and_leads_there(premises: Path) -> None:
    async with serve(BotApi().app) as base:
        house = opened(premises, base)
        link, document = await drawn(house, "体育", None, Sheet.PAPER, None, pdf=True)
        _, picture = await drawn(house, "", "reader-bot", Sheet.WIDE, "en", pdf=False)
        with pytest.raises(OrderError, match="too long for a link"):
            await drawn(house, "很" * 17, None, Sheet.PAPER, None, pdf=True)
    assert link == f"https://t.me/crier_test_bot?start={payload('体育')}"
    assert picture.startswith(b"\x89PNG")
    found = pypdfium2.PdfDocument(document)[0].get_textpage().get_text_range()
    words = "".join(one for one in found if one.isalnum() or one in "./_")  # no marks of where a line may break
    assert [word for word in ("体育", "t.me/crier_test_bot", "扫码") if word not in words] == []


def test_what_is_said_in_one_language_is_said_in_the_other() -> None:
    said = {language: {file.name for file in (SHIPPED / "readers" / language).iterdir()} for language in ("zh", "en")}
    assert said["zh"] == said["en"]
    words = Replies(SHIPPED, None).words
    for kind in ("verbs", "buttons", "toasts"):
        assert set(getattr(words["zh"], kind)) == set(getattr(words["en"], kind))
    assert {verb for one in words.values() for verb in (*one.verbs, *one.aliases.values())} <= set(VERBS)
