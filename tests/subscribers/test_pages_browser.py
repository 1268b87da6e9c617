"""The pages of subscribers in a real browser: no scripts, a phone's width, by keyboard; nothing from elsewhere."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import playwright.async_api as playwright
import pytest

from bot.model.subscriber import Membership, Rhythm, Size
from bot.site.ours import YOUNGEST
from tests.fakes.mail_house import TO, MailHouse, mail_house, own_page

WIDTH = 360
LABELS = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, select, button, a")].filter(one =>
    !one.closest("[aria-hidden]") && !(one.labels && one.labels.length) && !one.textContent.trim()).length"""


@asynccontextmanager
async def a_phone(room: MailHouse, language: str, scheme: str = "light") -> AsyncIterator[playwright.Page]:
    """A tab without scripts that forgives no complaint of the browser, no request to elsewhere, and no cookie."""
    found = os.environ.get("CRIER_CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium: install it (Debian: apt install chromium) or name one in CRIER_CHROMIUM"
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(
            java_script_enabled=False, locale={"zh": "zh-CN", "en": "en-GB"}[language],
            color_scheme="dark" if scheme == "dark" else "light", viewport={"width": WIDTH, "height": 740},
        )  # fmt: skip
        tab, complaints = await context.new_page(), list[str]()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(room.base) else None)
        yield tab
        assert await context.cookies() == []
        await browser.close()
        assert complaints == []


async def look(tab: playwright.Page, name: str) -> None:
    """Nothing sticks out, everything has a name, one heading leads; and a picture where one is wanted."""
    assert await tab.evaluate("document.documentElement.scrollWidth") == WIDTH
    assert await tab.locator("h1").count() == 1
    assert await tab.evaluate(LABELS) == 0
    if shots := os.environ.get("CRIER_SHOTS"):
        await tab.screenshot(path=f"{shots}/{name}.png", full_page=True)


async def press(tab: playwright.Page, name: str, after: str = "") -> None:
    """Go there by the keyboard, from the top of the page or after some field, and press it."""
    if after:
        await tab.focus(after)
    for _ in range(60):
        await tab.keyboard.press("Tab")
        if await tab.evaluate("document.activeElement.textContent.trim()") == name:
            outline = await tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            async with tab.expect_navigation():
                await tab.keyboard.press("Enter")
            return
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("language", "scheme", "said"),
    [
        ("zh", "light", ("订阅", "确认订阅", "保存", "大", "暂停", "全部删除", "是，全部删除")),
        ("en", "dark", ("Subscribe", "Confirm", "Save", "Large", "Pause", "Delete everything",
                        "Yes, delete everything")),
    ],
)  # fmt: skip
async def test_a_reader_does_everything_by_keyboard_on_a_phone_without_scripts(
    language: str, scheme: str, said: tuple[str, ...], tmp_path: Path, now: datetime
) -> None:
    async with mail_house(tmp_path, now) as room, a_phone(room, language, scheme) as tab:
        await tab.goto(f"{room.base}subscribe")
        assert await tab.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[language]
        await look(tab, f"subscribe-{language}-{scheme}")
        room.now += YOUNGEST + timedelta(seconds=1)
        await tab.focus("#address")
        await tab.keyboard.type(TO)
        await tab.keyboard.press("Tab")
        await tab.keyboard.press("Space")
        await press(tab, said[0])
        await look(tab, f"sent-{language}-{scheme}")
        path = own_page(await room.letter()).lstrip("/")
        await tab.goto(room.base + path)
        await look(tab, f"confirm-{language}-{scheme}")
        await press(tab, said[1])
        one = await room.readers.get(1)
        assert one
        assert (one.state, one.choices.topics, one.reading.language) == (Membership.ACTIVE, ("城市",), language)
        await look(tab, f"own-{language}-{scheme}")
        await tab.get_by_label(said[3], exact=True).focus()
        await tab.keyboard.press("Space")
        await tab.locator("[name=rhythm][value=weekly]").focus()
        await tab.keyboard.press("Space")
        await tab.fill("#words", "大桥，公交")
        await press(tab, said[2], after="[name=language]:checked")
        kept = await room.readers.get(1)
        assert kept
        assert (kept.reading.size, kept.timing.rhythm) == (Size.LARGE, Rhythm.WEEKLY)
        assert kept.choices.words == ("大桥", "公交")
        assert await tab.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 18
        await look(tab, f"larger-{language}-{scheme}")
        await press(tab, said[4], after=".save button")
        assert (await room.readers.get(1)).state is Membership.PAUSED  # type: ignore[union-attr]
        for view in ("data", "leave"):
            await tab.goto(f"{room.base}{path}/{view}")
            await look(tab, f"{view}-{language}-{scheme}")
        await tab.goto(f"{room.base}{path}/forget")
        await look(tab, f"forget-{language}-{scheme}")
        await press(tab, said[6])
        assert await room.readers.get(1) is None
        await look(tab, f"forgotten-{language}-{scheme}")
