"""What the verbs about people answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows


@dataclass(frozen=True, slots=True)
class WhoIs:
    """One person of the desk; `fixed`: of the settings."""

    number: int
    name: str
    role: str
    sections: tuple[str, ...]
    channels: tuple[str, ...]
    fixed: bool


@dataclass(frozen=True, slots=True)
class Everybody:
    """All people of the desk."""

    template: ClassVar[str] = "everybody"
    people: tuple[WhoIs, ...]


@dataclass(frozen=True, slots=True)
class InvitationMade:
    """A link for one person."""

    template: ClassVar[str] = "invitation_made"
    role: str
    link: str
    until: datetime
    sections: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhichRole:
    """An invitation without a role that there is."""

    template: ClassVar[str] = "which_role"
    asks: ClassVar[bool] = True
    words: str

    @property
    def rows(self) -> Rows:
        """The roles."""
        return tuple(
            (Button(f"invite_{role}", f"invite {role}"),) for role in ("reader", "contributor", "editor", "admin")
        )


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody has been sent away."""

    template: ClassVar[str] = "removed"
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class NobodyOf:
    """Nobody of that number, or somebody of the settings."""

    template: ClassVar[str] = "nobody_of"
    words: str
    fixed: bool


_SPOKEN = {"zh": "chinese", "en": "english"}


@dataclass(frozen=True, slots=True)
class WhichLanguage:
    """A language that the desk does not speak."""

    template: ClassVar[str] = "which_language"
    languages: tuple[str, ...] = tuple(_SPOKEN)

    @property
    def rows(self) -> Rows:
        """Those that it speaks, each in its own words."""
        others = (Button("language_one", f"language {one}", one) for one in self.languages if one not in _SPOKEN)
        return ((*(Button(_SPOKEN[one], f"language {one}") for one in _SPOKEN), *others),)


@dataclass(frozen=True, slots=True)
class Speaks:
    """They are answered in that language; not `kept`: it stands in the settings."""

    template: ClassVar[str] = "speaks"
    language: str
    kept: bool
