"""Daily digests on the days on which clocks change, in 24 zones at once; tests/bench/digests.py has 20,000 readers."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.bench.digests import measured


@pytest.mark.parametrize("day", [date(2026, 10, 4), date(2026, 11, 1)])
async def test_each_reader_gets_exactly_one_on_the_day_the_clocks_change(
    day: date, sqlite_url: str, tmp_path: Path
) -> None:
    """In spring half an hour is left out on Lord Howe; in autumn an hour comes twice in New York and Havana."""
    found = await measured(sqlite_url, tmp_path, day, 200, tick=timedelta(hours=1), alike=True)
    assert found.wrong == {}
    assert found.editions < found.digests / 2
