"""Returned mail: whose it was and what it means, from a Maildir and from behind IMAP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.channels.email import EmailSettings
from bot.channels.mailing import Email
from bot.channels.returns import report
from bot.errors import Refused, Unavailable
from bot.model.channel import Checkable
from bot.model.returned import Return, Returning
from tests.channels.stages.email import GIVEN, email
from tests.channels.stages.stage import opened
from tests.fakes.imap_server import PASSWORD, ImapServer
from tests.fakes.mail_server import PASSWORD as MAIL_PASSWORD
from tests.fakes.returned_mail import complaint, refusal, undelivered

AN, BO = "an@example.org", "bo@example.org"
NOTE = (
    b"From: an@example.org\r\nSubject: hello\r\nContent-Type: text/plain\r\n\r\nmultipart/report is what I am not\r\n"
)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("5.1.1", "550 5.1.1 no such user", Return.HARD),
        ("5.1.10", "556 5.1.10 null MX", Return.HARD),
        ("5.2.1", "550 5.2.1 mailbox disabled", Return.HARD),
        ("5.0.0", "550 5.1.1 <an@example.org> user unknown", Return.HARD),
        ("5.2.2", "552 5.2.2 mailbox full", Return.SOFT),
        ("5.7.1", "554 5.7.1 looks like spam", Return.SOFT),
        ("4.4.7", "delivery time expired", Return.SOFT),
        ("5.0.0", "550 no", Return.SOFT),
    ],
)
def test_a_reader_who_is_gone_is_told_from_one_who_cannot_take_it_now(status: str, said: str, kind: Return) -> None:
    read = report("1", undelivered("key-1", refusal(AN, status, said)), (AN, BO), "example.org")
    assert read is not None
    [one] = read.returned
    assert (one.address, one.kind, one.why, read.keys) == (AN, kind, said, ("key-1",))


def test_what_is_late_or_has_arrived_after_all_is_no_return() -> None:
    blocks = [refusal(AN, "4.4.1", action="delayed"), refusal(BO, "2.0.0", action="delivered")]
    read = report("1", undelivered("key-1", *blocks), (AN, BO), "example.org")
    assert read is not None
    assert read.returned == ()


def test_each_of_several_readers_has_a_word_of_their_own() -> None:
    mail = undelivered("key-1", refusal(AN), refusal(BO, "5.2.2", "552 5.2.2 full"), refusal("x@example.com"))
    read = report("1", mail, (AN, BO), "example.org")
    assert read is not None
    assert [(one.address, one.kind) for one in read.returned] == [(AN, Return.HARD), (BO, Return.SOFT)]


def test_a_member_of_a_list_who_is_gone_does_not_make_the_list_unknown() -> None:
    read = report("1", undelivered("key-1", refusal("member@example.com")), ("daily@example.org",), "example.org")
    assert read is not None
    [one] = read.returned
    assert (one.address, one.kind) == ("daily@example.org", Return.SOFT)
    assert one.why == "member@example.com: 550 5.1.1 no such user here"


@pytest.mark.parametrize(("named", "address"), [(BO, BO), (None, "")])
def test_a_complaint_names_its_reader_where_their_program_does(named: str | None, address: str) -> None:
    read = report("1", complaint("key-1", named), (AN, BO), "example.org")
    assert read is not None
    [one] = read.returned
    assert (one.address, one.kind, one.why) == (address, Return.COMPLAINT, "abuse, by SomeGenerator/1.0")
    assert read.keys == ("key-1",)


def test_a_reader_who_says_that_it_is_no_spam_does_not_complain() -> None:
    read = report("1", complaint("key-1", AN, kind="not-spam"), (AN,), "example.org")
    assert read is not None
    assert read.returned == ()


@pytest.mark.parametrize("enclosed", ["text/rfc822-headers", "message/rfc822"])
def test_the_mail_is_known_by_its_message_id_or_by_the_address_that_it_came_back_to(enclosed: str) -> None:
    back = "returns+key-9@example.org"
    read = report("1", undelivered("key-1", refusal(AN), enclosed=enclosed, back=back), (AN,), "example.org")
    assert read is not None
    assert read.keys == ("key-9", "key-1")
    foreign = report("1", undelivered("key-1", refusal(AN), enclosed=enclosed), (AN,), "example.net")
    assert foreign is not None
    assert foreign.keys == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        NOTE,
        b"Content-Type: multipart/report\r\n\r\n--",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n",
        undelivered("k", "Final-Recipient: \x00\u202e;;;<@>\nAction: failed\nStatus: 9.9.9\n"),
        undelivered("k", refusal(AN)).partition(b"Status:")[0],
        complaint("k").replace(b"abuse", b"\xff\xfe"),
    ],
)
def test_what_is_broken_or_no_report_makes_nobody_a_reader_who_is_gone(raw: bytes) -> None:
    read = report("1", raw, (AN, BO), "example.org")
    assert read is None or not [one for one in read.returned if one.kind is Return.HARD]


@asynccontextmanager
async def behind_imap(folder: Path, *, implicit: bool) -> AsyncIterator[tuple[Email, ImapServer]]:
    server = ImapServer(folder, implicit=implicit)
    async with server.serve() as port:
        scheme = "imaps" if implicit else "imap"
        box = f"{scheme}://returns%40example.org@127.0.0.1:{port}/INBOX"
        returns = {"mailbox": box, "password": "env:CRIER_TEST_RETURNS"}
        channel = opened({**GIVEN, "to": [AN], "ca": str(server.ca), "returns": returns}, folder)
        assert isinstance(channel, Email)
        yield channel, server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_RETURNS", PASSWORD)
    monkeypatch.setenv("CRIER_TEST_MAIL", MAIL_PASSWORD)


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_report_behind_imap_is_read_until_it_is_filed_and_other_mail_is_left_alone(
    tmp_path: Path, implicit: bool
) -> None:
    async with behind_imap(tmp_path, implicit=implicit) as (channel, server):
        assert isinstance(channel, Returning)
        server.put(NOTE, undelivered("key-1", refusal(AN)), undelivered("key-2", refusal(AN), mark="dsn-2"))
        later, earlier = await channel.reports()
        assert (later.keys, earlier.keys, server.seen) == (("key-2",), ("key-1",), set())
        await channel.filed([earlier])
        assert await channel.reports() == (later,)
        server.era += 1
        await channel.filed([later])
        assert server.seen == {2}


async def test_a_mailbox_that_cannot_be_opened_says_why_and_gives_no_password_away(tmp_path: Path) -> None:
    async with behind_imap(tmp_path, implicit=False) as (channel, server):
        server.password = "another"
        with pytest.raises(Refused, match=r"the login is refused: .*Invalid credentials") as caught:
            await channel.reports()
        assert PASSWORD not in repr(caught.value)
        server.password, server.folder = PASSWORD, "Elsewhere"
        with pytest.raises(Refused, match="there is no folder INBOX"):
            await channel.reports()
        server.folder, server.hangs_up = "INBOX", True
        with pytest.raises(Unavailable):
            await channel.reports()
    with pytest.raises(Unavailable, match="does not answer"):
        await channel.reports()


def maildir(folder: Path) -> Path:
    box = folder / "Maildir"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    return box


async def test_a_report_in_a_maildir_is_read_until_it_is_filed_and_other_mail_is_left_alone(tmp_path: Path) -> None:
    box = maildir(tmp_path)
    (box / "new" / "1.note.host").write_bytes(NOTE)
    (box / "new" / "2.dsn.host").write_bytes(undelivered("key-1", refusal(AN)))
    (box / "cur" / "3.dsn.host:2,F").write_bytes(undelivered("key-2", refusal(AN), mark="dsn-2"))
    (box / "cur" / "4.dsn.host:2,S").write_bytes(undelivered("key-3", refusal(AN), mark="dsn-3"))
    channel = opened({**GIVEN, "to": [AN], "returns": {"mailbox": "maildir:Maildir"}}, tmp_path)
    assert isinstance(channel, Returning)
    found = await channel.reports()
    assert [one.keys for one in found] == [("key-2",), ("key-1",)]
    await channel.filed(found)
    await channel.filed(found)
    assert await channel.reports() == ()
    there = sorted(path.relative_to(box).as_posix() for path in box.rglob("*host*"))
    assert there == ["cur/2.dsn.host:2,S", "cur/3.dsn.host:2,FS", "cur/4.dsn.host:2,S", "new/1.note.host"]


async def test_a_maildir_that_is_not_there_is_said_by_check(tmp_path: Path) -> None:
    async with email(tmp_path, returns={"mailbox": "maildir:nowhere"}) as stage:
        assert isinstance(stage.channel, Checkable)
        account, returned = await stage.channel.check()
        assert (account.ok, returned.ok) == (True, False)
        assert "cannot be read" in returned.detail
        maildir(tmp_path).rename(tmp_path / "nowhere")
        assert [one.ok for one in await stage.channel.check()] == [True, True]


async def test_a_tagged_address_brings_a_return_back_to_its_delivery(tmp_path: Path) -> None:
    returns = {"mailbox": "maildir:Maildir", "address": "returns@example.org", "tagged": True}
    async with email(tmp_path, returns=returns) as stage:
        stage.double.senders = {"returns+key-1@example.org"}
        await stage.channel.send(stage.edition, "key-1")
        assert stage.double.taken[0][1]["From"].addresses[0].addr_spec == "news@example.org"


@pytest.mark.parametrize(
    "returns",
    [
        {"mailbox": "/var/mail/news"},
        {"mailbox": "imaps://mail.example.org/INBOX", "password": "env:X"},
        {"mailbox": "imaps://news@mail.example.org"},
        {"mailbox": "imaps://news:secret@mail.example.org", "password": "env:X"},
        {"mailbox": "maildir:x", "tagged": True},
    ],
)
def test_a_mailbox_that_is_none_is_refused_when_the_settings_are_read(returns: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EmailSettings.model_validate({**GIVEN, "returns": returns})
