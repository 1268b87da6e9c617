"""A card holds its words whole, at every size, in every language, and is drawn once."""

import io
import itertools
import shutil
import textwrap
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.errors import PressError
from bot.model.channel import COVER, SQUARE, TALL, WIDE, CardSize
from bot.press.card import CardPress, alt
from bot.press.colours import READABLE, contrast, palette
from bot.press.drawing import Designs
from bot.press.face import Design, Face
from bot.press.fonts import Bundle, Fonts
from bot.press.lines import JOINED, kept_whole, parts
from bot.press.raster import _without_profiles
from tests.fakes.faces import EN, FONTS, TEMPLATES, ZH, cards, lines

SIZES = {"wide": WIDE, "square": SQUARE, "tall": TALL, "cover": COVER}
REFERENCES = Path(__file__).parent / "cards"
NEVER_FIRST = "，。、；：！？”’」』》）】%‰…"
NEVER_LAST = "“‘「『《（【"
HARD = [
    "桥",
    "“灯亮到十点”，是让白天没有空的人也有一张书桌：市图书馆《夜读计划》（试行）今起施行！",
    "河湾市人民政府关于印发《河湾市城市慢行系统三年行动计划（2026—2028年）》并公布首批48条步道、21处观景平台与216个骑行驿站名单的通知",
    "三季度GDP同比增长4.8%，新增就业3.5万人，R&D投入达1,280万元",
    "臺灣與香港讀者齊聚河灣書展，繁體字專區首日售出1,280冊",
    "𠮷野家㙍村的“龘”字招牌🎉搬进新馆，展期97天",
    "阿依古丽·ئايگۈل 与扎西：两位青年把书讲进县城",
    "https://example.org/a-very-long-address/that-nobody-can-break/in-any-good-place/2026/11/24/index.html",
    "Council approves £3.8 million plan to rebuild the ferry landing, widen the towpath and plant 340 trees by spring",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    '#read("/etc/passwd") $x^2$ *b* #panic("x") ] }',
]


def inked(words: str) -> str:
    """Without spaces and marks; PDFium halves what needs two UTF-16 units and turns Arabic letters into shapes."""
    return "".join(
        one
        for one in words
        if not one.isspace() and one not in "\u200b-\u2010" and ord(one) < 0xD800 and not "\u0600" <= one <= "\u06ff"
    )


@pytest.mark.parametrize("face", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("design", list(Design))
def test_every_design_keeps_its_words_on_the_card(design: Design, size: CardSize, face: Face) -> None:
    margin = 0.03 * min(size.width, size.height)
    found = lines(replace(face, design=design), size)
    assert found
    for line in found:
        assert margin < line.left, line
        assert line.right < size.width - margin, line
        assert margin / 2 < line.top, line
        assert line.bottom < size.height - margin, line


@pytest.mark.parametrize("face", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("design", list(Design))
def test_no_line_runs_into_another(design: Design, size: CardSize, face: Face) -> None:
    # A large number beside its two small lines is read as one line: it has a design of its own.
    face = replace(face, design=design, figures=face.figures if design == Design.FIGURES else ())
    for one, other in itertools.combinations(lines(face, size), 2):
        across = min(one.right, other.right) - max(one.left, other.left)
        down = min(one.bottom, other.bottom) - max(one.top, other.top)
        # What stands side by side may be read as one line; what stands below must not touch.
        assert across <= 0 or down <= 0.12 * min(one.bottom - one.top, other.bottom - other.top), (one, other)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("headline", HARD)
def test_a_hard_headline_is_all_there_and_breaks_where_a_typesetter_would(headline: str, size: CardSize) -> None:
    face = replace(ZH, headline=headline, figures=(), deck="", label="", section="", credit="", link="", scan="")
    found = [line for line in lines(face, size) if line.top > 0.1 * size.height]
    shown = Counter(inked("".join(line.text for line in found)))
    assert not Counter(inked(headline)) - shown
    assert all(line.right < size.width * 0.97 and line.bottom < size.height * 0.97 for line in found)
    for line, following in itertools.pairwise(found):
        assert following.text[0] not in NEVER_FIRST, following
        assert line.text[-1] not in NEVER_LAST, line
        assert not (line.text[-1].isdigit() and following.text[0].isdigit()), (line, following)
    assert len(found) == 1 or len(found[-1].text) > 1, found


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("共更换拉索48根", "48+根"),
        ("总投入3800万元", "3800+万+元"),
        ("重铺2.6万平方米", "2.6+万+平+方+米"),
        ("增长4.8%，", "4.8%"),
        ("保留15分钟", "15+分+钟"),
        ("图书馆今起开放", "图+书+馆"),
        ("until 10.30 pm on six", "10.30\u00a0pm"),
        ("it is 6.2 kilometres long", "6.2\u00a0kilometres long"),
        ("cost 3.8 million pounds", "3.8\u00a0million pounds"),
        ("opens in 3 days", "3\u00a0days"),
        ("340 minutely kept trees", "340 minutely"),
        ("灯亮到十点,不只是", "十+点，"),
    ],
)
def test_words_and_numbers_stay_whole(words: str, whole: str) -> None:
    assert whole in kept_whole(words).replace(JOINED, "+")


