"""The plain way, over real HTTP: signed by the specification's own library, kept, read, and acted on once."""

from datetime import timedelta
from typing import Any

import pytest

from bot.model.delivery import State
from bot.model.story import BlockKind
from bot.work.pickup import Pickup
from tests.fakes.callers import PLAIN_SECRET, plain
from tests.fakes.door import PUBLIC, Door
from tests.fakes.stories import plan

STORY: dict[str, Any] = {
    "guid": "河湾-2026-1187",
    "headline": "河湾大桥今早恢复通车 <限高3米>",
    "subtitle": "首班公交六点十分过桥",
    "lead": "维修历时四个月，比原计划提前九天。",
    "html": "<p>河湾大桥今早六点恢复<b>双向通行</b>。</p><h2>限高三米</h2><ul><li>5 路恢复原线</li></ul>",
    "link": "https://example.org/news/1187",
    "published": "2026-11-24T07:30:00+08:00",
    "updated": "2026-11-24T07:45:00+08:00",
    "editor": "陈静",
    "author": "林一舟",
    "section": "本地",
    "tags": ["交通", "大桥"],
    "language": "zh",
    "picture": {"url": "https://example.org/bridge.jpg", "alt": "桥面", "caption": "今早的大桥"},
}


async def test_every_part_of_a_pushed_story_has_its_place(door: Door) -> None:
    answer = await door.client.post("/in/cms", **plain(STORY, door.now))
    assert (answer.status_code, door.woken) == (202, ["cms"])
    [story] = await door.read()
    article, byline = story.article, story.article.byline
    assert (article.headline, article.subtitle) == (STORY["headline"], STORY["subtitle"])
    assert (article.lead, article.section, article.language) == (STORY["lead"], "本地", "zh")
    assert [block.kind for block in article.blocks] == [BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST]
    assert article.paragraphs[0] == "河湾大桥今早六点恢复双向通行。"
    assert (byline.credit, byline.editor, byline.author) == ("河湾日报", "陈静", "林一舟")
    assert byline.published is not None
    assert byline.published.isoformat() == "2026-11-23T23:30:00+00:00"
    assert (article.tags, article.link, article.guid) == (("交通", "大桥"), STORY["link"], STORY["guid"])
    assert article.picture is not None
    assert (article.picture.url, article.picture.caption) == ("https://example.org/bridge.jpg", "今早的大桥")
    [decision] = await door.ledger.history.of_story(story.id)
    assert decision.why == "pushed"


async def test_plain_text_stays_text_whatever_it_looks_like(door: Door) -> None:
    story = {
        "headline": "A & B",
        "text": "First <b>line</b> & more.\n\nSecond line.",
        "author": "Ann <ann@example.org>",
    }
    await door.client.post("/in/cms", **plain(story, door.now))
    [read] = await door.read()
    assert read.article.paragraphs == ("First <b>line</b> & more.", "Second line.")
    assert read.article.headline == "A & B"
    assert read.article.byline.author == "Ann"


async def test_the_same_delivery_twice_acts_once(door: Door) -> None:
    request = plain(STORY, door.now)
    statuses = [(await door.client.post("/in/cms", **request)).status_code for _ in range(3)]
    assert statuses == [202, 200, 200]
    assert len(await door.read()) == 1
    assert (await door.client.post("/in/cms", **request)).status_code == 200
    assert [story.revision for story in await door.read()] == [1]


