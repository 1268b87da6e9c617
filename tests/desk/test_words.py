"""Every short word is there in every language and used: captions, the menu, other names of the verbs."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import bot.desk.answers
import bot.desk.verbs
from bot.desk.answer import Answer, rows_of
from bot.desk.registry import VERBS
from bot.desk.verb import Spec
from bot.desk.words import SHIPPED as LANGUAGES
from bot.desk.words import read_words
from bot.model.decision import Verb
from bot.talk.buttons import ROOM
from tests.desk.conftest import SHIPPED
from tests.desk.sampled import samples

IN_CODE = re.compile(r"""Button\(\s*f?["']([a-z_]+)""")


def modules(package: Any) -> Iterator[Any]:
    for found in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def answers() -> set[type[Answer]]:
    """Every class that a template says."""
    return {
        one
        for module in modules(bot.desk.answers)
        for one in vars(module).values()
        if isinstance(one, type) and one.__module__ == module.__name__ and hasattr(one, "template")
    }


def captions() -> set[str]:
    """What the samples' buttons are called."""
    return {button.caption for answer in samples() for row in rows_of(answer) for button in row}


def test_every_answer_has_a_sample() -> None:
    assert {type(answer) for answer in samples()} == answers()


def test_every_verb_of_every_group_is_in_the_registry() -> None:
    specs = [one for module in modules(bot.desk.verbs) for one in getattr(module, "VERBS", ())]
    assert all(isinstance(one, Spec) for one in specs)
    assert {one.name for one in specs} <= set(VERBS)
    assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in VERBS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_has_its_line_in_the_menu_and_no_line_is_left_over(language: str) -> None:
    words = read_words(language, [SHIPPED])
    assert set(words.verbs) == set(VERBS)
    assert all(1 <= len(said) <= 256 for said in words.verbs.values())
    assert set(words.aliases.values()) <= set(VERBS)
    assert not set(words.aliases) & set(VERBS)
    assert words.never_mind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_that_a_button_names_is_there_and_no_other(language: str) -> None:
    assert set(read_words(language, [SHIPPED]).buttons) >= captions()
    named = captions() | {
        caption
        for path in (SHIPPED.parent / "bot" / "desk").rglob("*.py")
        for caption in IN_CODE.findall(path.read_text(encoding="utf-8"))
    }
    assert set(read_words(language, [SHIPPED]).buttons) - named == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_decision_has_its_word(language: str) -> None:
    assert set(read_words(language, [SHIPPED]).decisions) == set(Verb)


def test_every_language_has_the_same_words() -> None:
    first, *others = (read_words(language, [SHIPPED]) for language in LANGUAGES)
    for other in others:
        assert (set(other.verbs), set(other.buttons)) == (set(first.verbs), set(first.buttons))


def test_every_button_orders_something_that_a_verb_of_the_desk_does_and_fits() -> None:
    for answer in samples():
        for button in (one for row in rows_of(answer) for one in row):
            verb = button.order.partition(" ")[0]
            assert button.url or verb in VERBS or verb in {"preview", "approve", "reject", "why", "flood"}, button
            assert len(button.order.encode()) <= ROOM, button


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_of_a_sample_can_be_drawn(language: str) -> None:
    words = read_words(language, [SHIPPED])
    for answer in samples():
        for button in (one for row in rows_of(answer) for one in row):
            assert 1 <= len(words.caption(button.caption, button.about)) <= 60
