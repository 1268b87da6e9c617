"""What a claim and the rounds make the ledger read: no table that grows, however much it remembers."""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import sqlite

from bot.ledger import Ledger
from bot.ledger.claiming import IN_LANE, Wanted
from bot.ledger.store import connect
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
    # Words to be set, channels that fail: asked of a delivery, and of the fan-out that it is of.
    assert set(whole) == {"SCAN orders USING INDEX ix_orders_renew", "SCAN breakers"}


ROUNDS: dict[str, Callable[[Ledger, datetime], Awaitable[Any]]] = {
    "ix_deliveries_held": lambda ledger, _: ledger.digests.late("weibo"),
    "ix_deliveries_uncertain": lambda ledger, _: ledger.claims.unsure(["weibo"]),
    "ix_deliveries_sending": lambda ledger, now: ledger.claims.overdue(now),
}


@pytest.mark.parametrize("index", ROUNDS)
async def test_a_round_reads_only_the_few_rows_that_it_is_about(ledger_url: str, index: str, now: datetime) -> None:
    await (await Ledger.open(ledger_url)).close()
    store = connect(ledger_url)
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    await ROUNDS[index](Ledger(store), now)
    query, given = next(one for one in asked if "FROM deliveries" in one[0])
    lite = store.engine.dialect.name == "sqlite"
    async with store.read() as connection:
        if not lite:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))  # an empty table is read as a whole
        explain = "EXPLAIN QUERY PLAN" if lite else "EXPLAIN"
        plan = [row[-1] for row in await connection.exec_driver_sql(f"{explain} {query}", given)]
    await store.engine.dispose()
    assert any(index in step for step in plan), plan
