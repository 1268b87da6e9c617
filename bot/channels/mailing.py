"""Mailing: one mail through one server, to those who are named or to one subscriber.

Sources: RFC 5321 (replies, and 4.5.3.2 for times), RFC 3463 (enhanced codes), RFC 8058; aiosmtplib 5. A mail cannot be
changed or taken back. What other servers report of it is read from a mailbox, where the settings name one: returns.py.

    when, and what comes back                         what it means
    no connection, no TLS, a lost one before DATA     Unavailable: nothing was sent
    4xx at any step                                   Unavailable
    5xx to the login or the sender                    Refused, the account
    5xx to every recipient                            Refused, the account: nobody is left to write to
    4xx or 5xx to some of them                        sent: the receipt names whom it did not reach
    5xx to the message itself                         Refused, this post
    silence, a lost connection or nonsense after DATA Uncertain: the server may have taken it
    5xx to a subscriber                               Refused; gone where the code says that there is no such reader
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPSenderRefused,
)

from bot.channels.foot import SCALE, foot
from bot.channels.kind import Doors
from bot.channels.letter import Envelope, letter, plain
from bot.channels.mailbox import Mailbox, Shut
from bot.channels.returns import HARD, report
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import Facts, Finding
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.model.returned import Report
from bot.model.subscriber import Addressee, Form

STEP = 60.0
"""Seconds that a server may take for one step; the message itself gets longer."""
AFTER_DATA = 120.0
Found = TypeVar("Found")
_ENHANCED = re.compile(r"\b(5\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>]+>?")


@dataclass(frozen=True, slots=True)
class Server:
    """The server that takes the newsroom's mail, and the mailbox where reports come back."""

    host: str
    port: int
    security: str
    user: str | None
    password: str | None = field(repr=False)
    context: ssl.SSLContext
    mailbox: Mailbox | None


