"""The stage `poll`: one look at a followed source, and everything that follows from it.

load: what is known of the source -> run: look -> save: record, and when to look next

A folder is looked at in a thread, by what is known of its files; a place on the net by a follower
of its kind, by what the last look remembered.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, SkipValidation

from footnoted.errors import PermanentError
from footnoted.fetch.port import HOST_UNREACHABLE, HostUnreachableError
from footnoted.model.outcome import Waiting
from footnoted.model.path import real_path, stored_path
from footnoted.model.status import SOURCE_FOLLOWED, ItemKind, Resource
from footnoted.sources import store
from footnoted.sources.choosing.choice import Refusal, Wishes
from footnoted.sources.choosing.look import Chosen, Looker, look_for_wanted
from footnoted.sources.choosing.store import (
    forget_gone,
    note_refused,
    note_taken,
    read_decisions,
)
from footnoted.sources.globs import read_target
from footnoted.sources.items import Place, Poll, PollState
from footnoted.sources.net.store import LEFT, REMOVED, next_decision, publication_times
from footnoted.sources.net.take import Follows, take
from footnoted.sources.options import SourceOptions, options_of_source
from footnoted.sources.port import (
    FOLDER_KIND,
    SOURCE_UNREACHABLE,
    KnownFile,
    Scan,
    ScanLimits,
    ScanRequest,
    SourceUnreachableError,
)
from footnoted.sources.record import Origin, Recorded, record
from footnoted.sources.recordings.store import Places, arrival_times, known_files
from footnoted.sources.removals.store import told
from footnoted.sources.rules.backfill import Reach
from footnoted.sources.rules.schedule import Schedule, next_poll, parse_schedule, rhythm_of
from footnoted.sources.videos.store import SCHEDULED, wake_found
from footnoted.stages.port import ItemGoneError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.sources.choosing.look import Measure
    from footnoted.sources.items import Follower
    from footnoted.sources.port import Scanner
    from footnoted.sources.store import Source
    from footnoted.stages.port import StageContext

DEEP_EVERY = timedelta(days=7)
"""How often a source is listed in full though its feed shows no gap."""

GONE_AFTER = timedelta(days=14)
"""How long a host may answer that a place is not there before the source fails."""

SILENT_AFTER = timedelta(days=90)
"""How long a host may not answer at all: our own line may be what is down."""

_UNREACHABLE_S = 60.0
_NET_UNREACHABLE_S = 1_800.0
_TOLD_PROBLEMS = 50
_SEEN_IN_FULL = PollState(listed_all=True).model_dump(mode="json", exclude_defaults=True)


class PollInput(BaseModel):
    """A source; of a folder the files that are known, of a place on the net what was remembered."""

    model_config = ConfigDict(frozen=True)

    source_id: int
    kind: str
    locator: str
    poll_interval_s: int
    known: SkipValidation[dict[str, KnownFile]] = {}
    wishes: Wishes | None = None
    place: Place | None = None


class PollOutput(BaseModel):
    """What the look found: files of a folder, or items of a place on the net.

    `options` are those that the files were chosen by.
    """

    model_config = ConfigDict(frozen=True)

    chosen: Chosen | None = None
    options: SourceOptions | None = None
    poll: Poll | None = None
    was_deep: bool = False


@dataclass(frozen=True, slots=True)
class Looking:
    """What sources are looked at with: folders through `scanner`, others by their kind.

    `length_ms` tells how long a recording of a folder is.
    """

    scanner: Scanner
    length_ms: Measure
    followers: Mapping[str, Follower]
    limits: ScanLimits = field(default_factory=ScanLimits)


class PollStage:
    """Follows one source: finds what is new, changed, renamed or gone."""

    name: ClassVar[str] = "poll"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.SOURCE
    gives: ClassVar[str] = SOURCE_FOLLOWED
    resource: ClassVar[Resource] = Resource.FETCH
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 3_600.0
    given_type: type[PollInput] = PollInput

    def __init__(self, looking: Looking, clock: Clock) -> None:
        """Look through `looking`."""
        self._looking = looking
        self._clock = clock

    @property
    def parts(self) -> Mapping[str, str]:
        """Return nothing: a look depends on what is there alone."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> PollInput:
        """Return the source and what is known of it. Raises ItemGoneError when it was removed."""
        source = await store.read_source(session, item_id)
        if source is None:
            raise ItemGoneError(item_id)
        given = PollInput(
            source_id=item_id,
            kind=source.kind,
            locator=source.locator,
            poll_interval_s=source.poll_interval_s,
        )
        if source.kind != FOLDER_KIND:
            return given.model_copy(update={"place": self._place(source)})
        places = Places([], [_root(source.locator)])
        known = await known_files(session, places, source.profiles, item_id)
        wishes = await _wishes(session, source)
        return given.model_copy(update={"known": known, "wishes": wishes})

    def _place(self, source: Source) -> Place:
        state = PollState.model_validate(source.poll_state)
        options = options_of_source(source.kind, source.options)
        since = state.deep_at
        is_due = since is None or self._clock.now() - since >= DEEP_EVERY
        return Place(
            source_id=source.id,
            locator=source.locator,
            state=state,
            is_deep=is_due and options.backfill.reach is not Reach.NONE,
            limit=options.listed_at_most,
        )

    async def run(self, given: PollInput, context: StageContext) -> PollOutput | Waiting:
        """Return what is there, or a wait while the place is away; nothing is marked then."""
        del context
        if given.kind != FOLDER_KIND or given.wishes is None:
            return await self._run_net(given)
        now = self._clock.now()
        target, now_ns = real_path(given.locator), int(now.timestamp() * 1e9)
        looker = Looker(self._looking.scanner, self._looking.length_ms)
        try:
            request = ScanRequest([target], given.known, now_ns, self._looking.limits)
            chosen = await look_for_wanted(looker, request, given.wishes, now)
            return PollOutput(chosen=chosen, options=given.wishes.options)
        except SourceUnreachableError as error:
            pause_s = min(_UNREACHABLE_S, given.poll_interval_s)
            until = self._clock.now() + timedelta(seconds=pause_s)
            return Waiting(until, error.wait_reason, stored_path(error.message))

    async def _run_net(self, given: PollInput) -> PollOutput | Waiting:
        follower, place = self._looking.followers.get(given.kind), given.place
        if follower is None or place is None:
            message = f"sources of the kind {given.kind!r} are not known to this release"
            raise PermanentError(message, failure_code="source_kind_unknown")
        now = self._clock.now()
        try:
            poll = await follower.look(place, now)
        except SourceUnreachableError as error:
            until = now + timedelta(seconds=_NET_UNREACHABLE_S)
            return Waiting(until, SOURCE_UNREACHABLE, error.message, now + GONE_AFTER)
        except HostUnreachableError as error:
            until = now + timedelta(seconds=error.retry_after_s or _NET_UNREACHABLE_S)
            return Waiting(until, HOST_UNREACHABLE, error.message, now + SILENT_AFTER)
        return PollOutput(poll=poll, was_deep=place.is_deep)

    async def save(self, session: AsyncConnection, item_id: int, out: PollOutput) -> None:
        """Record the look and when the next one is due."""
        source = await store.read_source(session, item_id)
        if source is None:
            raise ItemGoneError(item_id)
        if out.poll is not None:
            await self._save_poll(session, source, out, out.poll)
        elif out.chosen is not None:
            if out.options == options_of_source(source.kind, source.options):
                await self._save_chosen(session, source, out.chosen)
            else:  # something else is asked by now: that decides, at once
                await store.set_polled(session, source.id, self._clock.now(), timedelta(0))

    async def _save_chosen(self, session: AsyncConnection, source: Source, chosen: Chosen) -> None:
        now, scan = self._clock.now(), chosen.scan
        origin = Origin(source.id, source.profiles, source.creator_name, SCHEDULED, source.priority)
        recorded = await record(session, scan, origin, now)
        chosen = _with_removed(chosen, recorded)
        there = (media for at, media in enumerate(scan.found) if at not in recorded.removed)
        taken = list(zip(there, recorded.media_ids, strict=True))
        await note_taken(session, source.id, taken, now)
        await note_refused(session, source.id, chosen.refused, now)
        await forget_gone(session, source.id, chosen.forgotten)
        if not scan.is_partial:
            await store.set_remembered(session, source.id, _SEEN_IN_FULL, None)
            await wake_found(session, [], [_root(source.locator)], now)
        await store.set_polled(session, source.id, now, await self._pause(session, scan, source))
        fields = {**_told(scan, recorded), **_told_refusals(chosen)}
        if fields:
            await store.note_poll(session, source.id, fields, now)

    async def _save_poll(
        self, session: AsyncConnection, source: Source, out: PollOutput, poll: Poll
    ) -> None:
        now, before = self._clock.now(), PollState.model_validate(source.poll_state)
        follows = Follows(
            source_id=source.id,
            profiles=source.profiles,
            creator=source.creator_name or poll.creator or poll.title or source.title,
            followed_since=source.created_at,
            priority=source.priority,
            options=options_of_source(source.kind, source.options),
            knows_all=before.listed_all,
        )
        took = await take(session, poll, follows, now)
        listed_all = before.listed_all or poll.is_complete
        state = poll.state.model_copy(update={"listed_all": listed_all})
        if out.was_deep:
            state = state.model_copy(update={"deep_at": now})
        remembered = state.model_dump(mode="json", exclude_defaults=True)
        await store.set_remembered(session, source.id, remembered, poll.title)
        await store.set_polled(session, source.id, now, await self._net_pause(session, source, now))
        fields = took.counts()
        if poll.has_gap:
            fields["has_gap"] = True
        if poll.skipped:
            fields["skipped"] = list(poll.skipped[:_TOLD_PROBLEMS])
        if fields:
            await store.note_poll(session, source.id, fields, now)

    async def _net_pause(
        self, session: AsyncConnection, source: Source, now: datetime
    ) -> timedelta:
        rhythm = rhythm_of(await publication_times(session, source.id), now)
        at = next_poll(schedule_of(source), rhythm, now, source_id=source.id)
        decision = await next_decision(session, source.id)
        soonest = at if decision is None else min(at, decision)
        return max(soonest - now, timedelta(seconds=1))

    async def _pause(self, session: AsyncConnection, scan: Scan, source: Source) -> timedelta:
        """Return when to look again: at once for the rest, soon for what is still written."""
        if scan.is_partial:
            return timedelta(0)
        now, interval_s = self._clock.now(), float(source.poll_interval_s)
        if source.schedule is not None:
            rhythm = rhythm_of(await arrival_times(session, source.id), now)
            at = next_poll(schedule_of(source), rhythm, now, source_id=source.id)
            interval_s = (at - now).total_seconds()
        if scan.unsettled:
            interval_s = min(self._looking.limits.settle_s + 1.0, interval_s)
        decision = await next_decision(session, source.id)
        if decision is not None:
            interval_s = min(interval_s, max((decision - now).total_seconds(), 1.0))
        return timedelta(seconds=interval_s)


