"""The words of a post: whatever the facts, they fit by another count, parse, and keep the byline."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import PressError
from bot.model.channel import Facts
from bot.model.edition import Markup, Unit
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.telling import Teller, Told
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.fakes.articles import NOW, marked
from tests.fakes.kinds import BLUESKY, CAPTION, KINDS, TEXT, WEIBO, X, facts, templates
from tests.fakes.readers import read

LINK = "https://example.org/1"
LINKS = re.compile(r"https://example\.org/[\w/.-]*\w")
HIDES = (Markup.HTML, Markup.MARKDOWN_V2, Markup.FACETS)


@pytest.fixture(scope="module")
def teller(tmp_path_factory: pytest.TempPathFactory) -> Teller:
    return Teller(Templates(templates(tmp_path_factory.mktemp("templates")), None), ZoneInfo("Asia/Shanghai"))


def story(article: Article, **more: object) -> Story:
    return replace(Story(1, "inbox", 1, article, NOW, NOW), **more)  # type: ignore[arg-type]


def tell(teller: Teller, article: Article, known: Facts, **more: object) -> Told:
    return teller.tell(story(article, **more), analyse(article), known)


def narrow(character: str) -> bool:
    return ord(character) < 0x1100 or character in "“”‘’–—\u200d"


COUNTS: Mapping[Unit, Callable[[str], int]] = {
    Unit.CODE_POINTS: lambda text: sum(1 for _ in text),
    Unit.UTF16: lambda text: sum(2 if ord(one) > 0xFFFF else 1 for one in text),
    Unit.BYTES: lambda text: sum(1 + (ord(o) > 0x7F) + (ord(o) > 0x7FF) + (ord(o) > 0xFFFF) for o in text),
    Unit.GRAPHEMES: lambda text: sum(1 for one in text if unicodedata.category(one) != "Mn"),
    Unit.WEIGHTED: lambda text: sum(
        1 if narrow(one) else 2 for one in unicodedata.normalize("NFC", LINKS.sub("x" * 23, text))
    ),
    Unit.LINKS_AS_23: lambda text: sum(unicodedata.category(o) != "Mn" for o in LINKS.sub("x" * 23, text)),
    Unit.HALVES: lambda text: -(-sum(1 if o < "\x80" else 4 if ord(o) > 0xFFFF else 2 for o in text) // 2),
    Unit.EMOJI_BYTES: lambda text: sum(4 if one == "🎉" else 1 for one in text),
}


def accepted(told: Told, known: Facts) -> bool:
    """By our readers and other counts."""
    seen = read(told.text, known.markup)
    counted = told.text if known.markup not in HIDES else seen
    length = COUNTS[known.unit](counted)
    raw = len((seen if known.markup is Markup.FACETS else told.text).encode())
    return (known.limit is None or length <= known.limit) and (known.raw_bytes is None or raw <= known.raw_bytes)


PIECES = st.sampled_from(
    [
        "河湾大桥",
        "今晨通车",
        "，",
        "。",
        "183起",
        "61.67%",
        "3.5 million ",
        "《河湾旧事》",
        "“快走。”",
        "Mr. Reed said ",
        "river ",
        "*",
        "_",
        "[x](y) ",
        "<b>",
        "&amp;",
        "`",
        "#",
        "\\",
        "e\u0301",
        "🎉",
        "\n",
        "同时，",
        "说：",
        "他说",
        ". ",
        "! ",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=30).map("".join).filter(str.strip)
MADE_UP = st.builds(
    lambda markup, unit, limit, raw: facts("made up", markup, limit, unit, raw_bytes=raw),
    st.sampled_from([one for one in Markup if one is not Markup.JSON]),
    st.sampled_from(list(Unit)),
    st.integers(180, 1500),
    st.sampled_from([None, 400, 3000]),
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    known=st.one_of(st.sampled_from(KINDS), MADE_UP), headline=TEXTS, body=st.lists(TEXTS, max_size=6), data=st.data()
)
def test_whatever_the_facts_the_words_fit_parse_and_keep_the_byline(
    teller: Teller, known: Facts, headline: str, body: list[str], data: st.DataObject
) -> None:
    kinds = st.sampled_from([BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.QUOTE])
    blocks = tuple(Block(data.draw(kinds), " ".join(text.split())) for text in body)
    byline = Byline(published=NOW, credit="河湾日报", editor="陈静", author="许文")
    article = Article(" ".join(headline.split()), blocks, "zh", byline=byline, link=LINK, tags=("交通", "river"))
    told = tell(teller, article, known)
    assert accepted(told, known)
    assert "河湾日报" in told.text
    assert "陈静" in told.text


@pytest.mark.parametrize("known", KINDS, ids=lambda known: f"{known.kind}-{known.limit}")
def test_every_sample_article_fits_every_kind_and_no_line_begins_with_a_closing_mark(
    teller: Teller, known: Facts
) -> None:
    for one in marked():
        told = tell(teller, one.article, replace(known, hashtags=0))
        assert accepted(told, known)
        assert not re.search(r"(?m)^[”’」』》）)】，。、；：！？]", read(told.text, known.markup))


@pytest.mark.parametrize("known", [CAPTION, X, WEIBO, BLUESKY])
def test_a_story_is_never_told_without_who_answers_for_it(teller: Teller, known: Facts) -> None:
    article = Article(
        "河" * 3000,
        (Block(BlockKind.PARAGRAPH, "桥通了。" * 400),),
        "zh",
        byline=Byline(credit="河湾日报", editor="陈静"),
    )
    assert "来源：河湾日报" in tell(teller, article, known).text
    assert "责任编辑：陈静" in tell(teller, article, known).text
    with pytest.raises(PressError, match="not even headline and byline fit 12"):
        tell(teller, article, replace(known, limit=12))


@pytest.mark.parametrize(
    ("language", "updated", "revision", "note", "mark"),
    [
        ("zh", None, 1, "", None),
        ("zh", NOW, 1, "", "更新：11月24日 09:30"),
        ("en", None, 2, "", "Updated 24 November, 09:30"),
        ("zh", None, 2, "更正：桥长为420米。", "更正：11月24日 09:30"),
        ("en", NOW, 1, "Correction: the bridge is 420 metres long.", "Corrected 24 November, 09:30"),
    ],
)
def test_a_change_is_marked_and_a_correction_is_told(
    teller: Teller, language: str, updated: object, revision: int, note: str, mark: str | None
) -> None:
    texts = ["大桥今晨通车。", *[f"第{number}根拉索已经换好。" for number in range(20)], note]
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in texts if text)
    byline = Byline(credit="河湾日报", updated=updated)  # type: ignore[arg-type]
    told = tell(
        teller, Article("大桥", blocks, language, byline=byline), replace(CAPTION, limit=120), revision=revision
    )
    assert note in told.text
    assert (mark in told.text) if mark else not re.search("更新|更正|Updated|Corrected", told.text)


def test_a_long_piece_is_told_in_sections_where_they_have_room_and_with_a_line_of_contents_where_not(
    teller: Teller,
) -> None:
    article = next(one.article for one in marked() if one.name == "en-long-lock")
    long, short = tell(teller, article, TEXT).text, tell(teller, article, CAPTION).text
    assert all(f"<b>{heading}</b>" in long for heading in article.headings)
    assert "In this story: How it was shut · How it was opened" in short
    assert all(heading in short for heading in article.headings)


def test_where_the_lead_has_no_room_its_first_clauses_are_told(teller: Teller) -> None:
    lead = (
        "河湾大桥经过九十七天的封闭施工，于今天早晨六时恢复双向通行，比原来的计划提前了九天，沿线居民一早就来到桥头。"
    )
    told = tell(teller, Article("大桥通车", (Block(BlockKind.PARAGRAPH, lead),), "zh"), replace(CAPTION, limit=54))
    assert (
        told.text
        == "<b>大桥通车</b>\n\n河湾大桥经过九十七天的封闭施工，于今天早晨六时恢复双向通行，比原来的计划提前了九天…"
    )
    assert told.notes == ("only the beginning of the first sentence: no room",)


PORTAL = Path(__file__).resolve().parents[2].parent / "shared" / "pages" / "portal_article_zh.txt"


@pytest.mark.skipif(not PORTAL.exists(), reason="the real page lies beside the repository only where it may be read")
def test_a_real_portal_page_is_told_with_its_quotation_figures_and_ten_headings(teller: Teller) -> None:
    from tests.fakes.articles import read as article_of

    article = article_of(PORTAL)
    for known in (CAPTION, TEXT):
        told = tell(teller, article, known).text
        assert article.lead is not None
        assert article.lead in told
        assert all(heading in told for heading in article.headings)
        assert all(figure in told for figure in ("56个", "452人", "183起", "268条", "61.67%"))
        assert not re.search(r"(?m)^(?:同时|目前|此外|对此)", told)
