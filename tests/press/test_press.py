"""An edition is the fullest version that fits, as the platform counts; its card is drawn once."""

import json
import shutil
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import PressError
from bot.model.channel import WIDE, Facts
from bot.model.edition import Markup, Unit
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press import Press
from bot.settings import Newsroom
from tests.fakes.readers import read

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
CAPTION = Facts("telegram", "telegram.html.j2", Markup.HTML, 1024, Unit.UTF16, card=None, raw_bytes=32768)
WEBHOOK = Facts("webhook", "webhook.json.j2", Markup.JSON, None, card=None)
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai")


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(NEWSROOM, TEMPLATES, None, tmp_path / "cards")


def story(headline: str, *paragraphs: str, language: str = "zh", **parts: object) -> Story:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    byline = Byline(published=NOW, credit="河湾日报", editor="陈静")
    article = Article(headline, blocks, language, byline=byline, link="https://example.org/1", tags=("交通",))
    return Story(1, "inbox", 1, replace(article, **parts), NOW, NOW)  # type: ignore[arg-type]


def seen(text: str) -> str:
    """What a strict reader of Telegram's HTML sees."""
    return read(text, Markup.HTML)


async def test_a_telegram_post_names_source_and_editor_and_links_to_the_article(press: Press) -> None:
    edition = await press.edition(story("大桥通车", "大桥今早通车。"), "main", CAPTION)
    assert edition.text == (
        "<b>大桥通车</b>\n\n大桥今早通车。\n\n<i>来源：河湾日报  责任编辑：陈静</i>\n\n#交通\n\n"
        '<a href="https://example.org/1">阅读全文</a>'
    )
    assert (edition.count, edition.limit) == (len(seen(edition.text)), 1024)


async def test_english_stories_are_told_in_english(press: Press) -> None:
    edition = await press.edition(story("The bridge is open", "It opened today.", language="en"), "main", CAPTION)
    assert "Source: 河湾日报  Editor: 陈静" in edition.text
    assert "Read the full story" in edition.text


async def test_less_is_told_where_there_is_less_room_and_the_editor_is_told_so(press: Press) -> None:
    long = story(
        "大桥通车",
        "桥梁修复工程昨日完工通车。",
        "沿河步道延长到旧码头一带。",
        "市民周兰说夜里散步更安心了。",
        "公交七路从周一起恢复原来线路。",
        "桥下新添两座公厕和一处自行车棚。",
    )
    full = await press.edition(long, "main", CAPTION)
    tight = await press.edition(long, "main", replace(CAPTION, limit=90))
    assert tight.count <= 90 < full.count
    assert tight.notes[0].endswith("the limit is 90 UTF-16 units")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headline=st.one_of(st.text(min_size=1, max_size=60), st.text("<b>&\"'👨‍👩‍👧河", min_size=1, max_size=3000)),
    body=st.text(max_size=400),
    limit=st.sampled_from([60, 140, 1024]),
    language=st.sampled_from(["zh", "en"]),
)
async def test_whatever_an_article_says_its_post_fits_and_parses(
    press: Press, headline: str, body: str, limit: int, language: str
) -> None:
    clean = "".join(c for c in headline if c.isprintable()) or "x"
    edition = await press.edition(story(clean, body, language=language), "main", replace(CAPTION, limit=limit))
    assert len(seen(edition.text).encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert edition.count <= limit


async def test_markup_in_an_article_stays_words(press: Press) -> None:
    edition = await press.edition(story("<a href=x>点我</a> & 5 < 6", "{{ 7*7 }} <script>x</script>"), "main", CAPTION)
    assert seen(edition.text).startswith("<a href=x>点我</a> & 5 < 6")
    assert "49" not in edition.text


async def test_a_webhook_gets_json_with_every_part(press: Press) -> None:
    edition = await press.edition(story('说"好"\\', "大桥今早通车。"), "partners", WEBHOOK)
    told = json.loads(edition.text)
    assert (told["headline"], told["byline"]["editor"], told["tags"]) == ('说"好"\\', "陈静", ["交通"])
    assert "大桥" in edition.text


async def test_a_newsrooms_own_template_comes_first_and_a_mistake_names_template_and_line(tmp_path: Path) -> None:
    (tmp_path / "own/posts").mkdir(parents=True)
    template = tmp_path / "own/posts/telegram.html.j2"
    press = Press(NEWSROOM, TEMPLATES, tmp_path / "own", tmp_path / "cards")
    template.write_text("{{ headline }}!", encoding="utf-8")
    assert (await press.edition(story("大桥"), "main", CAPTION)).text == "大桥!"
    for wrong, line in [("a\n{{ headlin }}", 2), ("a\nb\n{% if %}", 3), ("{{ ''.__class__.mro() }}", 1)]:
        template.write_text(wrong, encoding="utf-8")
        press = Press(NEWSROOM, TEMPLATES, tmp_path / "own", tmp_path / "cards")
        with pytest.raises(PressError) as caught:
            await press.edition(story("大桥"), "main", CAPTION)
        assert (caught.value.template, caught.value.line) == ("telegram.html.j2", line)
        assert not all(finding.ok for finding in press.check([CAPTION]))


def pixels(png: bytes) -> tuple[int, int, int]:
    """Width, height, and how many different values its rows hold: a blank card has few."""
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    return width, height, len({bytes(row) for row in zip(*[iter(zlib.decompress(data))] * 4, strict=False)})


CARD = replace(CAPTION, card=WIDE)


@pytest.mark.parametrize(
    "headline",
    ["桥", "河湾大桥修复" * 40, "Supercalifragilistic" * 9, '#read("/etc/passwd") $x^2$ *b* #panic("x") ] }'],
)
async def test_a_card_is_drawn_for_any_headline(press: Press, tmp_path: Path, headline: str) -> None:
    edition = await press.edition(story(headline, "共更换拉索48根。"), "main", CARD)
    assert edition.card is not None
    width, height, colours = pixels((tmp_path / "cards" / edition.card.file).read_bytes())
    assert (width, height) == (1200, 630)
    assert colours > 50


async def test_the_same_card_is_drawn_once_and_another_story_gets_another(press: Press, tmp_path: Path) -> None:
    first = await press.edition(story("大桥通车"), "main", CARD)
    assert first.card is not None
    path = tmp_path / "cards" / first.card.file
    before = path.stat().st_ino
    again = await press.edition(story("大桥通车"), "other", CARD)
    other = await press.edition(story("图书馆开放"), "main", CARD)
    assert again.card == first.card
    assert path.stat().st_ino == before
    assert other.card is not None
    assert other.card.file != first.card.file


async def test_a_character_that_no_font_has_is_named_and_never_drawn_as_a_box(press: Press) -> None:
    edition = await press.edition(story("大桥\ue000通车"), "main", CARD)
    assert "not on the card, no font has them: \ue000" in edition.notes
    assert edition.card is not None
    assert edition.card.alt.startswith("大桥通车")


async def test_a_broken_card_design_is_named(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "own")
    (tmp_path / "own/cards/story.typ").write_text('#set text(font: "Nowhere Sans")\n大桥', encoding="utf-8")
    press = Press(NEWSROOM, TEMPLATES, tmp_path / "own", tmp_path / "cards")
    with pytest.raises(PressError, match="nowhere sans") as caught:
        await press.edition(story("大桥"), "main", CARD)
    assert caught.value.template == "story.typ"


def test_check_finds_shipped_templates_and_fonts_in_order(press: Press) -> None:
    found = press.check([CAPTION, WEBHOOK])
    assert len(found) == 5
    assert all(finding.ok for finding in found)
