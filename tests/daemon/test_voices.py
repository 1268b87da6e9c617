"""The running daemon asks the model, tells in another script, and takes a changed template only if it passes."""

import asyncio
import json
from pathlib import Path
from typing import Any

from bot.ledger import Ledger
from bot.model.ledger import Notice
from tests.fakes.chat_model import KEY, ChatModel, Mood
from tests.fakes.newsroom import Newsroom, running
from tests.fakes.serve import serve

CHANNEL = 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", form: text, rehearse: true'


async def rehearsed(newsroom: Newsroom, channel: str, headline: str) -> dict[str, Any]:
    """The edition of that story, once it is there."""
    folder = newsroom.folder / "queue" / "rehearsal" / channel
    async with asyncio.timeout(60):
        while True:
            for path in folder.glob("*.json"):
                edition: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["edition"]
                if edition["headline"] == headline:
                    return edition
            await asyncio.sleep(0.05)


async def notices(newsroom: Newsroom) -> list[Notice]:
    ledger = await Ledger.open(newsroom.ledger_url)
    try:
        return list(await ledger.notices.untold())
    finally:
        await ledger.close()


async def test_a_rewritten_story_goes_out_and_an_invented_number_does_not(tmp_path: Path) -> None:
    model = ChatModel("河湾桥面今早恢复双向通行。")
    async with serve(model.app) as base:
        newsroom = Newsroom(tmp_path, {"zh": f"{CHANNEL}, rewrite: true"})
        (tmp_path / "key").write_text(KEY, encoding="utf-8")
        with newsroom.settings.open("a", encoding="utf-8") as settings:
            settings.write(f"model: {{url: '{base}/v1', name: tiny, key: 'file:{tmp_path}/key', private: true}}\n")
        async with running(newsroom):
            first = await rehearsed(newsroom, "zh", newsroom.drop_story(1, body="河湾大桥桥面今早恢复双向通行。"))
            model.answer = "河湾桥面今早恢复双向通行，五人受伤。"
            second = await rehearsed(newsroom, "zh", newsroom.drop_story(2, body="河湾大桥桥面今早恢复双向通行。"))
            model.mood = Mood.DOWN
            third = await rehearsed(newsroom, "zh", newsroom.drop_story(3))
            told = await notices(newsroom)
    assert (first["words"], "河湾桥面今早恢复双向通行。" in first["text"]) == ("model", True)
    assert (second["words"], third["words"]) == ("extracted", "extracted")
    assert "受伤" not in second["text"]
    assert [one.subject for one in told] == ["model 2 zh", "model"]
    assert KEY not in newsroom.log.read_text(encoding="utf-8")


async def test_a_template_that_is_changed_while_the_daemon_runs(tmp_path: Path) -> None:
    own = tmp_path / "own" / "posts"
    own.mkdir(parents=True)
    channels = {"zh": CHANNEL, "hk": f"{CHANNEL}, script: traditional"}
    newsroom = Newsroom(tmp_path, channels, house=", templates: own")
    async with running(newsroom):
        (own / "zh.html.j2").write_text("{{ headline }}!", encoding="utf-8")
        first = await rehearsed(newsroom, "zh", newsroom.drop_story(1))
        (own / "zh.html.j2").write_text("{{ headlin }}", encoding="utf-8")
        second = await rehearsed(newsroom, "zh", newsroom.drop_story(2))
        other = await rehearsed(newsroom, "hk", "河灣短訊第2號")
        told = await notices(newsroom)
    assert (first["text"], second["text"]) == ("河湾短讯第1号!", "河湾短讯第2号!")
    assert (other["language"], "今早恢復雙向通行" in other["text"]) == ("zh-Hant", True)
    assert [one.text.partition(": ")[0] for one in told] == ["zh.html.j2:1"]
    assert told[0].text.endswith("the template as it was stays in force")
