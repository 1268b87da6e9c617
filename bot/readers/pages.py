"""Pages: what a reader's message shows, and which buttons stand below it; words come from the templates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from bot.model.membership import MyData
from bot.model.subscriber import Form, Membership, Rhythm, Subscriber
from bot.readers.choosing import LANGUAGES
from bot.readers.offers import mark

ON_A_PAGE = 8
_ABREAST = 2
_HOURS = ("0700", "0800", "1200", "1800", "2100")
_MOST = ("3", "5", "10")
_NIGHT = "23000700"


@dataclass(frozen=True, slots=True)
class Button:
    """`caption` is a name in words.yaml, whose {} is `about`."""

    caption: str
    order: str
    about: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the template `name` may print."""

    name: str
    rows: Rows = ()
    one: Subscriber | None = None
    newsroom: str = ""
    topic: str = ""
    names: tuple[str, ...] = ()
    note: str = ""
    """Which of the template's lines stands on top: what was just done, or not understood."""
    about: tuple[str, ...] = ()
    """What the note is about."""
    kind: str = ""
    mydata: MyData | None = None

    def noted(self, note: str, *about: str) -> "Page":
        """The same with a line on top."""
        return replace(self, note=note, about=about)


def welcome(newsroom: str, topic: str, language: str) -> Page:
    """To whoever is not subscribed."""
    wanted = (Button("subscribe_to", f"sub {language} {mark(topic)}", topic),) if topic else ()
    other = next(one for one in LANGUAGES if one != language)
    said = f"{other} {mark(topic)}" if topic else other
    every = Button("subscribe_all" if topic else "subscribe", f"sub {language}")
    rows = tuple(row for row in (wanted, (every,), (Button(f"speak_{other}", f"say {said}"),)) if row)
    return Page("welcome", rows, newsroom=newsroom, topic=topic)


def home(one: Subscriber, newsroom: str) -> Page:
    """All that they chose, and the way to change it."""
    breaking = Button("all_news", "b 0") if one.choices.breaking_only else Button("breaking_only", "b 1")
    paused = one.state is Membership.PAUSED
    rows = (
        (Button("topics", "p topics"), Button("words", "p words")),
        (Button("sources", "p sources"), Button("mute", "p mute")),
        (Button("when", "p when"), Button("how", "p how")),
        (breaking, Button("language", "p language")),
        (Button("resume", "go") if paused else Button("pause", "pause"), Button("stop", "stop")),
    )
    return Page("settings", rows, one, newsroom)


def listing(one: Subscriber, kind: str, offered: Sequence[str], number: int = 0, found: str = "") -> Page:
    """Topics or sources with ticks, a few a page; what was chosen and is offered no longer stands first."""
    letter, chosen = ("t", one.choices.topics) if kind == "topics" else ("s", one.choices.sources)
    names = list(dict.fromkeys((*(name for name in chosen if name not in offered and not found), *offered)))
    pages = max(1, -(-len(names) // ON_A_PAGE))
    number = min(max(number, 0), pages - 1)
    shown = names[number * ON_A_PAGE : (number + 1) * ON_A_PAGE]
    buttons = [
        Button("ticked", f"{letter} {mark(name)} 0 {number}", name)
        if name in chosen
        else Button("name", f"{letter} {mark(name)} 1 {number}", name)
        for name in shown
    ]
    rows = [tuple(buttons[at : at + _ABREAST]) for at in range(0, len(buttons), _ABREAST)]
    if pages > 1:
        before, after = (number - 1) % pages, (number + 1) % pages
        here = Button("page_of", f"p {kind} {number}", f"{number + 1}/{pages}")
        rows.append((Button("before", f"p {kind} {before}"), here, Button("after", f"p {kind} {after}")))
    if found:
        rows.append((Button("whole_list", f"p {kind}"),))
    back = Button("back", "p settings")
    rows.append((Button("clear", f"{letter}*"), back) if chosen else (back,))
    return Page(kind, tuple(rows), one, names=tuple(names), topic=found)


def written(one: Subscriber, kind: str) -> Page:
    """Words that are followed, or what is muted; each goes by a tap."""
    names, letter = (one.choices.words, "w") if kind == "words" else (one.choices.muted, "m")
    buttons = [Button("drop", f"{letter} {mark(name)}", name) for name in names]
    rows = [tuple(buttons[at : at + _ABREAST]) for at in range(0, len(buttons), _ABREAST)]
    return Page(kind, (*rows, (Button("back", "p settings"),)), one, names=names)


def when(one: Subscriber) -> Page:
    """Rhythm, hour, weekday, quiet hours, daily number."""
    timing = one.timing
    rhythms = tuple(
        _choice(f"rhythm_{rhythm.name.lower()}", f"r {rhythm.value.replace(' ', '-')}", on=timing.rhythm is rhythm)
        for rhythm in Rhythm
    )
    rows: list[tuple[Button, ...]] = [rhythms[:2], rhythms[2:]]
    if timing.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        rows.append(tuple(_named(f"{at[:2]}:{at[2:]}", f"at {at}", on=_same(timing.at, at)) for at in _HOURS))
    if timing.rhythm is Rhythm.WEEKLY:
        days = [_choice(f"day_{day}", f"wd {day}", on=timing.weekday == day) for day in range(7)]
        rows.append(tuple(days))
    if timing.rhythm is Rhythm.AT_ONCE:
        rows.append((Button("loud", "q -") if timing.quiet else Button("quiet", f"q {_NIGHT}"),))
        most = str(timing.most or "")
        several = tuple(_named(many, f"n {many}", on=most == many, caption="a_day") for many in _MOST)
        rows.append((*several, _choice("no_limit", "n -", on=timing.most is None)))
    return Page("when", (*rows, (Button("back", "p settings"),)), one)


def how(one: Subscriber, *, full: bool) -> Page:
    """With the card, words alone, or the whole article where that is allowed."""
    forms = [form for form in Form if full or form is not Form.FULL]
    rows = tuple((_choice(f"form_{form}", f"f {form}", on=one.reading.form is form),) for form in forms)
    return Page("how", (*rows, (Button("back", "p settings"),)), one)


def language(one: Subscriber) -> Page:
    """Of our words, and of the stories."""
    ours = tuple(_choice(f"speak_{name}", f"l {name}", on=one.reading.language == name) for name in LANGUAGES)
    wanted = one.choices.languages
    stories = (
        _choice("stories_all", "sl -", on=not wanted),
        *(_choice(f"stories_{name}", f"sl {name}", on=wanted == (name,)) for name in LANGUAGES),
    )
    return Page("language", (ours, stories, (Button("back", "p settings"),)), one)


def forget() -> Page:
    """Asks once."""
    return Page("forget", ((Button("forget_all", "forget!"),), (Button("keep", "p settings"),)))


def paged(one: Subscriber, page: str, newsroom: str, *, full: bool) -> Page | None:
    """The page of that name, where it needs no list; None for another."""
    match page:
        case "settings":
            return home(one, newsroom)
        case "words" | "mute":
            return written(one, page)
        case "when":
            return when(one)
        case "how":
            return how(one, full=full)
        case "language":
            return language(one)
    return None


def _choice(caption: str, order: str, *, on: bool) -> Button:
    return Button(f"{caption}_on" if on else caption, order)


def _named(name: str, order: str, *, on: bool, caption: str = "name") -> Button:
    return Button(("ticked" if caption == "name" else f"{caption}_on") if on else caption, order, name)


def _same(at: time, text: str) -> bool:
    return f"{at:%H%M}" == text
