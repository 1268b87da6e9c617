"""A digest as a mail: composed once, sent by a real server's protocol, each in its reader's language and 字号."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Act
from bot.model.subscriber import Address, Addressee, Form, Reading, Rhythm, Size, Timing, channel_of
from tests.channels.stages.email import email
from tests.fakes.carried import Readership
from tests.fakes.mail_server import PASSWORD
from tests.fakes.stories import article

DAILY = Timing("UTC", Rhythm.DAILY, time(18))
LEAVE = "https://example.org/s/1.word/leave"


class Mailed(Readership):
    """Each reader has a mailbox; the second reads English, in large letters."""

    async def _find(self, number: int, act: Act) -> Addressee | None:
        del act
        language, size = ("en", Size.LARGER) if number == 2 else ("zh", Size.NORMAL)
        address = Address(f"reader{number}@example.org")
        return Addressee(channel_of("letters", number), address, language, size, LEAVE, LEAVE.removesuffix("/leave"))


async def test_each_reader_finds_the_digest_as_they_read(
    sqlite_url: str, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_MAIL", PASSWORD)
    (folder := tmp_path / "cards").mkdir()
    ledger = await Ledger.open(sqlite_url)
    async with email(folder, to=[]) as stage:
        room = Mailed(ledger, now, tmp_path)
        room.letters = stage.channel  # type: ignore[assignment]
        room.open()
        await room.readers(1, timing=DAILY)
        await room.readers(1, timing=DAILY, reading=Reading("en", Form.TEXT, Size.LARGER))
        await room.publish(article("大桥通车"))
        await room.fan_out()
        room.now += timedelta(hours=10)
        assert await room.digests.round() == 2
        await room.drain()
        mails = {message["To"]: message for _, message in stage.double.taken}
    await ledger.close()
    ours, theirs = (mails[f"reader{number}@example.org"] for number in (1, 2))
    assert (ours["Subject"], theirs["Subject"]) == ("要闻速览", "The news in brief")
    assert ours["List-Unsubscribe-Post"] == theirs["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ours_page, theirs_page = (mail.get_body(("html",)).get_content() for mail in (ours, theirs))
    assert ("cid:card" in ours_page, "cid:card" in theirs_page) == (True, False)
    assert ("font-size:24px" in ours_page, "font-size:35px" in theirs_page) == (True, True)
    assert "大桥通车" in ours_page
    assert "大桥通车" in theirs_page
