"""A form as a browser sends it, read from a body that is already here and within bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl

MOST_FIELDS = 30
_BREAK = b"\r\n"


class BadForm(ValueError):
    """No form, or one of too many fields."""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, the first of each; files by the name of their field."""

    fields: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_form(content_type: str, body: bytes, most: int = MOST_FIELDS) -> Form:
    """URL-encoded or multipart, of so many fields at most. Raises BadForm."""
    kind = Message()
    kind["content-type"] = content_type
    match kind.get_content_type():
        case "application/x-www-form-urlencoded":
            try:
                pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=most, keep_blank_values=True)
            except ValueError as err:
                raise BadForm("too many fields") from err
            return Form(dict(reversed(pairs)))
        case "multipart/form-data":
            boundary = kind.get_param("boundary")
            if not isinstance(boundary, str) or not 0 < len(boundary) <= 200:
                raise BadForm("no boundary")
            return _multipart(boundary.encode("utf-8", "replace"), body, most)
        case _:
            raise BadForm("no form")


def _multipart(boundary: bytes, body: bytes, most: int) -> Form:
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for head, content in _pieces(boundary, body, most):
        name = head.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        if head.get_filename() is not None:
            files.setdefault(name, content)
        else:
            fields.setdefault(name, content.decode("utf-8", "replace"))
    return Form(fields, files)


def _pieces(boundary: bytes, body: bytes, most: int) -> Iterator[tuple[Message, bytes]]:
    """Between the boundaries; what stands before the first and behind the last is nothing."""
    pieces = (_BREAK + body).split(_BREAK + b"--" + boundary)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise BadForm("it breaks off")
    if len(pieces) - 2 > most:
        raise BadForm("too many fields")
    for piece in pieces[1:-1]:
        above, found, content = piece.lstrip(b" \t").removeprefix(_BREAK).partition(_BREAK + _BREAK)
        if not found:
            raise BadForm("a part without a head")
        head = Message()
        for row in above.decode("utf-8", "replace").splitlines():
            name, colon, value = row.partition(":")
            if colon and name.strip().lower() in ("content-disposition", "content-type"):
                head[name.strip()] = value.strip()
        yield head, content