def test_a_chinese_headline_of_two_parts_is_two_parts() -> None:
    assert parts("城南茶市搬进新棚 老茶客说还是那个味儿") == ("城南茶市搬进新棚", "老茶客说还是那个味儿")
    assert parts("Evening buses run late") == ("Evening buses run late",)


def test_the_parts_of_a_headline_stand_on_lines_of_their_own() -> None:
    assert [line.text for line in lines(ZH, WIDE)][2:4] == ["市图书馆今起每晚开放到十点", "自习座位可提前一天预约"]


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from(["light", "dark", "accent"]))
def test_any_colour_of_a_newsroom_can_be_read_on_any_ground(colour: str, tone: str) -> None:
    found = palette(colour, tone)
    for shown in (found.ink, found.quiet, found.accent):
        assert contrast(shown, found.paper) >= READABLE
    assert contrast(found.on_accent, found.accent) >= READABLE


@pytest.mark.parametrize(
    ("text", "kept", "missing"),
    [
        ("𠮷野㙍村", "𠮷野㙍村", ""),
        ("通车🎉🚌", "通车🎉🚌", ""),
        ("臺灣 ئۇيغۇر العربية", "臺灣 ئۇيغۇر العربية", ""),
        ("爪哇ꦲꦏ꧀ꦱꦫ来了", "爪哇来了", "ꦲꦏ꧀ꦱꦫ"),
        ("大桥\ue000通车", "大桥通车", "\ue000"),
        ("\U0002b740村", "〓村", "\U0002b740"),
    ],
)
def test_a_character_without_a_glyph_is_found_before_it_is_drawn(text: str, kept: str, missing: str) -> None:
    assert FONTS.drawable(text)[0] == kept
    assert set(FONTS.drawable(text)[1]) == set(missing)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("design", list(Design))
async def test_a_headline_that_no_font_can_show_leaves_a_plain_card_and_a_warning(
    design: Design, size: CardSize, tmp_path: Path
) -> None:
    javanese = "ꦲꦏ꧀ꦱꦫꦗꦮ 2026"
    card, missing = await cards(tmp_path).card(replace(ZH, headline=javanese, design=design), size)
    assert set(missing) == set("ꦲꦏ꧀ꦱꦫꦗꦮ")
    assert javanese in card.alt
    plain, _ = await cards(tmp_path).card(replace(ZH, headline="ꦲꦏ꧀ꦱꦫꦗꦮ", design=design), size)
    assert plain.file == card.file


def test_a_newsroom_whose_own_name_no_font_has_gets_a_card_still(tmp_path: Path) -> None:
    assert cards(tmp_path).draw(replace(ZH, headline="ꦲꦏ꧀ꦱꦫ", masthead="ꦲꦏ"), WIDE)


