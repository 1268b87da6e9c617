"""The command line as its users meet it: real processes, answers for people and for machines."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Outcome
from tests.fakes.newsroom import ROOT, Newsroom
from tests.fakes.stories import planned_story

REHEARSED = {
    "zh": 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", rehearse: true',
    "partner": 'kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"], rehearse: true',
}


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, REHEARSED)


def crier(newsroom: Newsroom, *words: str, status: int = 0) -> str:
    """Run one command; what it printed, errors too."""
    ended = subprocess.run(
        [sys.executable, "main.py", *words, "--settings", str(newsroom.settings)],
        cwd=ROOT, env={**os.environ, "COLUMNS": "160"}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


def as_json(newsroom: Newsroom, *words: str) -> Any:
    return json.loads(crier(newsroom, *words, "--json"))


def article(folder: Path) -> str:
    file = folder / "article.md"
    text = "---\ntitle: 河湾灯会周五开幕\nsection: 文化\ncredit: 河湾日报\n---\n\n灯会周五晚开幕,共展出花灯320盏。\n"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_preview_of_a_file_shows_every_channel_and_records_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    shown = crier(newsroom, "preview", article(tmp_path))
    assert "灯会周五晚开幕,共展出花灯320盏。" in shown
    assert "of 1024 UTF-16 units" in shown
    assert "route 1 takes every story" in shown
    told = as_json(newsroom, "preview", article(tmp_path), "--channel", "partner")
    assert [one["channel"] for one in told] == ["partner"]
    assert json.loads(told[0]["edition"]["text"])["headline"] == "河湾灯会周五开幕"
    assert as_json(newsroom, "queue") == []


def test_pickup_records_and_queue_and_story_tell(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.drop_story(7)
    assert as_json(newsroom, "pickup")["inbox"]["new"] == 1
    assert "河湾短讯第7号" in crier(newsroom, "story", "1")
    told = as_json(newsroom, "story", "1")
    assert told["story"]["article"]["headline"] == "河湾短讯第7号"
    assert told["history"][0]["why"] == "dropped into the inbox as brief-7.md"
    assert "Nothing waits to go out." in crier(newsroom, "queue")


def test_story_shows_what_a_revision_changed(newsroom: Newsroom) -> None:
    for body in ("桥面今早恢复双向通行。共换拉索48根。", "桥面今早恢复双向通行。共换拉索52根。"):
        newsroom.drop_story(7, body=body)
        crier(newsroom, "pickup")
    shown = crier(newsroom, "story", "1")
    assert "Revision 2 changed" in shown
    assert "48" in shown
    [change] = as_json(newsroom, "story", "1")["revised"]["2"]["changes"]
    assert change["part"] == "body"
    assert {"removed", "added"} <= {piece["mark"] for piece in change["pieces"]}


def test_check_finds_a_rehearsing_newsroom_in_order(newsroom: Newsroom) -> None:
    told = as_json(newsroom, "check")
    assert all(finding["ok"] for finding in told)
    assert {"font", "ledger", "channel zh", "desk"} <= {finding["subject"] for finding in told}


def test_check_names_a_missing_secret_and_fails(newsroom: Newsroom) -> None:
    text = newsroom.settings.read_text(encoding="utf-8").replace("rehearse: true", "rehearse: false")
    newsroom.settings.write_text(text, encoding="utf-8")
    assert "channels.zh is 'env:NOT_THERE': set the environment variable NOT_THERE" in crier(
        newsroom, "check", status=1
    )


def test_a_mistake_in_the_settings_is_a_sentence_with_its_line(newsroom: Newsroom) -> None:
    text = newsroom.settings.read_text(encoding="utf-8").replace("zone: Asia/Shanghai", "zone: Asia/Shangai")
    newsroom.settings.write_text(text, encoding="utf-8")
    said = crier(newsroom, "queue", status=1)
    assert "settings.yaml:2: newsroom.zone is 'Asia/Shangai'" in said


def test_unknown_things_are_named(newsroom: Newsroom) -> None:
    assert "no story 99" in crier(newsroom, "story", "99", status=1)
    assert "neither a file nor a story's number" in crier(newsroom, "preview", "nothing.html", status=1)
    assert "known are inbox" in crier(newsroom, "pickup", "elsewhere", status=1)


def test_schema_prints_what_is_shipped() -> None:
    ended = subprocess.run([sys.executable, "main.py", "schema"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == (ROOT / "settings.schema.json").read_text(encoding="utf-8")


def test_a_story_is_taken_back_from_the_command_line(newsroom: Newsroom) -> None:
    newsroom.drop_story(3)
    crier(newsroom, "pickup")
    assert "nothing will be" in crier(newsroom, "withdraw", "1", "--why", "a mistake")
    told = as_json(newsroom, "story", "1")
    assert (told["story"]["held"], told["history"][-1]["verb"]) == ("withdrawn: a mistake", "withdrawn")
    assert "no story 9" in crier(newsroom, "withdraw", "9", "--why", "a mistake", status=1)


async def _doubtful(newsroom: Newsroom) -> None:
    """A story that is uncertain on one channel, failed on the other, and a third channel that is paused."""
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    ledger = await Ledger.open(newsroom.ledger_url)
    await planned_story(ledger, now, "zh", "partner")
    for channel in ("zh", "partner"):
        claim = await ledger.claims.next([channel], "w", now, timedelta(minutes=1), lambda *_: None)
        assert claim is not None
        if channel == "zh":
            await ledger.claims.uncertain(claim, "HTTP 500", now)
        else:
            await ledger.claims.failed(claim, Outcome.REFUSED, "HTTP 400", now)
    await ledger.lanes.pause("zh", "the bot was kicked", now)
    await ledger.close()


def test_what_is_uncertain_failed_or_paused_has_a_way_out(newsroom: Newsroom) -> None:
    asyncio.run(_doubtful(newsroom))
    assert "1 settled: out" in crier(newsroom, "settle", "1", "zh", "--out", "--who", "陈静")
    assert "1 planned again" in crier(newsroom, "retry", "1", "partner")
    assert "zh：已恢复" in crier(newsroom, "resume", "zh")
    told = as_json(newsroom, "story", "1")
    assert {row["channel"]: row["state"] for row in told["deliveries"]} == {"zh": "sent", "partner": "planned"}
    assert "陈静" in {one["who"] for one in told["history"]}
    assert "没有叫“elsewhere”的频道" in crier(newsroom, "resume", "elsewhere", status=1)


def test_why_tells_the_whole_way_of_a_story_in_the_newsrooms_language(newsroom: Newsroom) -> None:
    async def fill() -> int:
        ledger = await Ledger.open(newsroom.ledger_url)
        at = datetime.now(UTC)
        story = await planned_story(ledger, at, "zh", "partner", headline="河湾灯会周五开幕")
        claim = await ledger.claims.next(["zh"], "worker", at, timedelta(minutes=1), lambda *_: None)
        assert claim is not None
        await ledger.claims.failed(claim, Outcome.REFUSED, "400 chat not found", at)
        await ledger.deliveries.hold(story, "陈静", "等配图", at, "partner")
        await ledger.close()
        return story

    story = str(asyncio.run(fill()))
    told = crier(newsroom, "why", story)
    for words in ("收到稿件", "第 1 次发布：平台拒绝：400 chat not found", "陈静 压稿：等配图", "等编辑放行：等配图"):
        assert words in told
    english = crier(newsroom, "why", story, "zh", "--language", "en")
    assert "Attempt 1 at the post: refused: 400 chat not found" in english
    assert "陈静" not in english
    assert as_json(newsroom, "why", story, "zh")[-1]["what"] == "now: failed"
    assert "known are zh, partner" in crier(newsroom, "why", story, "elsewhere", status=1)


def test_the_ledger_is_backed_up_and_moved_from_the_command_line(newsroom: Newsroom, postgres_url: str) -> None:
    async def fill() -> None:
        ledger = await Ledger.open(newsroom.ledger_url)
        await planned_story(ledger, datetime.now(UTC), "zh")
        await ledger.close()

    asyncio.run(fill())
    file = newsroom.folder / "backup.sqlite"
    assert "is the ledger of this moment" in crier(newsroom, "ledger", "backup", str(file))
    assert "name a file that does not exist" in crier(newsroom, "ledger", "backup", str(file), status=1)
    assert "has this version's tables" in crier(newsroom, "ledger", "migrate")
    (newsroom.folder / "url").write_text(postgres_url, encoding="utf-8")
    moved = as_json(newsroom, "ledger", "move", f"file:{newsroom.folder / 'url'}", "--from", str(file))
    assert moved["states"] == {"planned": 1}
    assert "is not empty" in crier(newsroom, "ledger", "move", f"file:{newsroom.folder / 'url'}", status=1)
