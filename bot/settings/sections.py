"""The sections of settings.yaml as frozen values; kinds of sources and channels bring their own."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from bot.settings.desk import Desk
from bot.settings.hours import Hours, Paced
from bot.settings.scalars import Address, Duration, ZoneName
from bot.settings.secret import Secret
from bot.settings.section import Language
from bot.settings.section import Section as Section  # noqa: PLC0414 - every section of the file builds on it
from bot.settings.subscribers import Subscribers

_COLOUR = "^#[0-9a-fA-F]{6}$"


class CardSection(Section):
    """How the cards of one section of the paper differ."""

    colour: str | None = Field(None, pattern=_COLOUR, description="Instead of the newsroom's accent.")
    design: str | None = Field(
        None, pattern="^[a-z0-9-]+$", description="story, quote, figures, or a design of your own."
    )


class Cards(Section):
    """How the share cards look; docs/cards.md shows how to draw one's own."""

    tone: Literal["light", "dark"] = "light"
    logo: str | None = Field(
        None,
        pattern=r"^[\w-]+\.(svg|png|jpg)$",
        description="A file in the folder cards of house.templates; it stands before the masthead.",
    )
    sections: dict[str, CardSection] = Field({}, description="By the name of the section, such as 文化.")


class Newsroom(Section):
    """Who publishes."""

    name: str = Field(min_length=1, description="The masthead, as readers know it: it stands on every card.")
    zone: ZoneName = Field(
        "UTC", description="Times are shown in this zone; a source's time without a zone is read in it."
    )
    languages: tuple[Language, ...] = Field(
        ("zh", "en"), min_length=1, description="The first one is the desk's default."
    )
    colour: str = Field("#b3261e", pattern=_COLOUR, description="The accent on the cards.")
    cards: Cards = Cards()
    hours: Hours = Field(Hours(), description="When every channel posts that does not say it for itself.")

    @property
    def tz(self) -> ZoneInfo:
        """The zone as Python knows it."""
        return ZoneInfo(self.zone)


class SourceSettings(Section):
    """What every kind of source has; the kind adds its own."""

    kind: str
    language: str | None = Field(None, description="Taken where an article does not show its language.")
    section: str | None = Field(None, description="Taken where an article names no section.")
    credit: str | None = Field(None, description="Source credit (来源), taken where an article names none.")


class ChannelSettings(Paced):
    """What every kind of channel has; the kind adds its own."""

    kind: str
    rehearse: bool | None = Field(
        None, description="Compose exactly as for this channel, show it on the rehearsal page, send nothing."
    )
    script: Literal["as written", "simplified", "traditional"] = Field(
        "as written", description="The Chinese script in which this channel is told, by OpenCC."
    )
    rewrite: bool = Field(
        False, description="Let the language model of `model` tell the story; what it adds is never sent."
    )
    translate: Language | None = Field(
        None, description="Let the language model translate stories of another language, and mark them as translated."
    )

    sign: bool = Field(
        False,
        description="Print the editor who approved a story as its responsible editor (责任编辑), where it names none.",
    )
    corrections: Literal["said", "always", "never"] = Field(
        "said",
        description="Where the platform cannot edit, a changed story is posted anew as a correction: when its newsroom"
        " says in the article what it corrects, always, or never.",
    )

    def account(self, name: str) -> str:
        """The thing that has a rate limit; channels of one account share a lane."""
        return f"{self.kind}:{name}"

    @property
    def place(self) -> str:
        """Where it posts, as the page names it: never a secret."""
        return ""

    @property
    def placed(self) -> bool:
        """Whether it has a place of its own; else it only carries posts to subscribers."""
        return True


class When(Section):
    """Which stories a route takes; what is not named is not asked. All that is named must hold."""

    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Route(Section):
    """Stories that match go to these channels."""

    name: str | None = Field(
        None, pattern="^[a-z0-9][a-z0-9_-]*$", description="Templates may be written for this route by its name."
    )
    channels: tuple[str, ...] = Field(min_length=1)
    when: When = When()


