"""Feeds before W3C's own feed validator: run by hand, for it is in no registry.

Check out github.com/w3c/feedvalidator, install its requirements (lxml, html5lib, rdflib) into an environment of its
own, then, from the repository's root: CRIER_FEEDVALIDATOR=that/checkout/src CRIER_FEEDVALIDATOR_PYTHON=that/python
python -m pytest tests/live/feeds_live.py
"""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from tests.channels.stages.feed import feed
from tests.channels.test_feed_forms import lived

ASK = """
import sys
import feedvalidator
from feedvalidator import compatibility
from feedvalidator.formatter.text_plain import Formatter
told = feedvalidator.validateString(open(sys.argv[1], encoding="utf-8").read(), base=sys.argv[2])["loggedEvents"]
print("\\n".join(Formatter(compatibility.AA(told))))
"""


REMARKS = {
    "Use of unknown namespace: http://purl.org/atompub/tombstones/1.0",  # RFC 6721
    # Of a headline that looks like markup and is words; each is escaped once, as the specifications have it.
    "title should not contain HTML",
    "category should not contain HTML",
    "name should not contain HTML",
    "title should not contain HTML unless declared in the type attribute",
    "summary should not contain HTML unless declared in the type attribute",
}


@pytest.mark.parametrize("suffix", [".rss.xml", ".atom.xml"])
async def test_the_validator_of_w3c_finds_nothing_wrong(tmp_path: Path, suffix: str) -> None:
    async with feed(tmp_path, description="河湾的新闻", title="河湾日报") as stage:
        await lived(stage)
        file, address = str(stage.double / f"main{suffix}"), f"https://example.org/feeds/main{suffix}"
        given = {"PYTHONPATH": os.environ["CRIER_FEEDVALIDATOR"]}
        asking = await asyncio.create_subprocess_exec(
            os.environ["CRIER_FEEDVALIDATOR_PYTHON"], "-c", ASK, file, address, env=given, stdout=subprocess.PIPE
        )
        answer, _ = await asking.communicate()
        assert asking.returncode == 0
        assert {line.partition(": ")[2] for line in answer.decode().splitlines() if line} <= REMARKS
