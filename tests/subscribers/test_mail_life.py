"""A whole life of a reader by mail: over HTTP and SMTP, in each language, from the first form to the last link."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.model.story import Article
from bot.model.subscriber import Form, Membership, Rhythm, Size
from tests.fakes.faults import Fault
from tests.fakes.mail_house import PUBLIC, TO, mail_house, own_page, words
from tests.fakes.mail_server import PASSWORD
from tests.fakes.returned_mail import refusal, undelivered
from tests.fakes.stories import article

CITY = replace(article(body="桥面今早恢复双向通行，公交同步恢复原线。"), section="城市")
HARBOUR = replace(
    article("Harbour bridge open again", language="en", body="Traffic has run both ways since this morning."),
    section="Harbour",
)
CHOSEN = {"at": "08:00", "weekday": "0", "zone": "Asia/Shanghai", "rhythm": "at once", "form": "text",
          "size": "larger"}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "story", "topic", "said"),
    [
        ("zh", CITY, "城市", ("请确认订阅河湾日报", "稿件一发就寄", "您订阅了河湾日报", "已退订")),
        ("en", HARBOUR, "Harbour", ("Please confirm your subscription to 河湾日报", "each story as it is published",
                                    "because you subscribed", "You have left")),
    ],
)  # fmt: skip
async def test_a_reader_asks_confirms_reads_chooses_and_leaves(
    language: str, story: Article, topic: str, said: tuple[str, ...], tmp_path: Path, now: datetime
) -> None:
    async with mail_house(tmp_path, now) as room:
        answer = await room.ask(lang=language, **{"topic.0": topic})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/subscribe?sent=1&lang={language}")
        asking = await room.letter()
        assert (asking["Subject"], asking["To"]) == (said[0], TO)
        assert topic in words(asking)
        assert said[1] in words(asking)
        assert asking["List-Unsubscribe"] is None
        path = own_page(asking)
        for _ in range(2):  # a program that looks at mails follows the link
            assert (await room.client.get(path)).status_code == 200
            assert (await room.client.head(path)).status_code == 200
        assert (await room.readers.get(1)).state is Membership.ASKED  # type: ignore[union-attr]
        confirmed = await room.client.post(f"{path}/confirm")
        assert (confirmed.status_code, confirmed.headers["location"]) == (303, f"{path}?done=confirmed")

        await room.publish(story, key="first")
        first = room.mails[-1]
        assert story.headline in first["Subject"]
        assert said[2] in words(first)
        assert own_page(first) == path
        leave = re.search(rf"<https://{PUBLIC}({path}/leave)>", "".join(first["List-Unsubscribe"].split()))
        assert leave
        assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

        kept = await room.client.post(path, data={**CHOSEN, "language": language, "topic.0": topic, "words": "大桥"})
        assert kept.headers["location"] == f"{path}?done=kept"
        one = await room.readers.get(1)
        assert one
        assert (one.reading.size, one.reading.form, one.timing.rhythm) == (Size.LARGER, Form.TEXT, Rhythm.AT_ONCE)
        assert 'class="larger"' in (await room.client.get(path)).text
        changed = replace(story, headline=f"{story.headline} (2)")
        await room.publish(changed, key="first", revision="2")
        correction = room.mails[-1]
        assert correction is not first
        assert "(2)" in correction["Subject"]
        assert "font:23px" in words(correction, "html")
        sport = replace(article("河湾队胜出", body="客场两球取胜。"), section="体育")
        before = len(room.mails)
        await room.publish(sport, key="sport")
        assert len(room.mails) == before

        for _ in range(2):  # mail programs may press twice
            gone = await room.client.post(
                leave[1], data={"List-Unsubscribe": "One-Click"}, headers={"accept-language": language}
            )
            assert (gone.status_code, "set-cookie" in gone.headers, said[3] in gone.text) == (200, False, True)
        await room.publish(replace(story, headline="again"), key="second")
        assert len(room.mails) == before
        left = await room.readers.get(1)
        assert left
        assert (left.state, left.consent) == (Membership.LEFT, None)
        assert await room.readers.opened(1) is None


async def test_whose_mail_comes_back_for_good_is_lost_and_may_come_back(tmp_path: Path, now: datetime) -> None:
    async with mail_house(tmp_path, now) as room:
        path = await room.joined()
        await room.publish(CITY, key="first")
        key = room.mails[-1]["Message-ID"].strip("<>").partition("@")[0]
        await room.returned(undelivered(key, refusal(TO)))
        lost = await room.readers.get(1)
        assert lost
        assert lost.state is Membership.LOST
        before = len(room.mails)
        await room.publish(replace(CITY, headline="图书馆延长开放"), key="second")
        assert len(room.mails) == before
        page = await room.client.get(path)
        assert "退回来了" in page.text
        await room.ask(**{"topic.0": "体育"})
        assert own_page(await room.letter()) == path
        await room.client.post(f"{path}/confirm")
        back = await room.readers.get(1)
        assert back
        assert (back.state, back.choices) == (Membership.ACTIVE, lost.choices)


async def test_a_letter_that_cannot_be_sent_now_is_sent_later_and_one_that_comes_back_is_filed(
    tmp_path: Path, now: datetime
) -> None:
    async with mail_house(tmp_path, now) as room:
        await room.ask()
        room.server.faults.waiting.append(Fault.UNAVAILABLE)
        await room.confirming.round()
        await room.confirming.round()
        room.now += timedelta(minutes=2)
        room.server.password = "another"
        await room.confirming.round()
        [notice] = await room.house.ledger.notices.untold()
        assert "nobody can confirm a subscription" in notice.text
        assert room.mails == []
        room.server.password = PASSWORD
        room.now += timedelta(minutes=2)
        letter = await room.letter()
        await room.confirming.round()
        assert len(room.mails) == 1
        key = letter["Message-ID"].strip("<>").partition("@")[0]
        await room.returned(undelivered(key, refusal(TO)))
        assert list((tmp_path / "returned/new").iterdir()) == []
