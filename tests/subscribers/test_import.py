"""Audiences from files: who is subscribed, who is asked, who never is; and out into files again."""

import asyncio
import csv
import json
import stat
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.errors import CrierError
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.decision import Verb
from bot.model.subscriber import Address, Choices, Consent, Reading, Timing

T = TypeVar("T")
KEY = Fernet.generate_key().decode()
SETTINGS = """
newsroom: {name: 河湾日报, zone: Asia/Shanghai, languages: [zh, en]}
sources:
  inbox: {kind: inbox, folder: queue/inbox, every: 2s}
channels:
  feed: {kind: feed, folder: feeds, url: "https://news.example.org/feeds/"}
  letters: {kind: email, host: 127.0.0.1, sender: desk@example.org, to: [all@example.org]}
  hooks: {kind: webhook, url: "https://example.org/hook", secrets: ["env:NOT_THERE"]}
routes: [{channels: [feed]}]
subscribers: {key: "env:READERS_KEY", carriers: [letters, hooks], topics: [时政, 体育]}
desk: {editors: [{id: 501, name: 陈静, role: admin}, {id: 502, name: Ana, role: editor}]}
"""
MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,"
    "GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
BOTH = '2024-03-01 08:00:00,192.0.2.1,2024-03-01 08:05:00,192.0.2.1,,,,,,,,2024-03-01,1,a,,"""体育"",""old"""'
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers"
)


