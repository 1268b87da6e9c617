"""A multipart form as a platform reads it: every part by its name."""

import email
import email.policy
from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True)
class Part:
    content: bytes
    filename: str | None
    media_type: str

    @property
    def text(self) -> str:
        return self.content.decode()


async def parts(request: Request) -> dict[str, Part]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    whole = email.message_from_bytes(head + await request.body(), policy=email.policy.HTTP)
    found = {}
    for part in whole.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        found[name] = Part(content, part.get_filename(), part.get_content_type())
    return found