class Email:
    """One list, or one subscriber; every mail has a connection of its own."""

    def __init__(
        self, name: str, known: Facts, server: Server, envelope: Envelope, doors: Doors, *, sealed: bool = False
    ) -> None:
        """`sealed`: whom it goes to stands in no receipt and in no error."""
        self.name, self.facts = name, known
        self._server, self._envelope, self._doors, self._sealed = server, envelope, doors, sealed

    def __repr__(self) -> str:
        return f"Email({self.name!r})"

    def told(self, form: Form) -> Facts:
        """A mail has room for a whole article."""
        return self.facts if form is Form.CARD else replace(self.facts, card=None)

    def at(self, addressee: Addressee) -> "Email":
        """The same server, to one subscriber, whose address stands in no receipt and in no error."""
        mailto = tuple(link for link in self._envelope.unsubscribe if link.startswith("mailto:"))
        own = replace(
            self._envelope,
            to=(addressee.address.to,),
            unsubscribe=(addressee.leave, *mailto) if addressee.leave else mailto,
            foot=foot(addressee, self._doors.newsroom.name, self._doors.templates),
            scale=SCALE[addressee.size],
        )
        return Email(addressee.channel, self.facts, self._server, own, self._doors, sealed=True)

    async def send(self, edition: Edition, key: str) -> Receipt:
        """One transaction; the Message-ID is made of the key."""
        card, now = await card_of(edition, self._doors.cards), self._doors.clock()
        message = letter(edition, self._envelope, key, now, card)
        async with self._connected() as smtp:
            missed = await self._address(smtp, key)
            answer = await self._hand_over(smtp, message)
        sent = plain(edition.text)
        if missed:
            sent = f"not to {'; '.join(missed)}\n\n{sent}"
        if edition.card and card is None:
            sent = f"{WITHOUT_PICTURE} (its file is gone): {sent}"
        return Receipt(self._envelope.message_id(key), now, sent=f"{sent}\n({answer})")

    async def check(self) -> tuple[Finding, ...]:
        """Connect, log in, and ask whether the sender may write; look into the mailbox where there is one."""
        try:
            async with self._connected() as smtp:
                await self._from(smtp, "check")
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        found = [Finding("account", True, f"{self._envelope.sender} may send through {self._server.host}")]
        if self._server.mailbox is not None:
            try:
                waiting = await self.reports()
                found.append(Finding("returned mail", True, f"{len(waiting)} reports wait to be read"))
            except DeliveryError as err:
                found.append(Finding("returned mail", False, err.why))
        return tuple(found)

    async def reports(self) -> tuple[Report, ...]:
        """What other servers tell of our mail; nothing where there is no mailbox."""
        if self._server.mailbox is None:
            return ()
        domain = self._envelope.sender.rpartition("@")[2]
        mails = await self._looking(self._server.mailbox.unread)
        read = await asyncio.to_thread(lambda: [report(*mail, self._envelope.to, domain) for mail in mails])
        return tuple(one for one in read if one is not None)

    async def filed(self, reports: Sequence[Report]) -> None:
        """Mark them as read."""
        if self._server.mailbox is not None and reports:
            await self._looking(partial(self._server.mailbox.read, [one.id for one in reports]))

    async def close(self) -> None:
        """Nothing stays open."""

    async def _looking(self, work: Callable[[], Found]) -> Found:
        try:
            return await asyncio.to_thread(work)
        except Shut as err:
            if err.lasting:
                raise Refused(self.name, err.why) from err
            raise Unavailable(self.name, err.why) from err

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        """Logged in; how it ends is of no account, for what was taken is taken."""
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user if server.password else None,
            password=server.password,
            timeout=STEP,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=server.context,
        )
        try:
            await smtp.connect()
        except (SMTPException, OSError) as err:
            raise self._before(err) from err
        try:
            yield smtp
            with contextlib.suppress(SMTPException, OSError):
                await smtp.quit(timeout=5)
        finally:
            smtp.close()

    async def _from(self, smtp: SMTP, key: str) -> None:
        try:
            await smtp.mail(self._envelope.returns_to(key))
        except (SMTPException, OSError) as err:
            raise self._before(err) from err

    async def _address(self, smtp: SMTP, key: str) -> list[str]:
        """Whom it will not reach, and why; raises where that is everybody."""
        await self._from(smtp, key)
        refused: list[tuple[str, SMTPResponseException]] = []
        for one in self._envelope.to:
            try:
                await smtp.rcpt(one)
            except SMTPResponseException as err:
                refused.append((one, err))
            except (SMTPException, OSError) as err:
                raise self._before(err) from err
        missed = [f"{'the reader' if self._sealed else one}: {self._heard(err)}" for one, err in refused]
        if len(refused) < len(self._envelope.to):
            return missed
        why = f"nobody to write to: {'; '.join(missed)}"
        if any(err.code < 500 for _, err in refused):
            raise Unavailable(self.name, f"not sent: {why}")
        if self._sealed:
            raise Refused(self.name, why, gone=all(nobody_there(err) for _, err in refused))
        raise Refused(self.name, why, account=True)

    async def _hand_over(self, smtp: SMTP, message: bytes) -> str:
        try:
            response = await smtp.data(message, timeout=AFTER_DATA)
        except SMTPResponseException as err:
            if 400 <= err.code < 500:
                raise Unavailable(self.name, f"not sent: {self._heard(err)}") from err
            if 500 <= err.code < 600:
                raise Refused(self.name, self._heard(err)) from err
            raise Uncertain(self.name, f"an answer that says nothing: {self._heard(err)}") from err
        except (SMTPException, OSError) as err:
            raise Uncertain(self.name, f"no answer to the message: {type(err).__name__}") from err
        return f"{response.code} {response.message}"

    def _before(self, err: Exception) -> DeliveryError:
        """What a failure means while the message has not been handed over."""
        match err:
            case SMTPResponseException() if 400 <= err.code < 500:
                return Unavailable(self.name, f"not sent: {self._heard(err)}")
            case SMTPAuthenticationError() | SMTPSenderRefused():
                return Refused(self.name, self._heard(err), account=True)
            case SMTPException() if type(err) in (SMTPException, SMTPNotSupported):
                return Refused(self.name, f"the server lacks what the settings ask for: {err}", account=True)
            case SMTPResponseException() if 500 <= err.code < 600:
                return Refused(self.name, self._heard(err), account=True)
            case _:
                return Unavailable(self.name, f"not sent: {type(err).__name__}: {err}")

    def _heard(self, err: SMTPResponseException) -> str:
        """What the server said; it likes to repeat addresses."""
        said = f"{err.code} {' '.join(err.message.split())}"[:300]
        return _ADDRESS.sub("***", said) if self._sealed else said


def nobody_there(err: SMTPResponseException) -> bool:
    """Whether a refused recipient does not exist, by the enhanced code (RFC 3463), else by the reply code alone."""
    told = _ENHANCED.search(err.message)
    return err.code >= 500 and (bool(HARD.match(told[1])) if told else err.code in (550, 551, 553))
