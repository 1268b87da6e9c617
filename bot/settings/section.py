"""What every section of settings.yaml is: frozen, and strict about names that do not exist."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["zh", "en"]


class Section(BaseModel):
    """Frozen, and strict about names that do not exist."""

    model_config = ConfigDict(frozen=True, extra="forbid")
