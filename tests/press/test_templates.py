"""Templates: which of them tells a story, what a mistake says, and that a change is taken only if it passes."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import PressError
from bot.model.channel import Facts
from bot.model.edition import Markup, Unit
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press import Press
from bot.press.job import Job, Occasion, candidates
from bot.press.shelf import Shelf, markup_of
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.press.trial import Only
from bot.rules.summarising import analyse
from bot.settings import Newsroom
from tests.fakes.articles import NOW

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
CAPTION = Facts("telegram", "telegram.html.j2", Markup.HTML, 1024, Unit.UTF16, card=None)
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai")


def story(headline: str = "大桥通车", *, section: str | None = "文化", body: str = "大桥今早通车。") -> Story:
    article = Article(
        headline, (Block(BlockKind.PARAGRAPH, body),), "zh", section=section, byline=Byline(credit="河湾日报")
    )
    return Story(1, "inbox", 1, article, NOW, NOW)


class Desk:
    """A newsroom that writes templates of its own."""

    def __init__(self, folder: Path) -> None:
        self.posts = folder / "own" / "posts"
        self.posts.mkdir(parents=True)
        self._written = 0
        self.open(folder)

    def open(self, folder: Path) -> None:
        self.press = Press(NEWSROOM, SHIPPED, folder / "own", folder / "cards")

    def write(self, name: str, text: str) -> None:
        """Save a template; no two savings have the same time, as on a slow human's disk."""
        path = self.posts / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self._written += 1
        os.utime(path, ns=(0, self._written * 1_000_000_000))

    async def post(self, told: Story | None = None, job: Job = Job(), channel: str = "zh") -> str:  # noqa: B008
        return (await self.press.edition(told or story(), channel, CAPTION, job)).text


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("job", "section", "names"),
    [
        (Job("zh"), None, ["zh.post", "zh", "telegram.post", "telegram"]),
        (
            Job("zh", Occasion.EDIT, "evening"),
            "文化",
            [
                "zh.edit", "zh.文化", "zh", "evening.edit", "evening.文化", "evening",
                "telegram.edit", "telegram.文化", "telegram",
            ],
        ),
        (Job(), "体育/足球", ["telegram.post", "telegram.体育-足球", "telegram"]),
        (Job("telegram"), None, ["telegram.post", "telegram"]),
        (Job("zh", Occasion.BREAKING), "../..", ["zh.breaking", "zh", "telegram.breaking", "telegram"]),
    ],
)  # fmt: skip
def test_the_most_particular_template_comes_first(job: Job, section: str | None, names: list[str]) -> None:
    assert list(candidates("telegram.html.j2", job, section)) == [f"{name}.html.j2" for name in names]


def test_what_stands_before_the_suffix_may_have_dots() -> None:
    assert candidates("slack.text.mrkdwn.j2", Job("team"), None)[-2:] == (
        "slack.text.post.mrkdwn.j2",
        "slack.text.mrkdwn.j2",
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["telegram"], "telegram"),
        (["telegram", "telegram.文化"], "telegram.文化"),
        (["telegram.文化", "telegram.post"], "telegram.post"),
        (["telegram.post", "evening"], "evening"),
        (["evening.post", "zh"], "zh"),
        (["zh", "zh.文化"], "zh.文化"),
        (["zh.文化", "zh.post"], "zh.post"),
        (["zh.edit", "other", "telegram.体育"], None),
    ],
)
async def test_a_newsrooms_own_template_for_channel_route_section_and_act(
    desk: Desk, tmp_path: Path, written: list[str], told: str | None
) -> None:
    for name in written:
        desk.write(f"{name}.html.j2", f"{{{{ headline }}}} by {name}")
    desk.open(tmp_path)
    text = await desk.post(job=Job(route="evening"))
    assert text == f"大桥通车 by {told}" if told else "阅读全文" not in text and text.startswith("<b>大桥通车</b>")


async def test_any_template_of_the_newsrooms_own_comes_before_a_shipped_one(tmp_path: Path) -> None:
    for folder, name in (("shipped", "telegram.post"), ("own", "telegram")):
        (tmp_path / folder / "posts").mkdir(parents=True)
        (tmp_path / folder / "posts" / f"{name}.html.j2").write_text(folder, encoding="utf-8")
    templates = Templates(tmp_path / "shipped", tmp_path / "own")
    assert templates.render(["telegram.post.html.j2", "telegram.html.j2"], Markup.HTML, {}) == "own"


