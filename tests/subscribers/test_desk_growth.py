"""How readers grew: counted back from today's figure, and drawn."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.model.membership import CarrierDay, Standing
from bot.model.subscriber import Membership
from bot.press import Press
from bot.press.chart import SIZE, steps
from bot.rules.growth import OTHERS, GrowthLine, growth
from bot.settings import Newsroom

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
TODAY = date(2026, 11, 24)


def test_each_day_is_counted_back_from_who_is_here() -> None:
    standings = [Standing("bot", Membership.ACTIVE, 9), Standing("bot", Membership.LOST, 5)]
    days = [CarrierDay(TODAY, "bot", joined=3), CarrierDay(TODAY - timedelta(days=1), "bot", left=1, lost=1)]
    assert growth(standings, days, TODAY, 3) == (GrowthLine("bot", TODAY - timedelta(days=2), (8, 6, 9)),)


def test_many_small_carriers_share_a_line() -> None:
    standings = [
        Standing(name, Membership.ACTIVE, count) for name, count in zip("abcdef", range(9, 3, -1), strict=True)
    ]
    lines = growth(standings, [], TODAY, 2)
    assert [(one.carrier, one.readers[-1]) for one in lines] == [("a", 9), ("b", 8), ("c", 7), (OTHERS, 15)]


@pytest.mark.parametrize(
    ("least", "most", "marks"),
    [
        (0, 0, (0,)),
        (0, 7, (0, 2, 4, 6)),
        (300, 18_166, (0, 5_000, 10_000, 15_000)),
        (9_800, 10_000, (9_800, 9_850, 9_900, 9_950, 10_000)),
    ],
)
def test_the_scale_has_few_round_numbers(least: int, most: int, marks: tuple[int, ...]) -> None:
    assert steps(least, most) == marks


@pytest.mark.parametrize(("language", "tone"), [("zh", "light"), ("en", "dark")])
async def test_it_is_drawn_in_the_house_style(language: str, tone: str, tmp_path: Path) -> None:
    newsroom = Newsroom.model_validate({"name": "河湾日报", "cards": {"tone": tone}})
    press = Press(newsroom, SHIPPED, None, tmp_path)
    lines = (GrowthLine("bot", TODAY, (4, 4, 7)), GrowthLine("letters", TODAY, (0, 0, 0)))
    drawn = await press.chart(lines, language, datetime(2026, 11, 24, 8, tzinfo=UTC))
    with Image.open(drawn) as picture:
        assert picture.size == (SIZE.width, SIZE.height)
        assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 50
    assert await press.chart(lines, language, datetime(2026, 11, 24, 8, tzinfo=UTC)) == drawn
