"""The readers' form over real HTTP: what it takes goes to the editors, what it must not take goes nowhere."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import Act
from bot.rules import clearance
from bot.site.forms import BadForm, read_form
from bot.site.ours import OLDEST, YOUNGEST
from bot.sources.enclosed import picture_kind
from tests.fakes.door import PUBLIC, Door, a_door
from tests.fakes.stories import article

FILLED = {
    "name": "李敏",
    "headline": "河湾公园的百年香樟开花了",
    "text": "昨天傍晚路过河湾公园。\n百年香樟开花了，<b>香</b>了半条街。",
    "link": "https://example.org/photos/camphor",
    "contact": "limin@example.org",
    "consent": "yes",
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4 + b"\r\n--x\r\n"


@pytest.fixture
async def door(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[Door]:
    ledger = await Ledger.open(sqlite_url)
    async with a_door(ledger, now, {"readers": {"kind": "submission", "per_day": 7}}, tmp_path) as opened:
        yield opened
    await ledger.close()


async def token(door: Door) -> str:
    """Of a form that was opened a moment ago."""
    page = await door.client.get("/submit")
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    door.now += YOUNGEST
    return found[1]


async def send(door: Door, picture: bytes | None = None, **changed: str) -> httpx.Response:
    fields = {"token": await token(door), **FILLED, **changed}
    if picture is None:
        return await door.client.post("/submit", data=fields)
    return await door.client.post("/submit", data=fields, files={"picture": ("<script>.html", picture, "text/html")})


async def test_a_contribution_becomes_a_story_that_an_editor_must_let_go(door: Door) -> None:
    answer = await send(door)
    assert (answer.status_code, answer.headers["location"]) == (303, "/submit?thanks=1")
    assert door.woken == ["readers"]
    [story] = await door.read()
    assert story.held == "submitted by 李敏: an editor decides"
    assert story.article.headline == FILLED["headline"]
    assert story.article.paragraphs == ("昨天傍晚路过河湾公园。", "百年香樟开花了，<b>香</b>了半条街。")
    assert (story.article.byline.author, story.article.byline.credit) == ("李敏", "读者投稿")
    assert story.article.link == FILLED["link"]
    [decision] = await door.ledger.history.of_story(story.id)
    assert (decision.verb, "agreed to its publication" in decision.why) == (Verb.PICKED_UP, True)
    for act, held in ((Act.POST, story.held), (Act.EDIT, story.held), (Act.DELETE, None)):
        assert clearance.objection(act, story, door.now, not_older_than=None) == held


async def test_the_contact_is_kept_for_editors_and_stands_nowhere_else(door: Door) -> None:
    await send(door)
    [story] = await door.read()
    assert story.article.guid is not None
    key = story.article.guid.removeprefix("submission ")
    assert await door.ledger.arrivals.contact("readers", key) == "limin@example.org"
    pages = [(await door.client.get(path)).text for path in ("/", f"/stories/{story.id}")]
    told = [repr(story), repr(await door.ledger.history.of_story(story.id)), *await door.told(), *pages]
    assert not [text for text in told if "limin@" in text]


async def test_a_reader_cannot_touch_a_story_of_the_newsroom_by_naming_its_address(door: Door) -> None:
    own = article("大桥通车")
    await door.ledger.stories.record("inbox", own, [f"link:{own.link}", "guid:inbox:1"], "print", door.now)
    await send(door, link="https://example.org/大桥通车")
    stories = await door.read()
    assert sorted((story.article.headline, story.revision) for story in stories) == [
        ("大桥通车", 1), (FILLED["headline"], 1),
    ]  # fmt: skip


async def test_a_form_that_is_sent_twice_is_taken_once(door: Door) -> None:
    fields = {"token": await token(door), **FILLED}
    for _ in range(2):
        assert (await door.client.post("/submit", data=fields)).status_code == 303
    assert len(await door.read()) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "请填写署名"),
        ({"headline": ""}, "请填写标题"),
        ({"text": "", "link": ""}, "请填写正文或链接"),
        ({"link": "javascript:alert(1)"}, "链接要以"),
        ({"consent": ""}, "请勾选同意发表"),
        ({"text": "字" * 20_001}, "写得太长"),
        ({"token": "made.1795000000.up"}, "开着太久"),
        ({"token": ""}, "开着太久"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_missing_is_said_and_nothing_written_is_lost(
    door: Door, changed: dict[str, str], said: str
) -> None:
    answer = await send(door, None, **{"contact": '"><img src=x>', **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "&#34;&gt;&lt;img src=x&gt;" in answer.text
    assert await door.read() == ()


@pytest.mark.parametrize("wait", [timedelta(0), OLDEST * 2], ids=["too fast", "too late"])
async def test_a_form_wants_a_persons_time(door: Door, wait: timedelta) -> None:
    fields = {"token": await token(door), **FILLED}
    door.now += wait - YOUNGEST
    assert (await door.client.post("/submit", data=fields)).status_code == 422


async def test_the_field_that_nobody_sees_catches_programs(door: Door) -> None:
    assert (await send(door, website="https://spam.example.org")).status_code == 303
    assert await door.read() == ()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example.org"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://["}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": f"https://{PUBLIC}", "sec-fetch-site": "same-origin"}, 303),
    ],
)
async def test_a_form_comes_from_our_own_page(door: Door, headers: dict[str, str], status: int) -> None:
    fields = {"token": await token(door), **FILLED}
    assert (await door.client.post("/submit", data=fields, headers=headers)).status_code == status


async def test_a_picture_is_kept_by_its_content_and_named_to_the_editors(door: Door, tmp_path: Path) -> None:
    assert (await send(door, PNG)).status_code == 303
    [story] = await door.read()
    [kept] = (tmp_path / "submissions").iterdir()
    assert (kept.read_bytes(), kept.suffix) == (PNG, ".png")
    assert kept.stat().st_mode & 0o111 == 0
    assert story.held == f"submitted by 李敏, with a picture (submissions/{kept.name}): an editor decides"
    for path in (f"/submissions/{kept.name}", f"/submit/{kept.name}", f"/cards/{kept.name}"):
        assert (await door.client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "data", [b"<html><script>alert(1)</script>", b"GIF89a", b"<svg/>", b"%PDF-1.7", b"RIFF0000WAVE"]
)
async def test_what_is_no_picture_is_not_taken_whatever_it_calls_itself(
    door: Door, data: bytes, tmp_path: Path
) -> None:
    assert picture_kind(data) == ""
    answer = await send(door, data)
    assert (answer.status_code, "只收 JPEG" in answer.text) == (422, True)
    assert not (tmp_path / "submissions").exists()


async def test_a_picture_beyond_bounds_is_refused(door: Door) -> None:
    assert (await send(door, b"\xff\xd8\xff" + b"x" * 8_000_001)).status_code == 422
    assert (await send(door, b"\xff\xd8\xff" + b"x" * 9_000_000)).status_code == 413


async def test_one_address_may_send_five_a_day_and_all_of_them_seven(door: Door) -> None:
    for number in range(5):
        assert (await send(door, headline=f"第{number}篇")).status_code == 303
    refused = await send(door)
    assert (refused.status_code, int(refused.headers["retry-after"]) > 3600) == (429, True)
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    statuses = [
        (await door.client.post("/submit", data={"token": await token(door), **FILLED}, headers=elsewhere)).status_code
        for _ in range(3)
    ]
    assert statuses == [303, 303, 429]


@pytest.mark.parametrize(("query", "said"), [("", "我要投稿"), ("?lang=en", "Send us a contribution")])
async def test_the_form_speaks_the_newsrooms_language_and_needs_no_script(door: Door, query: str, said: str) -> None:
    answer = await door.client.get(f"/submit{query}", headers={"host": PUBLIC})
    assert answer.status_code == 200
    assert said in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert (await door.client.get("/submit.css", headers={"host": PUBLIC})).status_code == 200
    assert (await door.client.get("/submit?thanks=1")).text.count("<form") == 0


async def test_without_a_letter_box_there_is_no_form(sqlite_url: str, now: datetime, tmp_path: Path) -> None:
    ledger = await Ledger.open(sqlite_url)
    async with a_door(ledger, now, {"readers": {"kind": "submission", "web": False}}, tmp_path) as door:
        assert (await door.client.get("/submit")).status_code == 404
        assert (await door.client.post("/in/readers", content=b"{}")).status_code == 404
    await ledger.close()


def test_a_form_of_many_parts_is_read_byte_for_byte() -> None:
    blob = bytes(range(256)) + b"\r\n--no boundary\r\n\r\n"
    request = httpx.Request(
        "POST", "https://example.org/", data={"text": "一\r\n二", "empty": ""}, files={"picture": ("图.png", blob)}
    )
    form = read_form(request.headers["content-type"], request.read())
    assert form.fields == {"text": "一\r\n二", "empty": ""}
    assert form.files == {"picture": blob}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"a=b"),
        ("", b"a=b"),
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\ncut"),
        ("multipart/form-data; boundary=x", b"--x\r\nno head\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n" * 40 + b"--x--"),
        ("application/x-www-form-urlencoded", b"a=b&" * 40),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_form_is_called_so(content_type: str, body: Any) -> None:
    with pytest.raises(BadForm):
        read_form(content_type, body)
