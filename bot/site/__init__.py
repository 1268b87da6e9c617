"""The page: what each platform shows of each story, live, on this machine only."""

from bot.site.pages import site
from bot.site.views import Shown

__all__ = ["Shown", "site"]
