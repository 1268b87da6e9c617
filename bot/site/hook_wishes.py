"""What a machine asks for, as JSON: read strictly, and each mistake is named with its field."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Annotated, Any, TypeVar
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.model.subscriber import Choices, Rhythm, Subscriber, Timing

MOST_NAMES, LONGEST = 60, 40
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Names = Annotated[tuple[Name, ...], Field(max_length=MOST_NAMES)]
_CHOICES = ("languages", "topics", "words", "muted", "sources", "breaking_only")
_TIMING = ("zone", "rhythm", "at", "weekday", "quiet", "most")
_JSON = "application/json"


class BadWish(Exception):
    """A field that cannot be used, and what to write instead."""

    def __init__(self, field: str, remedy: str, status: int = 422) -> None:
        self.field, self.remedy, self.status = field, remedy, status
        super().__init__(f"{field}: {remedy}")

    def response(self) -> Response:
        """For whoever sent it."""
        return JSONResponse({"error": self.remedy, "field": self.field}, status_code=self.status)


class Wanted(BaseModel):
    """Which stories, and when; what is not named stays as it is."""

    model_config = ConfigDict(extra="forbid")

    languages: Names = ()
    topics: Names = ()
    words: Names = ()
    muted: Names = ()
    sources: Names = ()
    breaking_only: bool = False
    zone: str = "UTC"
    rhythm: Rhythm = Rhythm.AT_ONCE
    at: time = time(8)
    weekday: int = Field(0, ge=0, le=6)
    quiet: tuple[time, time] | None = None
    most: int | None = Field(None, ge=1, le=100)

    def choices(self, before: Choices) -> Choices:
        """As it was, with what is named."""
        return replace(before, **self._named(_CHOICES))

    def timing(self, before: Timing) -> Timing:
        """As it was, with what is named. Raises BadWish for a zone that is none."""
        named = self._named(_TIMING)
        if named.get("zone", "UTC") not in available_timezones():
            raise BadWish("zone", "write a place such as Asia/Shanghai")
        return replace(before, **named)

    def _named(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class Asked(Wanted):
    """Somebody wants stories sent to an address."""

    url: Annotated[str, StringConstraints(max_length=4_000)]
    state: Annotated[str, StringConstraints(max_length=200)] = ""
    """A word of the asker's own, which goes along with the challenge."""
    carrier: str | None = None


_Wish = TypeVar("_Wish", bound=Wanted)


def wish_of(kind: type[_Wish], request: Request, body: bytes) -> _Wish:
    """The body read. Raises BadWish."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise BadWish("content-type", f"send {_JSON}", 415)
    try:
        return kind.model_validate_json(body)
    except ValidationError as err:
        first = err.errors(include_input=False, include_url=False)[0]
        raise BadWish(".".join(map(str, first["loc"])) or "body", first["msg"]) from None


def shown(one: Subscriber) -> Mapping[str, Any]:
    """What a subscriber chose, in the same words."""
    wanted = {name: getattr(one.choices, name) for name in _CHOICES}
    wanted |= {name: getattr(one.timing, name) for name in _TIMING}
    told: Mapping[str, Any] = Wanted.model_validate(wanted).model_dump(mode="json")
    return told
