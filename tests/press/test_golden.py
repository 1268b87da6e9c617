"""The sample stories read on every kind exactly as the golden editions do: a change of words is seen and reviewed."""

import pytest

from tests.fakes.golden import GOLDEN, editions

EDITIONS = dict(editions())


@pytest.mark.parametrize("name", sorted(EDITIONS))
def test_an_edition_is_the_golden_one(name: str) -> None:
    assert EDITIONS[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_no_golden_edition_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(EDITIONS)
