"""The feed's documents against grammars of Atom, RSS and JSON Feed, written here after their specifications.

No validator of feeds is in a registry that a test could install from; W3C's own is run by hand: tests/live.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import pytest
from lxml import etree
from pydantic import AnyUrl, AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic.types import StringConstraints

from bot.channels.feed import Feed
from tests.channels.stages.feed import feed
from tests.channels.stages.stage import Stage
from tests.channels.stages.telling import told

FORMS = Path(__file__).parent / "forms"
ATOM, RSS = (etree.RelaxNG(file=str(FORMS / f"{name}.rng")) for name in ("atom", "rss"))
GIVEN = {"kind": "feed", "folder": "feeds", "url": "https://example.org/feeds/"}
HOSTILE = '</script>]]><b onclick="x()">@all &amp; \u202e\x0b\x00'
Words = Annotated[str, StringConstraints(min_length=1)]


class Exact(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Author(Exact):
    name: Words


class Hub(Exact):
    type: Words
    url: AnyUrl


class Item(Exact):
    id: Words
    url: AnyUrl | None = None
    title: Words | None = None
    content_html: Words
    summary: str | None = None
    image: AnyUrl | None = None
    date_published: AwareDatetime | None = None
    date_modified: AwareDatetime | None = None
    authors: list[Author] | None = None
    tags: list[Words] | None = None
    language: Words | None = None


class JsonFeed(Exact):
    version: Literal["https://jsonfeed.org/version/1.1"]
    title: Words
    home_page_url: AnyUrl | None = None
    feed_url: AnyUrl | None = None
    description: Words | None = None
    language: Words | None = None
    authors: list[Author] | None = None
    hubs: list[Hub] | None = None
    items: list[Item]


async def lived(stage: Stage) -> None:
    """A story, one with hostile words and no link, a correction, a pin and a withdrawal."""
    channel = stage.channel
    assert isinstance(channel, Feed)
    first = await channel.send(stage.edition, "first")
    await channel.send(told(GIVEN, HOSTILE), "second")
    third = await channel.send(replace(told(GIVEN), link=None, card=None), "third")
    await channel.edit(
        first, replace(stage.edition, text=stage.edition.text.replace("大桥通车", "大桥明日通车")), "edit"
    )
    await channel.pin(first)
    await channel.withdraw(third, "delete")


@pytest.mark.parametrize(("suffix", "grammar"), [(".atom.xml", ATOM), (".rss.xml", RSS)])
async def test_the_xml_is_as_its_grammar_has_it(tmp_path: Path, suffix: str, grammar: etree.RelaxNG) -> None:
    async with feed(tmp_path, hub="http://127.0.0.1:9/", description="河湾的新闻") as stage:
        await lived(stage)
        grammar.assertValid(etree.parse(stage.double / f"main{suffix}"))


@pytest.mark.parametrize(
    ("suffix", "grammar", "lost"),
    [
        (".atom.xml", ATOM, "{*}updated"),
        (".atom.xml", ATOM, "{*}id"),
        (".rss.xml", RSS, "guid"),
        (".rss.xml", RSS, "title"),
    ],
)
async def test_the_grammar_misses_what_a_feed_must_have(
    tmp_path: Path, suffix: str, grammar: etree.RelaxNG, lost: str
) -> None:
    async with feed(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key")
        tree = etree.parse(stage.double / f"main{suffix}")
        [*_, last] = tree.getroot().iter(lost)
        above = last.getparent()
        assert above is not None
        above.remove(last)
        assert not grammar.validate(tree)


async def test_the_json_has_every_field_that_it_must_have_and_none_that_nobody_knows(tmp_path: Path) -> None:
    async with feed(tmp_path, hub="http://127.0.0.1:9/") as stage:
        await lived(stage)
        read = (stage.double / "main.json").read_text(encoding="utf-8")
        assert len(JsonFeed.model_validate_json(read).items) == 2
        assert "null" not in read
        with pytest.raises(ValidationError):
            JsonFeed.model_validate_json(read.replace('"title"', '"titel"'))
