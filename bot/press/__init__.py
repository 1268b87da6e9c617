"""The press: words that fit each channel, and the card that goes with them."""

from bot.press.pictures import Pictures
from bot.press.press import Press
from bot.press.variants import Script, Voice

__all__ = ["Pictures", "Press", "Script", "Voice"]