class House:
    """A newsroom with readers, and its command line."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.settings = folder, folder / "settings.yaml"
        (folder / "queue").mkdir()
        self.settings.write_text(SETTINGS, encoding="utf-8")

    def file(self, *lines: str, name: str = "readers.csv") -> str:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    def run(self, *words: str, status: int = 0) -> str:
        ended = CliRunner().invoke(app, ["subscribers", *words, "--settings", str(self.settings)])
        assert ended.exit_code == status, ended.output or repr(ended.exception)
        return ended.output

    def fails(self, *words: str) -> str:
        ended = CliRunner().invoke(app, ["subscribers", *words, "--settings", str(self.settings)])
        assert isinstance(ended.exception, CrierError), ended.output
        return str(ended.exception)

    def brought(self, *words: str, status: int = 0) -> dict[str, object]:
        told = json.loads(self.run("import", *words, "--json", status=status))
        return {name: len(value) if isinstance(value, list) else value for name, value in told.items() if value}

    def ledger(self, ask: Callable[[Ledger], Awaitable[T]]) -> T:
        async def asked() -> T:
            ledger = await Ledger.open(f"sqlite:///{self.folder / 'queue' / 'ledger.sqlite'}")
            try:
                return await ask(ledger)
            finally:
                await ledger.close()

        return asyncio.run(asked())

    def readers(self, ask: Callable[[Subscribers], Awaitable[T]]) -> T:
        return self.ledger(lambda ledger: ask(ledger.subscribers(KEY)))

    def state(self, to: str, carrier: str = "letters") -> str:
        found = self.readers(lambda readers: readers.found(carrier, to))
        return found.state.value if found else "nobody"

    def ask(self, to: str, carrier: str = "letters") -> int:
        at = datetime.now(UTC)
        choices, consent = Choices(topics=("时政",)), Consent("the form", at)
        asked = self.readers(
            lambda readers: readers.ask(
                carrier, Address(to), choices, Timing(), Reading(), consent, at, proved=True
            )
        )  # fmt: skip
        return asked.id


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("READERS_KEY", KEY)
    return House(tmp_path)


def test_mailchimps_confirmed_ones_are_subscribed_and_the_others_asked(house: House) -> None:
    file = house.file(
        MAILCHIMP,
        f"ling@example.org,Ling,Wang,2,{BOTH}",
        "ana@example.org,Ana,Maria,2,,,2024-03-01 08:05:00,,,,,,,,,2024-03-01,2,b,,",
    )
    assert house.brought(file, "--carrier", "letters") == {"subscribed": 1, "asked": 1}
    found = house.readers(lambda readers: readers.found("letters", "ling@example.org"))
    assert found is not None
    assert (found.choices.topics, found.timing.zone) == (("体育",), "Asia/Shanghai")
    assert found.consent == Consent(
        "signed up at Mailchimp at 2024-03-01 08:00 UTC, confirmed", datetime(2024, 3, 1, 8, 5, tzinfo=UTC)
    )
    assert house.state("ana@example.org") == "asked"
    kept = b"".join(path.read_bytes() for path in (house.folder / "queue").glob("ledger.sqlite*"))
    assert not [word for word in (b"Ling", b"Wang", b"192.0.2.1", b"ling@") if word in kept]
    assert house.brought(file, "--carrier", "letters") == {"known": 2}


@pytest.mark.parametrize(
    ("head", "line", "told"),
    [
        (f"{MAILCHIMP},UNSUB_TIME", f"a@example.org,,,2,{BOTH},2024-04-01", {"unwanted": 1}),
        (f"{MAILCHIMP},CLEAN_TIME", f"a@example.org,,,2,{BOTH},2024-04-01", {"unwanted": 1}),
        (f"{MAILCHIMP},Status", f"a@example.org,,,2,{BOTH},Unsubscribed", {"unwanted": 1}),
        (GHOST, "1,a@example.org,A,,true,false,,2024-01-01T00:00:00.000Z,,体育,", {"asked": 1}),
        (GHOST, "1,a@example.org,A,,false,false,,2024-01-01T00:00:00.000Z,,,", {"unwanted": 1}),
        (GHOST, "1,a@example.org,A,,true,false,,2024-01-01T00:00:00.000Z,2024-02-01T00:00:00.000Z,,", {"unwanted": 1}),
        (GHOST, "1,a@example.org,A,,,false,,2024-01-01T00:00:00.000Z,,,", {"bad": 1}),
        (GHOST, "1,a@example.org,A", {"bad": 1}),
        ("address", "a@example.org", {"asked": 1}),
        ("address;state", "a@example.org", None),
        ("address,consent_how,consent_at", "a@example.org,a paper form,2024-01-01", {"subscribed": 1}),
        ("address,consent_how,consent_at", "a@example.org,a paper form,1.1.2024", {"bad": 1}),
        ("address,consent_how,consent_at", "a@example.org,,2024-01-01", {"asked": 1}),
        ("address,state", "a@example.org,banned", {"unwanted": 1}),
        ("address,state", "a@example.org,maybe", {"bad": 1}),
        ("address,rhythm", "a@example.org,yearly", {"bad": 1}),
        ("address,zone", "a@example.org,Mars/Olympus", {"bad": 1}),
        ("address,topics", "a@example.org,[1]", {"bad": 1}),
        ("address", "not a mailbox", {"bad": 1}),
        ("address", '"a@example.org', {"bad": 1}),
    ],
)  # fmt: skip
def test_each_line_is_taken_for_what_it_proves(head: str, line: str, told: dict[str, int] | None, house: House) -> None:
    file = house.file(head, line)
    if told is None:
        assert "there must be a column address" in house.fails("import", file, "--carrier", "letters")
    else:
        assert house.brought(file, "--carrier", "letters", status=int("bad" in told)) == told


def test_a_bad_line_is_named_and_loses_nothing_else(house: House) -> None:
    file = house.file("address", "a@example.org", "nonsense", "", "b@example.org")
    said = house.run("import", file, "--carrier", "letters", "--consent", "signed at the fair", status=1)
    assert "2 subscribed" in said
    assert "line 3: address is 'nonsense': write one mailbox, such as ling@example.org" in said
    assert (house.state("a@example.org"), house.state("b@example.org")) == ("active", "active")


def test_a_rehearsal_of_an_import_writes_nothing(house: House) -> None:
    file = house.file("address", "a@example.org", "A@Example.org")
    assert house.brought(file, "--carrier", "letters", "--dry-run") == {"asked": 1, "known": 1}
    assert house.state("a@example.org") == "nobody"


def test_no_file_brings_back_who_left_who_is_lost_or_banned(house: House) -> None:
    at = datetime.now(UTC)
    left, lost = house.ask("left@example.org"), house.ask("lost@example.org")
    house.readers(lambda readers: readers.leave(left, "/stop", at))
    house.readers(lambda readers: readers.lost(lost, "blocked", at))
    house.run("ban", "never@example.org", "--why", "spam", "--as", "陈静")
    file = house.file("address", "left@example.org", "lost@example.org", "never@example.org")
    assert house.brought(file, "--carrier", "letters", "--consent", "they said so") == {"left": 3}
    assert (house.state("left@example.org"), house.state("never@example.org")) == ("left", "nobody")


def test_who_paused_elsewhere_is_paused_here(house: House) -> None:
    file = house.file("address,state,consent_how,consent_at", "a@example.org,paused,a paper form,2024-01-01")
    assert house.brought(file, "--carrier", "letters") == {"subscribed": 1}
    assert house.state("a@example.org") == "paused"


def test_a_machine_is_asked_whatever_the_file_says(house: House) -> None:
    file = house.file("address,carrier", "https://in.example.org/hook,hooks", "http://in.example.org/hook,hooks")
    assert house.brought(file, "--consent", "a contract", status=1) == {"asked": 1, "bad": 1}


def test_what_is_exported_is_for_its_owner_alone_and_can_be_imported(house: House, tmp_path: Path) -> None:
    house.ask("ling@example.org")
    house.run("export", str(tmp_path / "out.csv"), "--as", "陈静")
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["address"], row["consent_how"], row["topics"]) == ("ling@example.org", "the form", '["时政"]')
    before = house.readers(lambda readers: readers.found("letters", "ling@example.org"))
    house.run("forget", "ling@example.org", "--as", "陈静")
    assert house.brought(str(tmp_path / "out.csv")) == {"subscribed": 1}
    after = house.readers(lambda readers: readers.found("letters", "ling@example.org"))
    assert before is not None
    assert after is not None
    kept = [(one.choices, one.timing, one.reading, one.consent) for one in (before, after)]
    assert kept[0] == kept[1]
    assert "cannot be written" in house.fails("export", str(tmp_path / "out.csv"))


def test_a_list_of_feeds_becomes_topics_of_one_reader(house: House, tmp_path: Path) -> None:
    house.ask("ling@example.org")
    house.run("export", str(tmp_path / "feeds.opml"), "--format", "opml")
    text = (tmp_path / "feeds.opml").read_text(encoding="utf-8")
    other = '<outline text="x" xmlUrl="https://other.example.net/rss"/></body>'
    (tmp_path / "feeds.opml").write_text(text.replace("</body>", other), encoding="utf-8")
    said = house.run("import", str(tmp_path / "feeds.opml"), "--for", "ling@example.org", status=1)
    assert "xmlUrl is 'https://other.example.net/rss': this is no feed of a topic of ours" in said
    found = house.readers(lambda readers: readers.found("letters", "ling@example.org"))
    assert found is not None
    assert found.choices.topics == ("时政", "体育")


@pytest.mark.parametrize(
    "text", ['<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/hostname">]><opml>&a;</opml>', "<rss/>", "<op"]
)
def test_what_is_no_list_of_feeds_is_refused_and_opens_nothing(text: str, house: House) -> None:
    house.ask("ling@example.org")
    if "ENTITY" in text:
        assert house.brought(house.file(text), "--for", "ling@example.org") == {"known": 1}
    else:
        assert "the file is no OPML" in house.fails("import", house.file(text), "--for", "ling@example.org")


def test_the_rights_of_a_reader_are_kept_from_a_script_and_recorded_without_address(house: House) -> None:
    house.ask("ling@example.org")
    assert "address: ling@example.org" in house.run("mydata", "LING@example.org", "--as", "陈静")
    assert json.loads(house.run("mydata", "ling@example.org", "--json"))[0]["address"] == "ling@example.org"
    assert "topics: 时政" in house.run("show", "1")
    assert "letters  active  1" in house.run("list")
    assert "ling" not in house.run("list") + house.run("show", "1")
    house.run("leave", "ling@example.org", "--as", "陈静")
    assert house.state("ling@example.org") == "left"
    house.run("ban", "ling@example.org", "--why", "spam", "--as", "陈静", "--carrier", "letters")
    house.run("unban", "ling@example.org", "--as", "陈静")
    house.run("forget", "ling@example.org", "--as", "陈静")
    assert "nobody of this address is known" in house.fails("mydata", "ling@example.org")
    decisions = house.ledger(lambda ledger: ledger.history.lately(20))
    verbs = [one.verb for one in reversed(decisions) if one.who == "陈静"]
    assert verbs == [Verb.EXPORTED, Verb.REMOVED, Verb.BANNED, Verb.UNBANNED, Verb.FORGOTTEN]
    assert "ling" not in "".join(one.why for one in decisions)


@pytest.mark.parametrize("words", [["list"], ["export", "x.csv"], ["mydata", "a@example.org"], ["reseal"]])
def test_readers_are_an_admins_matter(words: list[str], house: House) -> None:
    assert "Ana is an editor of the desk: an admin decides" in house.fails(*words, "--as", "Ana")


def test_a_former_key_is_let_go_after_sealing_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.ask("ling@example.org")
    fresh = Fernet.generate_key().decode()
    monkeypatch.setenv("READERS_KEY", fresh)
    assert "write the former key behind it" in house.fails("mydata", "ling@example.org")
    monkeypatch.setenv("READERS_KEY", f"{fresh},{KEY}")
    assert "2 sealed anew" in house.run("reseal")
    monkeypatch.setenv("READERS_KEY", fresh)
    assert "ling@example.org" in house.run("mydata", "ling@example.org")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (KEY, "the key opens all of 1 addresses"),
        ("", "env:READERS_KEY is missing"),
        ("none", "this is no key"),
        (Fernet.generate_key().decode(), "write the former key behind it"),
    ],
    ids=["its own", "none at all", "no key", "another"],
)
def test_a_check_says_whether_the_key_opens_what_is_sealed(
    key: str, said: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ask("ling@example.org")
    monkeypatch.setenv("READERS_KEY", key)
    ended = CliRunner().invoke(app, ["check", "--json", "--settings", str(house.settings)])
    (found,) = [one for one in json.loads(ended.stdout) if one["subject"] == "subscribers"]
    assert said in found["detail"]
    assert found["ok"] is (key == KEY)


def test_a_newsroom_without_readers_says_how_to_have_some(house: House) -> None:
    text = house.settings.read_text(encoding="utf-8")
    house.settings.write_text(text.replace("subscribers:", "# subscribers:"), encoding="utf-8")
    assert "write the section, with key and carriers" in house.fails("list")


async def test_time_lets_go_in_rounds(ledger: Ledger, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.settings.subscribers import Subscribers as Section
    from bot.work.membership import Memberships

    readers = ledger.subscribers(KEY)
    consent = Consent("the form", now)
    asked = await readers.ask("letters", Address("a@example.org"), Choices(), Timing(), Reading(), consent, now)
    given = Section.model_validate({"key": "env:READERS_KEY", "carriers": ["letters"]})
    clock = iter([now + timedelta(days=1), now + timedelta(days=3)])
    rounds = Memberships(readers, given, lambda: next(clock))
    await rounds.round()
    assert await readers.get(asked.id) is not None
    await rounds.round()
    assert await readers.get(asked.id) is None
