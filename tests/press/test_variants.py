"""A channel in another Chinese script: every word converted before it is measured, and nothing that leads somewhere."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model.channel import WIDE, Facts
from bot.model.edition import Edition, Markup, Unit
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press import Press, Script, Voice
from bot.press.face import face_of
from bot.press.job import Job, Occasion
from bot.press.variants import converted, face_in_script, in_script, name
from bot.rules.counting import count, visible
from bot.rules.summarising import analyse
from bot.settings import Newsroom
from tests.fakes.articles import NOW, marked

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
CAPTION = Facts("telegram", "telegram.html.j2", Markup.HTML, 1024, Unit.UTF16, card=None)
WEBHOOK = Facts("webhook", "webhook.json.j2", Markup.JSON, None, card=None)
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai")
ARTICLE = Article(
    "河湾图书馆后天开放",
    (Block(BlockKind.PARAGRAPH, "馆长于静说：“台风过后，里面的书仍干燥。”详见https://example.org/图书馆/开放 。"),),
    "zh",
    section="文化",
    byline=Byline(credit="河湾日报", editor="于静"),
    tags=("图书馆",),
    link="https://example.org/图书馆",
)


def story(article: Article = ARTICLE) -> Story:
    return Story(1, "inbox", 1, article, NOW, NOW)


async def edition(folder: Path, script: Script, facts: Facts = CAPTION, made: Story | None = None) -> Edition:
    press = Press(NEWSROOM, SHIPPED, None, folder / "cards", voices={"hk": Voice(script)})
    return await press.edition(made or story(), "hk", facts)


async def test_a_traditional_channel_is_told_in_traditional_characters(tmp_path: Path) -> None:
    told = await edition(tmp_path, Script.TRADITIONAL)
    assert told.text == (
        "<b>河灣圖書館後天開放</b>\n\n館長于靜說：「颱風過後，裡面的書仍乾燥。」"
        "詳見https://example.org/图书馆/开放 。\n\n"
        '<i>來源：河灣日報  責任編輯：于靜</i>\n\n#圖書館\n\n<a href="https://example.org/图书馆">閱讀全文</a>'
    )
    assert told.language == "zh-Hant"
    assert told.count == count(visible(told.text, Markup.HTML), Unit.UTF16)


async def test_as_written_nothing_is_touched(tmp_path: Path) -> None:
    told = await edition(tmp_path, Script.AS_WRITTEN)
    assert "馆长于静说" in told.text
    assert told.language == "zh"


async def test_english_has_no_other_script(tmp_path: Path) -> None:
    english = story(replace(ARTICLE, language="en", headline="The library opens"))
    told = await edition(tmp_path, Script.TRADITIONAL, made=english)
    assert (told.language, told.headline) == ("en", "The library opens")
    assert "Source: 河湾日报" in told.text


async def test_a_partner_is_told_the_script(tmp_path: Path) -> None:
    told = json.loads((await edition(tmp_path, Script.TRADITIONAL, WEBHOOK)).text)
    assert (told["language"], told["section"], told["tags"]) == ("zh-Hant", "文化", ["圖書館"])


@pytest.mark.parametrize(
    ("simple", "traditional"),
    [
        ("后天", "後天"), ("皇后", "皇后"), ("头发", "頭髮"), ("发现", "發現"), ("干部", "幹部"), ("饼干", "餅乾"),
        ("台风", "颱風"), ("表面", "表面"), ("面条", "麵條"), ("里面", "裡面"), ("公里", "公里"), ("一只猫", "一隻貓"),
        ("3.5亿元", "3.5億元"),
    ],
)  # fmt: skip
def test_a_character_of_several_is_chosen_by_its_word(simple: str, traditional: str) -> None:
    assert converted(simple, Script.TRADITIONAL) == traditional
    assert converted(traditional, Script.SIMPLIFIED) == simple


@pytest.mark.parametrize(
    "text", ["https://example.org/发展?里=后", "www.example.org/发展", "@河湾日报", "编辑@example.org"]
)
def test_what_leads_somewhere_keeps_its_characters(text: str) -> None:
    assert converted(text, Script.TRADITIONAL) == text


@pytest.mark.parametrize(
    ("person", "traditional"),
    [("于静", "于靜"), ("范文", "范文"), ("叶青", "葉青"), ("钟敏", "鍾敏"), ("余光", "余光")],
)
def test_a_name_keeps_a_surname_that_is_the_same_in_both_scripts(person: str, traditional: str) -> None:
    assert name(person, Script.TRADITIONAL) == traditional


def test_every_sample_comes_back_the_same_from_the_other_script() -> None:
    chinese = [one for one in marked() if one.article.language == "zh"]
    lost = 0
    for one in chinese:
        there = in_script(story(one.article), Script.TRADITIONAL)
        back = in_script(there, Script.SIMPLIFIED).article
        pairs = zip(one.article.paragraphs, back.paragraphs, strict=True)
        lost += sum(a != b for old, new in pairs for a, b in zip(old, new, strict=True))
        assert len("".join(there.article.paragraphs)) == len("".join(one.article.paragraphs))
    assert lost <= 2


async def test_the_room_is_counted_after_the_conversion(tmp_path: Path) -> None:
    tight = replace(CAPTION, limit=60)
    told = await edition(tmp_path, Script.TRADITIONAL, tight)
    assert told.count <= 60
    assert told.count == count(visible(told.text, Markup.HTML), Unit.UTF16)


async def test_what_was_changed_is_told_in_the_channels_script(tmp_path: Path) -> None:
    (tmp_path / "own/posts").mkdir(parents=True)
    (tmp_path / "own/posts/hk.edit.html.j2").write_text("{{ mark }}", encoding="utf-8")
    voices = {"hk": Voice(Script.TRADITIONAL)}
    press = Press(NEWSROOM, SHIPPED, tmp_path / "own", tmp_path / "cards", voices=voices)
    job = Job(occasion=Occasion.EDIT, changed=("标题“开馆”改为“开放”",))
    assert (await press.edition(story(), "hk", CAPTION, job)).text == "更新：標題「開館」改為「開放」"


def test_the_card_says_its_own_words_in_the_script_too() -> None:
    there = in_script(story(), Script.TRADITIONAL)
    face = face_in_script(face_of(there, analyse(there.article), NEWSROOM), "zh-Hant")
    assert (face.language, face.masthead, face.credit) == ("zh-Hant", "河灣日報", "來源：河灣日報  ·  責任編輯：于靜")


async def test_a_card_is_drawn_in_traditional_characters(tmp_path: Path) -> None:
    told = await edition(tmp_path, Script.TRADITIONAL, replace(CAPTION, card=WIDE))
    assert told.card is not None
    assert told.card.alt.startswith("河灣圖書館後天開放")
    assert not [note for note in told.notes if "no font" in note]
