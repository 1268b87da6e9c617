"""The page: what each platform shows of each story, live, on this machine only; and the doors that the world has."""

from bot.site.doors import doors, letter_box
from bot.site.pages import site
from bot.site.subscribe import Readers
from bot.site.views import Shown

__all__ = ["Readers", "Shown", "doors", "letter_box", "site"]
