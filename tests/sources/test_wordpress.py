"""A WordPress site is read through its own API, over real HTTP: each post once, each change, only what is public."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Look, Memory
from bot.model.story import Picture
from bot.sources.kind import Tools
from bot.sources.site import Site
from bot.sources.wordpress import WordPressSettings, open_source
from bot.web.fetch import Fetcher
from tests.fakes.serve import serve
from tests.fakes.settings_file import mistake
from tests.fakes.wordpress import Post, WordPress

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHORT = "<p>The ferry runs late.</p>"


@pytest.fixture
def blog() -> WordPress:
    return WordPress()


@pytest.fixture
async def base(blog: WordPress) -> AsyncIterator[str]:
    async with serve(blog.app) as address:
        yield address


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.0/8"])
    yield opened
    await opened.close()


def opened(fetcher: Fetcher, base: str, **settings: Any) -> Site:
    read = WordPressSettings.model_validate({"kind": "wordpress", "url": base, **settings})
    return open_source("river", read, Tools(fetcher, ZoneInfo("Asia/Shanghai"), Path()))


@pytest.fixture
def source(fetcher: Fetcher, base: str) -> Site:
    return opened(fetcher, base)


def headlines(look: Look, *, fresh: bool = True) -> list[str]:
    return [found.article.headline for found in look.found if found.fresh is fresh]


async def test_a_post_is_read_part_by_part(blog: WordPress, source: Site, now: datetime) -> None:
    blog.posts.append(
        Post(
            1,
            "Ferry &amp; bridge: what changes",
            now - HOUR,
            now,
            content="<h2>Times</h2><p>The ferry runs late.</p><figure><img src='/b.jpg' alt='A boat'>"
            "<figcaption>The old boat</figcaption></figure>",
            excerpt="<p>All that passengers must know.</p>",
            categories=("Uncategorized", "Transport"),
            tags=("ferry", "bridge"),
            media={
                "source_url": "https://example.org/ferry.jpg",
                "alt_text": "A ferry",
                "media_type": "image",
                "caption": {"rendered": "<p>The ferry at noon</p>"},
            },
        )
    )
    (found,) = (await source.look(Memory(), now)).found
    article = found.article
    assert article.headline == "Ferry & bridge: what changes"
    assert (article.section, article.tags, article.lead) == (
        "Transport",
        ("ferry", "bridge"),
        "All that passengers must know.",
    )
    assert (article.byline.published, article.byline.updated) == (now - HOUR, now)
    assert article.byline.author == "Lin Yifan"
    assert article.picture == Picture("https://example.org/ferry.jpg", "A ferry", "The ferry at noon")
    assert [block.kind for block in article.blocks] == ["heading", "paragraph", "picture"]
    assert (article.link, article.guid) == (f"{blog.base}posts/1/", f"{blog.base}?p=1")


async def test_a_new_post_is_found_once_and_a_changed_one_again(blog: WordPress, source: Site, now: datetime) -> None:
    blog.posts.append(Post(1, "Old", now - HOUR))
    look = await source.look(Memory(), now)
    assert (headlines(look), headlines(look, fresh=False)) == ([], ["Old"])
    blog.posts.append(Post(2, "New", now + HOUR))
    look = await source.look(look.memory, now + 2 * HOUR)
    assert headlines(look) == ["New"]
    look = await source.look(look.memory, now + 3 * HOUR)
    assert look.found == ()
    blog.posts[1].title, blog.posts[1].modified = "New, corrected", now + 3 * HOUR
    look = await source.look(look.memory, now + 4 * HOUR)
    assert [(one.article.headline, one.why) for one in look.found] == [("New, corrected", "changed on the site")]


async def test_a_correction_days_later_is_found(blog: WordPress, fetcher: Fetcher, base: str, now: datetime) -> None:
    source = opened(fetcher, base, first_look="all")
    blog.posts.append(Post(1, "Ferry", now))
    look = await source.look(Memory(), now)
    look = await source.look(look.memory, now + 5 * DAY)
    blog.posts[0].title, blog.posts[0].modified = "Ferry, corrected", now + 5 * DAY
    assert headlines(await source.look(look.memory, now + 5 * DAY + HOUR)) == ["Ferry, corrected"]


async def test_an_old_post_that_is_touched_is_not_news(blog: WordPress, source: Site, now: datetime) -> None:
    blog.posts.append(Post(1, "From last year", now - 300 * DAY))
    look = await source.look(Memory(), now)
    assert look.found == ()
    blog.posts.append(Post(2, "New", now))
    look = await source.look(look.memory, now)
    blog.posts[0].modified = now + HOUR
    look = await source.look(look.memory, now + 2 * HOUR)
    assert (headlines(look), headlines(look, fresh=False)) == ([], ["From last year"])


async def test_a_post_that_was_scheduled_is_found_though_its_change_is_old(
    blog: WordPress, source: Site, now: datetime
) -> None:
    blog.posts.append(Post(1, "Old", now - HOUR))
    blog.posts.append(Post(2, "Scheduled", now + HOUR, modified=now - 3 * DAY, status="future"))
    look = await source.look(Memory(), now)
    blog.posts[1].status = "publish"
    assert headlines(await source.look(look.memory, now + 2 * HOUR)) == ["Scheduled"]


async def test_drafts_and_what_needs_a_password_are_left_alone(
    blog: WordPress, fetcher: Fetcher, base: str, now: datetime
) -> None:
    blog.posts += [
        Post(1, "Draft", now, status="draft"),
        Post(2, "For friends", now, password="ferry"),
        Post(3, "Public", now),
    ]
    look = await opened(fetcher, base, first_look="all").look(Memory(), now)
    assert headlines(look) == ["Public"]
    assert len(look.memory.marks) == 1


async def test_a_site_with_plain_permalinks_is_read_too(blog: WordPress, source: Site, now: datetime) -> None:
    blog.pretty = False
    blog.posts.append(Post(1, "Ferry", now))
    look = await source.look(Memory(), now)
    assert headlines(look, fresh=False) == ["Ferry"]
    before = len(blog.asked)
    await source.look(look.memory, now + HOUR)
    assert {asked["path"] for asked in blog.asked[before:]} == {"/"}
    assert len(blog.asked) == before + 2


async def test_many_posts_come_page_by_page(blog: WordPress, fetcher: Fetcher, base: str, now: datetime) -> None:
    blog.posts += [Post(number, f"Notice {number}", now - timedelta(minutes=number)) for number in range(120)]
    look = await opened(fetcher, base, first_look="all").look(Memory(), now)
    assert headlines(look) == [f"Notice {number}" for number in reversed(range(120))]
    assert [asked.get("page") for asked in blog.asked[1:]] == [str(page) for page in range(1, 7)]


async def test_the_number_of_pages_is_bounded_and_the_bound_told(
    blog: WordPress, fetcher: Fetcher, base: str, now: datetime
) -> None:
    blog.posts += [
        Post(number, f"Notice {number}", now - timedelta(minutes=number), content="") for number in range(510)
    ]
    look = await opened(fetcher, base, first_look="all").look(Memory(), now)
    assert len(look.found) == 500
    assert "more than 500 new posts" in look.problems[0]


async def test_an_older_wordpress_is_asked_for_no_more_than_what_changed(
    blog: WordPress, source: Site, now: datetime
) -> None:
    blog.old = True
    blog.posts += [Post(number, f"Notice {number}", now - timedelta(hours=number)) for number in range(1, 400)]
    look = await source.look(Memory(), now)
    before = len(blog.asked)
    blog.posts[0].modified, blog.posts[0].title = now + HOUR, "Notice 1, corrected"
    look = await source.look(look.memory, now + 2 * HOUR)
    assert headlines(look) == ["Notice 1, corrected"]
    assert [asked["orderby"] for asked in blog.asked[before:]] == ["date", "date", "modified"]


async def test_what_hangs_on_a_post_may_be_missing(blog: WordPress, fetcher: Fetcher, base: str, now: datetime) -> None:
    hidden = {"code": "rest_forbidden", "message": "Sorry, you are not allowed to do that."}
    blog.posts.append(Post(1, "河湾大桥通车", now, content="<p>大桥今早通车。</p>", author=None, media=hidden))
    (found,) = (await opened(fetcher, base, first_look="all", section="城事").look(Memory(), now)).found
    assert (found.article.byline.author, found.article.picture) == (None, None)
    assert (found.article.section, found.article.language) == ("城事", "zh")


async def test_a_plugin_that_prints_before_the_answer_is_forgiven(blog: WordPress, source: Site, now: datetime) -> None:
    blog.posts.append(Post(1, "Ferry", now))
    first = await source.look(Memory(), now)
    blog.chatter = "<br />\n<b>Notice</b>:  Undefined index in <b>/srv/plugin.php</b> on line <b>7</b><br />\n"
    blog.posts.append(Post(2, "Bridge", now + HOUR))
    assert headlines(await source.look(first.memory, now + HOUR)) == ["Bridge"]


async def test_a_closed_api_is_told_in_words(blog: WordPress, source: Site, now: datetime) -> None:
    blog.closed = True
    with pytest.raises(SourceUnreachable, match="HTTP 401: it does not let us in"):
        await source.look(Memory(), now)


async def test_a_site_that_is_no_wordpress_is_told_with_the_remedy(fetcher: Fetcher, now: datetime) -> None:
    async with serve(WordPress(pretty=False).app) as base:
        with pytest.raises(
            SourceUnreadable, match=r"no WordPress REST API at .*correct sources\.river\.url or use kind"
        ):
            await opened(fetcher, f"{base}/nothing").look(Memory(), now)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org", "https://example.org/"),
        ("https://example.org/blog/", "https://example.org/blog/"),
        ("https://example.org/wp-json/wp/v2/posts?per_page=5", "https://example.org/"),
        ("https://example.org/?rest_route=/", "https://example.org/"),
        ("https://example.org?rest_route=/wp/v2/posts", "https://example.org/"),
        ("https://example.org/wp-admin/", "https://example.org/"),
    ],
)
def test_the_sites_address_is_found_in_that_of_its_api(written: str, meant: str) -> None:
    assert WordPressSettings(kind="wordpress", url=written).url == meant


def test_a_mistake_in_the_settings_names_path_value_and_remedy() -> None:
    said = mistake("kind: wordpress, url: example.org")
    assert (said.path, said.value) == ("sources.river.url", "example.org")
    assert "such as https://example.org/" in said.remedy
