"""A push source: nothing to look at, an address to be called at, and a scheme that knows who may call.

cms:
  kind: push
  scheme: plain                     # or ghost, or wordpress
  secrets: [env:CRIER_PUSH_SECRET]  # several while they are being exchanged
"""

from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.errors import NotAdmitted, SettingsError, SourceUnreadable
from bot.model.arrival import Arrival, Knock, Letter
from bot.model.source import Found, Look, Memory
from bot.settings import Secret, SourceSettings
from bot.settings.scalars import Address
from bot.sources.defaults import with_defaults
from bot.sources.kind import Tools
from bot.sources.push.ghost import GhostPush
from bot.sources.push.plain import Plain
from bot.sources.push.scheme import Scheme
from bot.sources.push.signatures import Unsigned, standard_key
from bot.sources.push.wordpress import WordPressPush

LARGEST = 2_000_000


class PushSettings(SourceSettings):
    """A newsroom's system that calls us."""

    kind: Literal["push"]
    scheme: Literal["plain", "ghost", "wordpress"] = Field(
        "plain", description="Who calls; docs/push.md explains each."
    )
    secrets: tuple[Secret, ...] = Field(
        min_length=1, description="What the caller signs with or shows; several while they are being exchanged."
    )
    url: Address | None = Field(None, description="The WordPress site, from which the posts are fetched.")

    @model_validator(mode="after")
    def _wordpress_has_a_site(self) -> Self:
        if self.scheme == "wordpress" and self.url is None:
            raise ValueError("the scheme wordpress needs url, the site's address: the posts are fetched from there")
        return self


def open_source(name: str, settings: PushSettings, tools: Tools) -> "Push":
    """No secret is revealed before somebody knocks."""
    scheme: Scheme
    match settings.scheme:
        case "plain":
            scheme = Plain(name, settings.secrets, tools.zone)
        case "ghost":
            scheme = GhostPush(name, settings.secrets, tools.zone)
        case _:
            scheme = WordPressPush(name, settings.secrets, settings.url or "", tools.fetcher, tools.zone)
    return Push(name, settings, scheme)


class Push:
    """Waits to be called."""

    every = timedelta(hours=1)
    largest = LARGEST

    def __init__(self, name: str, settings: PushSettings, scheme: Scheme) -> None:
        self.name = name
        self._settings, self._scheme = settings, scheme

    def admit(self, knock: Knock, now: datetime) -> Letter:
        """Whoever is signed, is in. Raises NotAdmitted."""
        try:
            return self._scheme.admit(knock, now)
        except Unsigned as err:
            raise NotAdmitted(self.name, str(err)) from err
        except SettingsError as err:
            raise NotAdmitted(self.name, "this source's secret is missing on our side", status=503) from err

    async def read(self, arrival: Arrival, memory: Memory, now: datetime) -> Look:
        """What it brought, with what the settings know of it."""
        brought = await self._scheme.brought(arrival, now)
        articles = [with_defaults(article, self._settings) for article in brought.articles]
        found = tuple(Found(article, arrival.key, why=brought.why) for article in articles)
        return Look(memory, found, gone=brought.gone)

    async def look(self, memory: Memory, now: datetime) -> Look:
        """Nothing is to be seen, but a secret that is missing is missed now. Raises SourceUnreadable."""
        del now
        for secret in self._settings.secrets:
            try:
                value = secret.reveal()
                if self._settings.scheme == "plain":
                    standard_key(value)
            except SettingsError as err:
                raise SourceUnreadable(self.name, f"its secret: {err.remedy}") from err
            except ValueError as err:
                raise SourceUnreadable(self.name, f"its secret {secret.reference}: {err}") from err
        return Look(memory)

    async def taken(self, found: Found) -> None:
        """The house keeps the letters."""

    async def close(self) -> None:
        """The fetcher is the house's."""
