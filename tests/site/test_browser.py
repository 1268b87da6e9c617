"""The page in a real browser: drawn, alive, quiet, and nothing leaves the machine."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import playwright.async_api as playwright
import pytest
import pytest_asyncio

from tests.fakes.page import NOW, Page, article, page

pytestmark = pytest.mark.asyncio(loop_scope="module")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE = 30_000
"""Milliseconds: a slow machine is no fault of the page."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[playwright.Browser]:
    found = os.environ.get("CRIER_CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium: install it (Debian: apt install chromium) or name one in CRIER_CHROMIUM"
    async with playwright.async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def served(tmp_path: Path) -> AsyncIterator[Page]:
    async with page(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def tab(browser: playwright.Browser) -> AsyncIterator[playwright.Page]:
    """A tab that forgives no complaint of the browser and no request to elsewhere."""
    context = await browser.new_context(viewport={"width": 1400, "height": 900})
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: complaints.append(asked.url) if not _ours(asked.url) else None)
    yield opened
    await context.close()
    assert complaints == []


def _ours(url: str) -> bool:
    return urlsplit(url).hostname == "127.0.0.1"


async def test_each_channel_is_drawn_with_its_words_and_its_card(served: Page, tab: playwright.Page) -> None:
    story = await served.publish(article("大桥通车", "共更换拉索48根。"), NOW)
    await tab.goto(served.url)
    for channel in ("main", "texts", "partners"):
        assert "大桥通车" in await tab.inner_text(f"#{channel}-{story} .mockup")
    card = tab.locator(f"#main-{story} img.card")
    assert await card.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 1200
    assert await tab.locator(".masthead").evaluate("one => getComputedStyle(one).borderTopColor") == "rgb(11, 93, 94)"


async def test_a_change_in_the_ledger_appears_without_reload(served: Page, tab: playwright.Page) -> None:
    old = await served.publish(article("旧闻一则"), NOW, ["main"])
    await tab.goto(served.url)
    await tab.wait_for_selector("[data-pulse=on]")
    await tab.evaluate("document.body.marked = true")
    await tab.locator(f"#story-{old} summary").click()
    new = await served.publish(article("大桥通车"), NOW + timedelta(seconds=1), ["main"])
    await tab.locator(f"#story-{new} #main-{new} .state.planned").wait_for(timeout=PATIENCE)
    await served.send(NOW + timedelta(seconds=2))
    await tab.locator(f"#main-{new} .state.sent").wait_for(timeout=PATIENCE)
    assert await tab.locator(".story").evaluate_all("all => all.map(one => one.id)") == [f"story-{new}", f"story-{old}"]
    assert await tab.locator(f"#story-{old} details").evaluate("one => one.open")
    assert await tab.evaluate("document.body.marked")


async def test_every_change_of_a_burst_is_shown_in_the_end(served: Page, tab: playwright.Page) -> None:
    await tab.goto(served.url)
    await tab.wait_for_selector("[data-pulse=on]")
    for number in range(8):
        await served.publish(article(f"第{number}条"), NOW + timedelta(seconds=number), ["partners"])
        await asyncio.sleep(0.1)
    await tab.locator("#story-8").wait_for(timeout=PATIENCE)
    assert await tab.locator(".story").count() == 8


SEE = """seen => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => !seen});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_tab_that_nobody_sees_gives_its_connection_back_and_catches_up_when_seen(
    served: Page, tab: playwright.Page
) -> None:
    await tab.goto(served.url)
    await tab.wait_for_selector("[data-pulse=on]")
    await tab.evaluate(SEE, False)
    story = await served.publish(article("大桥通车"), NOW, ["partners"])
    await asyncio.sleep(1.5)
    assert await tab.locator(f"#story-{story}").count() == 0
    await tab.evaluate(SEE, True)
    await tab.locator(f"#story-{story}").wait_for(timeout=PATIENCE)


async def test_one_story_is_kept_true_as_well(served: Page, tab: playwright.Page) -> None:
    story = await served.publish(article("大桥通车"), NOW, ["main"])
    await tab.goto(f"{served.url}stories/{story}?lang=en")
    await tab.wait_for_selector("[data-pulse=on]")
    await served.send(NOW + timedelta(seconds=1))
    await tab.locator(".history .state.sent").wait_for(timeout=PATIENCE)


async def test_a_hostile_headline_does_nothing(served: Page, tab: playwright.Page) -> None:
    hostile = "<img src=x onerror='window.caught=1'><script>window.caught=1</script>"
    story = await served.publish(article(hostile, hostile), NOW)
    await tab.goto(served.url)
    assert await tab.inner_text(f"#story-{story} h2") == hostile
    assert await tab.evaluate("window.caught") is None


@pytest.mark.parametrize("path", ["", "?lang=en", "stories/1", "stories/1?lang=en"])
async def test_nothing_sticks_out_of_a_phone(served: Page, tab: playwright.Page, path: str) -> None:
    await served.publish(article("Supercalifragilistic" * 9, "https://example.org/" + "a" * 200), NOW)
    await tab.set_viewport_size({"width": 390, "height": 844})
    await tab.goto(served.url + path)
    assert await tab.evaluate("document.documentElement.scrollWidth") == 390


async def test_it_reads_without_scripts_too(served: Page, browser: playwright.Browser) -> None:
    story = await served.publish(article("大桥通车"), NOW)
    context = await browser.new_context(java_script_enabled=False)
    tab = await context.new_page()
    await tab.goto(served.url)
    assert await tab.locator(f"#main-{story} .post").is_visible()
    assert await tab.locator("meta[http-equiv=refresh]").count() == 1
    await context.close()