async def _wishes(session: AsyncConnection, source: Source) -> Wishes:
    """Return what is asked of a followed folder, and what was decided of it so far."""
    options = options_of_source(source.kind, source.options)
    counts = options.backfill.reach is Reach.NEWEST
    return Wishes(
        options=options,
        followed_since=source.created_at,
        knows_all=PollState.model_validate(source.poll_state).listed_all,
        decisions=await read_decisions(session, source.id, taken=counts),
    )


def _root(locator: str) -> str:
    """Return the folder that a followed folder or glob is in, as paths are stored."""
    return stored_path(read_target(real_path(locator)).root)


def schedule_of(source: Source) -> Schedule:
    """Return when a source is looked at; one that nobody scheduled adapts to its rhythm."""
    return Schedule() if source.schedule is None else parse_schedule(source.schedule)


def _told(scan: Scan, recorded: Recorded) -> dict[str, object]:
    """Return what a person may want to know of a look, bounded; nothing when nothing is."""
    fields: dict[str, object] = dict(recorded.counts())
    if scan.ignored_counts:
        fields["ignored"] = dict(scan.ignored_counts)
    if scan.problems:
        fields["problems"] = [str(problem) for problem in scan.problems[:_TOLD_PROBLEMS]]
        fields["problem_count"] = len(scan.problems)
    return fields


def _with_removed(chosen: Chosen, recorded: Recorded) -> Chosen:
    """Return the look with what a person erased among what is not taken."""
    removed = [
        Refusal(
            media=chosen.scan.found[at],
            state=LEFT,
            reason=REMOVED,
            detail=told(max(by_profile.values())),
        )
        for at, by_profile in recorded.removed.items()
    ]
    return chosen.model_copy(update={"refused": (*chosen.refused, *removed)})


def _told_refusals(chosen: Chosen) -> dict[str, object]:
    """Return how many recordings are not taken, by reason, and how many not yet."""
    left = Counter(refusal.reason for refusal in chosen.refused if refusal.decide_at is None)
    later = sum(refusal.decide_at is not None for refusal in chosen.refused)
    return {**({"later": later} if later else {}), **({"left": dict(left)} if left else {})}
