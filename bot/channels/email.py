"""Email: one story as a mail to a list's address, or to a few that are named, over SMTP.

Sources: RFC 5321 (replies, and 4.5.3.2 for times), RFC 3463 (enhanced codes), RFC 8058; aiosmtplib 5. One transaction
for all: what becomes of each of thousands is a mailing list's work. A mail cannot be changed or taken back. What other
servers report of it is read from a mailbox, where the settings name one: returns.py.

    when, and what comes back                         what it means
    no connection, no TLS, a lost one before DATA     Unavailable: nothing was sent
    4xx at any step                                   Unavailable
    5xx to the login or the sender                    Refused, the account
    5xx to every recipient                            Refused, the account: nobody is left to write to
    4xx or 5xx to some of them                        sent: the receipt names whom it did not reach
    5xx to the message itself                         Refused, this post
    silence, a lost connection or nonsense after DATA Uncertain: the server may have taken it
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPSenderRefused,
)
from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.channels.kind import Doors
from bot.channels.letter import Envelope, letter, plain
from bot.channels.mailbox import Mailbox, ReturnsSettings, Shut
from bot.channels.returns import report
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.model.returned import Report
from bot.settings import ChannelSettings, Secret

_STEP = 60.0
"""Seconds that a server may take for one step; the message itself gets longer."""
_AFTER_DATA = 120.0
Found = TypeVar("Found")
_CLIPPED = 90_000
"""Bytes of HTML: Gmail cuts off what is above about 102 kB."""

MailAddress = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$")]


class EmailSettings(ChannelSettings):
    """The server that takes mail, and whom it goes to."""

    kind: Literal["email"]
    host: str = Field(description="The server that takes the newsroom's mail, such as smtp.example.org.")
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="tls is for port 465.")
    ca: Path | None = Field(None, description="Certificates to trust beside the machine's, for a server of one's own.")
    user: str | None = None
    password: Secret | None = Field(None, description="env:NAME or file:PATH.")
    sender: MailAddress = Field(description="The address it comes from; the server must be allowed to send for it.")
    name: str | None = Field(None, description="Beside that address; without it, the newsroom's name.")
    to: tuple[MailAddress, ...] = Field(
        min_length=1, max_length=20, description="The list's address; or a few readers, who do not see each other."
    )
    reply_to: MailAddress | None = None
    list_id: str | None = Field(None, pattern=r"^[A-Za-z0-9.-]+$", description="Such as daily.example.org.")
    unsubscribe: str | None = Field(
        None, pattern=r"^https://[!-~]+$", description="Takes a one-click POST by RFC 8058, for all who are written to."
    )
    unsubscribe_mail: MailAddress | None = None
    returns: ReturnsSettings | None = Field(
        None, description="The mailbox where other servers report what did not arrive, and who complains."
    )

    @model_validator(mode="after")
    def _password_is_covered(self) -> Self:
        if self.password and (self.security == "none" or not self.user):
            raise PydanticCustomError(
                "uncovered", "a password needs a user, and security: starttls or tls", {"path": ("security",)}
            )
        return self

    def account(self, name: str) -> str:  # noqa: ARG002 - the server counts what a user sends
        """One lane a user of the server."""
        return f"email:{self.user or self.sender}@{self.host}"

    @property
    def place(self) -> str:
        """Whom it goes to."""
        return self.to[0] if len(self.to) == 1 else f"{self.to[0]} (+{len(self.to) - 1})"


def facts(settings: EmailSettings) -> Facts:  # noqa: ARG001 - every kind is asked in the same way
    """Long, but below what Gmail shows; a repeat is known by its Message-ID to some, which is no promise."""
    return Facts(
        kind="email",
        template="email.html.j2",
        markup=Markup.HTML,
        limit=None,
        unit=Unit.BYTES,
        card=CardSize(most_bytes=500_000),
        raw_bytes=_CLIPPED,
        send_within=timedelta(seconds=_AFTER_DATA + 3 * _STEP),
    )


def open_channel(name: str, settings: EmailSettings, doors: Doors) -> "Email":
    """Raises SettingsError where the password is missing or a certificate cannot be read."""
    context = ssl.create_default_context()
    if settings.ca:
        try:
            context.load_verify_locations(doors.root / settings.ca)
        except OSError as err:
            raise SettingsError("ca", str(settings.ca), "name a file of certificates in PEM") from err
    mailbox = settings.returns.open(doors.root, context) if settings.returns else None
    password = settings.password.reveal() if settings.password else None
    return Email(name, settings, password, context, doors, mailbox)


class Email:
    """One list, through one server; every mail has a connection of its own."""

    def __init__(
        self,
        name: str,
        settings: EmailSettings,
        password: str | None,
        context: ssl.SSLContext,
        doors: Doors,
        mailbox: Mailbox | None,
    ) -> None:
        self.name, self.facts, self._mailbox = name, facts(settings), mailbox
        self._settings, self._password, self._context = settings, password, context
        self._cards, self._clock = doors.cards, doors.clock
        mailto = f"mailto:{settings.unsubscribe_mail}?subject=unsubscribe" if settings.unsubscribe_mail else None
        self._envelope = Envelope(
            sender=settings.sender,
            name=settings.name or doors.newsroom.name,
            to=settings.to,
            colour=doors.newsroom.colour,
            list_id=settings.list_id,
            unsubscribe=tuple(filter(None, (settings.unsubscribe, mailto))),
            reply_to=settings.reply_to,
            returns=settings.returns.address if settings.returns else None,
            tagged=bool(settings.returns and settings.returns.tagged),
        )

    def __repr__(self) -> str:
        return f"Email({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """One transaction; the Message-ID is made of the key."""
        card, now = await card_of(edition, self._cards), self._clock()
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
        found = [Finding("account", True, f"{self._settings.sender} may send through {self._settings.host}")]
        if self._mailbox is not None:
            try:
                waiting = await self.reports()
                found.append(Finding("returned mail", True, f"{len(waiting)} reports wait to be read"))
            except DeliveryError as err:
                found.append(Finding("returned mail", False, err.why))
        return tuple(found)

    async def reports(self) -> tuple[Report, ...]:
        """What other servers tell of our mail; nothing where there is no mailbox."""
        if self._mailbox is None:
            return ()
        domain = self._settings.sender.rpartition("@")[2]
        mails = await self._looking(self._mailbox.unread)
        read = await asyncio.to_thread(lambda: [report(*mail, self._settings.to, domain) for mail in mails])
        return tuple(one for one in read if one is not None)

    async def filed(self, reports: Sequence[Report]) -> None:
        """Mark them as read."""
        if self._mailbox is not None and reports:
            await self._looking(partial(self._mailbox.read, [one.id for one in reports]))

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
        settings = self._settings
        smtp = SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user if self._password else None,
            password=self._password,
            timeout=_STEP,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._context,
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
        for one in self._settings.to:
            try:
                await smtp.rcpt(one)
            except SMTPResponseException as err:
                refused.append((one, err))
            except (SMTPException, OSError) as err:
                raise self._before(err) from err
        missed = [f"{one}: {_said(err)}" for one, err in refused]
        if len(refused) < len(self._settings.to):
            return missed
        why = f"nobody to write to: {'; '.join(missed)}"
        if any(err.code < 500 for _, err in refused):
            raise Unavailable(self.name, f"not sent: {why}")
        raise Refused(self.name, why, account=True)

    async def _hand_over(self, smtp: SMTP, message: bytes) -> str:
        try:
            response = await smtp.data(message, timeout=_AFTER_DATA)
        except SMTPResponseException as err:
            if 400 <= err.code < 500:
                raise Unavailable(self.name, f"not sent: {_said(err)}") from err
            if 500 <= err.code < 600:
                raise Refused(self.name, _said(err)) from err
            raise Uncertain(self.name, f"an answer that says nothing: {_said(err)}") from err
        except (SMTPException, OSError) as err:
            raise Uncertain(self.name, f"no answer to the message: {type(err).__name__}") from err
        return f"{response.code} {response.message}"

    def _before(self, err: Exception) -> DeliveryError:
        """What a failure means while the message has not been handed over."""
        match err:
            case SMTPResponseException() if 400 <= err.code < 500:
                return Unavailable(self.name, f"not sent: {_said(err)}")
            case SMTPAuthenticationError() | SMTPSenderRefused():
                return Refused(self.name, _said(err), account=True)
            case SMTPException() if type(err) in (SMTPException, SMTPNotSupported):
                return Refused(self.name, f"the server lacks what the settings ask for: {err}", account=True)
            case SMTPResponseException() if 500 <= err.code < 600:
                return Refused(self.name, _said(err), account=True)
            case _:
                return Unavailable(self.name, f"not sent: {type(err).__name__}: {err}")


def _said(err: SMTPResponseException) -> str:
    return f"{err.code} {' '.join(err.message.split())}"[:300]
