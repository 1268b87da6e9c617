"""Every reply is there in both languages, is Telegram's markup, and says the house's reasons in the reader's words."""

import html
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.answer import Answer
from bot.desk.answers.looking import Queue
from bot.desk.answers.talk import No, Number
from bot.desk.moments import moment
from bot.desk.reasons import worded
from bot.desk.replies import Replies, file
from bot.desk.words import SHIPPED as LANGUAGES
from bot.model.delivery import Act
from bot.model.edition import Markup, Unit
from bot.model.story import Story
from bot.rules import clearance
from bot.rules.counting import count, visible
from bot.rules.follow import follow
from bot.rules.routing import route
from bot.settings import Route
from bot.talk.splitting import LIMIT, split
from tests.desk.conftest import SHIPPED
from tests.desk.sampled import NOW, samples
from tests.fakes.bot_api import Entities
from tests.fakes.stories import article

SHANGHAI = ZoneInfo("Asia/Shanghai")
REPLIES = Replies(SHIPPED, None, SHANGHAI)
SHARED = {"words.html.j2", "words.yaml", "why.yaml"}


def templates(language: str) -> set[str]:
    return {path.name for path in (SHIPPED / "desk" / language).iterdir()} - {"reasons.yaml"}  # English has none


def test_every_template_is_there_in_every_language() -> None:
    assert templates("zh") == templates("en")
    assert {path.name for path in (SHIPPED / "desk").iterdir()} == set(LANGUAGES)


def test_every_template_is_said_by_some_answer() -> None:
    assert {file(answer) for answer in samples()} | SHARED == templates("zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", samples(), ids=lambda answer: answer.template)
def test_every_answer_is_said_in_markup_that_telegram_takes(answer: Answer, language: str) -> None:
    text = REPLIES.render(answer, language, NOW)
    assert Entities(text).seen.strip()
    assert "None" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    if language == "en":
        assert not set("，。：（）、") & set(text)


def test_a_template_of_the_newsrooms_own_comes_first_and_a_broken_one_gives_way(
    tmp_path: Path, written: io.StringIO
) -> None:
    folder = tmp_path / "desk" / "en"
    folder.mkdir(parents=True)
    (folder / "no.html.j2").write_text("Ask the night editor.")
    (folder / "number.html.j2").write_text("{{ numbre }}")
    replies = Replies(SHIPPED, tmp_path, SHANGHAI)
    assert replies.render(No(), "en", NOW) == "Ask the night editor."
    assert replies.render(Number(7), "en", NOW) == "Your Telegram number is <code>7</code>."
    assert "'numbre' is undefined" in written.getvalue()
    assert replies.render(Queue((), 1, 1, 0), "zh", NOW) == "眼下没有待发的稿件。"


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path, written: io.StringIO) -> None:
    folder = tmp_path / "desk" / "en"
    folder.mkdir(parents=True)
    (folder / "no.html.j2").write_text("{{ ''.__class__.__mro__ }}")
    assert Replies(SHIPPED, tmp_path, SHANGHAI).render(No(), "en", NOW).startswith("Sorry")


def house_reasons() -> set[str]:
    """What the rules really write down."""
    story = Story(1, "site", 1, article(), NOW, NOW)
    old = Story(1, "site", 1, article(), NOW - timedelta(hours=9), NOW)
    limit = timedelta(hours=6)
    said = {clearance.objection(Act.POST, old, NOW, not_older_than=limit)}
    said |= {clearance.objection(Act.POST, old, NOW + timedelta(days=9), not_older_than=timedelta(minutes=30))}
    said |= {follow((), editable=False).why}
    routes = [
        Route.model_validate({"channels": ["a"], "when": when})
        for when in ({"languages": ["en", "fr"]}, {"sections": ["本地"]}, {"tags": ["桥"]}, {"sources": ["x"]})
    ]
    said |= {verdict.why for verdict in route(story, routes, ["a", "b"])}
    return {reason for reason in said if reason}


