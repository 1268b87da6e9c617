"""The readers' form as a reader meets it: in a browser that minds the page's policy."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import playwright.async_api as playwright

from bot.ledger import Ledger
from bot.site.ours import YOUNGEST
from tests.fakes.door import a_door
from tests.fakes.page import NOW

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


async def test_a_reader_fills_the_form_in_a_browser_and_is_thanked(sqlite_url: str, tmp_path: Path) -> None:
    found = os.environ.get("CRIER_CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium: install it (Debian: apt install chromium) or name one in CRIER_CHROMIUM"
    picture = tmp_path / "香樟.png"
    picture.write_bytes(PNG)
    ledger = await Ledger.open(sqlite_url)
    async with (
        a_door(ledger, NOW, {"readers": {"kind": "submission"}}, tmp_path) as door,
        playwright.async_playwright() as driver,
    ):
        browser = await driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto(str(door.client.base_url.join("/submit")))
        hidden = await page.locator('input[name="website"]').bounding_box()
        assert hidden is None or hidden["x"] + hidden["width"] < 0
        door.now += YOUNGEST + timedelta(seconds=1)
        for name, said in (("name", "李敏"), ("headline", "香樟开花了"), ("text", "香了半条街。\n还会开一周。")):
            await page.fill(f'[name="{name}"]', said)
        await page.set_input_files('[name="picture"]', picture)
        await page.check('[name="consent"]')
        if shots := os.environ.get("CRIER_SHOTS"):
            await page.screenshot(path=f"{shots}/submit.png", full_page=True)
        await page.click("button")
        assert "已经送到编辑手里" in await page.inner_text("main")
        [story] = await door.read()
        assert story.article.paragraphs == ("香了半条街。", "还会开一周。")
        [kept] = (tmp_path / "submissions").iterdir()
        assert kept.read_bytes() == PNG
        await browser.close()
        assert complaints == []
    await ledger.close()
