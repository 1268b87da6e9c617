"""Feeds by topic: a reader who follows one finds its stories, their corrections, and what was taken back."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bot.channels import KINDS, Doors
from bot.channels.feed import Feed
from bot.model.edition import Edition, Markup
from bot.rules.opml import topic_feed
from tests.channels.stages.feed import TEXT
from tests.channels.stages.stage import CARD, NOW
from tests.fakes.feed_hub import Hub
from tests.fakes.serve import serve

URL = "https://example.org/feeds/"
EDITION = Edition(1, 1, "main", "feed", "zh", "大桥通车", TEXT, Markup.JSON, "https://example.org/1", CARD)


def feed(folder: Path, **more: Any) -> Feed:
    (folder / "card.png").write_bytes(b"\x89PNG")
    kind = KINDS["feed"]
    given = {"kind": "feed", "folder": "feeds", "url": URL, **more}
    doors = Doors(folder, lambda: NOW, folder, topics=("城市", "体育", "交通"))
    channel = kind.open("main", kind.settings.model_validate(given), doors)
    assert isinstance(channel, Feed)
    return channel


def told(folder: Path) -> dict[str, list[str]]:
    """Headlines by topic; "" is the whole feed."""
    files = {"": folder / "feeds" / "main.json"} | {
        file.stem: file for file in sorted((folder / "feeds" / "main").glob("[!.]*.json"))
    }
    read = {topic: json.loads(file.read_text(encoding="utf-8"))["items"] for topic, file in files.items()}
    return {topic: [one["title"] for one in items] for topic, items in read.items()}


def says(old: str, new: str) -> Edition:
    return replace(EDITION, text=EDITION.text.replace(old, new))


async def test_a_story_stands_in_the_feeds_of_its_topics_with_its_own_card(tmp_path: Path) -> None:
    channel = feed(tmp_path)
    await channel.send(EDITION, "key")
    assert told(tmp_path) == {"": ["大桥通车"], "城市": ["大桥通车"], "交通": ["大桥通车"]}
    below = tmp_path / "feeds" / "main"
    items = json.loads((below / "城市.json").read_text(encoding="utf-8"))
    assert f"{items['feed_url'].removesuffix('.json')}.rss.xml" == topic_feed(URL, "main", "城市")
    assert (below / items["items"][0]["image"].rpartition("/")[2].replace("%E5%9F%8E%E5%B8%82", "城市")).exists()
    await channel.close()


async def test_a_correction_reaches_every_topic_and_may_move_the_story(tmp_path: Path) -> None:
    channel = feed(tmp_path)
    receipt = await channel.send(EDITION, "key")
    await channel.edit(receipt, says("大桥通车", "大桥提前通车"), "edit")
    assert told(tmp_path) == {"": ["大桥提前通车"], "城市": ["大桥提前通车"], "交通": ["大桥提前通车"]}
    await channel.edit(receipt, says('"城市"', '"体育"'), "edit-2")
    assert told(tmp_path) == {"": ["大桥通车"], "城市": [], "交通": ["大桥通车"], "体育": ["大桥通车"]}
    await channel.close()


async def test_what_is_taken_back_is_gone_from_its_topics_and_atom_says_so(tmp_path: Path) -> None:
    channel = feed(tmp_path)
    receipt = await channel.send(EDITION, "key")
    await channel.send(says('"城市", "tags": ["交通"]', '"体育", "tags": []'), "other")
    await channel.withdraw(receipt, "withdraw")
    assert told(tmp_path) == {"": ["大桥通车"], "城市": [], "交通": [], "体育": ["大桥通车"]}
    stones = {
        topic: [one.get("ref") for one in etree.parse(file).getroot() if etree.QName(one).localname == "deleted-entry"]
        for topic in ("城市", "体育")
        if (file := tmp_path / "feeds" / "main" / f"{topic}.atom.xml")
    }
    assert stones == {"城市": [receipt.platform_id], "体育": []}
    await channel.close()


@pytest.mark.parametrize(("section", "count"), [("城市", 9), ("艺术", 6)])
async def test_the_hub_is_told_of_each_feed_that_has_changed(tmp_path: Path, section: str, count: int) -> None:
    hub = Hub()
    async with serve(hub.app) as base:
        channel = feed(tmp_path, hub=f"{base}/")
        await channel.send(says('"城市"', f'"{section}"'), "key")
        topics = hub.told
        assert len(set(topics)) == len(topics) == count
        await channel.close()