def tibetan_font(folder: Path) -> None:
    folder.mkdir(parents=True)
    pen = TTGlyphPen(None)
    for place, corner in enumerate([(0, 0), (0, 700), (700, 700), (700, 0)]):
        (pen.lineTo if place else pen.moveTo)(corner)
    pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "ba"])
    font.setupCharacterMap({0x0F56: "ba"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "ba": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (800, 0), "ba": (800, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Our Tibetan", "styleName": "Regular", "psName": "OurTibetan"})
    font.setupOS2()
    font.setupPost()
    font.save(folder / "ours.ttf")


def test_a_font_in_the_newsrooms_folder_brings_a_script_that_is_not_shipped(tmp_path: Path) -> None:
    tibetan_font(tmp_path / "fonts")
    fonts = Fonts(tmp_path / "fonts", scripts=())
    assert fonts.own_families == ("Our Tibetan",)
    assert_tibetan(fonts, tmp_path)


def test_a_script_whose_package_is_installed_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tibetan_font(tmp_path / "tibetan_fonts" / "files")
    (tmp_path / "tibetan_fonts" / "__init__.py").write_text("raise ValueError('never run')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    bundle = Bundle("tibetan_fonts", "files", ("Our Tibetan",), "ours.ttf")
    assert_tibetan(Fonts(scripts=(bundle,)), tmp_path)
    assert Fonts(scripts=(Bundle("no_such_fonts", "", ("Any",)),)).drawable("བ") == ("", "བ")


def assert_tibetan(fonts: Fonts, tmp_path: Path) -> None:
    assert fonts.drawable("བ་")[0] == "བ"
    press = CardPress(Designs(TEMPLATES, None), fonts, tmp_path)
    long, short = (press.draw(replace(ZH, headline=headline, figures=(), deck=""), WIDE) for headline in ("བབབབ", "བ"))
    assert long != short


def test_a_missing_family_fails_at_start_up() -> None:
    bundle = Bundle("justmytype_intl_cjk", "fonts/ofl/notosanssc", ("Noto Sans Nowhere",))
    with pytest.raises(PressError, match="Noto Sans Nowhere is missing: justmytype-intl-cjk"):
        Fonts(bundles=(bundle,))


def test_a_missing_package_fails_at_start_up() -> None:
    with pytest.raises(PressError, match="no-such-fonts is not installed"):
        Fonts(bundles=(Bundle("no_such_fonts", "", ("Any",)),))


async def test_the_same_card_is_drawn_once_and_another_size_is_another_card(tmp_path: Path) -> None:
    press = cards(tmp_path)
    first, _ = await press.card(ZH, WIDE)
    written = (tmp_path / first.file).stat().st_ino
    again, _ = await press.card(ZH, WIDE)
    square, _ = await press.card(ZH, SQUARE)
    assert again == first
    assert (tmp_path / first.file).stat().st_ino == written  # to draw it anew would put another file there
    assert (square.width, square.height) == (1080, 1080)
    assert square.file != first.file


async def test_a_platform_that_takes_no_png_gets_a_jpeg(tmp_path: Path) -> None:
    card, _ = await cards(tmp_path).card(ZH, replace(WIDE, png=False))
    assert card.media_type == "image/jpeg"
    with Image.open(tmp_path / card.file) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 630))


async def test_a_platform_with_few_bytes_gets_a_smaller_jpeg(tmp_path: Path) -> None:
    card, _ = await cards(tmp_path).card(ZH, replace(WIDE, most_bytes=60_000))
    assert card.media_type == "image/jpeg"
    assert (tmp_path / card.file).stat().st_size == card.size <= 60_000
    again, _ = await cards(tmp_path).card(ZH, replace(WIDE, most_bytes=60_000))
    assert again == card


async def test_a_card_that_cannot_be_small_enough_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PressError, match="even as a poor JPEG"):
        await cards(tmp_path).card(ZH, replace(WIDE, most_bytes=900))


def test_the_alt_text_is_the_storys_own_words() -> None:
    assert alt(replace(EN, label=""), 1000) == (
        "Four hundred volunteers clear the Bend in a single morning. "
        "“Every year we find less, and every year more people come.” Tom Achebe. "
        "They worked along 6.2 kilometres of the bank and finished two hours early. "
        "Evening buses run until 10.30 pm. Kingfishers return to the weir. Riverbend Daily."
    )


@given(st.integers(2, 400))
def test_the_alt_text_keeps_within_the_limit(limit: int) -> None:
    assert 0 < len(alt(ZH, limit)) <= limit


def own_design(tmp_path: Path, text: str) -> Path:
    (tmp_path / "own" / "cards").mkdir(parents=True)
    (tmp_path / "own" / "cards" / "story.typ").write_text(text, encoding="utf-8")
    return tmp_path / "own"


def test_a_design_of_the_newsrooms_own_comes_first_and_may_use_the_house_style_and_its_own_files(
    tmp_path: Path,
) -> None:
    own = own_design(
        tmp_path, '#import "house.typ": *\n#show: page-of-the-house\n#image("red.png", width: width, height: height)'
    )
    Image.new("RGB", (4, 4), "#ff0000").save(own / "cards" / "red.png")
    with Image.open(io.BytesIO(cards(tmp_path, own).draw(ZH, WIDE))) as picture:
        assert picture.convert("RGB").getpixel((600, 300)) == (255, 0, 0)


def test_a_logo_stands_before_the_masthead(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES / "cards", tmp_path / "own" / "cards")
    Image.new("RGB", (40, 40), "#00ff00").save(tmp_path / "own" / "cards" / "logo.png")
    with Image.open(io.BytesIO(cards(tmp_path, tmp_path / "own").draw(replace(ZH, logo="logo.png"), WIDE))) as picture:
        assert (0, 255, 0) in set(picture.convert("RGB").get_flattened_data())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('#import "@preview/cetz:0.2.0": *', "would come from the network"),
        ('#read("/etc/hostname")', "not found"),
        ('#read("../../story.typ")', "escape|not found|denied"),
        ('#set text(font: "Nowhere Sans")\n河', "nowhere sans"),
        ("#set page(height: 100pt)\n#v(90pt)\n#pagebreak()\n#v(1pt)", "one page"),
    ],
)
def test_a_design_can_reach_nothing_but_its_own_folder(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(PressError, match=complaint) as caught:
        cards(tmp_path, own_design(tmp_path, text)).draw(ZH, WIDE)
    assert caught.value.template == "story.typ"


def test_a_design_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PressError, match="no such file among the card designs"):
        Designs(TEMPLATES, tmp_path).sheet("posters")