async def test_a_change_becomes_the_next_revision(door: Door) -> None:
    await door.client.post("/in/cms", **plain(STORY, door.now))
    await door.read()
    changed = {"type": "story.updated", "data": {**STORY, "headline": "河湾大桥今早恢复通车，限高三米"}}
    await door.client.post("/in/cms", **plain(changed, door.now, key="msg_2"))
    [story] = await door.read()
    assert (story.revision, story.article.headline) == (2, "河湾大桥今早恢复通车，限高三米")


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"webhook-id": ""}, "belong to every delivery"),
        ({"webhook-id": "msg_2"}, "no signature fits"),
        ({"webhook-signature": "v1,AAAA"}, "no signature fits"),
        ({"webhook-signature": "v2,AAAA ☃".encode().decode("latin-1")}, "no signature fits"),
        ({"webhook-timestamp": "soon"}, "no number"),
        ({"webhook-timestamp": "999999999999999"}, "no time"),
        ({"webhook-timestamp": "1"}, "minutes away"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_what_is_not_signed_is_not_let_in_and_told_why(door: Door, spoilt: dict[str, str], said: str) -> None:
    request = plain(STORY, door.now)
    request["headers"] |= {name: value.encode("latin-1") for name, value in spoilt.items()}
    answer = await door.client.post("/in/cms", **request)
    assert answer.status_code == 401
    assert said in answer.text
    assert (await door.read(), door.woken) == ((), [])


async def test_a_body_that_was_touched_is_not_let_in(door: Door) -> None:
    request = plain(STORY, door.now)
    request["content"] += b" "
    assert (await door.client.post("/in/cms", **request)).status_code == 401


@pytest.mark.parametrize("apart", [timedelta(minutes=6), -timedelta(minutes=6)])
async def test_an_old_copy_is_refused_and_so_is_one_from_the_future(door: Door, apart: timedelta) -> None:
    request = plain(STORY, door.now)
    door.now += apart
    assert (await door.client.post("/in/cms", **request)).status_code == 401


async def test_within_five_minutes_clocks_may_differ(door: Door) -> None:
    request = plain(STORY, door.now)
    door.now += timedelta(minutes=4)
    assert (await door.client.post("/in/cms", **request)).status_code == 202


async def test_another_secret_does_not_open(door: Door) -> None:
    other = "whsec_" + "b3RoZXItb3RoZXItb3RoZXItb3RoZXI="
    assert (await door.client.post("/in/cms", **plain(STORY, door.now, secret=other))).status_code == 401


async def test_a_secret_that_is_missing_on_our_side_is_said_and_opens_nothing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRIER_TEST_PLAIN")
    answer = await door.client.post("/in/cms", **plain(STORY, door.now))
    assert (answer.status_code, "secret is missing on our side" in answer.text) == (503, True)
    assert PLAIN_SECRET not in answer.text
    await Pickup(door.ledger, door.sources, lambda: door.now, lambda _: None).look("cms")
    assert "set the environment variable CRIER_TEST_PLAIN" in (await door.told())[0]


@pytest.mark.parametrize("name", ["nothing", "inbox", "CMS", "../cms"])
async def test_a_source_that_is_not_there_and_one_that_takes_nothing_look_alike(door: Door, name: str) -> None:
    answer = await door.client.post(f"/in/{name}", **plain(STORY, door.now))
    assert (answer.status_code, answer.text) == (404, "Not Found")


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (b"not json", "a JSON object"),
        (b"[]", "a JSON object"),
        (b'{"text": "no headline"}', "headline"),
        (b'{"headline": "no text"}', "text or html"),
        (b'{"type": "story.exploded", "data": {}}', "story.exploded"),
        (b'{"type": "story.withdrawn", "data": {"headline": "which?"}}', "guid or link"),
        (b"[" * 100_000, "a JSON object"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_body_that_cannot_be_read_is_kept_and_an_editor_is_told(door: Door, body: bytes, missing: str) -> None:
    assert (await door.client.post("/in/cms", **plain(body, door.now))).status_code == 202
    assert await door.read() == ()
    [told] = await door.told()
    assert "arrival 1" in told
    assert missing in told
    assert await door.ledger.arrivals.due(door.now) == ()


async def test_a_withdrawal_is_an_editors_decision_and_what_still_waits_is_held(door: Door) -> None:
    await door.client.post("/in/cms", **plain(STORY, door.now))
    [story] = await door.read()
    waiting = plan(story.id, "telegram-zh", door.now)
    assert await door.ledger.deliveries.plan(story.id, 1, [waiting], [], door.now)
    gone = {"type": "story.withdrawn", "data": {"guid": STORY["guid"], "reason": "数字有误"}}
    await door.client.post("/in/cms", **plain(gone, door.now, key="msg_2"))
    await door.read()
    [row] = await door.ledger.deliveries.of_story(story.id)
    assert row.state is State.HELD
    assert row.reason == "withdrawn by its newsroom: 数字有误: an editor decides"
    [told] = await door.told()
    assert f"#{story.id} 河湾大桥今早恢复通车" in told
    assert "withdraw what is out?" in told


async def test_a_withdrawal_of_what_nobody_knows_is_no_news(door: Door) -> None:
    await door.client.post("/in/cms", **plain({"type": "story.withdrawn", "data": {"guid": "x"}}, door.now))
    assert await door.read() == ()
    assert await door.told() == []


async def test_a_body_beyond_bounds_is_refused_before_it_is_read(door: Door) -> None:
    story = {"headline": "x", "text": "字" * 700_000}
    assert (await door.client.post("/in/cms", **plain(story, door.now))).status_code == 413

    async def pieces() -> Any:
        for _ in range(100):
            yield b"x" * 50_000

    assert (await door.client.post("/in/cms", content=pieces())).status_code == 413


async def test_wrong_signatures_are_soon_not_even_read(door: Door) -> None:
    request = plain(STORY, door.now)
    request["headers"]["webhook-signature"] = "v1,AAAA"
    statuses = {(await door.client.post("/in/cms", **request)).status_code for _ in range(40)}
    assert statuses == {401, 429}
    assert (await door.client.post("/in/cms", **plain(STORY, door.now))).status_code == 202


async def test_a_flood_of_wrong_signatures_keeps_the_newsrooms_own_system_from_nothing(door: Door) -> None:
    for number in range(300):
        await door.client.post("/in/cms", content=b"{}", headers={"webhook-id": f"{number}"})
    assert (await door.client.post("/in/cms", **plain(STORY, door.now))).status_code == 202


async def test_a_flood_is_told_when_to_come_again(door: Door) -> None:
    answers = [
        await door.client.post("/in/cms", **plain(STORY, door.now, key=f"msg_{number}")) for number in range(250)
    ]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) <= 61
    door.now += timedelta(minutes=1)
    assert (await door.client.post("/in/cms", **plain(STORY, door.now, key="later"))).status_code == 202


@pytest.mark.parametrize(("path", "status"), [("/in/cms", 202), ("/", 421), ("/stories/1", 421), ("/healthz", 421)])
async def test_under_its_public_name_the_house_has_doors_and_no_windows(door: Door, path: str, status: int) -> None:
    request = plain(STORY, door.now)
    request["headers"]["host"] = PUBLIC
    method = "POST" if path.startswith("/in/") else "GET"
    assert (await door.client.request(method, path, **request)).status_code == status


async def test_another_name_opens_no_door(door: Door) -> None:
    request = plain(STORY, door.now)
    request["headers"]["host"] = "evil.example.org"
    assert (await door.client.post("/in/cms", **request)).status_code == 421


async def test_the_door_is_no_window(door: Door) -> None:
    assert (await door.client.get("/in/cms")).status_code == 405
