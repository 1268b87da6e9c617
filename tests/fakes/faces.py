"""Faces for the tests of cards, and a way to read a drawn card as lines with their places."""

from dataclasses import dataclass
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]

from bot.model.channel import CardSize
from bot.press.card import CardPress
from bot.press.drawing import Designs
from bot.press.excerpts import Figure, Quotation
from bot.press.face import Face
from bot.press.fonts import Fonts

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FONTS = Fonts()

ZH = Face(
    masthead="河湾日报",
    headline="市图书馆今起每晚开放到十点 自习座位可提前一天预约",
    language="zh",
    accent="#b3261e",
    section="文化",
    label="置顶",
    time="2026年11月24日 09:30",
    deck="河湾市图书馆今天起把闭馆时间由每晚七点延长到十点，周末不休。",
    figures=(
        Figure("320", "个", "二楼和三楼的320个自习座位可以提前一天在网上预约"),
        Figure("2147", "份", "在收回的2147份问卷中"),
        Figure("68", "%", "有68%的读者希望下班以后还能进得来"),
    ),
    quotation=Quotation("灯亮到十点，是让白天没有空的人也有一张书桌。", "徐明"),
    items=("河湾大桥完成十年来首次大修", "城南茶市搬进新棚", "周末有雨转晴"),
    credit="来源：河湾日报  ·  责任编辑：陈静",
    scan="扫码读全文",
    link="https://example.org/library-nights",
)
EN = Face(
    masthead="Riverbend Daily",
    headline="Four hundred volunteers clear the Bend in a single morning",
    language="en",
    accent="#1d5fa8",
    section="Community",
    label="Pinned",
    time="24 November 2026, 09:30",
    deck="They worked along 6.2 kilometres of the bank and finished two hours early.",
    figures=(
        Figure("3.5", "", "tonnes of rubbish, 3.5 in all, were pulled from the bank"),
        Figure("1,900", "", "1,900 extra journeys a week"),
    ),
    quotation=Quotation("Every year we find less, and every year more people come.", "Tom Achebe"),
    items=("Evening buses run until 10.30 pm", "Kingfishers return to the weir"),
    credit="Source: Riverbend Daily",
    scan="Read on",
    link="https://example.org/clean-up",
)


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line of a card, and their box in pixels from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def cards(folder: Path, own: Path | None = None) -> CardPress:
    return CardPress(Designs(TEMPLATES, own), FONTS, folder)


def lines(face: Face, size: CardSize, photo: Path | None = None) -> list[Line]:
    """Every line of words on the card, as PDFium reads it: an eye that does not know how it was set."""
    press = cards(Path())
    sheet, shown = press._sheet(face), press._drawable(face)[0]
    if photo is not None:
        sheet = sheet.with_photo(photo.read_bytes())
    document = pypdfium2.PdfDocument(press._table.pdf(sheet, press._data(shown, size, photo)))
    page = document[0].get_textpage()
    found: list[Line] = []
    text, boxes = "", []  # type: str, list[tuple[float, float, float, float]]
    for place in range(page.count_chars() + 1):
        character = page.get_text_range(place, 1) if place < page.count_chars() else "\n"
        box = page.get_charbox(place) if character.strip() else None
        below = box is not None and boxes and box[3] < min(bottom for _, bottom, _, _ in boxes)
        if character in "\r\n" or below:
            if boxes:
                lefts, bottoms, rights, tops = zip(*boxes, strict=True)
                text = text.replace("\u2060", "").strip()
                found.append(Line(text, min(lefts), size.height - max(tops), max(rights), size.height - min(bottoms)))
            text, boxes = "", []
        if character not in "\r\n":
            text += character
            boxes += [box] if box else []
    page.close()
    document.close()
    return found
