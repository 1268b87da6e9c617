"""`preview`: every channel side by side, from a file, a page or the ledger; and what other templates would change."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes.command import article, as_json, crier
from tests.fakes.newsroom import ROOT, Newsroom
from tests.fakes.serve import serve
from tests.fakes.site import Site

CHANNELS = {
    "zh": 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", rehearse: true',
    "partner": 'kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"], rehearse: true',
}
HOUSE = ', private_addresses: ["127.0.0.1"]'


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, CHANNELS, house=HOUSE)


def folder(newsroom: Newsroom, **templates: str) -> Path:
    made = newsroom.folder / "new"
    (made / "posts").mkdir(parents=True)
    for name, text in templates.items():
        (made / "posts" / f"{name}.html.j2").write_text(text, encoding="utf-8")
    return made


async def test_channels_stand_side_by_side(newsroom: Newsroom, tmp_path: Path) -> None:
    shown = await crier(newsroom, "preview", article(tmp_path))
    assert any("─ zh ─" in line and "─ partner ─" in line for line in shown.splitlines())


async def test_no_word_of_a_post_is_lost_to_a_narrow_column(newsroom: Newsroom, tmp_path: Path) -> None:
    text = "从桥北到桥南" * 30 + "到此为止"
    file = tmp_path / "long.md"
    file.write_text(f"---\ntitle: 大桥\ncredit: 河湾日报\n---\n\n{text}。\n", encoding="utf-8")
    shown = await crier(newsroom, "preview", str(file), "--channel", "zh")
    assert text in "".join(sign for sign in shown if sign not in " │\n")
    assert "…" not in shown


async def test_a_broken_template_shows_in_its_channels_place_and_fails(newsroom: Newsroom, tmp_path: Path) -> None:
    own = folder(newsroom, telegram="{{ headlin }}")
    text = newsroom.settings.read_text(encoding="utf-8").replace("house: {", f"house: {{templates: {own}, ")
    newsroom.settings.write_text(text, encoding="utf-8")
    shown = await crier(newsroom, "preview", article(tmp_path), status=1)
    assert "telegram.html.j2:1: 'headlin' is undefined" in shown
    assert "灯会周五晚开幕" in shown


async def test_other_templates_are_compared_by_the_last_stories(newsroom: Newsroom) -> None:
    for number in (1, 2, 3):
        newsroom.drop_story(number)
    await as_json(newsroom, "pickup")
    same = '{% include "shipped/telegram.html.j2" %}'
    shown = await crier(newsroom, "preview", "--against", str(folder(newsroom, telegram=same)))
    assert "6 editions: 0 change, 0 fail, 6 stay" in shown


async def test_what_changes_is_shown_line_by_line(newsroom: Newsroom) -> None:
    for number in (1, 2, 3):
        newsroom.drop_story(number)
    await as_json(newsroom, "pickup")
    other = '{% include "shipped/telegram.html.j2" %}\n\n河湾'
    told = await as_json(newsroom, "preview", "--last", "2", "--against", str(folder(newsroom, telegram=other)))
    changed = [one for one in told if one["difference"]]
    assert {(one["channel"], one["then"] - one["count"]) for one in changed} == {("zh", 4)}
    assert {one["story"] for one in told} == {2, 3}
    assert "+河湾" in changed[0]["difference"]


async def test_a_template_that_fails_is_named_and_the_command_fails(newsroom: Newsroom, tmp_path: Path) -> None:
    made = folder(newsroom, zh="{{ headline }}\n{{ nothing }}")
    shown = await crier(newsroom, "preview", article(tmp_path), "--against", str(made), status=1)
    assert "zh.html.j2:2: 'nothing' is undefined" in shown
    assert "2 editions: 0 change, 1 fail, 1 stay" in shown


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        (["preview"], "name a story, a file or an address", 2),
        (["preview", "1", "--channel", "moon"], "no channel moon: known are zh, partner", 1),
        (["preview", "--against", "nowhere"], "no such folder", 1),
        (["preview", "--against", "."], "the ledger has no story yet", 1),
        (["preview", "http://127.0.0.1:9/gone"], "no connection", 1),
    ],
)
async def test_what_cannot_be_shown_is_said(newsroom: Newsroom, words: list[str], said: str, status: int) -> None:
    assert said in " ".join((await crier(newsroom, *words, status=status)).split())


async def test_the_card_has_the_articles_picture_or_says_why_not(newsroom: Newsroom, tmp_path: Path) -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (1200, 800), (10, 120, 60)).save(jpeg, "JPEG")
    async with serve(Site(pages={"photo": jpeg.getvalue()}).app) as base:
        there, gone = [
            (await as_json(newsroom, "preview", pictured(tmp_path, url), "--channel", "zh"))[0]
            for url in (f"{base}/a/photo", "http://127.0.0.1:9/none.jpg")
        ]
    with Image.open(there["card"]) as card:
        red, green, blue = card.convert("RGB").resize((1, 1)).tobytes()
    assert green > red + 10
    assert green > blue + 10
    assert not any("without its picture" in note for note in there["edition"]["notes"])
    assert any("the card is without its picture: the picture could not" in note for note in gone["edition"]["notes"])


async def test_news_that_breaks_is_shown_as_such(newsroom: Newsroom, tmp_path: Path) -> None:
    shown = await crier(newsroom, "preview", article(tmp_path), "--channel", "zh", "--occasion", "breaking")
    assert "突发：河湾灯会周五开幕" in shown


def pictured(folder: Path, url: str) -> str:
    file = folder / "pictured.md"
    front = f"title: 河湾灯会周五开幕\ncredit: 河湾日报\npicture: {url}"
    file.write_text(f"---\n{front}\n---\n\n灯会周五晚开幕。\n", encoding="utf-8")
    return str(file)


async def test_a_page_is_read_as_a_source_reads_it(newsroom: Newsroom) -> None:
    site = Site(pages={"bridge": (ROOT / "samples" / "river-bridge.html").read_bytes()})
    async with serve(site.app) as base:
        told = await as_json(newsroom, "preview", f"{base}/a/bridge")
        gone = await crier(newsroom, "preview", f"{base}/a/other", status=1)
    assert {one["channel"] for one in told} == {"zh", "partner"}
    assert "大桥" in told[0]["headline"]
    assert "HTTP 404" in gone
