"""A mistake in settings.yaml is answered with path, value, remedy and line."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.errors import SettingsError
from bot.settings import ChannelSettings, Secret, Settings, SourceSettings, parse
from bot.settings.scalars import Duration


class Inbox(SourceSettings):
    kind: Literal["inbox"]
    folder: Path


class Feed(SourceSettings):
    kind: Literal["feed"]
    url: str
    every: Duration = timedelta(minutes=5)


class Post(ChannelSettings):
    kind: Literal["post"]
    token: Secret


class Page(ChannelSettings):
    kind: Literal["page"]


SOURCES: dict[str, type[SourceSettings]] = {"inbox": Inbox, "feed": Feed}
CHANNELS: dict[str, type[ChannelSettings]] = {"post": Post, "page": Page}

GOOD = """\
newsroom:
  name: 河湾日报
  zone: Asia/Shanghai
sources:
  inbox: {kind: inbox, folder: queue/inbox}
  site:
    kind: feed
    url: https://example.org/feed.xml
    every: 90s
channels:
  main:
    kind: post
    token: env:CRIER_TEST_TOKEN
  wall: {kind: page, rehearse: true}
routes:
  - channels: [main, wall]
    when: {languages: [zh]}
"""


def read(text: str) -> Settings:
    return parse(text, SOURCES, CHANNELS)


def mistake(good: str, bad: str) -> SettingsError:
    assert good in GOOD
    with pytest.raises(SettingsError) as caught:
        read(GOOD.replace(good, bad))
    return caught.value


def test_a_good_file_becomes_frozen_values() -> None:
    settings = read(GOOD)
    assert settings.newsroom.tz.key == "Asia/Shanghai"
    assert isinstance(settings.sources["site"], Feed)
    assert settings.sources["site"].every == timedelta(seconds=90)
    assert settings.desk.grace == timedelta(seconds=60)
    with pytest.raises(ValueError, match="frozen"):
        settings.newsroom.name = "another"  # type: ignore[misc]


def test_a_channel_may_rehearse_alone_or_with_the_whole_newsroom() -> None:
    assert [read(GOOD).rehearses(name) for name in ("main", "wall")] == [False, True]
    assert read(GOOD + "rehearse: true\n").rehearses("main")


@pytest.mark.parametrize(
    ("good", "bad", "path", "value", "line", "remedy"),
    [
        ("zone: Asia/Shanghai", "zone: Asia/Shangai", "newsroom.zone", "Asia/Shangai", 3, "IANA list"),
        ("  name: 河湾日报\n", "  naem: 河湾日报\n  name: x\n", "newsroom.naem", "河湾日报", 2, "did you mean name?"),
        ("every: 90s", "every: 90", "sources.site.every", 90, 9, "such as 90s"),
        ("kind: post", "kind: pots", "channels.main.kind", "pots", 12, "post, page"),
        ("    url: https://example.org/feed.xml\n", "", "sources.site.url", None, 6, "add it"),
        ("token: env:CRIER_TEST_TOKEN", "token: 12345:AAAA", "channels.main.token", "***", 13, "env:NAME"),
        ("token: env", "tokne: env", "channels.main.tokne", "env:CRIER_TEST_TOKEN", 13, "did you mean token?"),
        ("[main, wall]", "[main, wal]", "routes.0.channels", "wal", 16, "known are main, wall"),
        (
            "{languages: [zh]}",
            "{sources: [desk, sit]}",
            "routes.0.when.sources",
            "sit",
            17,
            "known are inbox, site, desk",
        ),
        ("routes:\n", "desk: {approval: {sources: [sit]}}\nroutes:\n", "desk.approval.sources", "sit", 15, "known are"),
        ("[main, wall]", "main", "routes.0.channels", "main", 16, "valid tuple"),
        ("languages: [zh]", "language: [zh]", "routes.0.when.language", ["zh"], 17, "did you mean languages?"),
    ],
)
def test_a_mistake_names_path_value_line_and_remedy(
    good: str, bad: str, path: str, value: object, line: int, remedy: str
) -> None:
    err = mistake(good, bad)
    assert (err.path, err.value, err.line) == (path, value, line)
    assert remedy in err.remedy
    assert str(err).startswith(f"settings.yaml:{line}: {path} is ")


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read(GOOD.replace("Asia/Shanghai", "Nowhere").replace("90s", "soon"))
    assert {err.path for err in (caught.value, *caught.value.others)} == {"newsroom.zone", "sources.site.every"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("- a\n- b\n", "no mapping"),
        ("newsroom: {name: x\nsources: 1", "correct the YAML"),
        (GOOD.replace("  wall:", "  main:"), "correct the YAML"),
    ],
    ids=["empty", "a list", "broken", "a name twice"],
)
def test_what_is_no_settings_file_is_told_so(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(text)
    assert says in str(caught.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        read(GOOD + "house:\n  ledger: postgresql://crier:hunter2@db/crier\n")
    assert "hunter2" not in str(caught.value)
    assert caught.value.line == 19
