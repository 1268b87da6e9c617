"""The doors that the world may come to: deliveries of machines, and the readers' forms and own pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from starlette.routing import Route

from bot.channels.webhook import Webhook
from bot.ledger import Ledger
from bot.model.arrival import Receives, Subscribes
from bot.model.channel import Channel
from bot.model.returned import Reporting
from bot.model.source import Source
from bot.settings import Newsroom
from bot.site.drawing import Drawing
from bot.site.hook_links import HookLinks
from bot.site.hooks import Hooks, Machines
from bot.site.hubs import Hubs
from bot.site.inbound import Inbound
from bot.site.own import Own
from bot.site.reports import Reports
from bot.site.rooms import Rooms
from bot.site.submit import Submit
from bot.site.subscribe import Readers, Subscribe
from bot.site.updates import ForDesk, Updates
from bot.sources.submission import Submissions


def letter_box(sources: Mapping[str, Source]) -> Submissions | None:
    """Where readers' contributions go: the first source of that kind in the settings."""
    return next((source for source in sources.values() if isinstance(source, Submissions)), None)


def doors(
    *,
    ledger: Ledger,
    sources: Mapping[str, Source],
    newsroom: Newsroom,
    templates: Sequence[Path],
    pictures: Path,
    clock: Callable[[], datetime],
    wake: Callable[[str], None],
    public: str | None,
    channels: Mapping[str, Channel] = MappingProxyType({}),
    desk: ForDesk | None = None,
    audience: Readers | None = None,
    links: str = "",
) -> list[Route]:
    """For every source that lets people or machines in, and every channel whose platform reports.

    Raises SettingsError where a file of words cannot be read.
    """
    receiving = {name: source for name, source in sources.items() if isinstance(source, Receives)}
    opened = Updates(ledger, desk, clock).routes if desk is not None else []
    opened += Inbound(ledger, receiving, clock, wake).routes
    fed = {name: source for name, source in sources.items() if isinstance(source, Subscribes)}
    opened += Hubs(ledger, fed, clock, wake).routes
    reporting = {name: channel for name, channel in channels.items() if isinstance(channel, Reporting)}
    opened += Reports(ledger, reporting, clock).routes
    readers = letter_box(sources)
    if readers is not None and readers.settings.web:
        opened += Submit(ledger, readers, newsroom, templates, pictures, clock, wake, public).routes
    if audience is not None:
        drawing = Drawing(newsroom, templates, clock)
        opened += Subscribe(audience, drawing, clock, public).routes
        opened += Own(audience, drawing, clock, public).routes
        opened += Rooms(audience, drawing, clock, public).routes
        carriers = {name: one for name, one in channels.items() if name in audience.settings.carriers}
        hooks = {name: one for name, one in carriers.items() if isinstance(one, Webhook)}
        machines = Machines(audience.subscribers, hooks, audience.usual, links, clock)
        opened += Hooks(machines).routes + HookLinks(machines, ledger.replays).routes
    return opened
