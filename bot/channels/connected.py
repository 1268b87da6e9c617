"""What channels share whose token a person gets by `connect`: their settings, and where the token comes from."""

from datetime import timedelta
from typing import ClassVar, Self

from pydantic import Field, model_validator

from bot.channels.kind import Doors
from bot.channels.oauth import Entrance
from bot.channels.tokens import Given, Kept
from bot.errors import SettingsError
from bot.model.token import TokenStore
from bot.settings import ChannelSettings, Secret


class ConnectedSettings(ChannelSettings):
    """A token of one's own, or an application that people let in."""

    token: Secret | None = Field(None, description="The account's access token, as env:NAME or file:PATH.")
    app: str | None = Field(
        None,
        min_length=1,
        description="Instead of a token: the application's id. `python main.py connect NAME` then gets the token, and"
        " Crier renews it where the platform lets it; needs house.key.",
    )
    app_secret: Secret | None = Field(None, description="The application's secret, as env:NAME or file:PATH.")

    public: ClassVar[bool] = False
    """Whether an application may do without a secret."""
    pasted: ClassVar[bool] = False
    """Whether a token may be pasted without an application."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.token is not None and self.app is not None:
            raise ValueError("write token (it stands in the settings) or app (`connect` gets it), not both")
        if self.token is None and self.app is None and not self.pasted:
            raise ValueError("write token, or app and app_secret: then run connect")
        if self.app is not None and self.app_secret is None and not self.public:
            raise ValueError("write app_secret beside app")
        return self

    def account(self, name: str) -> str:
        """Channels of one token share a lane; a connected one has its own."""
        return f"{self.kind}:{self.token.reference if self.token else name}"

    @property
    def place(self) -> str:
        """Where its token is kept."""
        return self.token.reference if self.token else self.app or ""

    @property
    def secret(self) -> str:
        """The application's, empty where it has none. Raises SettingsError where it is missing."""
        return self.app_secret.reveal() if self.app_secret else ""


def kept_by(doors: Doors) -> TokenStore:
    """The house's store of tokens. Raises SettingsError where the house has no key."""
    if doors.tokens is None:
        remedy = "write key: env:CRIER_KEY there; `python main.py connect --new-key` makes a key for it"
        raise SettingsError("house.key", None, remedy)
    return doors.tokens


def token_of(
    name: str, settings: ConnectedSettings, doors: Doors, entrance: Entrance, early: timedelta = timedelta(days=14)
) -> Given | Kept:
    """From the settings, or kept and renewed so early. Raises SettingsError where secret or key is missing."""
    if settings.token is not None:
        return Given(settings.token.reveal())
    account, store = settings.account(name), kept_by(doors)
    return Kept(name, account, entrance.lend, store, doors.clock, entry=entrance, early=early)
