"""Pictures that readers enclose: told by their first bytes, kept under the name of their content, served to nobody."""

import hashlib
import secrets
from pathlib import Path

_PICTURES = ((b"\xff\xd8\xff", 0, "jpg"), (b"\x89PNG\r\n\x1a\n", 0, "png"), (b"WEBP", 8, "webp"))


def picture_kind(data: bytes) -> str:
    """By its first bytes, whatever its name says; "" for anything that is no JPEG, PNG or WebP."""
    return next((kind for start, at, kind in _PICTURES if data[at : at + len(start)] == start), "")


def keep(folder: Path, picture: bytes, kind: str) -> str:
    """The file's name in the folder: by its content, never by the sender. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{hashlib.sha256(picture).hexdigest()[:32]}.{kind}"
    part = folder / f".{secrets.token_hex(8)}.part"
    part.write_bytes(picture)
    part.chmod(0o640)
    part.replace(folder / name)
    return name
