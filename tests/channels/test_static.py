"""Static pages: what machines read of them, what people see in Chromium, and what a correction or withdrawal leaves."""

import json
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.async_api import Page, async_playwright

from bot.channels.kind import Doors
from bot.channels.static import Static, StaticSettings, open_channel
from bot.errors import Refused, SettingsError, Unavailable
from bot.model.edition import Edition
from tests.channels.stages.stage import CARD, NOW, TEMPLATES, Stage
from tests.channels.stages.static import static
from tests.channels.stages.telling import LONG, told

GIVEN = {"kind": "static", "folder": "pages", "url": "https://example.org/s/"}
HOSTILE = '</script><script>document.title="taken"</script>"><img src=x onerror="x()">${headline} $page'


def channel(stage: Stage) -> Static:
    assert isinstance(stage.channel, Static)
    return stage.channel


async def sent(stage: Stage, edition: Edition | None = None) -> tuple[str, html.HtmlElement]:
    """The page's name, and the page."""
    receipt = await stage.channel.send(edition or stage.edition, "key")
    return receipt.platform_id, html.fromstring((stage.double / f"{receipt.platform_id}.html").read_bytes())


def meta(page: html.HtmlElement) -> dict[str, str]:
    return {one.get("property") or one.get("name"): one.get("content") for one in page.iter("meta")}


def json_ld(page: html.HtmlElement) -> Any:
    [found] = page.xpath("//script[@type='application/ld+json']")
    return json.loads(found.text)


async def test_platforms_find_headline_picture_and_address(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        name, page = await sent(stage)
        found = meta(page)
        assert found["og:title"] == "大桥通车"
        assert found["og:url"] == f"https://example.org/s/{name}.html"
        assert found["og:image"] == f"https://example.org/s/{name}.card.png"
        assert (found["og:image:width"], found["og:image:alt"]) == ("1200", "大桥通车")
        assert (found["twitter:card"], found["og:locale"]) == ("summary_large_image", "zh_CN")
        assert found["article:published_time"] == "2026-11-24T01:02:00+00:00"
        assert (stage.double / f"{name}.card.png").read_bytes() == b"\x89PNG"


async def test_search_engines_find_a_news_article(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        name, page = await sent(stage)
        found = json_ld(page)
        assert (found["@type"], found["headline"], found["inLanguage"]) == ("NewsArticle", "大桥通车", "zh")
        assert found["author"] == [{"@type": "Person", "name": "乔安"}]
        assert found["mainEntityOfPage"] == f"https://example.org/s/{name}.html"
        assert page.xpath("//link[@rel='canonical']/@href") == ["https://example.org/1"]


async def test_the_same_key_is_the_same_page(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        first = await stage.channel.send(stage.edition, "key")
        assert await stage.channel.send(stage.edition, "key") == first
        assert first.permalink == f"https://example.org/s/{first.platform_id}.html"
        assert stage.arrived() == 1


async def test_a_correction_keeps_the_address_and_leaves_no_old_card(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        (tmp_path / "new.png").write_bytes(b"\x89PNG new")
        text = stage.edition.text.replace('"seen"', '"mark": "更正：周二改为周三", "seen"')
        corrected = replace(stage.edition, text=text, card=replace(CARD, file="new.png"))
        again = await channel(stage).edit(receipt, corrected, "edit")
        assert again.permalink == receipt.permalink
        page = html.fromstring((stage.double / f"{receipt.platform_id}.html").read_bytes())
        assert page.xpath("//p[@class='mark']/text()") == ["更正：周二改为周三"]
        assert [path.name for path in stage.double.glob("*.png")] == [f"{receipt.platform_id}.new.png"]


async def test_what_is_withdrawn_leaves_a_notice_by_two_names_and_nothing_else(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        for _ in range(2):
            await channel(stage).withdraw(receipt, "delete")
        name = receipt.platform_id
        assert {path.name for path in stage.double.glob("[!.]*")} == {f"{name}.html", f"{name}.gone.html"}
        notice = (stage.double / f"{name}.html").read_text(encoding="utf-8")
        assert "大桥" not in notice
        assert "编辑部已撤回这篇报道" in notice
        assert 'name="robots" content="noindex"' in notice


async def test_hostile_words_stay_words(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        edition = replace(told(GIVEN, HOSTILE), card=replace(CARD, alt=HOSTILE))
        _, page = await sent(stage, edition)
        assert len(page.xpath("//script")) == 2
        assert page.xpath("//img | //*[@onerror]") == []
        assert HOSTILE in json_ld(page)["headline"]
        assert HOSTILE in meta(page)["og:title"]


async def test_a_link_that_is_no_address_of_the_web_is_no_link(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        text = stage.edition.text.replace("https://example.org/1", "javascript:x()")
        _, page = await sent(stage, replace(stage.edition, text=text))
        assert not [link for _, _, link, _ in page.iterlinks() if link.startswith("javascript")]


async def test_a_card_whose_file_is_gone_does_not_keep_the_page_back(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture")
        page = html.fromstring((stage.double / f"{receipt.platform_id}.html").read_bytes())
        assert meta(page)["twitter:card"] == "summary"


async def test_a_template_that_leaves_out_a_part_is_named(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        with pytest.raises(Refused, match="template of static must print"):
            await stage.channel.send(replace(stage.edition, text='{"headline": "大"}'), "key")


async def test_a_folder_that_cannot_be_written_is_told_by_check_and_is_only_later(tmp_path: Path) -> None:
    async with static(tmp_path) as stage:
        assert (await channel(stage).check())[0].ok
        shutil.rmtree(stage.double)
        stage.double.write_text("", encoding="utf-8")
        assert not (await channel(stage).check())[0].ok
        with pytest.raises(Unavailable, match="not sent"):
            await stage.channel.send(stage.edition, "key")


@pytest.mark.parametrize(("text", "said"), [("$secret", "secret"), ("costs $", "a lone")])
def test_a_look_of_the_newsrooms_own_that_asks_for_what_there_is_not_is_named(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/story.html").write_text(text, encoding="utf-8")
    doors = Doors(tmp_path, lambda: NOW, templates=(tmp_path, *TEMPLATES))
    with pytest.raises(SettingsError, match=rf"pages/story\.html.*{said}"):
        open_channel("main", StaticSettings.model_validate(GIVEN), doors)


@pytest.fixture(params=["light", "dark"])
async def screen(request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    found = os.environ.get("CRIER_CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium: install it (Debian: apt install chromium) or name one in CRIER_CHROMIUM"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield await browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=request.param)
        await browser.close()


async def test_on_a_phone_it_fits_and_the_readers_size_is_kept(tmp_path: Path, screen: Page) -> None:
    async with static(tmp_path) as stage:
        receipt = await stage.channel.send(told(GIVEN, body=LONG), "key")
        troubles: list[str] = []
        screen.on("console", lambda message: troubles.append(message.text))
        screen.on("pageerror", lambda error: troubles.append(str(error)))
        address = (stage.double / f"{receipt.platform_id}.html").as_uri()
        await screen.goto(address)
        await screen.get_by_role("button", name="大字").click()
        await screen.reload()
        await screen.wait_for_function("getComputedStyle(document.querySelector('.body p')).fontSize === '22px'")
        assert await screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await screen.locator(".code svg").is_visible()
        assert troubles == []
