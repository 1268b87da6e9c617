"""The page: what each platform shows of each story, live, on this machine only; and the doors that the world has."""

from bot.site.inbound import Inbound
from bot.site.pages import site
from bot.site.views import Shown

__all__ = ["Inbound", "Shown", "site"]
