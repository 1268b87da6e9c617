"""A secret is known by where it is kept, never by what it is."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Secret


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_SECRET", "s3cr3t")
    assert Secret("env:CRIER_TEST_SECRET").reveal() == "s3cr3t"


def test_it_is_read_from_a_file_without_the_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cr3t\n", encoding="utf-8")
    assert Secret(f"file:{tmp_path}/token").reveal() == "s3cr3t"


@pytest.mark.parametrize("reference", ["env:CRIER_TEST_NOT_SET", "file:/nowhere/at/all"])
def test_a_missing_one_says_what_to_do(reference: str) -> None:
    secret = Secret(reference)
    assert not secret.there
    with pytest.raises(SettingsError, match=r"set the environment variable|write the secret into the file"):
        secret.reveal()


@pytest.mark.parametrize("text", ["hunter2", "env:", "vault:x", ""])
def test_a_secret_itself_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="env:NAME or file:PATH") as caught:
        Secret(text)
    assert text == "" or text not in str(caught.value).replace("env:NAME", "")


def test_it_shows_itself_as_stars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_SECRET", "s3cr3t")
    secret = Secret("env:CRIER_TEST_SECRET")
    assert secret.reveal()
    assert [str(secret), repr(secret), f"{secret}"] == ["Secret(***)"] * 3
