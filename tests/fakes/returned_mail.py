"""Reports as other servers write them: RFC 3464 and 6522 (did not arrive), RFC 5965 (a reader complains)."""

_DSN = """\
Return-Path: <>
Delivered-To: {back}
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {back}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <{mark}@mx.example.net>
Content-Type: multipart/report; report-type=delivery-status; boundary="=_cut"

This is a MIME-encapsulated message.

--=_cut
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--=_cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 24 Nov 2026 08:00:00 +0000

{blocks}
--=_cut
Content-Type: {enclosed}

Message-ID: <{key}@example.org>
From: news@example.org
Subject: =?utf-8?b?5aSn5qGl6YCa6L2m?=

--=_cut--
"""
_BLOCK = """\
Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""
_ARF = """\
From: <abuse@mail.example.com>
To: news@example.org
Subject: FW: complaint
MIME-Version: 1.0
Message-ID: <{mark}@mail.example.com>
Content-Type: multipart/report; report-type=feedback-report; boundary="=_cut"

--=_cut
Content-Type: text/plain

This is an email abuse report.

--=_cut
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{whose}
--=_cut
Content-Type: message/rfc822

Message-ID: <{key}@example.org>
From: news@example.org
Subject: hello

words
--=_cut--
"""


def refusal(
    address: str, status: str = "5.1.1", said: str = "550 5.1.1 no such user here", action: str = "failed"
) -> str:
    """One recipient's block of a report."""
    return _BLOCK.format(address=address, action=action, status=status, said=said)


def undelivered(
    key: str, *blocks: str, mark: str = "dsn-1", enclosed: str = "text/rfc822-headers", back: str = "news@example.org"
) -> bytes:
    """The report on the mail of that key."""
    text = _DSN.format(mark=mark, blocks="\n".join(blocks), enclosed=enclosed, key=key, back=back)
    return text.replace("\n", "\r\n").encode()


def complaint(key: str, address: str | None = None, mark: str = "arf-1", kind: str = "abuse") -> bytes:
    """A reader's program that says that they called it spam; many leave out who."""
    whose = f"Original-Rcpt-To: <{address}>\n" if address else ""
    return _ARF.format(mark=mark, whose=whose, key=key, kind=kind).replace("\n", "\r\n").encode()
