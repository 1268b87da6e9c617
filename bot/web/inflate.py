"""Unpack a compressed answer piece by piece, never by more than was allowed."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]

_PIECE = 1 << 16
_GZIP_OR_ZLIB = 47  # zlib's own word for "find out which"
_RAW = -15  # some servers say deflate and leave the zlib header away


class Broken(Exception):
    """What came is not what the answer's header said."""


class Unpacking(Protocol):
    """Takes the answer's bytes as they arrive, gives pieces of the body."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Raises Broken."""
        ...

    def finish(self) -> None:
        """All has been fed. Raises Broken where there should be more."""


class Plain:
    """Nothing to unpack."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        """Whatever came is all."""


class Inflating:
    """gzip and deflate; a piece never exceeds 64 KiB, however small its packed form was."""

    def __init__(self) -> None:
        self._zip = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._zip.eof:  # gzip files may stand one after the other
                if not data.startswith(b"\x1f\x8b"):
                    return
                self._zip = zlib.decompressobj(_GZIP_OR_ZLIB)
            piece = self._inflate(data)
            self._begun = True
            if piece:
                yield piece
            data = self._zip.unconsumed_tail or self._zip.unused_data

    def finish(self) -> None:
        if self._begun and not self._zip.eof:  # a server that sends a length and half a body
            raise Broken("the compressed answer broke off")

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._zip.decompress(data, _PIECE)
        except zlib.error as err:
            if self._begun:
                raise Broken("the compressed answer is damaged") from err
        self._zip = zlib.decompressobj(_RAW)
        try:
            return self._zip.decompress(data, _PIECE)
        except zlib.error as err:
            raise Broken("the compressed answer is damaged") from err


class Unbrotli:
    """Brotli, which makes bombs smaller than gzip does; a piece never exceeds a few times 64 KiB."""

    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(data)
        try:
            while not self._brotli.is_finished():
                piece = self._brotli.process(data, output_buffer_limit=_PIECE)
                if piece:
                    yield piece
                if self._brotli.can_accept_more_data():
                    return
                data = b""
        except brotli.error as err:
            raise Broken("the compressed answer is damaged") from err

    def finish(self) -> None:
        if self._begun and not self._brotli.is_finished():
            raise Broken("the compressed answer broke off")


def unpacking(content_encoding: str) -> Unpacking:
    """Choose by the Content-Encoding header. Raises Broken for what was not asked for."""
    match content_encoding.strip().lower():
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip" | "deflate":
            return Inflating()
        case "br":
            return Unbrotli()
        case other:
            raise Broken(f"the answer is packed as {other[:20]!r}, which was not asked for")
