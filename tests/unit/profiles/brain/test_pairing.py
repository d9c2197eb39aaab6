"""Which names are looked at as one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.llm.brain_tasks import JudgeNamesTask, NamePair
from footnoted.llm.methods.entity_verdicts import judge_names
from footnoted.profiles.brain.naming import name_id, name_key
from footnoted.profiles.brain.pairing import is_same_by_rule, pairs_of
from footnoted.profiles.brain.types import KnownName, NamePairDraft

NAMES = (
    "Parithosh Jayanthi",
    "Paritosh Jayanthi",
    "GitHub",
    "Git Hub",
    "EIP-7702",
    "EIP-7732",
    "All Core Devs",
    "ACD",
    "Barnabas",
    "Barnabis",
    "Lighthouse",
)


def _known(*names: str) -> list[KnownName]:
    return [KnownName(name_id(name_key(name), "other"), name_key(name)) for name in names]


def _fact(pair: NamePairDraft) -> tuple[str, str, float]:
    return pair.first, pair.second, pair.likeness


def _pairs(own: list[KnownName], others: list[KnownName]) -> set[frozenset[str]]:
    return {frozenset((pair.first, pair.second)) for pair in pairs_of(own, others)}


def test_only_names_that_are_alike_are_looked_at() -> None:
    """Spellings, spaces and initials; never two numbers, nor names with nothing in common."""
    known = _known(*NAMES)
    assert _pairs(known, known) == {
        frozenset(("parithosh jayanthi", "paritosh jayanthi")),
        frozenset(("github", "git hub")),
        frozenset(("all core devs", "acd")),
        frozenset(("barnabas", "barnabis")),
    }


@given(st.permutations(NAMES))
def test_a_pair_does_not_depend_on_the_other_names_nor_on_their_order(names: list[str]) -> None:
    """All names at once give the pairs that each two of them give alone."""
    known = _known(*names)
    whole = {_fact(pair) for pair in pairs_of(known, known)}
    each = {
        _fact(pair)
        for one, other in itertools.combinations(names, 2)
        for pair in pairs_of(_known(one), _known(other))
    }
    assert whole == each


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("parithosh jayanthi", "paritosh jayanthi", "same"),
        ("gabriela rossi", "gabriele rossi", "unsure"),
        ("mario vega", "mario havel", "unsure"),
        ("acd", "all core devs", "unsure"),
        ("barnabas", "barnabis", "unsure"),
        ("lighthouse", "lodestar", "different"),
        ("devnet 0", "devnet 1", "different"),
    ],
)
def test_the_built_in_judge_says_same_only_without_doubt(
    first: str, second: str, verdict: str
) -> None:
    """What it cannot know it leaves undecided."""
    task = JudgeNamesTask(pairs=(NamePair(index=3, first=first, second=second),))
    assert [(each.index, each.verdict) for each in judge_names(task).verdicts] == [(3, verdict)]


def test_spaces_are_not_heard() -> None:
    """Two names of the same letters are one by rule; no model is asked."""
    first, second = _known("GitHub", "Git Hub")
    pair = NamePairDraft(
        first_id=first.name_id,
        second_id=second.name_id,
        first=first.key,
        second=second.key,
        likeness=1.0,
    )
    assert is_same_by_rule(pair)
