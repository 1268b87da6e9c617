"""What stands on a card is chosen from the story's own words, and the design from what has happened."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from bot.model.channel import COVER, SQUARE, TALL, WIDE, CardSize, Facts
from bot.model.edition import Markup
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press import Press
from bot.press.card import alt
from bot.press.digest import Digest
from bot.press.face import Design, Face, face_of, face_of_digest
from bot.press.job import Job, Occasion
from bot.rules.summarising import analyse
from bot.settings import Newsroom
from tests.fakes.faces import TEMPLATES, ZH, lines

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai")
FACTS = Facts("webhook", "webhook.json.j2", Markup.JSON, None, card=WIDE)


def story(*paragraphs: str, language: str = "zh", **parts: object) -> Story:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    byline = Byline(published=NOW, credit="河湾日报", editor="陈静")
    article = Article("大桥今晨恢复通行", blocks, language, byline=byline, link="https://example.org/1")
    return Story(1, "inbox", 1, replace(article, **parts), NOW, NOW)  # type: ignore[arg-type]


BRIDGE = story(
    "大桥今晨恢复双向通行，共更换拉索48根，重铺桥面2.6万平方米。",
    "“这座桥可以再安心地走上二十年。”工程负责人周远说。",
    section="市政",
)


def face(told: Story, newsroom: Newsroom = NEWSROOM, design: str | None = None, note: str = "") -> Face:
    return face_of(told, analyse(told.article), newsroom, design, note)


def test_the_time_is_shown_in_the_newsrooms_zone() -> None:
    assert face(BRIDGE).time == "2026年11月24日 09:30"
    assert face(story("It is open.", language="en")).time == "24 November 2026, 09:30"


def test_source_and_editor_are_credited() -> None:
    assert face(BRIDGE).credit == "来源：河湾日报  ·  责任编辑：陈静"


@pytest.mark.parametrize(
    ("clause", "value", "unit"),
    [
        ("共更换拉索48根", "48", "根"),
        ("重铺桥面2.6万平方米", "2.6", "万平方米"),
        ("用电量下降了41%", "41", "%"),
        ("接待读者3.5万人次", "3.5", "万人次"),
    ],
)
def test_a_figure_is_shown_with_its_whole_unit(clause: str, value: str, unit: str) -> None:
    [figure] = face(story(f"{clause}。")).figures
    assert (figure.value, figure.unit, figure.caption) == (value, unit, clause)


def test_an_entry_of_a_list_is_no_figure() -> None:
    assert face(story("Routes 5, 9, 21 and 30 are included.", language="en")).figures == ()


def test_a_quotation_stands_with_its_speaker() -> None:
    said = face(BRIDGE, design="quote").quotation
    assert said is not None
    assert said.words == "这座桥可以再安心地走上二十年。"
    assert said.speaker.endswith("周远")


@pytest.mark.parametrize("design", [Design.QUOTE, Design.FIGURES])
def test_a_story_without_what_a_design_shows_gets_the_story_card(design: Design) -> None:
    assert face(story("大桥今晨恢复双向通行。"), design=design).design == Design.STORY


def test_a_section_has_a_colour_and_a_design_of_its_own() -> None:
    newsroom = Newsroom.model_validate(
        {
            "name": "河湾日报",
            "cards": {"tone": "dark", "sections": {"市政": {"colour": "#1d5fa8", "design": "figures"}}},
        }
    )
    shown = face(BRIDGE, newsroom)
    assert (shown.accent, shown.design, shown.tone) == ("#1d5fa8", "figures", "dark")
    assert face(story("大桥通行。"), newsroom).accent == newsroom.colour


def test_a_correction_says_what_was_corrected() -> None:
    shown = face(BRIDGE, design=Design.CORRECTION, note="拉索应为48根。")
    assert (shown.label, shown.deck) == ("更正", "拉索应为48根。")


def test_a_digest_has_six_headlines_at_most() -> None:
    shown = face_of_digest("周末要闻", [f"第{n}条消息" for n in range(9)], NOW, "zh", NEWSROOM)
    assert shown.design == Design.DIGEST
    assert len(shown.items) == 6


def background(folder: Path, file: str) -> tuple[int, ...]:
    with Image.open(folder / file) as card:
        colour = card.convert("RGB").getpixel((20, 600))
    assert isinstance(colour, tuple)
    return colour


async def test_breaking_news_gets_the_card_of_breaking_news(tmp_path: Path) -> None:
    press = Press(NEWSROOM, TEMPLATES, None, tmp_path)
    calm = await press.edition(BRIDGE, "main", FACTS)
    loud = await press.edition(BRIDGE, "main", FACTS, Job(occasion=Occasion.BREAKING))
    assert calm.card is not None
    assert loud.card is not None
    assert background(tmp_path, calm.card.file) == (251, 250, 247)
    assert background(tmp_path, loud.card.file) == (179, 38, 30)
    assert loud.card.alt.startswith("突发。大桥今晨恢复通行。")


NOTE = Block(BlockKind.PARAGRAPH, "更正：本文此前把拉索写作84根，应为48根。")
CORRECTED = replace(BRIDGE, article=replace(BRIDGE.article, blocks=(*BRIDGE.article.blocks, NOTE)))


@pytest.mark.parametrize("size", [WIDE, SQUARE, TALL, COVER], ids=["wide", "square", "tall", "cover"])
@pytest.mark.parametrize(
    ("told", "occasion", "label"),
    [
        (BRIDGE, Occasion.POST, ""),
        (BRIDGE, Occasion.BREAKING, "突发"),
        (BRIDGE, Occasion.PINNED, "置顶"),
        (CORRECTED, Occasion.CORRECTION, "更正"),
    ],
)
async def test_the_occasion_of_the_job_picks_the_card(
    told: Story, occasion: Occasion, label: str, size: CardSize, tmp_path: Path
) -> None:
    press = Press(NEWSROOM, TEMPLATES, None, tmp_path)
    card = (await press.edition(told, "main", replace(FACTS, card=size), Job(occasion=occasion))).card
    assert card is not None
    assert (card.width, card.height) == (size.width, size.height)
    assert card.alt.partition("。")[0] == (label or "大桥今晨恢复通行")


async def test_the_correction_card_says_what_was_corrected(tmp_path: Path) -> None:
    press = Press(NEWSROOM, TEMPLATES, None, tmp_path)
    card = (await press.edition(CORRECTED, "main", FACTS, Job(occasion=Occasion.CORRECTION))).card
    assert card is not None
    assert "应为48根" in card.alt


async def test_a_digest_has_a_cover_with_its_headlines(tmp_path: Path) -> None:
    press = Press(NEWSROOM, TEMPLATES, None, tmp_path)
    text = Facts("email", "email.html.j2", Markup.HTML, None, card=WIDE)
    found = await press.digest(Digest((BRIDGE, replace(CORRECTED, id=2)), NOW, "zh"), "main", text)
    assert found is not None
    card = found.edition.card
    assert card is not None
    assert card.alt.startswith("要闻。")
    assert "大桥今晨恢复通行" in card.alt


async def test_a_channel_gets_the_size_it_asks_for(tmp_path: Path) -> None:
    edition = await Press(NEWSROOM, TEMPLATES, None, tmp_path).edition(BRIDGE, "main", replace(FACTS, card=COVER))
    assert edition.card is not None
    assert (edition.card.width, edition.card.height) == (900, 383)
    assert json.loads(edition.text)


def test_a_card_in_traditional_characters_is_set_as_chinese() -> None:
    told = replace(ZH, headline="臺灣與香港讀者齊聚河灣書展“首日”售出1,280冊", language="zh-Hant")
    assert any("“首日”" in line.text for line in lines(told, WIDE))
    assert alt(told, 100).startswith("置顶。臺灣與香港讀者")


def test_check_draws_the_newsrooms_own_designs(tmp_path: Path) -> None:
    (tmp_path / "own" / "cards").mkdir(parents=True)
    (tmp_path / "own" / "cards" / "sport.typ").write_text("#no-such-thing", encoding="utf-8")
    (tmp_path / "own" / "cards" / "arts.typ").write_text("#set page(fill: red)", encoding="utf-8")
    found = {one.subject: one for one in Press(NEWSROOM, TEMPLATES, tmp_path / "own", tmp_path).check([FACTS])}
    assert found["card design arts"].ok
    assert not found["card design sport"].ok
    assert "sport.typ" in found["card design sport"].detail
