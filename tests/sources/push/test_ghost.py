"""Ghost's own webhooks, signed as Ghost signs."""

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.callers import ghost
from tests.fakes.door import Door

POST: dict[str, Any] = {
    "id": "65f0c0ffee65f0c0ffee0001",
    "uuid": "3b0d6a1e-0000-4000-8000-000000000001",
    "title": "Riverbend bridge open again",
    "slug": "bridge-open",
    "html": "<p>The bridge opened at six.</p><h2>Three metres</h2><p>Lorries take the ferry.</p>",
    "url": "https://example.org/bridge-open/",
    "status": "published",
    "visibility": "public",
    "published_at": "2026-11-24T07:30:00.000Z",
    "updated_at": "2026-11-24T07:30:00.000Z",
    "custom_excerpt": "After four months of work.",
    "feature_image": "https://example.org/content/bridge.jpg",
    "feature_image_alt": "The bridge",
    "authors": [{"name": "Ana Lin"}],
    "tags": [{"name": "Local", "visibility": "public"}, {"name": "#draft", "visibility": "internal"}],
    "primary_tag": {"name": "Local", "visibility": "public"},
}
PUBLISHED = {"current": POST, "previous": {"status": "draft"}}


async def test_a_published_post_becomes_a_story(door: Door) -> None:
    answer = await door.client.post("/in/ghost", **ghost(PUBLISHED, door.now))
    assert answer.status_code == 202
    [story] = await door.read()
    article = story.article
    assert (article.headline, article.link, article.guid) == (POST["title"], POST["url"], POST["id"])
    assert (article.byline.author, article.section, article.tags) == ("Ana Lin", "Local", ("Local",))
    assert article.lead == POST["custom_excerpt"]
    assert article.headings == ("Three metres",)
    assert article.picture is not None


async def test_an_edit_becomes_the_next_revision_and_a_repeat_nothing(door: Door) -> None:
    await door.client.post("/in/ghost", **ghost(PUBLISHED, door.now))
    again = await door.client.post("/in/ghost", **ghost(PUBLISHED, door.now + timedelta(seconds=2)))
    assert again.status_code == 200
    edited = {**POST, "title": "Riverbend bridge is open", "updated_at": "2026-11-24T07:50:00.000Z"}
    await door.client.post("/in/ghost", **ghost({"current": edited, "previous": {"title": POST["title"]}}, door.now))
    [story] = await door.read()
    assert (story.revision, story.article.headline) == (2, "Riverbend bridge is open")


@pytest.mark.parametrize(
    "event",
    [
        {"current": {**POST, "status": "draft"}, "previous": {"status": "published"}},
        {"current": {}, "previous": POST},
    ],
    ids=["unpublished", "deleted"],
)
async def test_what_is_taken_back_is_an_editors_decision(door: Door, event: dict[str, Any]) -> None:
    await door.client.post("/in/ghost", **ghost(PUBLISHED, door.now))
    [story] = await door.read()
    await door.client.post("/in/ghost", **ghost(event, door.now))
    await door.read()
    [told] = await door.told()
    assert f"#{story.id} {POST['title']}" in told
    assert "withdraw what is out?" in told


async def test_a_draft_is_nobodys_news(door: Door) -> None:
    await door.client.post("/in/ghost", **ghost({"current": {**POST, "status": "draft"}, "previous": {}}, door.now))
    assert (await door.read(), await door.told()) == ((), [])


async def test_what_only_members_may_read_is_left_alone(door: Door) -> None:
    paid = {"current": {**POST, "visibility": "paid"}, "previous": {"status": "draft"}}
    await door.client.post("/in/ghost", **ghost(paid, door.now))
    assert (await door.read(), await door.told()) == ((), [])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (None, "is missing"),
        ("sha256=" + "0" * 64, "is missing"),
        ("sha256=" + "0" * 64 + ", t=1", "minutes away"),
        ("sha256=☃, t=now", "no number"),
    ],
)
async def test_what_ghost_did_not_sign_is_not_let_in(door: Door, header: str | None, said: str) -> None:
    request = ghost(PUBLISHED, door.now)
    del request["headers"]["x-ghost-signature"]
    if header is not None:
        request["headers"]["x-ghost-signature"] = header.encode()
    answer = await door.client.post("/in/ghost", **request)
    assert (answer.status_code, said in answer.text) == (401, True)


async def test_a_ghost_with_another_secret_is_not_let_in(door: Door) -> None:
    answer = await door.client.post("/in/ghost", **ghost(PUBLISHED, door.now, secret="another"))
    assert answer.status_code == 401


async def test_an_event_of_another_kind_is_kept_for_the_editor(door: Door) -> None:
    await door.client.post("/in/ghost", **ghost({"member": {}}, door.now))
    await door.read()
    assert "choose a post's event" in (await door.told())[0]
