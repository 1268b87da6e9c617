"""The placard: a card for print that invites to subscribe to a topic by its code."""

from enum import StrEnum

from bot.model.channel import SQUARE, WIDE, CardSize
from bot.press.face import Face
from bot.settings import Newsroom

DESIGN = "subscribe"


class Sheet(StrEnum):
    """Shapes of a placard."""

    PAPER = "paper"  # A4, A5 and A6 alike
    SQUARE = "square"
    WIDE = "wide"

    @property
    def size(self) -> CardSize:
        """Pixels of a picture, points of a document."""
        return {Sheet.PAPER: CardSize(1000, 1414), Sheet.SQUARE: SQUARE, Sheet.WIDE: WIDE}[self]


_WORDS = {
    "zh": (
        "订阅",
        "全部新闻",
        "新报道发到您的手机上；栏目和时间自己选，随时可以退订。",
        "扫码在 Telegram 订阅",
    ),
    "en": (
        "Subscribe",
        "All our news",
        "New stories on your phone: you choose topics and times, and leave with one tap.",
        "Scan to subscribe on Telegram",
    ),
}


def placard(newsroom: Newsroom, topic: str, link: str, language: str) -> Face:
    """What stands on it; without a topic it invites to everything."""
    label, everything, deck, scan = _WORDS["zh" if language.startswith("zh") else "en"]
    return Face(
        masthead=newsroom.name,
        headline=topic or everything,
        language=language,
        accent=newsroom.colour,
        design=DESIGN,
        tone=newsroom.cards.tone,
        logo=newsroom.cards.logo or "",
        label=label,
        deck=deck,
        credit=link.removeprefix("https://").partition("?")[0],
        scan=scan,
        link=link,
    )