async def test_an_own_template_may_build_on_the_shipped_one_and_replace_its_macros(desk: Desk, tmp_path: Path) -> None:
    desk.write("telegram.html.j2", '{% include "shipped/telegram.html.j2" %}\n\nriverbend')
    lines = (SHIPPED / "posts/macros/lines.html.j2").read_text(encoding="utf-8").replace("<i>", "<u>")
    desk.write("macros/lines.html.j2", lines.replace("</i>", "</u>"))
    desk.open(tmp_path)
    assert await desk.post() == "<b>大桥通车</b>\n\n大桥今早通车。\n\n<u>来源：河湾日报</u>\n\nriverbend"


async def test_a_mistake_in_a_macro_names_the_macros_file_and_line(desk: Desk, tmp_path: Path) -> None:
    desk.write("macros/own.html.j2", "{% macro line() %}\n\n{{ nothing }}{% endmacro %}")
    desk.write("zh.html.j2", '{% from "macros/own.html.j2" import line %}{{ line() }}')
    desk.open(tmp_path)
    with pytest.raises(PressError) as caught:
        await desk.post()
    assert (caught.value.template, caught.value.line) == ("macros/own.html.j2", 3)


@pytest.mark.parametrize("markup", ["html", "md", "mdv2", "wecom", "mrkdwn", "facets"])
def test_what_a_macro_prints_is_escaped_once(tmp_path: Path, markup: str) -> None:
    (tmp_path / "posts").mkdir()
    direct, macro = "{{ word }}", "{% macro say(x) %}{{ x }}{% endmacro %}{{ say(word) }}"
    for name, text in (("direct", direct), ("macro", macro)):
        (tmp_path / f"posts/{name}.{markup}.j2").write_text(text, encoding="utf-8")
    templates = Templates(tmp_path, None)
    printed = [
        templates.render([f"{one}.{markup}.j2"], Markup(markup), {"word": "<a>[*b*]_&"}) for one in ("direct", "macro")
    ]
    assert printed[0] == printed[1]


async def test_a_changed_template_that_passes_is_taken_at_once(desk: Desk) -> None:
    before = await desk.post()
    desk.write("telegram.html.j2", "{{ headline }}!")
    assert (before != "大桥通车!", await desk.post()) == (True, "大桥通车!")
    assert desk.press.complaints() == ()


@pytest.mark.parametrize(
    ("broken", "line"),
    [("a\n{{ headlin }}", 2), ("{% if %}", 1), ('{% if act == "correction" %}\n{{ nothing }}{% endif %}', 2)],
)
async def test_the_last_good_template_stays_in_force_and_the_desk_hears_it_once(
    desk: Desk, broken: str, line: int
) -> None:
    desk.write("telegram.html.j2", "{{ headline }}!")
    assert await desk.post() == "大桥通车!"
    desk.write("telegram.html.j2", broken)
    assert [await desk.post() for _ in range(2)] == ["大桥通车!"] * 2
    [complaint] = desk.press.complaints()
    assert complaint.subject == "template telegram.html.j2"
    assert complaint.text.startswith(f"telegram.html.j2:{line}: ")
    desk.write("telegram.html.j2", "{{ headline }}?")
    assert await desk.post() == "大桥通车?"
    assert desk.press.complaints() == ()


async def test_a_new_template_that_does_not_pass_is_not_taken(desk: Desk) -> None:
    before = await desk.post()
    desk.write("zh.html.j2", "{{ headlin }}")
    assert await desk.post() == before
    assert len(desk.press.complaints()) == 1


async def test_a_broken_macro_leaves_those_who_use_it_as_they_were(desk: Desk) -> None:
    desk.write("macros/own.html.j2", "{% macro line() %}good{% endmacro %}")
    desk.write("zh.html.j2", '{% from "macros/own.html.j2" import line %}{{ line() }}')
    desk.write("en.html.j2", "{{ headline }}")
    assert await desk.post() == "good"
    desk.write("macros/own.html.j2", "{% macro line() %}{{ nothing }}{% endmacro %}")
    desk.write("en.html.j2", "{{ headline }}!")
    assert (await desk.post(), await desk.post(channel="en")) == ("good", "大桥通车!")


