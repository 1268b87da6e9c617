"""The page over real HTTP: what it shows, and what it refuses."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import lxml.html
import pytest

from bot.model.decision import Decision, Verb
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup
from bot.model.source import Memory
from bot.site import Shown
from tests.fakes.page import CHANNELS, NOW, Page, article, page
from tests.fakes.stories import plan, planned_story

HOSTILE = "<script>alert(1)</script> &amp; \"双引号\" 'x' \u202egnp.exe </title><img src=x>"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Page]:
    async with page(tmp_path) as opened:
        yield opened


@pytest.fixture
async def client(served: Page) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False) as opened:
        yield opened


async def drawn(client: httpx.AsyncClient, path: str = "/") -> lxml.html.HtmlElement:
    response = await client.get(path)
    assert response.status_code == 200, response.text
    return lxml.html.document_fromstring(response.text)


def text(element: lxml.html.HtmlElement, selector: str) -> str:
    return " ".join(" ".join(found.text_content().split()) for found in element.cssselect(selector))


async def test_an_empty_page_says_where_to_drop_an_article(client: httpx.AsyncClient) -> None:
    assert "queue/inbox/" in text(await drawn(client), "#empty")


async def test_a_story_stands_beside_every_channel_it_goes_to(served: Page, client: httpx.AsyncClient) -> None:
    story = await served.publish(article("大桥通车"), NOW)
    shown = await drawn(client)
    assert text(shown, f"#story-{story} h2") == "大桥通车"
    assert text(shown, ".byline bdi") == "河湾日报 陈静"
    assert "今天 14:00" in text(shown, ".byline")
    assert text(shown, f"#main-{story} .post b") == "大桥通车"
    assert text(shown, f"#texts-{story} .preview b") == "example.org"
    assert '"headline": "大桥通车"' in text(shown, f"#partners-{story} .code")
    assert text(shown, f"#main-{story} .count").endswith("/ 1024 UTF-16 单位")


async def test_a_state_is_told_in_words_and_a_rehearsal_never_reads_as_sent(
    served: Page, client: httpx.AsyncClient
) -> None:
    story = await served.publish(article("大桥通车"), NOW, ["main"])
    assert text(await drawn(client), f"#main-{story} .state") == "待发"
    await served.send(NOW)
    shown = await drawn(client)
    assert text(shown, f"#main-{story} .state") == "已发 · 演练"
    assert text(shown, ".counts .sent") == "1 已发"
    assert shown.cssselect(f"#main-{story} .facts a") == []


async def test_a_post_that_is_out_shows_its_permalink(served: Page, client: httpx.AsyncClient) -> None:
    await planned_story(served.ledger, NOW, "main")
    await served.send(NOW)
    (link,) = (await drawn(client)).cssselect(".facts a")
    assert link.get("href") == "https://t.example/riverbend/1"


async def test_a_channel_it_does_not_go_to_says_why(served: Page, client: httpx.AsyncClient) -> None:
    await served.publish(article("大桥通车"), NOW, ["main"])
    shown = await drawn(client)
    assert text(shown, ".absent summary") == "不发往 texts、partners"
    assert text(shown, ".absent li").count("第 1 条规则只要语种为 英文 的稿件，这篇是 中文") == 2


async def test_a_channel_that_could_not_be_composed_for_raises_the_alarm(
    served: Page, client: httpx.AsyncClient
) -> None:
    story = await served.publish(article("大桥通车"), NOW, ["main"])
    why = "telegram.html.j2:2: 'headlin' is undefined"
    await served.ledger.history.add(Decision(Verb.FAILED, "press", why, NOW, story, 1, "texts"))
    assert why in text(await drawn(client), ".about .alarm")


async def test_a_correction_shows_the_new_words_and_what_is_out(served: Page, client: httpx.AsyncClient) -> None:
    story = await served.publish(article("大桥通车", "共换48根拉索。"), NOW, ["main"])
    await served.send(NOW)
    later = NOW + timedelta(minutes=5)
    await served.publish(article("大桥通车", "共换50根拉索。"), later, ["main"])
    shown = await drawn(client)
    assert text(shown, f"#main-{story} .state") == "更正 · 待发"
    assert "50根" in text(shown, f"#main-{story} .post")
    assert "目前在外的是第 1 版" in text(shown, f"#main-{story} .facts")
    assert "第 2 版" in text(shown, ".kicker")
    await served.send(later)
    assert "目前在外" not in text(await drawn(client), f"#main-{story} .facts")


@pytest.mark.parametrize(
    ("sent", "caveat"),
    [
        ("{text}", ""),
        ('{{"data": {text}}}', ""),
        ("without the picture (PHOTO_INVALID): {text}", "未带图片（PHOTO_INVALID）"),
        ("settled by an editor, without proof of the platform", "由编辑认定，没有平台的凭证"),
    ],
)
async def test_what_is_out_and_differs_from_the_edition_says_so(
    served: Page, client: httpx.AsyncClient, sent: str, caveat: str
) -> None:
    await planned_story(served.ledger, NOW, "main")
    claim = await served.ledger.claims.next(["main"], "test", NOW, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    receipt = Receipt("1", NOW, sent=sent.format(text=claim.delivery.edition.text))
    assert await served.ledger.claims.sent(claim, receipt, NOW)
    assert text(await drawn(client), ".caveat") == caveat


async def test_a_story_that_waits_says_so(served: Page, client: httpx.AsyncClient) -> None:
    await served.ledger.stories.record("inbox", article("大桥通车"), ["k"], "f", NOW)
    assert text(await drawn(client), ".composing") == "正在编排…"


@pytest.mark.parametrize("path", ["/", "/?fragment=1", "/stories/1", "/?lang=en"])
async def test_nothing_an_article_says_becomes_markup(served: Page, client: httpx.AsyncClient, path: str) -> None:
    hostile = replace(article(HOSTILE, HOSTILE), subtitle=HOSTILE, section=HOSTILE, link="javascript:alert(1)")
    await served.publish(hostile, NOW)
    shown = await drawn(client, path)
    assert {script.get("src") for script in shown.iter("script")} <= {"/page.js"}
    assert {picture.get("src")[:7] for picture in shown.iter("img")} <= {"/cards/"}
    assert not [link for link in shown.iter("a") if link.get("href", "").startswith("javascript")]
    assert not [name for element in shown.iter() for name in element.attrib if name.startswith("on") or name == "style"]
    (headline,) = shown.cssselect(".about h1, .about h2")
    assert headline.text_content() == HOSTILE
    assert headline.get("dir") == "auto"
    assert text(shown, "#main-1 .post b") == " ".join(HOSTILE.split())


async def test_a_kind_without_a_drawing_shows_its_very_words(tmp_path: Path) -> None:
    async with page(tmp_path, channels=[Shown("board", "noticeboard", "hall")]) as served:
        recorded = await served.ledger.stories.record("inbox", article("大桥通车"), ["k"], "f", NOW)
        edition = Edition(recorded.story, 1, "board", "noticeboard", "zh", "大桥", "# 大桥 <b>", Markup.MARKDOWN)
        assert await served.ledger.deliveries.plan(
            recorded.story, 1, [replace(plan(recorded.story, "board", NOW), edition=edition)], [], NOW
        )
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            assert text(await drawn(client), ".noticeboard .plain") == "# 大桥 <b>"


async def test_a_channel_that_left_the_settings_keeps_what_it_posted(tmp_path: Path) -> None:
    async with page(tmp_path, channels=CHANNELS[1:]) as served:
        await served.publish(article("大桥通车"), NOW, ["main"])
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            assert text(await drawn(client), ".channel b") == "main"


async def test_sources_tell_how_they_do(served: Page, client: httpx.AsyncClient) -> None:
    await served.ledger.notes.register(["inbox", "feed"], NOW)
    await served.ledger.notes.looked("inbox", Memory(), NOW, NOW)
    await served.ledger.notes.failed("feed", "HTTP 503", NOW, NOW)
    shown = await drawn(client)
    assert text(shown, ".sources .good") == "inbox 上次查看 今天 16:00"
    assert text(shown, ".sources .bad") == "feed 上次查看 今天 16:00 HTTP 503"


async def test_a_paused_channel_raises_the_alarm(served: Page, client: httpx.AsyncClient) -> None:
    await served.ledger.lanes.pause("main", "the bot was removed", NOW)
    assert text(await drawn(client), "#paused-main") == "main 已暂停： the bot was removed"


async def test_one_story_is_shown_whole(served: Page, client: httpx.AsyncClient) -> None:
    await served.publish(article("大桥通车", "第一段。", "第二段。"), NOW, ["main"])
    await served.send(NOW)
    shown = await drawn(client, "/stories/1")
    assert "第二段。" in text(shown, ".text p")
    assert "以 bridge.html 放入收件夹" in text(shown, ".history")
    assert "第 1 次 今天 16:00 成功" in text(shown, ".history")


async def test_the_reader_chooses_the_language_and_keeps_it(served: Page, client: httpx.AsyncClient) -> None:
    await served.publish(article("大桥通车"), NOW)
    shown = await drawn(client, "/?lang=en")
    assert shown.get("lang") == "en"
    assert text(shown, ".counts .planned") == "3 planned"
    assert shown.cssselect("h2 a")[0].get("href") == "/stories/1?lang=en"


async def test_older_stories_are_on_the_next_page(served: Page, client: httpx.AsyncClient) -> None:
    for number in range(21):
        await planned_story(served.ledger, NOW + timedelta(seconds=number), "main", headline=f"第{number}条")
    first, second = await drawn(client), await drawn(client, "/?page=2")
    assert len(first.cssselect(".story")) == 20
    assert text(second, ".story h2") == "第0条"


@pytest.mark.parametrize("path", ["/?page=0", "/?page=x", "/stories/7", "/stories/99999999999999999999", "/nothing"])
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_card_may_be_kept_for_ever(served: Page, client: httpx.AsyncClient) -> None:
    await served.publish(article("大桥通车"), NOW)
    (card,) = served.cards.glob("*.png")
    response = await client.get(f"/cards/{card.name}")
    assert response.content == card.read_bytes()
    assert response.headers["content-type"] == "image/png"
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize(
    "name",
    [
        "..%2fsecret.png",
        "%2e%2e/secret.png",
        "..%5csecret.png",
        "secret.png",
        "%00.png",
        "a" * 32 + ".png",
        "0123456789abcdef0123456789abcdef.svg",
    ],
)
async def test_only_cards_leave_the_folder_of_cards(
    served: Page, client: httpx.AsyncClient, tmp_path: Path, name: str
) -> None:
    served.cards.mkdir()
    (tmp_path / "secret.png").write_text("secret")
    (served.cards / "secret.png").write_text("secret")
    (served.cards / "0123456789abcdef0123456789abcdef.svg").write_text("secret")
    assert (await client.get(f"/cards/{name}")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css", "/icon.svg", "/healthz", "/nothing"])
async def test_every_answer_keeps_the_browser_strict(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8737", 200),
        ("127.0.0.1", 200),
        ("[::1]:8737", 200),
        ("rebound.example", 421),
        ("localhost.example", 421),
        ("[", 421),
        ("", 421),
    ],
)
async def test_a_foreign_name_gets_no_answer(client: httpx.AsyncClient, host: str, status: int) -> None:
    assert (await client.get("/", headers={"host": host})).status_code == status


async def test_the_newsrooms_colour_and_its_own_templates_come_first(tmp_path: Path) -> None:
    (tmp_path / "own/site/kinds").mkdir(parents=True)
    (tmp_path / "own/site/kinds/telegram.html.j2").write_text("<p class=own>{{ edition.text }}</p>", encoding="utf-8")
    async with page(tmp_path, own=tmp_path / "own") as served:
        await served.publish(article("大桥通车"), NOW, ["main"])
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            assert text(await drawn(client), ".own").startswith("<b>大桥通车</b>")
            assert "--accent: #0b5d5e" in (await client.get("/page.css")).text


async def test_health_asks_the_ledger(served: Page, client: httpx.AsyncClient) -> None:
    await served.publish(article("大桥通车"), NOW, ["main"])
    response = await client.get("/healthz")
    assert (response.json()["ok"], response.json()["deliveries"]["planned"]) == (True, 1)
