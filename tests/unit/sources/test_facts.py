"""Names, slugs and facts against what is stored."""

from __future__ import annotations

import pytest

from footnoted.sources.facts import StoredFacts, changed_columns, fact_columns, same_name, slug_of
from footnoted.sources.port import Chapter, Facts


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ada Lovelace", "ada-lovelace"),
        ("  Café_Crème! ", "cafe-creme"),
        ("東京ラジオ", "東京ラジオ"),
        ("!!!", "creator"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_slug_is_the_words_of_a_name(name: str, slug: str) -> None:
    """It is never empty and never long."""
    assert slug_of(name) == slug


def test_case_and_spacing_do_not_make_another_creator() -> None:
    """Signs do."""
    assert same_name("Ada  Lovelace", "ada lovelace")
    assert not same_name("C++", "C#")


def test_facts_set_only_what_they_say() -> None:
    """What they do not mention stays as it is."""
    assert fact_columns(Facts(title="T", chapters=(Chapter(start_ms=0, title="A"),))) == {
        "title": "T",
        "chapters": [{"start_ms": 0, "title": "A"}],
    }


def test_what_a_person_set_is_not_wanted_anew() -> None:
    """Neither is what is equal."""
    stored = StoredFacts({"title": "Mine", "url": "u", "language": "en"}, frozenset({"title"}))
    wanted = {"title": "Theirs", "url": "v", "language": "en"}
    assert changed_columns(wanted, stored) == {"url": "v"}


def test_facts_over_others_are_filled_up() -> None:
    """The nearer sidecar wins field by field."""
    near, far = Facts(title="T", tags=("x",)), Facts(title="U", url="https://e.org", tags=("y",))
    assert near.over(far) == Facts(title="T", url="https://e.org", tags=("x",))
