"""The shipped settings.yaml and its schema are what the code says they are."""

import os
from pathlib import Path

import pytest

from bot import app
from bot.app import Premises, channel_settings, source_settings
from bot.settings import Secret
from bot.settings.schema import schema_text

ROOT = Path(__file__).resolve().parents[2]


def test_the_schema_is_current() -> None:
    shipped = (ROOT / "settings.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(source_settings(), channel_settings()), (
        "run: python main.py schema > settings.schema.json"
    )


def test_the_sample_newsroom_rehearses_and_needs_no_secret() -> None:
    premises = Premises.of(ROOT / "settings.yaml")
    assert all(premises.settings.rehearses(name) for name in premises.settings.channels)


def test_no_secret_stands_in_any_repr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "settings.yaml").read_text(encoding="utf-8").replace("# token: env", "token: env")
    (tmp_path / "settings.yaml").write_text(text.replace("rehearse: true", "rehearse: false"), encoding="utf-8")
    values: dict[str, str] = {}
    premises = Premises.of(tmp_path / "settings.yaml")
    for number, secret in enumerate(premises.settings.secrets()):
        name = secret.reference.removeprefix("env:")
        values[name] = values.get(name) or (f"{number}23456789:AA" + "x" * 33)
        if "WEBHOOK" in name:
            values[name] = "whsec_" + "c2VjcmV0" * 4
        monkeypatch.setenv(name, values[name])
    assert len(values) == 5
    outlets = [premises.outlet(name, app.now) for name in premises.settings.channels]
    shown = [repr(premises), str(premises.settings), premises.settings.model_dump_json()]
    shown += [repr(outlet) + repr(outlet.channel) for outlet in outlets]
    for value in values.values():
        assert all(value not in text for text in shown)
    assert all(os.environ[secret.reference.removeprefix("env:")] for secret in premises.settings.secrets())
    assert repr(Secret("env:X")) == "Secret(***)"