@pytest.mark.parametrize("reason", sorted(house_reasons()))
def test_a_reason_of_the_rules_is_said_in_chinese(reason: str) -> None:
    said = worded(reason, "zh")
    assert set(re.findall("[a-z]+", said)) <= {"en", "fr", "zh", "x", "site"}  # what the settings name
    assert worded(reason, "en") == reason


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("the channel is paused: bot was kicked", "频道已暂停：bot was kicked"),
        ("#12 桥: 通车: failed: HTTP 403", "#12 桥: 通车：发送失败：HTTP 403"),
        ("#12 桥 → weekly: uncertain, it may be out: no outcome within the lease",
         "#12 桥 → weekly：可能已经发出，请到频道核实：发送超时，没有结果"),
        ("x: its token ends on 2026-12-01 08:00 UTC. the token ends and cannot be renewed: run `main.py connect x`",
         "x：访问口令于 2026-12-01 08:00（UTC）到期：口令即将失效，平台不支持续期，请运行 `main.py connect x`"),
        ("x: paused: not connected yet: run `main.py connect x`",
         "x：频道已暂停：帐号尚未连接，请运行 `main.py connect x`"),
        ("superseded by revision 3: no route names this channel", "已由第 3 版代替：没有路由用到这个频道"),
        ("错别字: 数字", "错别字: 数字"),
        ("wrong photo {0} {}", "wrong photo {0} {}"),
    ],
)  # fmt: skip
def test_a_chinese_editor_reads_the_houses_words_in_chinese_and_others_as_they_are(reason: str, chinese: str) -> None:
    assert worded(reason, "zh") == chinese


@pytest.mark.parametrize(
    ("at", "day", "shown"),
    [
        ("2026-11-24T15:59:00", "today", "23:59"),
        ("2026-11-24T16:00:00", "tomorrow", "00:00"),
        ("2026-11-23T15:59:00", "yesterday", "23:59"),
        ("2026-11-26T00:00:00", "", "08:00"),
    ],
)
def test_today_is_the_newsrooms_today(at: str, day: str, shown: str) -> None:
    seen = moment(datetime.fromisoformat(at).replace(tzinfo=UTC), NOW, SHANGHAI)
    assert (seen.day, f"{seen.local:%H:%M}") == (day, shown)


def test_a_long_text_is_cut_at_line_ends_with_nothing_lost() -> None:
    text = "\n".join(f"<b>#{number}</b> 河湾 &amp; 新闻 😀" for number in range(1000))
    parts = split(text)
    assert len(parts) > 1
    assert "\n".join(parts) == text
    assert all(count(Entities(part).seen, Unit.UTF16) <= LIMIT for part in parts)


def test_markup_over_several_lines_stays_in_one_message() -> None:
    block = "<b>" + "\n".join(["河" * 50] * 50) + "</b>"
    parts = split(f"{block}\n{block}")
    assert parts == (block, block)


def test_a_line_too_long_for_a_message_loses_its_markup_and_no_words() -> None:
    parts = split(f"<i>{'<' * 3}a</i>".replace("<<<", "&lt;" * 3000) + "😀" * 3000)
    assert html.unescape("".join(parts)) == "<" * 3000 + "a" + "😀" * 3000
    assert all(count(Entities(part).seen, Unit.UTF16) <= LIMIT for part in parts)


@given(st.lists(st.text(alphabet="河a<&😀 \n\u200d", max_size=60), max_size=12), st.integers(20, 60))
def test_whatever_people_write_every_part_fits_and_is_markup(texts: list[str], limit: int) -> None:
    text = "\n".join(f"<b>{html.escape(one)}</b>" for one in texts)
    parts = split(text, limit)
    for part in parts:
        assert count(Entities(part).seen, Unit.UTF16) <= limit
    squeezed = "".join("".join(visible(part, Markup.HTML) for part in parts).split())
    assert squeezed == "".join(visible(text, Markup.HTML).split())
