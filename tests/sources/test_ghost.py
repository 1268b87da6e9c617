"""A Ghost site is read through its Content API, over real HTTP, and its key stays a secret."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.log import Redactor, configure
from bot.model.source import Look, Memory
from bot.model.story import Picture
from bot.sources.ghost import GhostSettings, open_source
from bot.sources.kind import Tools
from bot.sources.site import Site
from bot.web.fetch import Fetcher
from tests.fakes.ghost import KEY, Ghost, Post
from tests.fakes.serve import serve
from tests.fakes.settings_file import mistake

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ghost() -> Ghost:
    return Ghost()


@pytest.fixture
async def base(ghost: Ghost) -> AsyncIterator[str]:
    async with serve(ghost.app) as address:
        yield address


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.0/8"])
    yield opened
    await opened.close()


def opened(fetcher: Fetcher, base: str, **settings: Any) -> Site:
    read = GhostSettings.model_validate({"kind": "ghost", "url": base, "key": "env:GHOST_KEY", **settings})
    return open_source("river", read, Tools(fetcher, ZoneInfo("Asia/Shanghai"), Path()))


@pytest.fixture
def source(fetcher: Fetcher, base: str, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("GHOST_KEY", KEY)
    return opened(fetcher, base)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log says; afterwards it is as it was."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield io.StringIO()
    root.handlers, root.level = before, level
    structlog.reset_defaults()


def headlines(look: Look, *, fresh: bool = True) -> list[str]:
    return [found.article.headline for found in look.found if found.fresh is fresh]


async def test_a_post_is_read_part_by_part(ghost: Ghost, source: Site, now: datetime) -> None:
    fields = {
        "feature_image": "https://example.org/ferry.jpg",
        "feature_image_alt": "A ferry",
        "feature_image_caption": "The ferry at <em>noon</em>",
        "custom_excerpt": "All that passengers must know.",
    }
    html = "<h2>Times</h2><p>The ferry runs late.</p><blockquote>“We wait”, says the pilot.</blockquote>"
    tags, authors = ("Transport", "ferry", "#newsletter"), ("Lin Yifan", "Ann Reed")
    ghost.posts.append(Post("a1", "Ferry & bridge", now - HOUR, now, html, tags=tags, authors=authors, fields=fields))
    (found,) = (await source.look(Memory(), now)).found
    article = found.article
    assert (article.headline, article.section, article.tags) == ("Ferry & bridge", "Transport", ("Transport", "ferry"))
    assert article.lead == "All that passengers must know."
    assert article.picture == Picture("https://example.org/ferry.jpg", "A ferry", "The ferry at noon")
    assert (article.byline.published, article.byline.updated) == (now - HOUR, now)
    assert article.byline.author == "Lin Yifan, Ann Reed"
    assert [block.kind for block in article.blocks] == ["heading", "paragraph", "quote"]
    assert (article.link, found.mark) == (f"{ghost.base}a1/", "a1")


async def test_a_new_post_is_found_once_and_a_changed_one_again(ghost: Ghost, source: Site, now: datetime) -> None:
    ghost.posts.append(Post("a", "Old", now - HOUR))
    look = await source.look(Memory(), now)
    assert (headlines(look), headlines(look, fresh=False)) == ([], ["Old"])
    ghost.posts.append(Post("b", "New", now + HOUR))
    look = await source.look(look.memory, now + 2 * HOUR)
    assert headlines(look) == ["New"]
    look = await source.look(look.memory, now + 3 * HOUR)
    assert look.found == ()
    ghost.posts[1].title, ghost.posts[1].updated = "New, corrected", now + 5 * DAY
    look = await source.look(look.memory, now + 5 * DAY + HOUR)
    assert [(one.article.headline, one.why) for one in look.found] == [("New, corrected", "changed on the site")]


async def test_an_old_post_that_is_touched_is_not_news(ghost: Ghost, source: Site, now: datetime) -> None:
    ghost.posts.append(Post("a", "From last year", now - 300 * DAY))
    look = await source.look(Memory(), now)
    ghost.posts[0].updated = now + HOUR
    look = await source.look(look.memory, now + 2 * HOUR)
    assert (headlines(look), headlines(look, fresh=False)) == ([], ["From last year"])


async def test_only_what_everybody_may_read_is_taken(ghost: Ghost, source: Site, now: datetime) -> None:
    ghost.posts += [
        Post("a", "For members", now, visibility="members"),
        Post("b", "Paid", now, visibility="paid"),
        Post("c", "Draft", now, status="draft"),
        Post("d", "Half open", now, fields={"access": False}),
        Post("e", "Public", now),
    ]
    look = await source.look(Memory(), now)
    assert headlines(look, fresh=False) == ["Public"]
    assert list(look.memory.marks) == ["e"]


async def test_a_post_that_is_opened_to_all_later_is_found_then(ghost: Ghost, source: Site, now: datetime) -> None:
    ghost.posts += [Post("a", "For members", now + HOUR, visibility="members"), Post("b", "Public", now)]
    look = await source.look(Memory(), now)
    ghost.posts[0].visibility, ghost.posts[0].updated = "public", now + 2 * HOUR
    assert headlines(await source.look(look.memory, now + 3 * HOUR)) == ["For members"]


async def test_many_posts_come_page_by_page(
    ghost: Ghost, fetcher: Fetcher, base: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GHOST_KEY", KEY)
    ghost.posts += [Post(f"p{number}", f"Notice {number}", now - timedelta(minutes=number)) for number in range(120)]
    look = await opened(fetcher, base, first_look="all").look(Memory(), now)
    assert headlines(look) == [f"Notice {number}" for number in reversed(range(120))]
    assert [asked["page"] for asked in ghost.asked] == [str(page) for page in range(1, 7)]


async def test_it_says_which_version_it_speaks(ghost: Ghost, source: Site, now: datetime) -> None:
    await source.look(Memory(), now)
    assert ghost.versions == ["v5.0"]
    ghost.too_old = True
    with pytest.raises(SourceUnreadable, match="too old"):
        await source.look(Memory(), now)


async def test_the_key_is_nowhere_but_in_the_request(ghost: Ghost, source: Site, now: datetime) -> None:
    ghost.posts.append(Post("a", "Ferry", now))
    look = await source.look(Memory(), now)
    assert ghost.asked[0]["key"] == KEY
    assert KEY not in repr(look)
    assert KEY not in repr(vars(source)) + repr(source)


async def test_the_log_of_the_house_blots_it_out_even_at_its_loudest(
    ghost: Ghost, source: Site, now: datetime, written: io.StringIO
) -> None:
    configure("debug", Redactor([KEY]), stream=written)
    await source.look(Memory(), now)
    assert "/ghost/api/content/posts/" in written.getvalue()
    assert KEY not in written.getvalue()


async def test_no_error_shows_the_key(fetcher: Fetcher, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GHOST_KEY", KEY)
    with pytest.raises(SourceUnreachable) as caught:
        await opened(fetcher, "http://127.0.0.1:9").look(Memory(), now)
    cause: BaseException | None = caught.value
    while cause is not None:
        assert KEY not in f"{cause!r} {cause}"
        cause = cause.__cause__


async def test_a_wrong_or_missing_key_is_told_with_the_remedy(
    ghost: Ghost, source: Site, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GHOST_KEY", "f" * 26)
    with pytest.raises(SourceUnreachable, match=r"HTTP 401: .* correct sources\.river\.key"):
        await source.look(Memory(), now)
    monkeypatch.delenv("GHOST_KEY")
    with pytest.raises(SourceUnreachable, match=r"sources\.river\.key: set the environment variable GHOST_KEY"):
        await source.look(Memory(), now)


async def test_a_site_that_is_no_ghost_is_told_with_the_remedy(fetcher: Fetcher, base: str, source: Site) -> None:
    with pytest.raises(SourceUnreachable, match=r"no Ghost Content API at this address; correct sources\.river\.url"):
        await opened(fetcher, f"{base}/blog").look(Memory(), datetime(2026, 11, 24, tzinfo=ZoneInfo("UTC")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/ghost/#/settings/integrations", "https://example.org/"),
        ("https://example.org/blog/ghost/api/content/posts/?key=x", "https://example.org/blog/"),
    ],
)
def test_the_sites_address_is_found_in_that_of_its_admin_pages(written: str, meant: str) -> None:
    read = GhostSettings.model_validate({"kind": "ghost", "url": written, "key": "env:GHOST_KEY"})
    assert read.url == meant


@pytest.mark.parametrize(
    ("given", "path", "value", "remedy"),
    [
        ("kind: ghost, url: 'https://example.org/'", "sources.river.key", None, "is needed"),
        (f"kind: ghost, url: 'https://example.org/', key: '{KEY}'", "sources.river.key", "***", "env:NAME"),
        ("kind: ghost, url: example.org, key: 'env:K'", "sources.river.url", "example.org", "a whole address"),
    ],
)
def test_a_mistake_in_the_settings_names_path_value_and_remedy(
    given: str, path: str, value: str | None, remedy: str
) -> None:
    said = mistake(given)
    assert (said.path, said.value) == (path, value)
    assert remedy in said.remedy
    assert KEY not in str(said)
