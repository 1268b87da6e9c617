"""An IMAP server for one user and one folder.

Follows: RFC 3501: greeting, CAPABILITY, STARTTLS, LOGIN (none before TLS), SELECT with UIDVALIDITY, UID SEARCH by
UNSEEN and HEADER, UID FETCH of a part of BODY.PEEK[], UID STORE +FLAGS, LOGOUT, literals; as pymap 0.36 answers the
same client. Does not model: several folders or clients at once, other searches, IDLE, a login by SASL.
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path

import trustme

USER, PASSWORD = "returns@example.org", "another horse"


class ImapServer:
    def __init__(self, folder: Path, *, implicit: bool = False) -> None:
        """`implicit`: TLS from the first byte; else it is asked for by STARTTLS."""
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.era, self.password, self.folder = 1_795_000_000, PASSWORD, "INBOX"
        self.hangs_up = False
        """Before it answers a search."""
        self._implicit = implicit
        authority = trustme.CA()
        self.ca = folder / "imap-ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(self._context)

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[max(self.mails, default=0) + 1] = mail

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        secure = self._context if self._implicit else None
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=secure)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        one = _Client(self, secure=self._implicit)
        writer.write(b"* OK ready\r\n")
        with contextlib.suppress(ConnectionError):
            while not one.leaves and (line := await reader.readline()):
                tag, _, rest = line.decode().strip().partition(" ")
                verb, _, words = rest.partition(" ")
                said, answer = one.asks(verb.upper(), words)
                writer.write(b"".join(f"{word}\r\n".encode() for word in said) if isinstance(said, list) else said)
                writer.write(f"{tag} {answer}\r\n".encode() if answer else b"")
                if verb.upper() == "STARTTLS":
                    await writer.start_tls(self._context)
                    one.secure = True
        writer.close()

    def uid(self, words: str) -> bytes:
        if match := re.fullmatch(r'SEARCH UNSEEN HEADER (\S+) "([^"]*)"', words):
            found = [
                str(number)
                for number, mail in self.mails.items()
                if number not in self.seen and match[2].lower() in str(message_from_bytes(mail)[match[1]]).lower()
            ]
            return f"* SEARCH {' '.join(found)}".strip().encode() + b"\r\n"
        if match := re.fullmatch(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", words):
            number, mail = int(match[1]), self.mails[int(match[1])][: int(match[2])]
            head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(mail)}}}\r\n"
            return head.encode() + mail + b")\r\n"
        if match := re.fullmatch(r"STORE ([\d,]+) \+FLAGS\.SILENT \(\\Seen\)", words):
            self.seen |= {int(number) for number in match[1].split(",")}
            return b""
        raise AssertionError(f"the server does not know UID {words}")


class _Client:
    """Who is connected, and how far they are."""

    def __init__(self, server: ImapServer, *, secure: bool) -> None:
        self._server, self.secure = server, secure
        self._known = self._chosen = self.leaves = False

    def asks(self, verb: str, words: str) -> tuple[list[str] | bytes, str]:
        """What is said before the answer, and the answer."""
        said: list[str] | bytes = []
        answer = "OK done"
        match verb:
            case "CAPABILITY":
                said = ["* CAPABILITY IMAP4rev1" + ("" if self.secure else " STARTTLS LOGINDISABLED")]
            case "STARTTLS" if not self.secure:
                pass
            case "LOGIN" if self.secure:
                self._known = words.replace('"', "") == f"{USER} {self._server.password}"
                answer = answer if self._known else "NO [AUTHENTICATIONFAILED] Invalid credentials"
            case "SELECT" if self._known:
                self._chosen = words.strip('"') == self._server.folder
                said = [f"* {len(self._server.mails)} EXISTS", f"* OK [UIDVALIDITY {self._server.era}] so"]
                answer = answer if self._chosen else "NO [NONEXISTENT] no such mailbox"
            case "UID" if self._chosen and self._server.hangs_up:
                self.leaves, answer = True, ""
            case "UID" if self._chosen:
                said = self._server.uid(words)
            case "LOGOUT":
                self.leaves, said = True, ["* BYE"]
            case _:
                answer = "BAD not now"
        return said, answer
