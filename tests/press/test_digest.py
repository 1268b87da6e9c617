"""A digest: pinned stories first, section by section, none twice, and as much of each as its platform allows."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.whole import html_of, read
from bot.errors import PressError
from bot.model.channel import WIDE, Facts
from bot.model.edition import Markup
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press import Digest, Press, Script, Voice
from bot.press.digest import Desk, compose, ordered
from bot.press.job import Job, digests
from bot.press.shelf import Shelf
from bot.press.templates import Templates
from bot.press.trial import digest_passes
from bot.settings import Newsroom
from tests.fakes.articles import NOW, ZONE, marked
from tests.fakes.golden import KINDS

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai")
DESK = Desk("河湾日报", ZONE, Templates(SHIPPED, None, "digests"))
TOLD = dict(KINDS)


def story(number: int, section: str | None = None, *, cluster: int = 0, credit: str = "河湾日报") -> Story:
    article = Article(
        f"第{number}条新闻的标题",
        (Block(BlockKind.PARAGRAPH, f"河湾大桥第{number}段今早8时通车，全长386米。"),),
        "zh",
        section=section,
        byline=Byline(credit=credit, editor="陈静"),
        link=f"https://example.org/{number}",
    )
    return Story(number, "inbox", 1, article, NOW, NOW, cluster)


def digest(*stories: Story, pinned: frozenset[int] = frozenset()) -> Digest:
    return Digest(stories, NOW, "zh", pinned=pinned)


def everything(language: str) -> Digest:
    articles = [one.article for one in marked() if one.article.language == language]
    stories = tuple(Story(number, "samples", 1, one, NOW, NOW) for number, one in enumerate(articles, 1))
    return Digest(stories, NOW, language, pinned=frozenset({3}))


def numbers(told: Digest) -> list[tuple[str | None, list[int]]]:
    return [(name, [one.id for one in stories]) for name, stories in ordered(told)]


def test_pinned_stories_stand_first_then_each_section_together_and_what_has_none_last() -> None:
    stories = (story(1, "交通"), story(2), story(3, "文化"), story(4, "交通"), story(5, "文化"))
    told = digest(*stories, pinned=frozenset({5}))
    assert numbers(told) == [(None, [5]), ("交通", [1, 4]), ("文化", [3]), ("", [2])]


def test_no_story_stands_there_twice_nor_its_reprint() -> None:
    assert numbers(digest(story(1), story(2, cluster=1), story(1), story(3), story(4, cluster=3))) == [("", [1, 3])]


def test_of_a_cluster_the_pinned_story_is_told() -> None:
    assert numbers(digest(story(1), story(2, cluster=1), pinned=frozenset({2}))) == [(None, [2])]


@pytest.mark.parametrize("name", sorted(TOLD))
def test_nothing_is_sent_when_there_is_nothing(name: str) -> None:
    assert compose(DESK, digest(), TOLD[name], Job()) is None


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(TOLD))
def test_a_day_fits_every_platform_and_says_what_is_left(name: str, language: str) -> None:
    facts, day = TOLD[name], everything(language)
    found = compose(DESK, day, facts, Job())
    assert found is not None
    assert facts.limit is None or found.told.size <= facts.limit
    assert found.stories[0].id == 3
    left = len(day.stories) - len(found.stories)
    if facts.markup is not Markup.JSON:
        assert (f"另有{left}条" in found.told.text or f"{left} more stor" in found.told.text) == bool(left)
        editors = {one.article.byline.editor for one in found.stories if one.article.byline.editor}
        assert all(str(editor) in found.told.text for editor in editors)


@pytest.mark.parametrize("name", ["telegram-text", "email", "wechat", "mastodon", "dingtalk", "feishu-post", "slack"])
def test_a_reprint_keeps_its_credit_and_our_own_is_not_repeated(name: str) -> None:
    found = compose(DESK, digest(story(1), story(2, credit="城南晚报")), TOLD[name], Job())
    assert found is not None
    assert found.told.text.count("城南晚报") == 1
    assert found.told.text.count("河湾日报") == 1


def test_where_room_is_short_words_go_before_stories_do() -> None:
    stories = tuple(story(number, "交通" if number % 2 else "文化") for number in range(1, 7))
    facts = replace(TOLD["telegram-text"], limit=220)
    found = compose(DESK, digest(*stories), facts, Job())
    assert found is not None
    assert len(found.stories) == 6
    assert 0 < found.told.text.count("今早8时通车") < 6
    assert "of 6 stories with their first words" in found.told.notes[0]


def test_not_even_one_headline_is_an_error_that_says_so() -> None:
    with pytest.raises(PressError, match="not even one headline fits 10 UTF-16 units"):
        compose(DESK, digest(story(1)), replace(TOLD["telegram-text"], limit=10), Job())


def test_the_channels_own_template_comes_before_its_routes_its_kinds_and_anybodys() -> None:
    assert digests("telegram.html.j2", Job("zh", route="evening")) == (
        "zh.html.j2", "evening.html.j2", "telegram.html.j2", "digest.html.j2",
    )  # fmt: skip


@pytest.mark.parametrize("name", Shelf.read(SHIPPED / "digests", None).files)
def test_every_shipped_template_of_a_digest_passes_its_trial(name: str) -> None:
    digest_passes(Shelf.read(SHIPPED / "digests", None), name, ZONE)


async def test_an_edition_has_a_cover_the_channels_script_and_names_its_stories(tmp_path: Path) -> None:
    press = Press(NEWSROOM, SHIPPED, None, tmp_path, voices={"tw": Voice(Script.TRADITIONAL)})
    facts = replace(TOLD["telegram-photo"], card=WIDE)
    made = await press.digest(digest(story(2, "体育"), story(1, "交通")), "tw", facts)
    assert made is not None
    edition = made.edition
    assert made.stories == (2, 1)
    assert (edition.language, edition.headline, edition.story) == ("zh-Hant", "要聞速覽", 2)
    assert "河灣大橋" in edition.text
    assert edition.card is not None
    assert (tmp_path / edition.card.file).is_file()


async def test_a_newsrooms_own_template_is_tried_before_the_start(tmp_path: Path) -> None:
    own = tmp_path / "own" / "digests"
    own.mkdir(parents=True)
    (own / "zh.html.j2").write_text("{{ title }}\n{% for one in chapters %}{{ one.nam }}{% endfor %}", encoding="utf-8")
    press = Press(NEWSROOM, SHIPPED, tmp_path / "own", tmp_path)
    [err] = press.mistakes([])
    assert (err.template, err.line) == ("zh.html.j2", 2)
    assert not all(finding.ok for finding in press.check([]))


@pytest.mark.parametrize("name", ["feed", "static"])
async def test_what_shows_whole_stories_shows_a_digest_whose_headlines_lead_to_them(tmp_path: Path, name: str) -> None:
    press = Press(NEWSROOM, SHIPPED, None, tmp_path)
    made = await press.digest(digest(story(1, "交通"), story(2, "文化")), name, replace(TOLD[name], card=None))
    assert made is not None
    shown = read(name, made.edition)
    assert (shown.headline.partition(" ")[0], shown.seen) == ("要闻速览", NOW)
    page = html_of(shown.body)
    assert '<a href="https://example.org/2">第2条新闻的标题</a>' in page
    assert "<h2>文化</h2>" in page
    assert "今早8时通车" in page


async def test_a_kind_without_digests_says_which_template_is_missing(tmp_path: Path) -> None:
    press = Press(NEWSROOM, SHIPPED, None, tmp_path)
    facts = Facts("paper", "paper.json.j2", Markup.JSON, None, card=None)
    with pytest.raises(PressError, match="no such template"):
        await press.digest(digest(story(1)), "paper", facts)
