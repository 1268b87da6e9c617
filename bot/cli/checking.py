"""Everything that can be wrong before the first post, looked at once."""

import os
from pathlib import Path

from rich.progress import Progress

from bot.app import Premises, now
from bot.errors import CrierError, PressError
from bot.model.channel import Channel, Checkable, Finding
from bot.model.source import Watched
from bot.press.writer import prompt_passes


async def findings(premises: Premises, *, quiet: bool) -> tuple[Finding, ...]:
    """The settings are right already (else there were no premises): folders, ledger, templates, accounts."""
    settings = premises.settings
    found = [Finding("settings", True, f"{len(settings.sources)} sources, {len(settings.channels)} channels")]
    with Progress(transient=True, disable=quiet) as progress:
        task = progress.add_task("checking", total=3 + len(settings.channels))
        for look in (_folders, _ledger, _templates):
            found += await look(premises)
            progress.advance(task)
        for name in settings.channels:
            found += await _account(premises, name)
            progress.advance(task)
        found += await _subscribers(premises)
        found += _desk(premises)
        found += _model(premises)
    return tuple(found)


def refuse_mistakes(premises: Premises) -> None:
    """What must be right before the daemon starts: the words of every channel. Raises CrierError with all mistakes."""
    facts = [premises.facts(name) for name in premises.settings.channels]
    mistakes = [*premises.press().mistakes(facts), *_prompts(premises)]
    if mistakes:
        raise CrierError("\n".join(("not started: templates are at fault", *map(str, mistakes))))


async def _folders(premises: Premises) -> list[Finding]:
    try:
        found = [Finding("folder", True, f"{premises.queue} is writable")]
    except CrierError as err:
        return [Finding("folder", False, str(err))]
    own = premises.own_templates
    if own is not None:
        found.append(
            Finding("folder", own.is_dir(), f"{own}: {'found' if own.is_dir() else 'house.templates is no folder'}")
        )
    async with premises.sources() as sources:
        for name, source in sources.items():
            if isinstance(source, Watched) and source.watch_folder is not None:
                found.append(_watched(name, source.watch_folder))
    return found


def _watched(name: str, folder: Path) -> Finding:
    ok = folder.is_dir() and os.access(folder, os.R_OK)
    return Finding(
        f"source {name}", ok, f"{folder} {'is readable' if ok else 'is no folder that can be read: make it'}"
    )


async def _ledger(premises: Premises) -> list[Finding]:
    try:
        async with premises.ledger() as ledger:
            await ledger.ready()
    except CrierError as err:
        return [Finding("ledger", False, str(err))]
    return [Finding("ledger", True, "open, and of this version")]


async def _templates(premises: Premises) -> list[Finding]:
    return list(premises.press().check([premises.facts(name) for name in premises.settings.channels]))


async def _account(premises: Premises, name: str) -> list[Finding]:
    subject = f"channel {name}"
    if premises.settings.rehearses(name):
        return [Finding(subject, True, "rehearses: nothing leaves the house")]
    try:
        async with premises.kept_tokens(now) as tokens:
            channel = premises.channel(name, now, tokens)
            try:
                found = await tried(channel)
            finally:
                await channel.close()
    except CrierError as err:
        return [Finding(subject, False, str(err))]
    return [Finding(f"{subject}: {one.subject}", one.ok, one.detail) for one in found]


async def tried(channel: Channel) -> tuple[Finding, ...]:
    """What the channel says of its account."""
    if not isinstance(channel, Checkable):
        return (Finding("account", True, "this kind of account cannot be tried without posting"),)
    return await channel.check()


def _model(premises: Premises) -> list[Finding]:
    """Nothing is asked: a question would cost."""
    model = premises.settings.model
    if model is None:
        wanted = [name for name, own in premises.settings.channels.items() if own.rewrite or own.translate]
        said = (
            f"channels {', '.join(wanted)} want a model: write a section model" if wanted else "off: no section model"
        )
        return [Finding("model", not wanted, said)]
    if model.key is not None and not model.key.there:
        return [Finding("model", False, f"model.key: {model.key.reference} is missing")]
    found = [Finding("model", True, f"{model.name}, {model.calls_a_month} calls a month")]
    return [*found, *(Finding(f"template {err.template}", False, str(err)) for err in _prompts(premises))]


def _prompts(premises: Premises) -> list[PressError]:
    """What is wrong with what a model would be asked, where there is one."""
    shelf, found = premises.prompts.shelf, []
    for name in shelf.names if premises.settings.model else ():
        try:
            prompt_passes(shelf, name)
        except PressError as err:
            found.append(err)
    return found


async def _subscribers(premises: Premises) -> list[Finding]:
    """Whether the key is there, and opens what was sealed; no address is shown."""
    given, subject = premises.settings.subscribers, "subscribers"
    if given is None:
        return [Finding(subject, True, "off: no section subscribers")]
    if not given.key.there:
        return [Finding(subject, False, f"subscribers.key: {given.key.reference} is missing")]
    try:
        async with premises.ledger() as ledger:
            opened, there = await ledger.subscribers(given.key.reveal()).openable()
    except CrierError as err:
        return [Finding(subject, False, str(err))]
    if opened < there:
        said = f"subscribers.key does not open {there - opened} of {there} addresses: write the former key behind it"
        return [Finding(subject, False, said)]
    return [Finding(subject, True, f"{', '.join(given.carriers)}; the key opens all of {there} addresses")]


def _desk(premises: Premises) -> list[Finding]:
    desk = premises.settings.desk
    if desk.token is None:
        return [Finding("desk", True, "off: no desk.token")]
    if not desk.token.there:
        return [Finding("desk", False, f"desk.token: {desk.token.reference} is missing")]
    if not desk.editors:
        return [
            Finding("desk", False, "desk.editors is empty: nobody could steer; write /id to the bot for your number")
        ]
    return [Finding("desk", True, f"{len(desk.editors)} editors")]
