"""What every command needs: the newsroom's file, a log without secrets, a way to print."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.markup import escape

from bot.app import Premises
from bot.errors import CrierError, SettingsError
from bot.log import configure

DEFAULT = Path("settings.yaml")
SettingsFile = Annotated[Path, typer.Option("--settings", envvar="CRIER_SETTINGS", help="The newsroom's file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]

out = Console(highlight=False)


def enter(file: Path, *, level: str | None = None, json_log: bool = False) -> Premises:
    """Read the settings and set up the log, secrets blotted out. Raises SettingsError."""
    premises = Premises.of(file)
    configure(level or premises.settings.house.log_level, premises.redactor, json=json_log)
    return premises


def print_json(value: object) -> None:
    """One JSON document on standard output; dataclasses, times and paths included."""
    sys.stdout.write(to_json(value, indent=2).decode() + "\n")


def complain(err: CrierError) -> None:
    """Say what is wrong on standard error; for settings, every mistake that was found."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    others = err.others if isinstance(err, SettingsError) else ()
    for one in (err, *others):
        console.print(f"[bold red]✗[/] {escape(str(one))}")