@pytest.mark.parametrize("size", [WIDE, CardSize(901, 473)], ids=["wide", "odd"])
def test_a_png_is_the_drawn_page_pixel_by_pixel(size: CardSize) -> None:
    press = cards(Path())
    raster = press._table.drawn(press._sheet(ZH), press._data(ZH, size, None))
    with Image.open(io.BytesIO(raster.png())) as packed, Image.open(io.BytesIO(raster.jpeg(95))) as rough:
        assert packed.mode == "RGB"
        assert packed.size == rough.size == (size.width, size.height)
        assert packed.tobytes() == raster._picture().tobytes()
        assert max(ImageStat.Stat(ImageChops.difference(packed, rough)).mean) < 2


def test_a_document_goes_to_pdfium_with_plain_colours_and_as_long_as_it_was() -> None:
    press = cards(Path())
    document = press._table.pdf(press._sheet(ZH), press._data(ZH, WIDE, None))
    plain = _without_profiles(document)
    assert b"/ICCBased" in document  # if Typst gives that up, this step can go
    assert b"/ICCBased" not in plain
    assert len(plain) == len(document)


PICTURED = {
    "story-wide": (ZH, "story", WIDE),
    "figures-wide": (replace(EN, tone="dark"), "figures", WIDE),
    "quote-square": (ZH, "quote", SQUARE),
    "breaking-tall": (replace(EN, tone="accent", label="Breaking"), "breaking", TALL),
    "digest-tall": (ZH, "digest", TALL),
    "story-cover": (EN, "story", COVER),
}


@pytest.mark.parametrize("name", PICTURED)
def test_a_card_looks_as_it_did_when_somebody_last_looked_at_it(name: str, tmp_path: Path) -> None:
    face, design, size = PICTURED[name]
    with Image.open(io.BytesIO(cards(tmp_path).draw(replace(face, design=design), size))) as card:
        small = (360, 360 * size.height // size.width)
        seen = card.convert("RGB").resize(small, Image.Resampling.LANCZOS)
    seen.quantize(64).save(tmp_path / f"{name}.png", optimize=True)
    with Image.open(REFERENCES / f"{name}.png") as reference:
        apart = ImageChops.difference(seen, reference.convert("RGB")).filter(ImageFilter.BoxBlur(2)).convert("L")
    changed = f"look at {tmp_path / name}.png, and if it is better copy it over {REFERENCES / name}.png"
    assert ImageStat.Stat(apart).mean[0] < 1.0, changed
    assert ImageStat.Stat(apart).extrema[0][1] < 60, changed


def test_the_design_that_the_guide_shows_can_be_drawn(tmp_path: Path) -> None:
    guide = (TEMPLATES.parent / "docs" / "cards.md").read_text(encoding="utf-8")
    shown = textwrap.dedent(guide.partition("```typst\n")[2].partition("```")[0])
    press = cards(tmp_path, own_design(tmp_path, shown))
    for size in SIZES.values():
        with Image.open(io.BytesIO(press.draw(EN, size))) as picture:
            assert picture.size == (size.width, size.height)


@pytest.mark.parametrize("tone", ["light", "dark", "accent"])
def test_the_code_on_the_card_is_the_link_module_by_module(tone: str) -> None:
    matrix = segno.make(ZH.link, error="m", micro=False, mask=0).matrix
    with Image.open(io.BytesIO(cards(Path()).draw(replace(ZH, tone=tone), WIDE))) as picture:
        grey = picture.convert("L")
    unit = 630 * 1.45 / 100
    right, module = 1200 - 6.6 * unit - 0.7 * unit, 11.5 * unit / len(matrix)
    left = right - 11.5 * unit
    # The upper left corner of a code is a dark square in a white frame.
    column = [grey.getpixel((int(left + module / 2), y)) for y in range(630)]
    white = column.index(255, 300)
    top = next(y for y in range(white, 630) if column[y] < 128)  # type: ignore[operator]
    for row, modules in enumerate(matrix):
        for place, dark in enumerate(modules):
            seen = grey.getpixel((int(left + (place + 0.5) * module), int(top + (row + 0.5) * module)))
            assert (seen < 128) == bool(dark), (row, place)  # type: ignore[operator]
