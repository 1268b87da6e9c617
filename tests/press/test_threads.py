"""A long story on a short platform: a thread of numbered posts, messages, or the link alone."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.model.channel import Facts, Long
from bot.model.edition import Markup, Unit
from bot.model.story import Article, Story
from bot.press import Press
from bot.rules.counting import count, visible
from bot.settings import Newsroom
from bot.sources.reading import read_file

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = sorted((ROOT / "tests/press/articles").rglob("*.md"))
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SHORT = Facts(kind="telegram", template="telegram.html.j2", markup=Markup.HTML, limit=500, card=None, long=Long.THREAD)


def story(file: Path) -> Story:
    [article] = read_file(file.name, file.read_bytes(), zone=ZoneInfo("Asia/Shanghai"), now=NOW)
    return Story(1, "test", 1, article, NOW, NOW)


def longest() -> Story:
    return max(map(story, ARTICLES), key=lambda one: len("".join(one.article.paragraphs)))


async def posts(folder: Path, told: Story, facts: Facts = SHORT) -> list[str]:
    edition = await Press(Newsroom(name="河湾日报"), ROOT / "templates", None, folder).edition(told, "main", facts)
    return [visible(text, facts.markup) for text in (edition.text, *edition.more)]


def lines(post: str) -> list[str]:
    return [line for line in post.splitlines() if line and not re.fullmatch(r"\d/\d", line)]


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)
async def test_every_post_of_a_thread_fits_and_says_its_number(tmp_path: Path, file: Path) -> None:
    thread = await posts(tmp_path, story(file))
    assert all(count(post, Unit.CODE_POINTS) <= 500 for post in thread)
    if len(thread) > 1:
        for number, post in enumerate(thread, start=1):
            assert f"{number}/{len(thread)}" in post.splitlines()


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)
async def test_the_further_posts_tell_in_order_what_the_first_does_not(tmp_path: Path, file: Path) -> None:
    told = story(file)
    first, *rest = await posts(tmp_path, told)
    whole = " ".join("\n".join([*told.article.headings, *told.article.paragraphs]).split())
    said = [line for post in rest for line in lines(post) if line not in told.article.headings]
    assert all(line not in first for line in said)
    places = [whole.find(sentence_of(line)) for line in said]
    assert -1 not in places
    assert places == sorted(places)


def sentence_of(line: str) -> str:
    """The beginning of a line: its first sentence stands verbatim in the article."""
    return line[:12]


async def test_a_long_story_becomes_several_posts_and_a_short_one_stays_one(tmp_path: Path) -> None:
    long = longest()
    assert 2 < len(await posts(tmp_path, long)) <= 8
    brief = replace(long, article=Article("桥通了", long.article.blocks[:1], "zh"))
    assert len(await posts(tmp_path, brief)) == 1


async def test_the_link_alone_is_headline_byline_and_link(tmp_path: Path) -> None:
    long = longest()
    [post] = await posts(tmp_path, long, replace(SHORT, long=Long.LINK))
    assert long.article.headline in post
    assert not any(paragraph[:20] in post for paragraph in long.article.paragraphs)


async def test_one_post_is_the_rule(tmp_path: Path) -> None:
    assert len(await posts(tmp_path, longest(), replace(SHORT, long=Long.FIT))) == 1
