"""A mail as bytes: text and HTML of one story, the card inside, and the headers that lists are asked for.

Sources: RFC 5322, 2047, 2045 to 2047 (MIME), 2369 and 8058 (unsubscribing), 2919 (List-Id), 3834 (Auto-Submitted).
"""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.model.edition import Card, Edition, Markup
from bot.rules.counting import visible

_UNSEEN = re.compile("[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_ANCHOR = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
_END = re.compile(r"\s*(?:</(?:p|h[1-6]|blockquote|li|tr|div)>|<br\s*/?>)\s*", re.IGNORECASE)
_POLICY = SMTP.clone(max_line_length=76)  # at its 78, the library makes encoded words of 76 signs: one too many
_FONT = re.compile(r"(font(?:-size)?:)(\d+)px")
_CARD = "card"
_PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="margin:0;padding:16px;font:16px/1.7 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif">
<div style="max-width:600px;margin:0 auto">
<p style="margin:0 0 12px;padding-bottom:8px;border-bottom:3px solid {colour};font-weight:bold">{masthead}</p>
{card}{words}
</div></body></html>
"""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every mail of a channel has."""

    sender: str
    name: str
    to: tuple[str, ...]
    colour: str
    list_id: str | None = None
    unsubscribe: tuple[str, ...] = ()
    """Addresses, https: and mailto:."""
    reply_to: str | None = None
    returns: str | None = None
    """Where other servers report to, instead of to the sender."""
    tagged: bool = False
    """Whether that address names the delivery."""
    foot: str = ""
    """HTML below the words: of a subscriber's mail, how to leave."""
    scale: float = 1.0
    """字号: how much larger all words are."""

    def returns_to(self, key: str) -> str:
        """The sender of the envelope, which readers do not see."""
        local, _, domain = (self.returns or self.sender).rpartition("@")
        return f"{local}+{_plain(key)}@{domain}" if self.tagged else f"{local}@{domain}"

    def message_id(self, key: str) -> str:
        """The same for every try of a delivery, so that receivers can know a repeat."""
        return f"<{_plain(key)}@{self.sender.rpartition('@')[2]}>"


def letter(edition: Edition, envelope: Envelope, key: str, now: datetime, card: bytes | None) -> bytes:
    """The whole message, every line short enough for any server."""
    mail = EmailMessage(policy=_POLICY)
    subject = " ".join(_UNSEEN.sub(" ", edition.headline).split())
    mail["Subject"] = subject
    mail["From"] = Address(_UNSEEN.sub(" ", envelope.name), addr_spec=envelope.sender)
    mail["To"] = envelope.to[0] if len(envelope.to) == 1 else "undisclosed-recipients:;"
    if envelope.reply_to:
        mail["Reply-To"] = envelope.reply_to
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-generated"
    if envelope.list_id:
        mail["List-Id"] = f"{_UNSEEN.sub(' ', envelope.name)} <{envelope.list_id}>"
    words = f"{edition.text}\n{envelope.foot}" if envelope.foot else edition.text
    text = plain(words)
    mail.set_content(text, cte=_transfer(text))
    shown = edition.card if card is not None else None
    page = _PAGE.format(
        language=html.escape(edition.language),
        title=html.escape(subject),
        colour=envelope.colour,
        masthead=html.escape(envelope.name),
        card=_picture(shown) if shown else "",
        words=words,
    )
    page = _FONT.sub(lambda size: f"{size[1]}{round(int(size[2]) * envelope.scale)}px", page)
    mail.add_alternative(page, subtype="html", cte=_transfer(page))
    if shown and card is not None:
        kind, _, subtype = shown.media_type.partition("/")
        mail.get_payload()[1].add_related(  # type: ignore[index, union-attr]
            card, kind, subtype, cid=f"<{_CARD}>", filename=shown.file, disposition="inline"
        )
    return _by_hand(envelope, key) + mail.as_bytes()


def plain(words: str) -> str:
    """What is left of our own HTML for those who read mail as text; a link shows its address."""
    linked = _ANCHOR.sub(lambda match: f"{match[2]}: {match[1]}", words)
    return visible(_END.sub("\n\n", linked), Markup.HTML).strip() + "\n"


def _plain(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", key)


def _by_hand(envelope: Envelope, key: str) -> bytes:
    """Headers that may be longer than a line and must stay as they are: the library would encode them as words."""
    lines = [f"Message-ID: {envelope.message_id(key)}"]
    if envelope.unsubscribe:
        lines.append("List-Unsubscribe: " + ",\r\n ".join(f"<{address}>" for address in envelope.unsubscribe))
    if any(address.startswith("https:") for address in envelope.unsubscribe):
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _picture(card: Card) -> str:
    style = "display:block;width:100%;height:auto;margin:0 0 16px;border:0"
    return f'<img src="cid:{_CARD}" width="600" alt="{html.escape(card.alt)}" style="{style}">\n'


def _transfer(text: str) -> str:
    """Of Chinese, quoted-printable makes nine characters of one; base64 makes four."""
    return "quoted-printable" if text.isascii() else "base64"
