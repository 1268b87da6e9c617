"""A secret by reference: where to find it, never what it is."""

import os
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bot.errors import SettingsError

PATTERN = r"^(env|file):.+$"
REMEDY = "write env:NAME or file:PATH; a secret itself never stands in the settings"


class Secret:
    """`env:NAME` or `file:PATH`; read when it is needed, shown as *** everywhere."""

    __slots__ = ("_reference",)

    def __init__(self, reference: str) -> None:
        scheme, _, place = reference.partition(":")
        if scheme not in ("env", "file") or not place.strip():
            raise ValueError(REMEDY)
        self._reference = reference

    @property
    def reference(self) -> str:
        """Where it is kept. Names an account without giving it away."""
        return self._reference

    def reveal(self) -> str:
        """The secret. Raises SettingsError where the variable or file is missing or empty."""
        scheme, _, place = self._reference.partition(":")
        if scheme == "env":
            value = os.environ.get(place, "")
            remedy = f"set the environment variable {place}"
        else:
            try:
                value = Path(place).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                value = ""
            remedy = f"write the secret into the file {place}"
        if not value:
            raise SettingsError(self._reference, "", remedy)
        return value

    @property
    def there(self) -> bool:
        """Whether `reveal` would succeed."""
        try:
            self.reveal()
        except SettingsError:
            return False
        return True

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._reference == self._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read, serialization=core_schema.plain_serializer_function_ser_schema(lambda _: "***")
        )

    @classmethod
    def _read(cls, value: Any) -> "Secret":
        if isinstance(value, Secret):
            return value
        return cls(value if isinstance(value, str) else "")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": PATTERN, "description": "env:NAME or file:PATH"}
