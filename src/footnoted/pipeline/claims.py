"""What may be taken now: free capacity per resource, filled from the lanes that use it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from footnoted.model.status import ItemKind
from footnoted.pipeline import store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.claim import Claim
    from footnoted.model.status import Resource
    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.flows import Lane


class Quota:
    """How many different videos a run may still begin; one that has begun may always go on."""

    def __init__(self, max_videos: int | None) -> None:
        """Allow `max_videos` videos, or any number when it is None."""
        self._max_videos = max_videos
        self._begun: set[int] = set()

    def bound(self, kind: ItemKind, wanted: store.Wanted) -> store.Wanted:
        """Return `wanted` with no more videos in it than may begin."""
        if self._max_videos is None or kind is not ItemKind.VIDEO:
            return wanted
        left = self._max_videos - len(self._begun)
        if left <= 0:
            return store.Wanted(
                wanted.limit, wanted.interrupted, wanted.before, frozenset(self._begun)
            )
        return store.Wanted(min(left, wanted.limit), wanted.interrupted, wanted.before, wanted.only)

    def count(self, claims: Iterable[Claim]) -> None:
        """Remember the videos among `claims` as begun."""
        if self._max_videos is not None:
            self._begun.update(claim.id for claim in claims if claim.kind is ItemKind.VIDEO)


def free_capacity(
    capacity: Mapping[Resource, int], busy: Iterable[Resource]
) -> dict[Resource, int]:
    """Return how many more stages each resource can take; resources that are full are left out."""
    used = Counter(busy)
    free = {resource: limit - used[resource] for resource, limit in capacity.items()}
    return {resource: room for resource, room in free.items() if room > 0}


async def fill(
    session: AsyncConnection,
    deps: Deps,
    free: Mapping[Resource, int],
    quota: Quota,
    rules: Rules,
) -> list[Claim]:
    """Claim ready work for the free capacity of each resource.

    Within a resource the order is priority, then furthest along, then fairly over sources.
    """
    claims: list[Claim] = []
    lanes = sorted(deps.flows.lanes(), key=_by_resource_and_kind)
    for (resource, kind), group in groupby(lanes, key=_by_resource_and_kind):
        room = free.get(resource, 0) - sum(
            1 for claim in claims if _resource_of(claim, deps) is resource
        )
        if room <= 0:
            continue
        wanted = quota.bound(kind, store.Wanted(room, before=rules.before))
        taken = await store.claim(session, list(group), rules.lease(deps), wanted)
        quota.count(taken)
        claims.extend(taken)
    return claims


async def take_interrupted(
    session: AsyncConnection, deps: Deps, quota: Quota, rules: Rules
) -> list[Claim]:
    """Claim one item that a process died with, if any, to be run with nothing beside it.

    A page group was due when it was claimed then, and does not wait for videos again.
    """
    lease = replace(rules.lease(deps), group_delay=timedelta(0))
    lanes = sorted(deps.flows.lanes(), key=lambda lane: lane.kind)
    for kind, group in groupby(lanes, key=lambda lane: lane.kind):
        wanted = quota.bound(kind, store.Wanted(1, interrupted=True))
        if taken := await store.claim(session, list(group), lease, wanted):
            quota.count(taken)
            return taken
    return []


class Rules:
    """When a claim is made and what it may touch in this run."""

    def __init__(self, group_delay: timedelta, before: datetime | None = None) -> None:
        """Let a page wait `group_delay` at most; leave out items that changed since `before`."""
        self.group_delay = group_delay
        self.before = before

    def lease(self, deps: Deps) -> store.Lease:
        """Return a lease that starts now."""
        return store.Lease(deps.owner, deps.clock.now(), deps.pace.lease, self.group_delay)


def _by_resource_and_kind(lane: Lane) -> tuple[Resource, ItemKind]:
    return (lane.resource, lane.kind)


def _resource_of(claim: Claim, deps: Deps) -> Resource | None:
    flow = deps.flows.get(claim.kind, claim.profile)
    step = flow.step_at(claim.status) if flow is not None else None
    return step.stage.resource if step is not None else None


def busy_resources(claims: Iterable[Claim], deps: Deps) -> list[Resource]:
    """Return the resource of each claim that is being worked on."""
    found = (_resource_of(claim, deps) for claim in claims)
    return [resource for resource in found if resource is not None]
