"""What the tests of the channels need: the secrets of every stage, in the environment."""

import pytest

from tests.channels.stages.table import PLAYS


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for play in PLAYS.values():
        for name, value in play.secrets.items():
            monkeypatch.setenv(name, value)
