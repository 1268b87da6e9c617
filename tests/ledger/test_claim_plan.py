"""What a claim makes SQLite read: no table that grows, however much the ledger remembers."""

import sqlite3
from pathlib import Path

from sqlalchemy.dialects import sqlite

from bot.ledger import Ledger
from bot.ledger.claiming import IN_LANE, Wanted
from bot.ledger.tables import metadata


async def test_a_claim_reads_from_end_to_end_only_what_stays_short(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    await (await Ledger.open(f"sqlite:///{file}")).close()
    asked = Wanted(4, ["busy"]).asked(None)
    assert asked is not None
    asked |= {"lane": "", "now": None, "most": 4}
    query = IN_LANE.params(asked).compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    raw = sqlite3.connect(file)
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}", [None] * len(query.positiontup or ()))]
    raw.close()
    assert "SEARCH deliveries USING INDEX ix_deliveries_lane (lane=?)" in plan
    whole = [step for step in plan if step.startswith("SCAN") and step.split()[1] in metadata.tables]
    assert whole == ["SCAN orders USING INDEX ix_orders_renew", "SCAN breakers"]  # words to be set, channels that fail
