"""The pages of subscribers over HTTP: what they take, what they must not take, and what they give away: nothing."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app import Premises
from bot.errors import SettingsError
from bot.ledger import Ledger
from bot.model.subscriber import Choices, Form, Membership, Reading, Rhythm, Size, Subscriber, Timing
from bot.site.ours import YOUNGEST
from bot.site.own import GUESSES
from bot.site.subscribe import PER_SENDER
from bot.site.wishes import wish
from bot.site.words import preferred
from bot.work.offers import Offers
from tests.fakes.mail_house import PUBLIC, TO, MailHouse, mail_house, own_page, words
from tests.fakes.stories import article

FIELDS = {"rhythm": "daily", "at": "07:30", "weekday": "2", "zone": "Europe/Berlin", "form": "text", "size": "large",
          "language": "en"}  # fmt: skip
FOREIGN = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}


@pytest.fixture
async def room(tmp_path: Path, now: datetime) -> AsyncIterator[MailHouse]:
    async with mail_house(tmp_path, now) as opened:
        yield opened


async def state(room: MailHouse, number: int = 1) -> Membership | None:
    one = await room.readers.get(number)
    return one.state if one else None


async def test_every_address_gets_the_same_answer_and_what_became_of_it_stands_in_its_mailbox(room: MailHouse) -> None:
    known = await room.joined()
    await room.readers.ban_address("letters", "banned@example.net", "陈静", "abuse", room.now)
    left = await room.joined("left@example.net")
    await room.client.post(f"{left}/leave")
    room.now += timedelta(hours=9)
    room.server.taken.clear()
    answers = []
    for to in (TO, "banned@example.net", "left@example.net", "new@example.net", f" {TO.upper()} "):
        answer = await room.ask(to)
        head = {name: value for name, value in answer.headers.items() if name != "date"}
        answers.append((answer.status_code, head, answer.content))
    assert all(answer == answers[0] for answer in answers)
    await room.confirming.round()
    told = {str(mail["To"]): str(mail["Subject"]) for mail in room.mails}
    assert told == {TO: "您已经订阅了河湾日报", "left@example.net": "请确认订阅河湾日报",
                    "new@example.net": "请确认订阅河湾日报"}  # fmt: skip
    reminder = next(mail for mail in room.mails if mail["To"] == TO)
    assert own_page(reminder) == known
    assert "什么都没有改变" in words(reminder)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "ling"}, "这不像一个邮箱"),
        ({"address": "a@example.org, b@example.org"}, "这不像一个邮箱"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "这不像一个邮箱"),
        ({"rhythm": "never"}, "请重新选"),
        ({"topic.0": "长" * 41}, "最多 40 个字"),
        ({"token": "made.up"}, "打开得太久"),
    ],
)
async def test_what_cannot_be_taken_is_said_beside_what_was_written(
    room: MailHouse, fields: dict[str, str], said: str
) -> None:
    answer = await room.ask(**{"to": fields.get("address", TO), **fields})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert await room.readers.untold(room.now) == ()


async def test_a_trap_and_a_foreign_page_bring_nobody_in_and_one_sender_not_many(room: MailHouse) -> None:
    assert (await room.ask(website="https://spam.example")).headers["location"].startswith("/subscribe?sent=1")
    for path in ("/subscribe", "/subscribe?lang=en"):
        refused = await room.client.post(path, data={"address": TO}, headers=FOREIGN)
        assert refused.status_code == 403
    assert (await room.client.post("/subscribe", content=b"x" * 50_000)).status_code == 413
    assert await room.readers.untold(room.now) == ()
    shown = re.search(r'name="token" value="([^"]+)"', (await room.client.get("/subscribe")).text)
    assert shown
    room.now += YOUNGEST
    many = [{"token": shown[1], "address": f"r{n}@example.net", "rhythm": "daily"} for n in range(PER_SENDER)]
    answers = await asyncio.gather(*(room.client.post("/subscribe", data=one) for one in many))
    assert {answer.status_code for answer in answers} == {303}
    slow = await room.ask("one.more@example.net")
    assert (slow.status_code, slow.headers["retry-after"] > "") == (429, True)
    assert "请过一会儿再来" in slow.text


async def test_looking_changes_nothing_whoever_looks(room: MailHouse) -> None:
    await room.ask()
    path = own_page(await room.letter())
    places = ("", "/leave", "/forget", "/data", "/data.json")
    for _ in range(2):
        before = await room.readers.get(1)
        for place in places:
            for method in ("GET", "HEAD"):
                answer = await room.client.request(method, path + place)
                assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
                assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert (await room.client.get(f"{path}/confirm")).status_code == 405
        assert await room.readers.get(1) == before
        await room.client.post(f"{path}/confirm")
    assert await state(room) is Membership.ACTIVE


async def test_a_link_that_is_none_is_nothing_and_one_of_former_days_is_told_kindly(room: MailHouse) -> None:
    path = await room.joined()
    wrong = [f"{path}x", f"{path[:-1]}", "/s/2.AAAAAAAAAAAAAAAAAAAAAAAA", "/s/1.", "/s/x", "/s/99999999999.x"]
    answers = [await room.client.request(method, f"{link}{place}") for link in wrong
               for method, place in (("GET", ""), ("POST", "/leave"))]  # fmt: skip
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, "Not Found")}
    for _ in range(GUESSES):
        answer = await room.client.get(wrong[0])
    assert answer.status_code == 429
    room.now += timedelta(minutes=2)
    await room.client.post(f"{path}/leave")
    again = await room.client.post(f"{path}/leave", headers=FOREIGN)
    assert (again.status_code, "已退订" in again.text) == (200, True)
    assert (await room.ask()).status_code == 303
    room.now += timedelta(minutes=11)
    back = own_page(await room.letter())
    assert back != path
    await room.client.post(f"{back}/confirm")
    for answer in (await room.client.get(path), await room.client.post(f"{path}/leave")):
        assert (answer.status_code, "这个链接太旧了" in answer.text, TO in answer.text) == (410, True, False)
    assert await state(room) is Membership.ACTIVE


async def test_only_leaving_is_taken_from_a_foreign_page(room: MailHouse) -> None:
    path = await room.joined()
    for place in ("", "/pause", "/forget"):
        assert (await room.client.post(path + place, data=FIELDS, headers=FOREIGN)).status_code == 403
    assert await state(room) is Membership.ACTIVE
    one_click = {"List-Unsubscribe": "One-Click"}
    gone = await room.client.post(f"{path}/leave", files={k: (None, v) for k, v in one_click.items()}, headers=FOREIGN)
    assert gone.status_code == 200
    assert await state(room) is Membership.LEFT


async def test_a_reader_pauses_goes_on_sees_everything_that_is_kept_and_has_it_deleted(room: MailHouse) -> None:
    path = await room.joined(**{"topic.0": "城市", "lang": "en"})
    await room.client.post(f"{path}/pause")
    assert "You have paused" in (await room.client.get(path)).text
    await room.client.post(f"{path}/resume")
    wanted = {
        **FIELDS,
        "topic.0": "城市",
        "topics": "桥, 港口",
        "muted": "足球",
        "quiet_from": "22:00",
        "quiet_to": "07:00",
    }
    assert (await room.client.post(path, data=wanted)).status_code == 303
    file = await room.client.get(f"{path}/data.json")
    mine = json.loads(file.text)
    assert (mine["address"], mine["subscriber"]["choices"]["topics"]) == (TO, ["城市", "桥", "港口"])
    page = (await room.client.get(f"{path}/data")).text
    for said in (TO, "confirmed by the link", "港口", "足球", "22:00–07:00", "Europe/Berlin", "Large"):
        assert said in page
    assert "我们保存的内容" in (await room.client.get(f"{path}/data?lang=zh")).text
    assert (await room.client.post(f"{path}/forget")).status_code == 200
    assert await room.readers.get(1) is None
    assert await room.readers.found("letters", TO) is None


def reader() -> Subscriber:
    now = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    return Subscriber(7, "letters", Membership.ACTIVE, Choices(), Timing(), Reading(), now)


def test_the_fields_of_the_form_are_what_somebody_wants() -> None:
    fields = {
        **FIELDS,
        "topic.3": "城市",
        "topics": "桥，港口\n城市",
        "words": "大桥, 大桥",
        "stories.zh": "zh",
        "most": "5",
    }
    one = wish(fields, reader(), full=False).one
    assert one.choices == Choices(("zh",), ("城市", "桥", "港口"), ("大桥",))
    assert (one.timing.zone, one.timing.rhythm, one.timing.weekday, one.timing.most) == (
        "Europe/Berlin", Rhythm.DAILY, 2, 5,
    )  # fmt: skip
    assert one.reading == Reading("en", Form.TEXT, Size.LARGE)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"at": "25:00"}, "at"),
        ({"at": ""}, "at"),
        ({"weekday": "7"}, "choice"),
        ({"zone": "Asia/../Shanghai"}, "zone"),
        ({"quiet_from": "22:00"}, "quiet"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet"),
        ({"most": "0"}, "most"),
        ({"most": "many"}, "most"),
        ({"form": "full"}, "choice"),
        ({"size": "huge"}, "choice"),
        ({"language": "fr"}, "choice"),
        ({"rhythm": "never"}, "choice"),
        ({"words": "词," * 61 + ",".join(map(str, range(61)))}, "names"),
        ({"muted": "x" * 41}, "names"),
    ],
)
def test_each_mistake_of_the_form_has_its_name(changed: dict[str, str], wrong: str) -> None:
    assert wish({**FIELDS, **changed}, reader(), full=False).wrong == (wrong,)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("fr, de;q=0.8, en;q=0.1, zh;q=0.4", "zh"),
        ("zh;q=0, en;q=0.2", "en"),
        ("fr", ""),
        ("", ""),
        ("zh;q=x, en", "en"),
        ("*", ""),
    ],
)
def test_the_browsers_language_is_taken_where_we_have_it(header: str, language: str) -> None:
    assert preferred(header, ("zh", "en")) == language


async def test_the_form_speaks_the_browsers_language_and_ticks_what_a_link_names(room: MailHouse) -> None:
    page = await room.client.get("/subscribe?topic=Harbour", headers={"accept-language": "en-GB,en"})
    assert "Subscribe by mail" in page.text
    assert re.findall(r'value="([^"]+)"(?: required)? checked>', page.text) == ["Harbour", "at once"]
    assert (await room.client.get("/", headers={"host": PUBLIC})).status_code == 421


async def test_topics_are_offered_as_stories_had_them_lately(ledger: Ledger, now: datetime) -> None:
    offers = Offers(ledger, (), lambda: now)
    for number, section in enumerate(("体育", "城市", "城市")):
        made = replace(article(f"第{number}条"), section=section, tags=("桥",))
        await ledger.stories.record("inbox", made, [str(number)], "1", now)
    held = (await ledger.stories.record("inbox", replace(article(), section="来稿"), ["held"], "1", now)).story
    await ledger.stories.hold(held, "submitted by 李敏: an editor decides")
    assert await offers.topics() == ("城市", "体育", "桥")
    assert await Offers(ledger, ("时政",), lambda: now).topics() == ("时政",)


async def test_a_carrier_of_mail_needs_an_address_for_its_links(room: MailHouse) -> None:
    settings = room.folder / "settings.yaml"
    text = settings.read_text(encoding="utf-8").replace(', public_url: "https://crier.example.org/"', "")
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"house\.public_url"):
        Premises.of(settings).outlets(room.house.ledger, room.clock)
