"""Whose mail came back is marked once, the desk is told of what is final, and a stranger's report drops nobody."""

from datetime import datetime
from pathlib import Path

from bot.desk.reasons import worded
from bot.ledger import Ledger
from bot.model.returned import Return
from bot.work.outlet import Outlet
from bot.work.returning import Returns
from tests.channels.stages.email import GIVEN
from tests.channels.stages.stage import opened
from tests.fakes.returned_mail import complaint, refusal, undelivered
from tests.fakes.stories import planned_story

AN, BO = "an@example.org", "Bo@example.org"
PLAIN = {name: value for name, value in GIVEN.items() if name not in ("user", "password")}


def returning(ledger: Ledger, folder: Path, now: datetime) -> Returns:
    for part in ("new", "cur"):
        (folder / "box" / part).mkdir(parents=True, exist_ok=True)
    given = {**PLAIN, "security": "none", "to": [AN, BO], "returns": {"mailbox": "maildir:box"}}
    return Returns(ledger, {"main": Outlet("main", opened(given, folder), "lane")}, lambda: now)


async def told(ledger: Ledger) -> list[str]:
    return [worded(one.text, "zh") for one in await ledger.notices.untold()]


async def test_a_reader_who_is_gone_is_marked_once_and_the_desk_is_told(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    story = await planned_story(ledger, now, "main")
    [row] = await ledger.deliveries.of_story(story)
    returns = returning(ledger, tmp_path, now)
    mail = undelivered(row.key, refusal("BO@example.org"), refusal(AN, "5.2.2", "552 5.2.2 full"))
    (tmp_path / "box" / "new" / "1.a.host").write_bytes(mail)
    await returns.round()
    (tmp_path / "box" / "new" / "2.b.host").write_bytes(mail)
    await returns.round()
    [gone] = await ledger.bounces.of("bo@EXAMPLE.org")
    assert (gone.channel, gone.kind, gone.story, gone.at) == ("main", Return.HARD, story, now)
    assert [one.kind for one in await ledger.bounces.since(now)] == [Return.HARD, Return.SOFT]
    assert await told(ledger) == [f"main：#{story} 的邮件送不到 Bo@example.org：550 5.1.1 no such user here"]
    assert sorted(one.name for one in (tmp_path / "box" / "cur").iterdir()) == ["1.a.host:2,S", "2.b.host:2,S"]


async def test_a_complaint_is_told_also_where_it_names_nobody(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    story = await planned_story(ledger, now, "main")
    [row] = await ledger.deliveries.of_story(story)
    returns = returning(ledger, tmp_path, now)
    (tmp_path / "box" / "new" / "1.a.host").write_bytes(complaint(row.key))
    await returns.round()
    assert await told(ledger) == [f"main：一位未具名的读者 投诉了 #{story} 的邮件：abuse, by SomeGenerator/1.0"]


async def test_a_report_that_knows_no_key_of_ours_drops_nobody_and_stays_unread(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    story = await planned_story(ledger, now, "other")
    [row] = await ledger.deliveries.of_story(story)
    returns = returning(ledger, tmp_path, now)
    for number, key in enumerate(("guessed", row.key)):
        (tmp_path / "box" / "new" / f"{number}.a.host").write_bytes(undelivered(key, refusal(AN), mark=key))
    await returns.round()
    assert await ledger.bounces.of(AN) == ()
    assert await told(ledger) == []
    assert list((tmp_path / "box" / "cur").iterdir()) == []


async def test_a_mailbox_that_cannot_be_read_is_told_once_a_day(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    returns = returning(ledger, tmp_path, now)
    (tmp_path / "box" / "new").rmdir()
    for _ in range(2):
        await returns.round()
        for notice in await ledger.notices.untold():
            assert worded(notice.text, "zh").startswith("main：退信邮箱读不了：")
            await ledger.notices.told(notice.id, now)
    assert await ledger.notices.once(f"mailbox main {now:%Y-%m-%d}", "again", now) is False
