"""A newsroom in a folder of its own, and the real daemon as a process that can be killed."""

import asyncio
import contextlib
import copy
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PAGE = re.compile(r"http://[\w.:-]+/")
_READY = "is at work"
_SETTINGS = """
newsroom: {{name: 河湾日报, zone: Asia/Shanghai, languages: [zh, en]}}
sources:
  inbox: {{kind: inbox, folder: queue/inbox, every: 2s}}{sources}
channels:
{channels}
routes:
  - channels: [{names}]
desk: {{grace: {grace}, not_older_than: null{desk}}}
house: {{site_port: 0, log_level: debug{house}}}
"""


class Newsroom:
    """Settings, an inbox and a ledger; the daemon runs in its own process, as it does in life."""

    def __init__(
        self,
        folder: Path,
        channels: Mapping[str, str],
        *,
        grace: str = "0s",
        desk: str = "",
        house: str = "",
        sources: Mapping[str, str] | None = None,
        ledger_url: str | None = None,
    ) -> None:
        self.folder = folder
        self.inbox = folder / "queue" / "inbox"
        self.inbox.mkdir(parents=True)
        self.log = folder / "log.txt"
        self.settings = folder / "settings.yaml"
        lines = "\n".join(f"  {name}: {{{given}}}" for name, given in channels.items())
        more = "".join(f"\n  {name}: {{{given}}}" for name, given in (sources or {}).items())
        names = ", ".join(channels)
        text = _SETTINGS.format(channels=lines, names=names, grace=grace, desk=desk, house=house, sources=more)
        self.settings.write_text(text, encoding="utf-8")
        self.ledger_url = ledger_url or f"sqlite:///{self.folder / 'queue' / 'ledger.sqlite'}"
        self.process: asyncio.subprocess.Process | None = None
        self.page = ""

    def another(self, name: str) -> "Newsroom":
        """A second machine of the same newsroom, with a log of its own."""
        other = copy.copy(self)
        other.log, other.process, other.page = self.folder / f"log of {name}.txt", None, ""
        return other

    def drop(self, name: str, text: str) -> None:
        """Put a file into the inbox as a whole."""
        part = self.folder / "dropped.part"
        part.write_text(text, encoding="utf-8")
        part.rename(self.inbox / name)

    def drop_story(self, number: int, *, body: str = "桥面今早恢复双向通行。") -> str:
        """A story of its own; its headline."""
        headline = f"河湾短讯第{number}号"
        front = f"title: {headline}\nlink: https://example.org/briefs/{number}\nlanguage: zh\n"
        self.drop(f"brief-{number}.md", f"---\n{front}---\n\n{body}\n")
        return headline

    async def launch(self, *words: str) -> asyncio.subprocess.Process:
        """Start the daemon, more words on its command line; it may not be ready yet."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "main.py", "run", "--settings", str(self.settings), *words,
                cwd=ROOT, env={**os.environ, "COLUMNS": "200"}, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        return self.process

    async def start(self, *words: str) -> str:
        """Start the daemon and wait until it is at work; its page's address, if it shows one."""
        process = await self.launch(*words)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while line := (await process.stdout.readline()).decode():
                if _READY in line:
                    found = _PAGE.search(line)
                    self.page = found[0] if found else ""
                    return self.page
        raise AssertionError(f"the daemon ended:\n{self.log.read_text(encoding='utf-8')[-3000:]}")

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM, as a service manager says it; the exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        assert process.stdout is not None
        await process.stdout.read()
        return await process.wait()


@contextlib.asynccontextmanager
async def running(newsroom: Newsroom) -> AsyncIterator[Newsroom]:
    """The daemon for the length of a block."""
    try:
        await newsroom.start()
        yield newsroom
    finally:
        await newsroom.kill()