class Model(Section):
    """A language model behind an OpenAI-compatible address; without this section there is none."""

    url: Address = Field(description="Such as https://models.example.org/v1; /chat/completions is added.")
    name: str = Field(min_length=1, description="The model's name, as that address knows it.")
    key: Secret | None = Field(None, description="Sent as a bearer token; env:NAME or file:PATH.")
    private: bool = Field(
        False, description="The address is inside the house; house.private_addresses open it as well."
    )
    tone: str = Field("", max_length=500, description="How the newsroom writes, in a sentence or two: for the prompt.")
    within: Duration = Field(timedelta(seconds=20), description="The longest wait for an answer; then it goes without.")
    calls_a_month: int = Field(2000, ge=0, description="When they are used up, stories are told without the model.")
    tokens_a_month: int = Field(2_000_000, ge=0, description="As the address counts them, question and answer.")

    @model_validator(mode="after")
    def _key_stays_secret(self) -> Self:
        if self.key is not None and not self.private and self.url.lower().startswith("http:"):
            raise PydanticCustomError(
                "key_in_clear",
                "the key would travel in clear: write https://, or private: true for an address inside the house",
                {"path": ("model", "url"), "value": self.url},
            )
        return self


def _ledger_place(value: Any) -> Secret | str:
    if isinstance(value, str) and value.startswith(("env:", "file:")):
        return Secret(value)
    if not isinstance(value, str):
        raise ValueError("write an address, env:NAME or file:PATH")  # noqa: TRY004 - pydantic takes ValueError as a finding
    if urlsplit(value).password:
        raise ValueError("an address with a password is a secret: write env:NAME or file:PATH")
    return value


LedgerPlace = Annotated[Secret | str, PlainValidator(_ledger_place), WithJsonSchema({"type": "string"})]


class House(Section):
    """Where Crier keeps its things on this machine."""

    queue: Path = Field(Path("queue"), description="Folder of the inbox, the cards and the ledger file.")
    ledger: LedgerPlace | None = Field(
        None, description="postgresql+psycopg://…; none: a SQLite file in the queue folder."
    )
    runner: Literal["local", "procrastinate"] = Field(
        "local",
        description="Who runs which piece of work: this process alone, or all that work on one PostgreSQL.",
    )
    keep: Duration = Field(
        timedelta(days=90),
        ge=timedelta(days=31),
        description="What is older is folded into daily figures: words and cards of posts, attempts, calls, arrivals."
        " Stories and receipts stay.",
    )
    key: Secret | None = Field(
        None,
        description="Seals the tokens that `connect` and renewing get; env:NAME or file:PATH. Several with commas: the"
        " first seals, all of them open.",
    )
    templates: Path | None = Field(None, description="A folder whose templates come before the shipped ones.")
    site_host: str = "127.0.0.1"
    site_port: int = Field(8737, ge=0, le=65535, description="0 picks a free one.")
    public_url: Address | None = Field(
        None,
        description="The address at which the world reaches /in/, /submit, /subscribe and readers' own pages, such as"
        " https://crier.example.org/; the page itself is not shown there. Carriers of mail need it.",
    )
    private_addresses: tuple[str, ...] = Field(
        (), description="Networks inside the house that sources may be fetched from."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    """The whole file."""

    newsroom: Newsroom
    rehearse: bool = Field(False, description="The whole newsroom rehearses: nothing leaves the house.")
    sources: dict[str, Any] = Field(min_length=1)
    channels: dict[str, Any] = Field(min_length=1)
    routes: tuple[Route, ...] = Field(min_length=1)
    desk: Desk = Desk()
    model: Model | None = None
    subscribers: Subscribers | None = None
    house: House = House()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        sources = (*self.sources, "desk")  # what editors write themselves
        asked: list[tuple[tuple[str | int, ...], Iterable[str], Collection[str]]] = [
            (("desk", "approval", "sources"), self.desk.approval.sources, sources)
        ]
        if self.subscribers is not None:
            asked.append((("subscribers", "carriers"), self.subscribers.carriers, self.channels))
        for number, route in enumerate(self.routes):
            asked.append((("routes", number, "channels"), route.channels, self.channels))
            asked.append((("routes", number, "when", "sources"), route.when.sources, sources))
        for path, named, known in asked:
            for name in named:
                if name not in known:
                    raise PydanticCustomError(
                        "names_nothing",
                        "known are {known}: correct one of them",
                        {"path": path, "value": name, "known": ", ".join(known)},
                    )
        for number, route in enumerate(self.routes):
            for name in route.channels:
                if not self.channels[name].placed:
                    raise PydanticCustomError(
                        "names_no_place",
                        "it has no place of its own to post to: write one, or take it out of the route",
                        {"path": ("routes", number, "channels"), "value": name},
                    )
        return self

    def rehearses(self, channel: str) -> bool:
        """The channel's own word, else the newsroom's."""
        own: ChannelSettings = self.channels[channel]
        return self.rehearse if own.rehearse is None else own.rehearse

    def secrets(self) -> Iterator[Secret]:
        """Every secret that the file refers to, wherever it stands."""
        yield from _secrets(self)


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _secrets(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _secrets(item)
