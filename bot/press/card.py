"""The share card: a face drawn once, named by its content, and described for who cannot see it."""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import PressError
from bot.model.channel import CardSize
from bot.model.edition import Card
from bot.press import cropping
from bot.press.colours import palette
from bot.press.drawing import PHOTO, Designs, Sheet, qr
from bot.press.face import Face
from bot.press.fonts import Fonts
from bot.press.lines import kept_whole, longest, parts
from bot.press.table import Table
from bot.rules.fitting import fullest, shortenings

_QUALITIES = (88, 78, 66, 50, 35)
# How much light is left of a picture from top to bottom, where words stand on it: words in near white keep a contrast
# of 4.5 on a picture that was white, for .4 of full light is .13 of luminance.
_SHADE = ((0.0, 0.40), (0.11, 0.40), (0.20, 0.80), (0.31, 0.80), (0.42, 0.40), (1.0, 0.36))
_RARE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff\U00020000-\U000323af]")
"""Characters that the Song has not, so that the headline's outline must leave them alone."""
_AIRY = re.compile("[\u0600-\u08ff\u0e00-\u109f\u1780-\u17ff]")
"""Arabic, Thai, Lao, Tibetan, Burmese and Khmer: signs are stacked above and below the letters."""
_LEFTWARDS = re.compile("[\u0590-\u08ff]")
"""Hebrew, Arabic, Uyghur …: read from right to left."""
_LETTER = re.compile(r"[^\W\d_]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""Characters that mean something in one font alone: there is nothing to read aloud."""
_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}


class CardPress:
    """Draws cards into a folder."""

    def __init__(self, designs: Designs, fonts: Fonts, folder: Path) -> None:
        self._designs, self._fonts, self._folder = designs, fonts, folder
        self._table = Table(fonts)

    async def card(self, face: Face, size: CardSize, photo: Path | None = None) -> tuple[Card, str]:
        """The card of this face, and the characters that no font of ours has and that are therefore not on it.

        Drawn in a thread, and only if it is not there yet. `photo` is what Pictures brought. Raises PressError.
        """
        return await asyncio.to_thread(self._card, face, size, photo)

    @property
    def own_designs(self) -> tuple[str, ...]:
        """The designs that the newsroom has drawn itself."""
        return self._designs.own

    def draw(self, face: Face, size: CardSize, photo: Path | None = None) -> bytes:
        """The picture alone, kept nowhere. Raises PressError."""
        shown, _ = self._drawable(face)
        return self._drawn(self._sheet(shown), shown, size, photo)[0]

    def document(self, face: Face, size: CardSize) -> bytes:
        """The same as a PDF, for print: a point for each pixel, and every word still a word. Raises PressError."""
        shown, _ = self._drawable(face)
        return self._table.pdf(self._sheet(shown), self._data(shown, size, None))

    def charted(self, face: Face, size: CardSize, data: Mapping[str, object]) -> Path:
        """A PNG of this face with what its design reads besides. Raises PressError."""
        shown, _ = self._drawable(face)
        sheet, content = self._sheet(shown), hashlib.sha256(json.dumps([asdict(face), data], sort_keys=True).encode())
        path = self._folder / f"{content.hexdigest()[:32]}.png"
        if not path.is_file():
            raster = self._table.drawn(sheet, {**self._data(shown, size, None), **data})
            self._written(path.stem, raster.png(), path.suffix)
        os.utime(path)
        return path

    def _card(self, face: Face, size: CardSize, photo: Path | None) -> tuple[Card, str]:
        shown, missing = self._drawable(face)
        sheet = self._sheet(shown)
        name = _name(sheet, shown, size, photo)
        known = [path for suffix in _TYPES if (path := self._folder / f"{name}{suffix}").is_file()]
        path = known[0] if known else self._written(name, *self._drawn(sheet, shown, size, photo))
        os.utime(path)  # the house lets go of cards that no edition has taken for long
        kind, bytes_ = _TYPES[path.suffix], path.stat().st_size
        return Card(path.name, kind, size.width, size.height, bytes_, alt(face, size.alt)), missing

    def _sheet(self, face: Face) -> Sheet:
        return self._designs.sheet(face.design, face.logo)

    def _drawn(self, sheet: Sheet, face: Face, size: CardSize, photo: Path | None) -> tuple[bytes, str]:
        """The picture and its suffix: a PNG where there is no photograph and the platform takes one."""
        if photo is not None:
            sheet = sheet.with_photo(_behind(photo, size) if _is_behind(size) else photo.read_bytes())
        lossless = photo is None and size.png
        raster = self._table.drawn(sheet, self._data(face, size, photo), lossless=lossless)
        if lossless and _fits(picture := raster.png(), size):
            return picture, ".png"
        for quality in _QUALITIES:
            if _fits(picture := raster.jpeg(quality), size):
                return picture, ".jpg"
        raise PressError(f"even as a poor JPEG it has {len(picture):,} bytes", template=sheet.name)

    def _written(self, name: str, picture: bytes, suffix: str) -> Path:
        path = self._folder / f"{name}{suffix}"
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            part.write(picture)
        os.chmod(part.name, 0o644)  # noqa: PTH101 - a temporary file is private, a card is not
        os.replace(part.name, path)  # noqa: PTH105 - the name is a str here
        return path

    def _drawable(self, face: Face) -> tuple[Face, str]:
        """With the characters that our fonts have, and those that they have not.

        Where they have not half of the headline's, a plain card says who publishes, and no torn words.
        """
        missing: list[str] = []

        def checked(text: str) -> str:
            kept, lost = self._fonts.drawable(text)
            missing.append(lost)
            return kept

        said = face.quotation
        shown = replace(
            face,
            masthead=checked(face.masthead),
            headline=checked(face.headline),
            section=checked(face.section),
            deck=checked(face.deck),
            credit=checked(face.credit),
            photo_credit=checked(face.photo_credit),
            items=tuple(checked(item) for item in face.items),
            figures=tuple(replace(one, unit=checked(one.unit), caption=checked(one.caption)) for one in face.figures),
            quotation=replace(said, words=checked(said.words), speaker=checked(said.speaker)) if said else None,
        )
        lost = "".join(dict.fromkeys("".join(missing)))
        if 2 * sum(one not in lost for one in face.headline) < len(face.headline):
            plain = Face(shown.masthead, shown.masthead, face.language, face.accent, tone=face.tone, logo=face.logo)
            shown = replace(plain, time=face.time, credit=shown.credit, scan=face.scan, link=face.link)
        return shown, lost

    def _data(self, face: Face, size: CardSize, photo: Path | None) -> dict[str, object]:
        """What the design reads; its words carry the invisible marks of where a line may break."""
        return {
            **asdict(face),
            "width": size.width,
            "height": size.height,
            "colours": asdict(palette(face.accent, face.tone)),
            "headline": [kept_whole(part) for part in parts(face.headline)],
            "longest": longest(face.headline),
            "rare": _RARE.search(face.headline + (face.quotation.words if face.quotation else "")) is not None,
            "airy": _AIRY.search(face.headline) is not None,
            "leftwards": 2 * len(_LEFTWARDS.findall(face.headline)) > len(_LETTER.findall(face.headline)),
            "deck": kept_whole(face.deck),
            "items": [kept_whole(item) for item in face.items],
            "quotation": {name: kept_whole(text) for name, text in asdict(face.quotation).items()}
            if face.quotation
            else None,
            "photo": PHOTO if photo else "",
            "view": asdict(_view(photo, size)),
            "qr": qr(face.link) if face.link else "",
            "families": self._fonts.own_families,
            "scripts": self._fonts.script_families,
        }


