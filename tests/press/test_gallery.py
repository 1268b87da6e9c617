"""The article's own pictures for platforms that take several: fetched, light enough, in the article's order."""

import io
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import PressError
from bot.model.channel import Facts, Gallery
from bot.model.edition import Edition, Markup
from bot.model.story import Article, Block, BlockKind, Picture, Story
from bot.press import Press
from bot.press.gallery import shown_in
from bot.press.pictures import Pictures, lighter
from bot.settings import Newsroom
from bot.web.fetch import Fetcher
from tests.fakes.faces import TEMPLATES
from tests.fakes.serve import serve
from tests.fakes.stories import article as plain

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
FACTS = Facts("telegram", "telegram.html.j2", Markup.HTML, 1024, card=None, pictures=Gallery(2, 1_000_000, alt=4))


def noisy(width: int, height: int) -> bytes:
    """A picture that no JPEG makes small."""
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3)).save(out, "JPEG")  # noqa: S311
    return out.getvalue()


async def _answer(request: Request) -> Response:
    name = request.path_params["name"]
    colours = {"a": "red", "b": "green", "c": "blue", "again": "red"}
    if name not in colours:
        return Response("gone", 404)
    out = io.BytesIO()
    Image.new("RGB", (800, 600), colours[name]).save(out, "PNG")
    return Response(out.getvalue(), media_type="image/png")


@pytest.fixture
async def site() -> AsyncIterator[str]:
    async with serve(Starlette(routes=[Route("/{name}", _answer)])) as base:
        yield base


def article(base: str, *names: str, lead: str | None = None) -> Article:
    blocks = [Block(BlockKind.PARAGRAPH, "大桥通车。")]
    blocks += [
        Block(BlockKind.PICTURE, picture=Picture(f"{base}/{name}", "", f"大桥今晨的样子 {name}")) for name in names
    ]
    return replace(plain(), blocks=tuple(blocks), picture=Picture(f"{base}/{lead}") if lead else None)


async def edition(folder: Path, made: Article, facts: Facts = FACTS) -> Edition:
    fetcher = Fetcher(private=["127.0.0.0/8"])
    press = Press(Newsroom(name="河湾日报"), TEMPLATES, None, folder / "cards", Pictures(fetcher, folder / "pictures"))
    try:
        return await press.edition(Story(1, "inbox", 1, made, NOW, NOW), "main", facts)
    finally:
        await fetcher.close()


async def test_the_pictures_come_in_the_articles_order_each_once_with_their_words(site: str, tmp_path: Path) -> None:
    told = await edition(tmp_path, article(site, "b", "a", "again", lead="a"))
    assert [one.source for one in told.pictures] == [f"{site}/a", f"{site}/b"]
    assert [one.alt for one in told.pictures] == ["大桥今晨"] * 2
    for one in told.pictures:
        with Image.open(tmp_path / "cards" / one.file) as picture:
            assert (picture.format, picture.size) == ("JPEG", (one.width, one.height))
    assert told.post(0).pictures == told.pictures


async def test_what_does_not_come_or_is_too_much_is_said_to_the_editor(site: str, tmp_path: Path) -> None:
    told = await edition(tmp_path, article(site, "gone", "a", "b", "c"))
    assert [one.source for one in told.pictures] == [f"{site}/a", f"{site}/b"]
    assert told.notes[-2:] == (
        "picture 1 is left out: the picture was answered with 404",
        "2 of 4 pictures: more do not go",
    )


async def test_a_platform_that_takes_none_gets_none(site: str, tmp_path: Path) -> None:
    told = await edition(tmp_path, article(site, "a", "b"), replace(FACTS, pictures=None))
    assert told.pictures == ()


def test_a_heavy_picture_is_made_lighter_or_refused() -> None:
    heavy = noisy(600, 400)
    light, width, height = lighter(heavy, len(heavy) - 1)
    assert len(light) < len(heavy)
    assert (width, height) == (600, 400)
    assert lighter(heavy, len(heavy))[0] is heavy
    with pytest.raises(PressError, match="even as a poor JPEG"):
        lighter(heavy, 10_000)


def test_a_lead_picture_takes_its_words_from_the_body() -> None:
    made = article("https://example.org", "a", "b", lead="b")
    assert [one.url[-1] for one in shown_in(made)] == ["b", "a"]
    assert shown_in(made)[0].caption == "大桥今晨的样子 b"
