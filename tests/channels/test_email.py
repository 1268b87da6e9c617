"""Mail: what a reader's program finds, and what each answer of a server means."""

import re
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.channels.email import EmailSettings
from bot.errors import Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import Carrier, Checkable
from bot.model.subscriber import Address, Addressee, Size
from tests.channels.stages.email import GIVEN, email
from tests.channels.stages.stage import CARD, Stage, opened
from tests.channels.stages.telling import told
from tests.fakes.faults import Fault

HOSTILE = '</p><script>x()</script>"\r\nBcc: all@example.org\u202e'
UNSUBSCRIBE = "https://example.org/u/" + "0123456789abcdef" * 8


async def taken(stage: Stage) -> EmailMessage:
    await stage.channel.send(stage.edition, "key-1")
    [(_, message)] = stage.double.taken
    assert isinstance(message, EmailMessage)
    return message


async def test_a_reader_finds_text_and_html_with_the_card_inside(tmp_path: Path) -> None:
    async with email(tmp_path) as stage:
        message = await taken(stage)
        assert message.get_content_type() == "multipart/alternative"
        text, page = message.iter_parts()
        assert text.get_content().split() == ["大桥通车", "桥面今早恢复通行。", "阅读全文:", "https://example.org/1"]
        assert page.get_content_type() == "multipart/related"
        words, card = page.iter_parts()
        assert '<img src="cid:card" width="600" alt="大桥通车"' in words.get_content()
        assert (card["Content-ID"], card.get_content()) == ("<card>", b"\x89PNG")


async def test_the_headers_say_who_writes_to_whom_and_how_to_leave(tmp_path: Path) -> None:
    leave = {"list_id": "daily.example.org", "unsubscribe": UNSUBSCRIBE, "unsubscribe_mail": "leave@example.org"}
    async with email(tmp_path, name="河湾日报", **leave) as stage:
        message = await taken(stage)
        assert (message["Subject"], message["From"], message["To"]) == (
            "大桥通车",
            "河湾日报 <news@example.org>",
            "daily@example.org",
        )
        assert message["Message-ID"] == "<key-1@example.org>"
        assert message["List-Id"] == "河湾日报 <daily.example.org>"
        left = "".join(message["List-Unsubscribe"].split())
        assert left == f"<{UNSUBSCRIBE}>,<mailto:leave@example.org?subject=unsubscribe>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["Auto-Submitted"] == "auto-generated"


async def test_chinese_travels_over_any_server(tmp_path: Path) -> None:
    async with email(tmp_path, unsubscribe=UNSUBSCRIBE) as stage:
        long = replace(stage.edition, headline="河湾大桥" * 30, text="<p>" + "河湾大桥通车。" * 500 + "</p>")
        await stage.channel.send(long, "key-1")
        [raw] = stage.double.raw
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert max(map(len, re.findall(rb"=\?utf-8\?[bq]\?[^?]*\?=", raw))) <= 75
        assert stage.double.taken[0][1]["Subject"] == "河湾大桥" * 30
        assert stage.shown() == ["河湾大桥通车。" * 500 + "\n"]


