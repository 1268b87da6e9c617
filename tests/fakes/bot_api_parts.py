"""What a Bot API server reads and says: fields, files, markup, errors."""

import email
import email.policy
import html.parser
import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}


class Wrong(Exception):
    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        self.code, self.description, self.parameters = code, description, parameters


class Entities(html.parser.HTMLParser):
    """Telegram's own reading: unknown or unclosed tags are an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.open = "", []  # type: str, list[str]
        self.feed(text)
        self.close()
        if self.open:
            raise Wrong(
                400, f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag {self.open[-1]}"
            )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Wrong(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Wrong(400, "Bad Request: can't parse entities: Unexpected end tag at byte offset 0")

    def handle_data(self, data: str) -> None:
        self.seen += data


def units(text: str) -> int:
    """As Telegram counts: UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def keyboard(fields: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The inline buttons that came along, checked as Telegram does."""
    rows: list[list[dict[str, Any]]] = json.loads(fields.get("reply_markup") or "{}").get("inline_keyboard", [])
    for button in (one for row in rows for one in row):
        if not button.get("text"):
            raise Wrong(400, "Bad Request: can't parse inline keyboard button: Text buttons must be non-empty")
        if "url" not in button and not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise Wrong(400, "Bad Request: BUTTON_DATA_INVALID")
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise Wrong(400, "Bad Request: BUTTON_COUNT_INVALID")
    return rows


async def fields_of(request: Request) -> tuple[dict[str, Any], bytes | None]:
    kind, body = request.headers.get("content-type", ""), await request.body()
    if kind.startswith("application/json"):
        return json.loads(body), None
    if not kind.startswith("multipart/"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), None
    whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
    fields: dict[str, Any] = {"attached": {}}
    photo = None
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if part.get_filename():
            photo = content
            fields["attached"][str(name)] = content
        else:
            fields[str(name)] = content.decode()
    return fields, photo


def ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def not_ok(wrong: Wrong) -> Response:
    body = {"ok": False, "error_code": wrong.code, "description": wrong.description}
    headers = {}
    if wrong.parameters:
        body["parameters"] = wrong.parameters
    if "retry_after" in wrong.parameters:
        headers["Retry-After"] = str(wrong.parameters["retry_after"])
    return JSONResponse(body, wrong.code, headers=headers)
