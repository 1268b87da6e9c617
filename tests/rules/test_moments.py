"""Times as editors write them, in both languages, on the newsroom's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.rules.moments import moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=SHANGHAI)  # a Tuesday

# As it is written, and when that is, on the newsroom's clock.
CLEAR = """
18:30                       | 2026-11-24 18:30
18：30                      | 2026-11-24 18:30
18.30                       | 2026-11-24 18:30
18h30                       | 2026-11-24 18:30
1830                        | 2026-11-24 18:30
at 18:30                    | 2026-11-24 18:30
09:15                       | 2026-11-25 09:15
today 23:59                 | 2026-11-24 23:59
7pm                         | 2026-11-24 19:00
7 pm                        | 2026-11-24 19:00
7 p.m.                      | 2026-11-24 19:00
7.30pm                      | 2026-11-24 19:30
7:30 PM                     | 2026-11-24 19:30
12am                        | 2026-11-25 00:00
12pm                        | 2026-11-25 12:00
half past seven             | 2026-11-24 19:30
quarter to eight            | 2026-11-24 19:45
a quarter past 6            | 2026-11-24 18:15
20 to 9                     | 2026-11-24 20:40
ten past five               | 2026-11-24 17:10
seven thirty                | 2026-11-24 19:30
seven o'clock               | 2026-11-24 19:00
noon                        | 2026-11-25 12:00
tomorrow noon               | 2026-11-25 12:00
noon tomorrow               | 2026-11-25 12:00
tomorrow at 9am             | 2026-11-25 09:00
tomorrow 18:00              | 2026-11-25 18:00
tomorrow morning at 8       | 2026-11-25 08:00
tomorrow evening at 8       | 2026-11-25 20:00
8pm tomorrow                | 2026-11-25 20:00
8 in the evening            | 2026-11-24 20:00
the day after tomorrow 9am  | 2026-11-26 09:00
tonight at 8                | 2026-11-24 20:00
8 tonight                   | 2026-11-24 20:00
tonight 11:30               | 2026-11-24 23:30
tonight at twelve           | 2026-11-25 00:00
Friday 7pm                  | 2026-11-27 19:00
on Friday at 19:00          | 2026-11-27 19:00
fri 19:00                   | 2026-11-27 19:00
Sunday at 10 in the morning | 2026-11-29 10:00
tuesday 17:00               | 2026-11-24 17:00
next monday 10:00           | 2026-11-30 10:00
in 90 min                   | 2026-11-24 17:30
in 90 minutes               | 2026-11-24 17:30
in 2 hours                  | 2026-11-24 18:00
in an hour                  | 2026-11-24 17:00
in one hour                 | 2026-11-24 17:00
in half an hour             | 2026-11-24 16:30
in an hour and a half       | 2026-11-24 17:30
in two and a half hours     | 2026-11-24 18:30
in a quarter of an hour     | 2026-11-24 16:15
in 1.5 hours                | 2026-11-24 17:30
in 1h30m                    | 2026-11-24 17:30
in 3 days                   | 2026-11-27 16:00
in a week                   | 2026-12-01 16:00
2 hours later               | 2026-11-24 18:00
90 minutes from now         | 2026-11-24 17:30
30 Nov 8am                  | 2026-11-30 08:00
30 November at 08:00        | 2026-11-30 08:00
Nov 30, 08:00               | 2026-11-30 08:00
Dec 1st 10am                | 2026-12-01 10:00
1 March 2027 9:00           | 2027-03-01 09:00
30/11 18:00                 | 2026-11-30 18:00
30.11. 18:00                | 2026-11-30 18:00
30/11/2026 18:00            | 2026-11-30 18:00
12/25 9:00                  | 2026-12-25 09:00
2026-12-01 09:00            | 2026-12-01 09:00
2026-12-01T09:00            | 2026-12-01 09:00
2026/12/1 9:00              | 2026-12-01 09:00
20/11 9:00                  | 2027-11-20 09:00
now                         | 2026-11-24 16:00
明早八点半                   | 2026-11-25 08:30
明早8点                      | 2026-11-25 08:00
明晨六点                     | 2026-11-25 06:00
明晚十点整                   | 2026-11-25 22:00
明天上午10点                 | 2026-11-25 10:00
明天下午三点一刻             | 2026-11-25 15:15
明天18:30                    | 2026-11-25 18:30
明日9时30分                  | 2026-11-25 09:30
明天中午12点                 | 2026-11-25 12:00
明天中午一点                 | 2026-11-25 13:00
明天凌晨1点                  | 2026-11-25 01:00
后天早上七点                 | 2026-11-26 07:00
大后天晚上8点20分            | 2026-11-27 20:20
今晚8点                      | 2026-11-24 20:00
今晚八点半                   | 2026-11-24 20:30
今晚12点                     | 2026-11-25 00:00
今天下午5点                  | 2026-11-24 17:00
晚上七点三刻                 | 2026-11-24 19:45
下午五点                     | 2026-11-24 17:00
傍晚6点                      | 2026-11-24 18:00
凌晨两点                     | 2026-11-25 02:00
零点                         | 2026-11-25 00:00
18点                         | 2026-11-24 18:00
十八点三十分                 | 2026-11-24 18:30
20时30分                     | 2026-11-24 20:30
差五分八点                   | 2026-11-24 19:55
七点半                       | 2026-11-24 19:30
下周一上午10点               | 2026-11-30 10:00
下周五晚上七点               | 2026-12-04 19:00
下下周三9:00                 | 2026-12-09 09:00
本周五18:00                  | 2026-11-27 18:00
周五晚上七点半               | 2026-11-27 19:30
周一早上九点                 | 2026-11-30 09:00
星期日早上9点                | 2026-11-29 09:00
礼拜天下午两点               | 2026-11-29 14:00
2小时后                      | 2026-11-24 18:00
两个小时后                   | 2026-11-24 18:00
半小时后                     | 2026-11-24 16:30
半个小时以后                 | 2026-11-24 16:30
一个半小时后                 | 2026-11-24 17:30
1小时20分钟后                | 2026-11-24 17:20
十分钟后                     | 2026-11-24 16:10
一刻钟后                     | 2026-11-24 16:15
90分钟之后                   | 2026-11-24 17:30
三天后                       | 2026-11-27 16:00
11月30日 8:00                | 2026-11-30 08:00
11月30日上午8点              | 2026-11-30 08:00
十一月三十日早上八点         | 2026-11-30 08:00
2026年12月1日9:05            | 2026-12-01 09:05
二〇二六年十二月一日晚上九点 | 2026-12-01 21:00
30号下午2点                  | 2026-11-30 14:00
5号早上9点                   | 2026-12-05 09:00
4月1号上午九点               | 2027-04-01 09:00
马上                         | 2026-11-24 16:00
现在                         | 2026-11-24 16:00
"""

DOUBTFUL = [
    ("tomorrow 9", "2026-11-25 09:00", "or 21:00"),
    ("明天8点", "2026-11-25 08:00", "or 20:00"),
    ("今晚", "2026-11-24 20:00", "no hour was given: 20:00"),
    ("tomorrow morning", "2026-11-25 09:00", "no hour was given: 9:00"),
    ("明天下午", "2026-11-25 15:00", "no hour was given: 15:00"),
    ("周日", "2026-11-29 09:00", "no time was given: 9:00"),
    ("12月1日", "2026-12-01 09:00", "no time was given: 9:00"),
    ("midnight", "2026-11-25 00:00", "the end of that day is meant, not its beginning"),
    ("next friday 10am", "2026-12-04 10:00", "or 2026-11-27, the coming one"),
    ("3/4 10:00", "2027-04-03 10:00", "or 2027-03-04, the month first"),
]


def rows() -> list[tuple[str, str]]:
    pairs = (line.split("|") for line in CLEAR.strip().splitlines())
    return [(written.strip(), meant.strip()) for written, meant in pairs]


def shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(("written", "meant"), rows())
def test_a_time_is_read_as_people_write_it(written: str, meant: str) -> None:
    read = moment(written, NOW, SHANGHAI)
    assert read is not None
    assert (shown(read.at), read.at.tzinfo, read.ambiguous) == (meant, SHANGHAI, "")


@pytest.mark.parametrize(("written", "meant", "doubt"), DOUBTFUL)
def test_what_may_mean_something_else_is_said(written: str, meant: str, doubt: str) -> None:
    read = moment(written, NOW, SHANGHAI)
    assert read is not None
    assert (shown(read.at), read.ambiguous) == (meant, doubt)


@pytest.mark.parametrize(
    ("written", "others"),
    [
        ("tomorrow 9", ["2026-11-25 21:00"]),
        ("明天8点", ["2026-11-25 20:00"]),
        ("next friday 10am", ["2026-11-27 10:00"]),
        ("next friday 10", ["2026-11-27 10:00", "2026-12-04 22:00"]),
        ("3/4 10:00", ["2027-03-04 10:00"]),
        ("今晚", []),
        ("18:30", []),
    ],
)
def test_the_other_readings_can_be_chosen(written: str, others: list[str]) -> None:
    read = moment(written, NOW, SHANGHAI)
    assert read is not None
    assert [shown(one) for one in read.others] == others


def test_of_an_hour_that_comes_twice_the_second_can_be_chosen() -> None:
    read = moment("tomorrow 02:30", datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN), BERLIN)
    assert read is not None
    assert [one.astimezone(UTC) for one in read.others] == [datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "过一会儿",
        "25:00",
        "18:60",
        "30/2 9:00",
        "2月30日8点",
        "banana 9:00",
        "in two",
        "13/13 9:00",
        "9 9 9",
    ],
)
def test_what_is_not_understood_is_not_guessed(written: str) -> None:
    assert moment(written, NOW, SHANGHAI) is None


@pytest.mark.parametrize("written", ["today 9:00", "今天上午9点", "2026-11-23 18:00", "24/11 15:59"])
def test_a_moment_that_is_past_says_so(written: str) -> None:
    read = moment(written, NOW, SHANGHAI)
    assert read is not None
    assert read.past


def test_the_same_words_are_another_moment_in_another_zone() -> None:
    read = moment("18:30", NOW, BERLIN)
    assert read is not None
    assert read.at == datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_does_not_exist() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    read = moment("tomorrow 02:30", before, BERLIN)
    assert read is not None
    assert (shown(read.at), read.shifted) == ("2026-03-29 03:30", True)
    assert read.ambiguous == "the clocks jump over the time that was written"


def test_a_time_that_the_clocks_show_twice_is_the_first_and_says_so() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    read = moment("tomorrow 02:30", before, BERLIN)
    assert read is not None
    assert read.at.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read.ambiguous == "or an hour later: the clocks show 02:30 twice that day"


def test_between_the_two_it_is_the_second() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    read = moment("today 02:30", between, BERLIN)
    assert read is not None
    assert read.at.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert not read.past


@pytest.mark.parametrize("written", ["in 24 hours", "24小时后"])
def test_a_span_is_elapsed_time_also_over_a_change_of_the_clocks(written: str) -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    read = moment(written, before, BERLIN)
    assert read is not None
    assert read.at.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=24)
    assert shown(read.at) == "2026-10-25 11:00"


def test_tomorrow_is_the_same_hour_over_a_change_of_the_clocks() -> None:
    before = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    read = moment("tomorrow 12:00", before, BERLIN)
    assert read is not None
    assert read.at.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25)