async def test_a_template_that_is_taken_away_is_no_longer_used(desk: Desk) -> None:
    before = await desk.post()
    desk.write("zh.html.j2", "mine")
    assert await desk.post() == "mine"
    (desk.posts / "zh.html.j2").unlink()
    assert await desk.post() == before


async def test_a_file_that_is_no_utf8_is_a_mistake_with_a_remedy(desk: Desk, tmp_path: Path) -> None:
    (desk.posts / "zh.html.j2").write_bytes("大桥".encode("gb18030"))
    desk.open(tmp_path)
    with pytest.raises(PressError, match="save it as UTF-8"):
        await desk.post()


def test_check_tries_every_template_of_the_newsroom(desk: Desk, tmp_path: Path) -> None:
    desk.write("zh.文化.html.j2", "{{ headline }}")
    desk.write("zh.correction.html.j2", "{{ changed[0] }}{{ mark.nothing }}")
    desk.write("zh.rtf.j2", "")
    desk.open(tmp_path)
    found = {one.subject: one for one in desk.press.check([CAPTION])}
    assert found["template zh.文化.html.j2"].ok
    assert "zh.correction.html.j2:1" in found["template zh.correction.html.j2"].detail
    assert "'rtf' names no markup" in found["template zh.rtf.j2"].detail


@pytest.mark.parametrize(
    "mistake",
    [
        "{% for part in parts %}{% if part.heading %}{{ part.titel }}{% endif %}{% endfor %}",
        "{% for part in parts %}{% for one in part.paragraphs if one.quoted %}{{ one.nil }}{% endfor %}{% endfor %}",
        "{% if cut %}{{ cut.nil }}{% endif %}",
        "{% if number > 1 %}{{ nil }}{% endif %}",
        "{% if translated %}{{ nil }}{% endif %}",
        "{% if subtitle %}{{ nil }}{% endif %}",
        "{% if act == 'breaking' %}{{ nil }}{% endif %}",
    ],
)
def test_a_mistake_is_found_before_the_start_wherever_it_stands(desk: Desk, tmp_path: Path, mistake: str) -> None:
    desk.write("zh.html.j2", mistake)
    desk.open(tmp_path)
    [err] = desk.press.mistakes([CAPTION])
    assert (err.template, err.line) == ("zh.html.j2", 1)
    assert "sample story" in err.why


def test_shipped_templates_alone_have_no_mistakes(desk: Desk) -> None:
    assert desk.press.mistakes([CAPTION]) == ()


@pytest.mark.parametrize(
    "name", sorted(path.name for path in (SHIPPED / "posts").glob("*.j2") if "thread" not in path.name)
)
def test_every_shipped_template_names_source_and_editor_and_a_machines_translation(name: str) -> None:
    shelf = Shelf.read(SHIPPED / "posts", None)
    made = story()
    made = replace(made, article=replace(made.article, byline=Byline(credit="河湾日报", editor="陈静")))
    facts = Facts("check", name, markup_of(name), None, card=None)
    teller = Teller(Only(shelf, name), NEWSROOM.tz)
    told = teller.tell(made, analyse(made.article), facts, Job(translated=True)).text
    assert "河湾日报" in told
    assert "陈静" in told
    assert "机器翻译" in told or '"translated": true' in told


async def test_an_edit_of_a_story_that_says_what_it_corrected_is_a_correction(desk: Desk) -> None:
    job = Job(occasion=Occasion.EDIT, changed=("“3人”改为“5人”",))
    corrected = story(body="大桥今早通车。更正：受伤的是5人。")
    assert "更正：“3人”改为“5人”" in await desk.post(corrected, job)
    assert "改为" not in await desk.post(story(), job)


async def test_a_template_that_takes_a_shipped_ones_place_spoils_nothing_that_includes_it(
    desk: Desk, tmp_path: Path
) -> None:
    facts = replace(CAPTION, template="wechat-whole.html.j2", kind="wechat")
    told = story(body="大桥今早通车。" * 3000)
    before = (await desk.press.edition(told, "wx", facts)).text
    desk.write("wechat.html.j2", "{{ nothing }}")
    assert (await desk.press.edition(told, "wx", facts)).text == before
    assert any("wechat" in one.text for one in desk.press.complaints())
    desk.open(tmp_path)
    assert desk.press.mistakes([CAPTION])
