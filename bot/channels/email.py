"""Email: one story as a mail to a list's address, to a few that are named, or to each subscriber, over SMTP.

One transaction for all who are named: what becomes of each of thousands is a mailing list's work, or that of
subscribers, each of whom gets a mail of their own. How it is sent, and what answers mean: mailing.py.
"""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.channels.kind import Doors
from bot.channels.letter import Envelope
from bot.channels.mailbox import ReturnsSettings
from bot.channels.mailing import AFTER_DATA, STEP, Email, Server
from bot.errors import SettingsError
from bot.model.channel import CardSize, Facts
from bot.model.edition import Markup, Unit
from bot.settings import ChannelSettings, Secret

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
        (),
        max_length=20,
        description="The list's address; or a few readers, who do not see each other. None: it carries posts to"
        " subscribers.",
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
        others = f" (+{len(self.to) - 1})" if len(self.to) > 1 else ""
        return f"{self.to[0]}{others}" if self.to else ""

    @property
    def placed(self) -> bool:
        """Whether it writes to addresses of its own."""
        return bool(self.to)


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
        send_within=timedelta(seconds=AFTER_DATA + 3 * STEP),
    )


def open_channel(name: str, settings: EmailSettings, doors: Doors) -> Email:
    """Raises SettingsError where the password is missing or a certificate cannot be read."""
    context = ssl.create_default_context()
    if settings.ca:
        try:
            context.load_verify_locations(doors.root / settings.ca)
        except OSError as err:
            raise SettingsError("ca", str(settings.ca), "name a file of certificates in PEM") from err
    mailbox = settings.returns.open(doors.root, context) if settings.returns else None
    password = settings.password.reveal() if settings.password else None
    server = Server(settings.host, settings.port, settings.security, settings.user, password, context, mailbox)
    mailto = f"mailto:{settings.unsubscribe_mail}?subject=unsubscribe" if settings.unsubscribe_mail else None
    envelope = Envelope(
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
    return Email(name, facts(settings), server, envelope, doors)
