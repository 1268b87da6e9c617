"""The article's picture: fetched safely, decoded within limits, cropped to its subject, dark enough for words."""

import io
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import PressError
from bot.model.channel import SQUARE, TALL, WIDE, Facts
from bot.model.edition import Markup, Unit
from bot.model.story import Article, Block, BlockKind, Byline, Picture, Story
from bot.press import Press
from bot.press.card import _SHADE
from bot.press.colours import contrast
from bot.press.cropping import cropped, darkened
from bot.press.face import face_of
from bot.press.pictures import Pictures, decoded
from bot.rules.summarising import analyse
from bot.settings import Newsroom
from bot.web.fetch import Fetcher
from tests.fakes.faces import TEMPLATES, ZH, cards, lines
from tests.fakes.serve import serve

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
FACTS = Facts("telegram", "telegram.html.j2", Markup.HTML, 1024, Unit.UTF16, card=WIDE)
ORIENTATION, GPS = 0x0112, 0x8825


def photo(width: int = 1200, height: int = 800, mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue."""
    picture = Image.new("RGB", (width, height), "#d02020")
    ImageDraw.Draw(picture).rectangle((width // 2, 0, width, height), fill="#2020d0")
    return picture.convert(mode)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def is_red(colour: object) -> bool:
    assert isinstance(colour, tuple)
    return bool(colour[0] > 150 and colour[2] < 110)


@pytest.mark.parametrize(
    ("mode", "form"),
    [("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGB", "WEBP"),
     ("RGBA", "WEBP"), ("RGB", "AVIF"), ("P", "GIF")],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_plain_jpeg(mode: str, form: str) -> None:
    with opened(decoded(saved(photo(mode=mode), form))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1200, 800))
        assert mode == "L" or is_red(picture.getpixel((200, 400)))


def test_a_picture_of_sixteen_bits_keeps_its_light() -> None:
    grey = Image.new("I;16", (800, 600), 65535 // 2)
    with opened(decoded(saved(grey, "PNG"))) as picture:
        assert picture.convert("L").getpixel((400, 300)) == pytest.approx(128, abs=3)


def test_what_is_transparent_shows_white() -> None:
    with opened(decoded(saved(Image.new("RGBA", (800, 600), (0, 0, 0, 0)), "PNG"))) as picture:
        assert picture.getpixel((400, 300)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_taken(form: str) -> None:
    frames = [photo(), Image.new("RGB", (1200, 800), "#00ff00")]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:])
    with opened(decoded(data)) as picture:
        assert is_red(picture.getpixel((200, 400)))


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG", "AVIF"])
def test_nothing_that_is_written_beside_the_pixels_is_kept(form: str) -> None:
    exif = Image.Exif()
    exif[GPS] = {2: (31.0, 14.0, 0.0)}
    data = saved(photo(), form, exif=exif, xmp=b"<x:xmpmeta>31.14 N</x:xmpmeta>")
    kept = decoded(data)
    assert b"31.14 N" not in kept
    assert b"Exif" not in kept


def test_a_picture_is_turned_upright_and_tells_nothing_of_its_place() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was held upright: turn it to the right
    exif[GPS] = {2: (31.0, 14.0, 0.0)}
    with opened(decoded(saved(photo(), "JPEG", exif=exif))) as picture:
        assert picture.size == (800, 1200)
        assert is_red(picture.getpixel((400, 200)))
        assert not picture.getexif()
        assert "exif" not in picture.info


def test_a_large_picture_is_made_smaller() -> None:
    with opened(decoded(saved(photo(4000, 3000), "JPEG"))) as picture:
        assert picture.size == (1440, 1080)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (png_that_claims(60000, 60000), "60000 × 60000 pixels: too many"),
        (saved(photo(), "JPEG") + b"\xff\xda" * 500, "too many scans"),
        (saved(photo(300, 100), "JPEG"), "300 × 100 pixels: too few"),
        (saved(photo(), "JPEG")[:2000], "broken"),
        (saved(photo(), "PNG")[:2000], "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no kind that can be drawn"),
        (b"<!doctype html><title>404</title>", "no kind that can be drawn"),
        (saved(photo(), "BMP"), "no kind that can be drawn"),
        (b"", "no kind that can be drawn"),
    ],
)
def test_a_picture_that_is_a_trap_or_none_is_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(PressError, match=complaint):
        decoded(data)


def test_the_subject_stays_in_the_crop(tmp_path: Path) -> None:
    picture = Image.new("RGB", (1500, 900), "#8090a0")
    draw = ImageDraw.Draw(picture)
    for step in range(12):
        draw.ellipse((1090 + step * 8, 290 + step * 8, 1410 - step * 8, 610 - step * 8), outline="#ffe000", width=4)
    picture.save(tmp_path / "photo.jpg")
    left_of_all = cropped(tmp_path / "photo.jpg", 400, 600)
    assert left_of_all.size == (400, 600)
    yellow = [x for x in range(400) if left_of_all.getpixel((x, 300))[2] < 100]  # type: ignore[index]
    assert yellow
    assert min(yellow) > 5
    assert max(yellow) < 395


def test_words_on_a_white_photograph_can_be_read(tmp_path: Path) -> None:
    white = Image.new("RGB", (1080, 1080), "white")
    white.save(tmp_path / "photo.jpg", quality=95)
    behind = darkened(white, _SHADE)
    for face in (ZH, replace(ZH, design="quote"), replace(ZH, design="breaking", tone="accent")):
        for line in lines(face, SQUARE, tmp_path / "photo.jpg"):
            for y in (line.top, line.bottom):
                ground = behind.getpixel((540, min(1079, int(y))))
                assert isinstance(ground, tuple)
                assert contrast("#efeeea", "#{:02x}{:02x}{:02x}".format(*ground)) >= 4.5, line


def pictured(url: str | None) -> Story:
    picture = Picture(url, alt="桥上的车流", caption="今晨的河湾大桥。（周远 摄）") if url else None
    article = Article(
        "河湾大桥今晨恢复双向通行",
        (Block(BlockKind.PARAGRAPH, "大桥今晨恢复双向通行，共更换拉索48根。"),),
        "zh",
        byline=Byline(published=NOW, credit="河湾日报"),
        picture=picture,
    )
    return Story(1, "inbox", 1, article, NOW, NOW)


@pytest.fixture
async def site() -> AsyncIterator[str]:
    async def answer(request: Request) -> Response:
        match request.path_params["name"]:
            case "good.jpg":
                return Response(saved(photo(), "JPEG"), media_type="image/jpeg")
            case "page.jpg":
                return Response("<html>", media_type="text/html")
            case _:
                return Response(status_code=404)

    async with serve(Starlette(routes=[Route("/{name}", answer)])) as address:
        yield address


@pytest.fixture
async def press(tmp_path: Path) -> AsyncIterator[Press]:
    fetcher = Fetcher(private=["127.0.0.0/8"])
    newsroom = Newsroom(name="河湾日报", zone="Asia/Shanghai")
    yield Press(newsroom, TEMPLATES, None, tmp_path / "cards", Pictures(fetcher, tmp_path / "pictures"))
    await fetcher.close()


async def test_the_articles_picture_is_on_the_card(press: Press, site: str, tmp_path: Path) -> None:
    edition = await press.edition(pictured(f"{site}/good.jpg"), "main", FACTS)
    assert edition.card is not None
    assert edition.card.media_type == "image/jpeg"
    assert "桥上的车流" in edition.card.alt
    with Image.open(tmp_path / "cards" / edition.card.file) as card:
        assert card.size == (1200, 630)
        assert is_red(card.getpixel((800, 300))) or card.getpixel((1100, 300))[2] > 150  # type: ignore[index]
    assert edition.notes == ()


@pytest.mark.parametrize(
    ("name", "why"), [("none.jpg", "answered with 404"), ("page.jpg", "of no kind that can be drawn")]
)
async def test_without_its_picture_the_card_is_plain_and_the_editor_is_told(
    press: Press, site: str, name: str, why: str
) -> None:
    edition = await press.edition(pictured(f"{site}/{name}"), "main", FACTS)
    assert edition.card is not None
    assert edition.card.media_type == "image/png"
    assert any("the card is without its picture" in note and why in note for note in edition.notes)


async def test_a_picture_inside_the_house_is_not_fetched(site: str, tmp_path: Path) -> None:
    fetcher = Fetcher()
    with pytest.raises(PressError, match="inside the house"):
        await Pictures(fetcher, tmp_path).picture(f"{site}/good.jpg")
    await fetcher.close()


async def test_a_picture_is_fetched_once(press: Press, site: str, tmp_path: Path) -> None:
    first = await press.edition(pictured(f"{site}/good.jpg"), "main", FACTS)
    [kept] = (tmp_path / "pictures").iterdir()
    before = kept.stat().st_mtime_ns
    again = await press.edition(pictured(f"{site}/good.jpg"), "other", FACTS)
    assert again.card == first.card
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("今晨的河湾大桥。（周远 摄）", "图片：周远"),
        ("通车现场。摄影：林晓", "图片：林晓"),
        ("通车现场", "图片：河湾日报"),
    ],
)
def test_the_photographer_is_named_or_else_the_source(caption: str, credit: str) -> None:
    story = pictured("https://example.org/a.jpg")
    picture = Picture("https://example.org/a.jpg", caption=caption)
    article = replace(story.article, picture=picture)
    face = face_of(replace(story, article=article), analyse(article), Newsroom(name="河湾日报"))
    assert face.photo_credit == credit


async def test_the_credit_of_the_picture_is_on_the_card(tmp_path: Path) -> None:
    photo().save(tmp_path / "photo.jpg")
    found = lines(replace(ZH, photo_credit="图片：周远"), TALL, tmp_path / "photo.jpg")
    assert any("图片：周远" in line.text for line in found)
    card, _ = await cards(tmp_path).card(replace(ZH, photo_credit="图片：周远"), TALL, tmp_path / "photo.jpg")
    assert (card.width, card.height) == (1080, 1440)
