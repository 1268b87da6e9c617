"""A mail server that asks for STARTTLS and a login: aiosmtpd itself, with faults at the end of the message.

Follows: RFC 5321 and 4954 as aiosmtpd keeps them; nothing of the protocol is ours. Does not model: a queue, delivery
onwards, bounces. SMTP has no answer that accepts and yet fails: each ACCEPT_… but the nonsense is a lost connection.
"""

import asyncio
import contextlib
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.fakes.faults import Fault, Faults

USER, PASSWORD = "news", "correct horse battery"
_ANSWERS = {
    Fault.REFUSE: "554 5.6.0 this message is not wanted",
    Fault.THROTTLE: "451 4.7.1 greylisted, come back later",
    Fault.UNAVAILABLE: "421 4.3.0 closing",
}


class MailServer:
    def __init__(self, folder: Path) -> None:
        self.taken: list[tuple[tuple[str, ...], EmailMessage]] = []
        self.faults = Faults()
        self.password = PASSWORD
        self.senders = {"news@example.org"}
        self.refused: dict[str, str] = {}
        """What is said to these recipients."""
        self.raw: list[bytes] = []
        self.sessions = 0
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(self._context)

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (USER.encode(), self.password.encode()), handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self.senders:
            return "553 5.7.1 not owned by you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self.faults.take()
        if fault in _ANSWERS:
            return _ANSWERS[fault]
        if fault is Fault.HANG:
            await self.faults.hang()
        content = envelope.original_content
        assert content is not None
        self.raw.append(content)
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.taken.append((tuple(envelope.rcpt_tos), message))
        if fault is Fault.ACCEPT_THEN_NONSENSE:
            return "<html>gateway"
        if fault is not None:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 2.0.0 queued as 7F3A"

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        def protocol() -> SMTP:
            self.sessions += 1
            return SMTP(
                self,
                hostname="mail.example.org",
                require_starttls=True,
                auth_required=True,
                authenticator=self.authenticate,
                tls_context=self._context,
                loop=asyncio.get_running_loop(),
            )

        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            self.faults.released.set()
            server.close()
            await asyncio.sleep(0)
