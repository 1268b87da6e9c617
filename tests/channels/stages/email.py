"""Email's stage: a list's address behind a server that asks for TLS and a login."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.model.edition import Edition, Markup
from tests.channels.stages.stage import CARD, Play, Stage, opened
from tests.fakes.mail_server import PASSWORD, USER, MailServer

GIVEN = {
    "kind": "email", "host": "127.0.0.1", "port": 9, "sender": "news@example.org", "to": ["daily@example.org"],
    "user": USER, "password": "env:CRIER_TEST_MAIL",
}  # fmt: skip


@asynccontextmanager
async def email(folder: Path, **more: Any) -> AsyncIterator[Stage]:
    (folder / "card.png").write_bytes(b"\x89PNG")
    server = MailServer(folder)
    async with server.serve() as port:
        channel = opened({**GIVEN, "port": port, "ca": str(server.ca), **more}, folder)
        text = '<h1>大桥通车</h1>\n<p>桥面今早恢复通行。</p>\n<p><a href="https://example.org/1">阅读全文</a></p>'
        edition = Edition(1, 1, "main", "email", "zh", "大桥通车", text, Markup.HTML, "https://example.org/1", CARD)

        def shown() -> list[str]:
            bodies = (message.get_body(("plain",)) for _, message in server.taken)
            return [body.get_content().replace("\r\n", "\n") for body in bodies if body]

        yield Stage("email", channel, edition, server.faults, server, shown)
        await channel.close()


PLAY = Play(email, GIVEN, {"CRIER_TEST_MAIL": PASSWORD}, throttled=None)