async def test_a_repeat_has_the_same_message_id(tmp_path: Path) -> None:
    async with email(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key-1")
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert [message["Message-ID"] for _, message in stage.double.taken] == [receipt.platform_id] * 2


async def test_nonsense_after_the_message_leaves_doubt(tmp_path: Path) -> None:
    async with email(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain, match="says nothing"):
            await stage.channel.send(stage.edition, "key-1")


async def test_readers_who_are_named_do_not_see_each_other_and_the_receipt_says_whom_it_missed(tmp_path: Path) -> None:
    readers = ["an@example.org", "bo@example.org", "chen@example.org"]
    async with email(tmp_path, to=readers) as stage:
        stage.double.refused["bo@example.org"] = "550 5.1.1 no such mailbox"
        receipt = await stage.channel.send(stage.edition, "key-1")
        [(recipients, message)] = stage.double.taken
        assert recipients == ("an@example.org", "chen@example.org")
        assert "an@example.org" not in str(message)
        assert receipt.sent.startswith("not to bo@example.org: 550 5.1.1 no such mailbox")


@pytest.mark.parametrize(
    ("answer", "expected"), [("550 5.1.1 no such list", Refused), ("450 4.2.1 try again", Unavailable)]
)
async def test_where_nobody_is_left_to_write_to_the_answer_decides(
    tmp_path: Path, answer: str, expected: type[Exception]
) -> None:
    async with email(tmp_path) as stage:
        stage.double.refused["daily@example.org"] = answer
        with pytest.raises(expected, match=r"nobody to write to.*daily@example\.org") as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert getattr(caught.value, "account", True)
        assert stage.arrived() == 0


@pytest.mark.parametrize("trouble", ["password", "sender"])
async def test_a_wrong_password_or_sender_is_the_account_and_check_says_so(tmp_path: Path, trouble: str) -> None:
    async with email(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [finding.ok for finding in await stage.channel.check()] == [True]
        if trouble == "password":
            stage.double.password = "another"
        else:
            stage.double.senders.clear()
        [finding] = await stage.channel.check()
        assert (finding.ok, finding.detail[:3]) == (False, "535" if trouble == "password" else "553")
        with pytest.raises(Refused) as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert caught.value.account


async def test_a_server_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    async with email(tmp_path, ca=None) as stage:
        with pytest.raises(Unavailable, match=r"not sent.*certificate"):
            await stage.channel.send(stage.edition, "key-1")
        assert stage.arrived() == 0


async def test_tls_from_the_start_where_there_is_none_is_not_sent(tmp_path: Path) -> None:
    async with email(tmp_path, security="tls") as stage:
        with pytest.raises(Unavailable, match="not sent"):
            await stage.channel.send(stage.edition, "key-1")


async def test_a_card_whose_file_is_gone_does_not_keep_the_words_back(tmp_path: Path) -> None:
    async with email(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert receipt.sent.startswith("without the picture")
        assert "cid:" not in str(stage.double.taken[0][1])


async def test_hostile_words_are_neither_markup_nor_headers(tmp_path: Path) -> None:
    async with email(tmp_path, name="河湾\u202e日报") as stage:
        edition = replace(told(GIVEN, HOSTILE), card=replace(CARD, alt=HOSTILE))
        await stage.channel.send(edition, "key-1\r\nBcc: x@example.org")
        [(recipients, message)] = stage.double.taken
        assert (recipients, message["Bcc"]) == (("daily@example.org",), None)
        page = message.get_body(("html",))
        assert page is not None
        assert "<script" not in page.get_content()
        assert "\u202e" not in message["Subject"] + message["From"]
        assert "市长</p><script>x()" in stage.shown()[0]


def test_a_password_never_goes_over_an_open_line() -> None:
    with pytest.raises(ValidationError, match="starttls or tls"):
        EmailSettings.model_validate({**GIVEN, "security": "none"})


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="certificates in PEM"):
        opened({**GIVEN, "ca": "missing.pem"}, tmp_path)


def test_an_address_with_more_than_an_address_is_refused() -> None:
    with pytest.raises(ValidationError, match="to"):
        EmailSettings.model_validate({**GIVEN, "to": ["a@example.org\r\nBcc: b@example.org"]})


async def test_a_subscriber_gets_a_mail_of_their_own_that_says_how_to_leave(tmp_path: Path) -> None:
    async with email(tmp_path, to=[], unsubscribe_mail="leave@example.org") as stage:
        carrier = stage.channel
        assert isinstance(carrier, Carrier)
        reader = Addressee(
            "letters~17", Address("xia@example.org"), "zh", Size.LARGE, UNSUBSCRIBE, "https://example.org/s/17"
        )
        receipt = await carrier.at(reader).send(stage.edition, "key-1")
        [(to, message)] = stage.double.taken
        assert (to, message["To"]) == (("xia@example.org",), "xia@example.org")
        left = "".join(message["List-Unsubscribe"].split())
        assert left == f"<{UNSUBSCRIBE}>,<mailto:leave@example.org?subject=unsubscribe>"
        assert "xia@" not in repr((receipt, reader))
        text, page = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
        assert "您订阅了" in text
        assert f"退订: {UNSUBSCRIBE}" in text
        assert 'href="https://example.org/s/17">订阅偏好</a>' in page
        assert "font:19px" in page


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("550 5.1.1 <xia@example.org>: no such user", True),
        ("550 no such user", True),
        ("550 5.7.1 xia@example.org wants no lists", False),
        ("552 5.2.2 mailbox full", False),
    ],
)
async def test_only_a_subscriber_who_is_not_there_is_gone_and_no_error_names_them(
    tmp_path: Path, said: str, gone: bool
) -> None:
    async with email(tmp_path, to=[]) as stage:
        stage.double.refused["xia@example.org"] = said
        assert isinstance(stage.channel, Carrier)
        with pytest.raises(Refused) as refused:
            await stage.channel.at(Addressee("letters~17", Address("xia@example.org"))).send(stage.edition, "key-1")
        assert (refused.value.gone, refused.value.account) == (gone, False)
        assert "xia@" not in str(refused.value)
