"""Addresses, and which stored page a composed page is."""

from __future__ import annotations

import pytest

from footnoted.knowledge.groups.group import PageGroup
from footnoted.knowledge.pages.composed import ComposedClaim, ComposedPage, Support
from footnoted.knowledge.pages.identity import Assignment, KnownPage, assign, slugify
from footnoted.model.identity import deterministic_id

GROUP = PageGroup(
    id=1, profile="techniques", creator_id=2, creator="Ada", category="Sound Design", wanted=0
)


def _moments(*numbers: int) -> frozenset[object]:
    return frozenset(deterministic_id("m", number) for number in numbers)


def _page(slug: str, *numbers: int) -> ComposedPage:
    support = tuple(
        Support(moment_id=deterministic_id("m", n), evidence_id=deterministic_id("e", n))
        for n in numbers
    )
    claim = ComposedClaim(heading="", text="Claim.", support=support)
    return ComposedPage(slug=slug, title=slug, summary="", tags=(), tools=(), claims=(claim,))


def _known(slug: str, *numbers: int, group: int = 1, is_retired: bool = False) -> KnownPage:
    moments = frozenset(deterministic_id("m", number) for number in numbers)
    return KnownPage(deterministic_id("page", slug), slug, group, is_retired, moments)


def _slugs(assignment: Assignment) -> list[str]:
    return [placement.slug for placement in assignment.placements]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Parallel Compression", "parallel-compression"),
        ("  Déjà vu: 3/4 time!  ", "deja-vu-3-4-time"),
        ("Straße", "strasse"),
        ("ダイナミクス処理", "ダイナミクス処理"),
        ("한국어 제목", "한국어-제목"),
        ("हिन्दी शीर्षक", "हिन्दी-शीर्षक"),
    ],
)
def test_a_title_gives_an_address_in_its_own_script(title: str, slug: str) -> None:
    """Latin accents go, other scripts stay readable."""
    assert slugify(title) == slug


def test_an_address_is_never_empty_and_never_long() -> None:
    """A title of signs is named by its hash; a long one is cut at a word."""
    assert slugify("!?").startswith("page-")
    assert slugify("!?") != slugify("?!")
    assert slugify("word " * 40) == "-".join(["word"] * 16)


def test_a_draft_is_the_page_it_shares_most_moments_with() -> None:
    """Whatever it is titled; what shares less gets an address of its own."""
    known = [_known("old", 1, 2, 3)]
    assigned = assign(GROUP, [_page("small", 1), _page("large", 2, 3)], known)
    assert _slugs(assigned) == ["small", "old"]
    assert assigned.retirements == ()


def test_equal_shares_go_to_the_draft_with_the_same_slug() -> None:
    """A title that stayed is the better witness."""
    assigned = assign(GROUP, [_page("new", 1), _page("old", 2)], [_known("old", 1, 2)])
    assert _slugs(assigned) == ["new", "old"]


def test_a_page_that_nothing_continues_leads_to_the_page_with_its_moments() -> None:
    """Without any, it leads nowhere."""
    known = [_known("one", 1), _known("two", 2, 3), _known("three", 9)]
    assigned = assign(GROUP, [_page("all", 1, 2, 3)], known)
    assert _slugs(assigned) == ["two"]
    two = deterministic_id("page", "two")
    assert {page.slug: page.successor_id for page in assigned.retirements} == {
        "one": two,
        "three": None,
    }


def test_a_live_page_without_common_moments_is_found_by_its_slug() -> None:
    """A new transcript version changes every moment and no address."""
    assigned = assign(GROUP, [_page("bread", 5)], [_known("bread", 1)])
    assert assigned.placements[0].id == deterministic_id("page", "bread")
    assert assigned.retirements == ()


def test_a_retired_page_comes_back_under_its_slug() -> None:
    """With its id and its history."""
    assigned = assign(GROUP, [_page("bread", 5)], [_known("bread", is_retired=True)])
    assert assigned.placements[0].id == deterministic_id("page", "bread")


def test_the_page_of_another_group_is_never_taken() -> None:
    """The address gets the category, and then a number."""
    known = [_known("bread", group=7), _known("bread-sound-design", group=8)]
    first = assign(GROUP, [_page("bread", 5)], known[:1])
    second = assign(GROUP, [_page("bread", 5)], known)
    assert _slugs(first) == ["bread-sound-design"]
    assert _slugs(second) == ["bread-2"]
    assert second.retirements == ()


def test_an_id_is_never_given_twice() -> None:
    """A page that kept another slug may hold the id that the slug would give."""
    taken = deterministic_id("page", "techniques", 2, "bread")
    known = [KnownPage(taken, "loaf", 1, is_retired=False, moment_ids=frozenset())]
    assigned = assign(GROUP, [_page("bread", 5)], known)
    assert assigned.placements[0].slug == "bread"
    assert assigned.placements[0].id != taken
