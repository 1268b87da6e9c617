"""One story on every kind at once, in one run; then its correction, then its withdrawal, with what happened on each."""

import logging
from datetime import datetime
from pathlib import Path

from bot.channels import KINDS
from bot.model.ledger import Fate
from tests.channels.everywhere import INDEX, everywhere, rows_of_the_page, rows_written, state

log = logging.getLogger(__name__)


async def test_a_story_its_correction_and_its_withdrawal_on_every_kind_at_once(
    sqlite_url: str, now: datetime, tmp_path: Path
) -> None:
    all_kinds = await everywhere(sqlite_url, now, tmp_path)
    for one in all_kinds:
        where = one.receipt.permalink or one.receipt.platform_id
        log.info("%-14s %-60s %s; %s", one.kind, where, one.correction, one.withdrawal)
    assert {one.kind: state(one.post) for one in all_kinds} == dict.fromkeys(KINDS, "sent")
    for one in all_kinds:
        edit, anew = ("sent", "-") if one.editable else ("-", "sent")
        assert (one.kind, state(one.edit), state(one.anew)) == (one.kind, edit, anew)
        assert (one.kind, state(one.delete)) == (one.kind, "sent" if one.takes_back else "-")
        assert (one.fate is Fate.STAYS) is not one.takes_back
    assert rows_written() == rows_of_the_page(all_kinds), "run: ./run.sh kinds write"


def test_every_kind_has_a_page_that_the_index_leads_to() -> None:
    pages = {file.name for file in INDEX.parent.glob("*.md")} - {INDEX.name}
    led = {line.partition("](")[2].partition(")")[0] for line in rows_written()}
    assert led == pages