def alt(face: Face, limit: int) -> str:
    """The card in words, the story's own, within the limit."""
    said = f"“{face.quotation.words}” {face.quotation.speaker}".strip() if face.quotation else ""
    counted = "; ".join(figure.caption for figure in face.figures)
    told = [face.label, face.headline, said, face.deck or counted, *face.items, face.photo_alt, face.masthead]
    stop, space = ("。", "") if face.language.startswith("zh") else (".", " ")
    words = [_PRIVATE.sub("", part) for part in told]
    text = space.join(part + ("" if part[-1] in "。！？.!?…”" else stop) for part in words if part)
    return fullest(shortenings(text), lambda shorter: len(shorter) <= limit) or ""


def _is_behind(size: CardSize) -> bool:
    """As house.typ places a picture: beside the words on a wide card, above them on a tall one, else behind them."""
    return size.height * 1.5 >= size.width and size.width * 1.2 >= size.height


def _behind(photo: Path, size: CardSize) -> bytes:
    return cropping.jpeg(cropping.darkened(cropping.cropped(photo, size.width, size.height), _SHADE))


def _view(photo: Path | None, size: CardSize) -> cropping.View:
    """What of the picture is shown; PDFium crops it, without a second decoding and encoding."""
    if photo is None or _is_behind(size):
        return cropping.View()
    if size.width > size.height:
        return cropping.view(photo, size.width * 0.4, size.height)
    return cropping.view(photo, size.width, size.height * 0.5)


def _fits(drawn: bytes, size: CardSize) -> bool:
    return size.most_bytes is None or len(drawn) <= size.most_bytes


def _name(sheet: Sheet, face: Face, size: CardSize, photo: Path | None) -> str:
    """Same content, same name: the design's files are part of the content."""
    said = [asdict(face), size.width, size.height, size.png, size.most_bytes, photo.name if photo else ""]
    content = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for file in sorted(sheet.files):
        content.update(file.encode() + sheet.files[file])
    return content.hexdigest()[:32]
