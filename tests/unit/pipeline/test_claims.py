"""Quotas and capacities, decided without a database."""

from __future__ import annotations

from footnoted.model.claim import Claim
from footnoted.model.status import ItemKind, Resource
from footnoted.pipeline.claims import Quota, free_capacity
from footnoted.pipeline.store import Wanted


def claims(*ids: int) -> list[Claim]:
    """Return claims of these videos."""
    return [Claim(ItemKind.VIDEO, number, "p", "discovered", 1) for number in ids]


def test_free_capacity_leaves_out_what_is_full() -> None:
    """A resource that is full, or over, offers nothing."""
    capacity = {Resource.CPU: 2, Resource.MODEL: 1}
    busy = [Resource.CPU, Resource.MODEL, Resource.MODEL]
    assert free_capacity(capacity, busy) == {Resource.CPU: 1}


def test_without_a_limit_a_quota_changes_nothing() -> None:
    """No --max-videos means any number of videos."""
    assert Quota(None).bound(ItemKind.VIDEO, Wanted(9)) == Wanted(9)


def test_a_quota_lets_begun_videos_go_on_and_no_new_ones_begin() -> None:
    """After three begun of three, only those three may be claimed."""
    quota = Quota(3)
    assert quota.bound(ItemKind.VIDEO, Wanted(9)).limit == 3
    quota.count(claims(1, 2))
    quota.count(claims(2))
    assert quota.bound(ItemKind.VIDEO, Wanted(9)).limit == 1
    quota.count(claims(3))
    assert quota.bound(ItemKind.VIDEO, Wanted(9)).only == frozenset({1, 2, 3})


def test_a_quota_of_videos_does_not_bound_pages_or_sources() -> None:
    """--max-videos counts videos."""
    assert Quota(0).bound(ItemKind.PAGE_GROUP, Wanted(9)) == Wanted(9)
