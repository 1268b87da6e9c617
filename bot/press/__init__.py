"""The press: words that fit each channel, and the card that goes with them."""

from bot.press.digest import Digest, DigestEdition
from bot.press.model_client import ModelClient
from bot.press.pictures import Pictures
from bot.press.press import Press
from bot.press.templates import Templates
from bot.press.variants import Script, Voice
from bot.press.writer import Writer

__all__ = ["Digest", "DigestEdition", "ModelClient", "Pictures", "Press", "Script", "Templates", "Voice", "Writer"]
