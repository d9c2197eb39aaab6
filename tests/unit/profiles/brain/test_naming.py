"""What names are known by."""

from __future__ import annotations

import pytest

from footnoted.profiles.brain.naming import is_anonymous, long_forms, name_id, name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Ethereum Foundation", "ethereum foundation"),
        ("Acme, Inc.", "acme"),
        ("Dr. Grace Hopper's", "grace hopper"),
        ("José", "jose"),
        ("EIP-7702", "eip 7702"),
        ("The", "the"),
        ("…", ""),
    ],
)
def test_a_key_leaves_out_what_is_no_part_of_a_name(name: str, key: str) -> None:
    """Articles, titles, legal forms, accents and punctuation; never the whole name."""
    assert name_key(name) == key


def test_a_date_is_never_a_person() -> None:
    """`May` the month and May the person have two ids; a product and a term have one."""
    assert name_id("may", "date") != name_id("may", "person")
    assert name_id("prysm", "product") == name_id("prysm", "other")


def test_a_short_form_is_the_only_long_one() -> None:
    """A first name, a last name and initials; each where only one name fits."""
    names = {
        "Mario Vega": "person",
        "Mario": "person",
        "Vega": "other",
        "All Core Devs": "organization",
        "ACD": "other",
    }
    assert long_forms(names) == {
        "Mario": "Mario Vega",
        "Vega": "Mario Vega",
        "ACD": "All Core Devs",
    }


def test_a_first_name_that_two_have_stays_a_first_name() -> None:
    """Nobody is guessed, and the two are never joined by it."""
    names = {"Mario Vega": "person", "Mario Havel": "person", "Mario": "person"}
    assert long_forms(names) == {}


@pytest.mark.parametrize("label", ["Speaker 2", "SPEAKER_00", "Guest", "Operator", "S1", "A"])
def test_a_label_that_names_nobody_is_anonymous(label: str) -> None:
    """Who it is will not be guessed."""
    assert is_anonymous(label)


@pytest.mark.parametrize("label", ["Ada", "Guest Star", "Bo"])
def test_a_label_that_is_a_name_is_one(label: str) -> None:
    """Short names are names too."""
    assert not is_anonymous(label)
