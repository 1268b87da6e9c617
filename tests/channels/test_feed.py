"""Feeds: what a reader finds after each verb and each mishap, by feedparser."""

import asyncio
import json
import random
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bot.channels.feed import Feed
from bot.errors import Refused, Unavailable
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from tests.channels.stages.feed import entries, feed
from tests.channels.stages.stage import Stage
from tests.channels.stages.telling import told
from tests.fakes.feed_hub import Hub
from tests.fakes.kinds import ROOT
from tests.fakes.serve import serve

GIVEN = {"kind": "feed", "folder": "feeds", "url": "https://example.org/feeds/"}
XML = (".atom.xml", ".rss.xml")
HOSTILE = '</script>]]><b onclick="x()">@all &amp; \u202e\x0b\x00'


def channel(stage: Stage) -> Feed:
    assert isinstance(stage.channel, Feed)
    return stage.channel


def items(stage: Stage) -> list[Any]:
    read = json.loads((stage.double / "main.json").read_text(encoding="utf-8"))["items"]
    assert isinstance(read, list)
    return read


def says(stage: Stage, headline: str) -> Edition:
    return replace(stage.edition, headline=headline, text=stage.edition.text.replace("大桥通车", headline))


@pytest.mark.parametrize("suffix", XML)
async def test_a_reader_finds_the_whole_story(tmp_path: Path, suffix: str) -> None:
    async with feed(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [entry] = entries(stage.double, suffix)
        assert (entry.id, entry.title, entry.link) == (receipt.platform_id, "大桥通车", "https://example.org/1")
        assert (entry.author, entry.published_parsed[:5]) == ("乔安", (2026, 11, 24, 1, 2))
        assert [tag.term for tag in entry.tags] == ["城市", "交通"]
        assert entry.content[0].value == "<p>桥面今早恢复通行。</p>"


async def test_json_feed_has_what_its_version_asks_for(tmp_path: Path) -> None:
    async with feed(tmp_path, hub="http://127.0.0.1:9/") as stage:
        await stage.channel.send(stage.edition, "key")
        read = json.loads((stage.double / "main.json").read_text(encoding="utf-8"))
        assert read["version"] == "https://jsonfeed.org/version/1.1"
        assert read["feed_url"] == "https://example.org/feeds/main.json"
        assert read["hubs"] == [{"type": "WebSub", "url": "http://127.0.0.1:9/"}]
        [item] = read["items"]
        assert item["image"] == "https://example.org/feeds/main.card.png"
        assert (stage.double / "main.card.png").read_bytes() == b"\x89PNG"
        assert datetime.fromisoformat(item["date_published"]).tzinfo is not None


async def test_the_same_key_is_the_same_entry(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        first = await stage.channel.send(stage.edition, "key")
        before = (stage.double / "main.atom.xml").read_bytes()
        assert await stage.channel.send(stage.edition, "key") == first
        assert (stage.double / "main.atom.xml").read_bytes() == before


async def test_a_correction_keeps_its_id_and_place_and_has_a_newer_time(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        await stage.channel.send(says(stage, "茶市开市"), "other")
        [_, before] = entries(stage.double)
        await channel(stage).edit(receipt, says(stage, "大桥明日通车"), "edit")
        [_, after] = entries(stage.double)
        assert (after.id, after.title, after.published) == (before.id, "大桥明日通车", before.published)
        assert after.updated_parsed > before.updated_parsed
        assert entries(stage.double, ".rss.xml")[1].updated_parsed == after.updated_parsed


async def test_a_correction_that_changes_nothing_changes_nothing(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        before = (stage.double / "main.atom.xml").read_bytes()
        await channel(stage).edit(receipt, stage.edition, "edit")
        assert (stage.double / "main.atom.xml").read_bytes() == before


async def test_what_is_withdrawn_leaves_a_tombstone_and_no_picture(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        await channel(stage).withdraw(receipt, "delete")
        again = await channel(stage).withdraw(receipt, "delete")
        assert [entries(stage.double, suffix) for suffix in XML] == [[], []]
        assert (items(stage), again.sent) == ([], "withdrawn")
        [tomb] = etree.parse(stage.double / "main.atom.xml").getroot().iter("{*}deleted-entry")
        assert tomb.get("ref") == receipt.platform_id
        assert not (stage.double / "main.card.png").exists()


async def test_the_feed_keeps_the_newest_and_a_correction_of_the_rest_is_no_news(tmp_path: Path) -> None:
    async with feed(tmp_path, newest=2) as stage:
        receipts = [await stage.channel.send(says(stage, f"第{one}条"), f"key-{one}") for one in range(3)]
        assert stage.shown() == ["第1条", "第2条"]
        await channel(stage).edit(receipts[0], says(stage, "改"), "edit")
        assert stage.shown() == ["第1条", "第2条"]


async def test_many_at_once_lose_none(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        await asyncio.gather(*(stage.channel.send(says(stage, f"第{one}条"), f"key-{one}") for one in range(10)))
        assert set(stage.shown()) == {f"第{one}条" for one in range(10)}


_WRITER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from tests.channels.stages.feed import feed

async def main(folder):
    async with feed(folder, newest=500) as stage:
        for number in range(10_000):
            text = stage.edition.text.replace("大桥通车", f"第{number}条")
            await stage.channel.send(replace(stage.edition, text=text), f"key-{number}")
            print(number, flush=True)

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_a_writer_killed_at_any_moment_leaves_valid_files_with_all_it_had_told(tmp_path: Path) -> None:
    after = random.randint(5, 12)  # noqa: S311 - any moment
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITER, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    for _ in range(after):
        await writer.stdout.readline()
    await asyncio.sleep(random.uniform(0, 0.02))  # noqa: S311 - any moment
    writer.kill()
    done = after + len((await writer.stdout.read()).split())
    await writer.wait()
    for suffix in XML:
        assert {f"第{one}条" for one in range(done)} <= {entry.title for entry in entries(tmp_path / "feeds", suffix)}
    json.loads((tmp_path / "feeds" / "main.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lost", ["main.rss.xml", "main.atom.xml", "main.json"])
async def test_a_document_that_a_crash_kept_from_being_written_comes_with_the_repeat(tmp_path: Path, lost: str) -> None:
    async with feed(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key")
        (stage.double / lost).unlink()
        (stage.double / f".{lost}.part").write_bytes(b"half")
        await stage.channel.send(stage.edition, "key")
        assert all(entries(stage.double, suffix) for suffix in XML)
        assert len(items(stage)) == 1


async def test_a_state_that_cannot_be_read_is_never_written_over(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key")
        state = stage.double / ".main.state.json"
        state.write_text("{", encoding="utf-8")
        with pytest.raises(Refused, match="bring it back") as caught:
            await stage.channel.send(stage.edition, "key-2")
        assert caught.value.account
        assert state.read_text(encoding="utf-8") == "{"
        assert stage.shown() == ["大桥通车"]


async def test_a_folder_in_whose_place_is_a_file_is_told_by_check_and_is_only_later(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        stage.double.write_text("", encoding="utf-8")
        [finding] = await channel(stage).check()
        assert not finding.ok
        with pytest.raises(Unavailable, match="not sent"):
            await stage.channel.send(stage.edition, "key")
        stage.double.unlink()
        assert (await channel(stage).check())[0].ok


async def test_the_hub_is_told_of_every_document_after_it_is_there(tmp_path: Path) -> None:
    hub = Hub()
    async with serve(hub.app) as base, feed(tmp_path, hub=base) as stage:
        await stage.channel.send(stage.edition, "key")
        assert hub.told == [f"https://example.org/feeds/main{suffix}" for suffix in (".rss.xml", ".atom.xml", ".json")]
        assert f'rel="hub" href="{base}"' in (stage.double / "main.rss.xml").read_text(encoding="utf-8")


async def test_a_hub_that_fails_keeps_nothing_back_and_the_receipt_says_so(tmp_path: Path) -> None:
    hub = Hub()
    hub.status = 503
    async with serve(hub.app) as base, feed(tmp_path, hub=base) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.endswith("(the hub was not told: HTTP 503)")
        assert stage.shown() == ["大桥通车"]


async def test_a_card_whose_file_is_gone_does_not_keep_the_words_back(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        receipt: Receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture")
        assert "image" not in items(stage)[0]


async def test_hostile_words_stay_words_in_every_document(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        await stage.channel.send(told(GIVEN, HOSTILE), "key")
        for suffix in XML:
            [entry] = entries(stage.double, suffix)
            assert "onclick" in entry.title
            assert "<b" not in entry.content[0].value
        rss = etree.parse(stage.double / "main.rss.xml")
        assert "<b" not in str(rss.findtext(".//item/description"))
        whole = (stage.double / "main.atom.xml").read_text(encoding="utf-8") + items(stage)[0]["content_html"]
        assert "\u202e" not in whole
        assert "<b" not in items(stage)[0]["content_html"]


async def test_a_template_that_leaves_out_a_part_is_named(tmp_path: Path) -> None:
    async with feed(tmp_path) as stage:
        with pytest.raises(Refused, match="template of feed must print seen"):
            await stage.channel.send(replace(stage.edition, text='{"language": "zh", "headline": "大"}'), "key")


async def test_a_pinned_entry_heads_every_format_and_does_not_age_out(tmp_path: Path) -> None:
    async with feed(tmp_path, newest=2) as stage:
        first = await stage.channel.send(says(stage, "甲"), "1")
        await stage.channel.send(says(stage, "乙"), "2")
        await channel(stage).pin(first)
        await channel(stage).pin(first)
        last = await stage.channel.send(says(stage, "丙"), "3")
        assert [item["title"] for item in items(stage)] == ["甲", "丙"]
        assert all([entry.title for entry in entries(stage.double, suffix)] == ["甲", "丙"] for suffix in XML)
        await channel(stage).unpin(last)
        assert [item["title"] for item in items(stage)] == ["甲", "丙"]
        await channel(stage).unpin(first)
        assert [item["title"] for item in items(stage)] == ["丙", "甲"]


async def test_what_has_left_the_feed_or_was_taken_back_is_not_on_top(tmp_path: Path) -> None:
    async with feed(tmp_path, newest=1) as stage:
        first = await stage.channel.send(says(stage, "甲"), "1")
        second = await stage.channel.send(says(stage, "乙"), "2")
        with pytest.raises(Refused, match="it has left the feed"):
            await channel(stage).pin(first)
        await channel(stage).pin(second)
        await channel(stage).withdraw(second, "3")
        await stage.channel.send(says(stage, "丙"), "4")
        await channel(stage).unpin(second)
        assert [item["title"] for item in items(stage)] == ["丙"]
