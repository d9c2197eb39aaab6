"""What becomes of an item as it stands now: ready, waiting until a moment, or over. Pure.

    a fault               -> by kind: a wait with a deadline, or the end
    upcoming, live, post-live -> a wait with a deadline
    not wanted by rule    -> the end
    a track may be taken  -> ready
    none yet              -> a wait (1 h, 6 h, 24 h, 72 h after publication), then
                             its sound where that can be heard, else the end

Every wait has a next look and a deadline after which the same item is over: nothing is pending for
ever (complaints 7, 8 and 10). A limit of the host never comes here: it is no state of an item.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools at run time
from typing import TYPE_CHECKING, NamedTuple

from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.model.status import FAILED, SKIPPED
from footnoted.sources.items import Liveness
from footnoted.sources.rules.sorts import is_broadcast_by
from footnoted.sources.youtube.timing import History, Policy, Rest, Taking, later, next_of
from footnoted.sources.youtube.tracks import Choice, Rank, choose_track

if TYPE_CHECKING:
    from footnoted.sources.youtube.item import ItemInfo, Probed

UPCOMING = "upcoming"
PREMIERE = "premiere"
LIVE = "live"
POST_LIVE = "post_live"
MEMBERS_ONLY = "members_only"
PRIVATE = "private"
REGION_BLOCKED = "region_blocked"
UNAVAILABLE = "item_unavailable"
CAPTIONS_PENDING = "captions_pending"
AGE_RESTRICTED = "age_restricted"
LOGIN_REQUIRED = "login_required"
REMOVED = "removed"
PAID = "paid"
DRM_PROTECTED = "drm_protected"
URL_UNSUPPORTED = "url_unsupported"
NO_CAPTIONS = "no_captions"
NO_SOUND = "no_sound"
NOT_TAKEN_SHORT = "not_taken_short"
NOT_TAKEN_LIVE = "not_taken_live"

WITHHELD = (
    MEMBERS_ONLY,
    PRIVATE,
    REGION_BLOCKED,
    UNAVAILABLE,
    AGE_RESTRICTED,
    LOGIN_REQUIRED,
    REMOVED,
    PAID,
    DRM_PROTECTED,
)
"""What keeps an item from us; one whose words were taken before can come to each of them."""

_NEVER_BEFORE_S = 300.0
_GRACE_S = 600.0


@dataclass(frozen=True, slots=True)
class Ready:
    """Take `choice`; None means that nothing but the sound will do.

    `check_again_at` is when what is there may be better or shorter: a person's captions in place of
    a machine's, a recording that was trimmed (complaint 9).
    """

    choice: Choice | None
    check_again_at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`; at `deadline` it is over. `until` is not after the deadline."""

    wait_reason: str
    until: datetime
    deadline: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing will come of it: `status` is `failed`, or `skipped` where a rule says so."""

    status: str
    failure_code: str
    detail: str


Decision = Ready | Wait | Gone


def decide(seen: Probed, history: History, now: datetime, policy: Policy) -> Decision:
    """Return what becomes of an item; equal arguments give equal decisions."""
    info = seen.info
    if info is not None and (timed := _timed(info, history, now, policy)) is not None:
        return timed
    if seen.fault is not None:
        return _blocked(seen.fault, history, now, policy)
    if info is None:
        nothing = Fault(FaultKind.UNAVAILABLE, "nothing is said of it")
        return _blocked(nothing, history, now, policy)
    return _unwanted(info, policy) or _obtainable(info, history, now, policy)


def _timed(info: ItemInfo, history: History, now: datetime, policy: Policy) -> Decision | None:
    """Return what is waited for around a broadcast; None when there is none, or it is over."""
    match info.liveness:
        case Liveness.IS_UPCOMING:
            return _unwanted(info, policy) or _upcoming(info, history, now, policy)
        case Liveness.IS_LIVE:
            detail = "it is being broadcast now"
            wait = _waits(policy.live, history, now, detail, wait_reason=LIVE)
            return _unwanted(info, policy) or wait or _over(LIVE, detail)
        case Liveness.POST_LIVE:
            return _unwanted(info, policy) or _post_live(info, history, now, policy)
        case Liveness.NOT_LIVE | Liveness.WAS_LIVE | None:
            return None


def _post_live(info: ItemInfo, history: History, now: datetime, policy: Policy) -> Wait | None:
    """Return the wait for a recording; None when its time is up and what there is must do.

    Counted from the broadcast itself: what is waited for next would begin this wait anew.
    """
    deadline = later(published_of(info, history, now), policy.post_live.until_s)
    if now >= deadline:
        return None
    until = min(later(now, policy.post_live.every_s), deadline)
    detail = "the broadcast is over and its recording is being made"
    return Wait(wait_reason=POST_LIVE, until=until, deadline=deadline, detail=detail)


class _Announced(NamedTuple):
    """What was announced: what waiting for it is called, and what it is."""

    wait_reason: str
    what: str


_PREMIERE = _Announced(wait_reason=PREMIERE, what="premiere")
_BROADCAST = _Announced(wait_reason=UPCOMING, what="broadcast")


def _upcoming(info: ItemInfo, history: History, now: datetime, policy: Policy) -> Decision:
    """Return the wait for a start that was announced; it may be moved, so it is looked at daily."""
    wait_reason, what = _PREMIERE if info.is_premiere else _BROADCAST
    if info.starts_at is None:
        detail = f"a {what} was announced without a time"
        wait = _waits(policy.unannounced, history, now, detail, wait_reason=wait_reason)
        return wait or _over(wait_reason, detail)
    detail = f"the {what} starts {info.starts_at:%Y-%m-%d %H:%M} UTC"
    deadline = later(info.starts_at, policy.upcoming.until_s)
    if now >= deadline:
        return _over(wait_reason, detail)
    soon = max(later(info.starts_at, _GRACE_S), later(now, policy.live.every_s))
    until = min(soon, later(now, policy.upcoming.every_s), deadline)
    return Wait(wait_reason=wait_reason, until=until, deadline=deadline, detail=detail)


class _Waited(NamedTuple):
    """A fault that may pass: what the wait for it is called, and how long that may be."""

    wait_reason: str
    rest: Rest


class _Ended(NamedTuple):
    """A fault that stays: what the end is called."""

    failure_code: str


def _meaning(kind: FaultKind, policy: Policy) -> _Waited | _Ended:
    """Return whether a fault of an item passes; what is not named here may."""
    meanings: dict[FaultKind, _Waited | _Ended] = {
        FaultKind.MEMBERS_ONLY: _Waited(wait_reason=MEMBERS_ONLY, rest=policy.members_only),
        FaultKind.PRIVATE: _Waited(wait_reason=PRIVATE, rest=policy.private),
        FaultKind.REGION_BLOCKED: _Waited(wait_reason=REGION_BLOCKED, rest=policy.region_blocked),
        FaultKind.UPCOMING: _Waited(wait_reason=UPCOMING, rest=policy.unannounced),
        FaultKind.LIVE: _Waited(wait_reason=LIVE, rest=policy.live),
        FaultKind.REMOVED: _Ended(failure_code=REMOVED),
        FaultKind.PLACE_GONE: _Ended(failure_code=REMOVED),
        FaultKind.PAID: _Ended(failure_code=PAID),
        FaultKind.AGE_RESTRICTED: _Ended(failure_code=AGE_RESTRICTED),
        FaultKind.LOGIN_REQUIRED: _Ended(failure_code=LOGIN_REQUIRED),
        FaultKind.DRM_PROTECTED: _Ended(failure_code=DRM_PROTECTED),
        FaultKind.UNSUPPORTED_URL: _Ended(failure_code=URL_UNSUPPORTED),
        FaultKind.TOO_LARGE: _Ended(failure_code=NO_SOUND),
    }
    return meanings.get(kind, _Waited(wait_reason=UNAVAILABLE, rest=policy.unavailable))


def _blocked(fault: Fault, history: History, now: datetime, policy: Policy) -> Decision:
    """Return what a fault of the item means."""
    meaning = _meaning(fault.kind, policy)
    match meaning:
        case _Ended(failure_code):
            return Gone(status=FAILED, failure_code=failure_code, detail=fault.message)
        case _Waited(wait_reason, rest):
            wait = _waits(rest, history, now, fault.message, wait_reason=wait_reason)
            return wait or _over(wait_reason, fault.message)


def _unwanted(info: ItemInfo, policy: Policy) -> Gone | None:
    """Return that a rule leaves the item out; what its page does not call one is none."""
    is_live = is_broadcast_by(info.liveness, is_premiere=info.is_premiere) is True
    if (why := _why_left(policy.shorts, "a Short", is_it=info.is_short is True)) is not None:
        return Gone(status=SKIPPED, failure_code=NOT_TAKEN_SHORT, detail=why)
    if (why := _why_left(policy.lives, "a broadcast", is_it=is_live)) is not None:
        return Gone(status=SKIPPED, failure_code=NOT_TAKEN_LIVE, detail=why)
    return None


def _why_left(taking: Taking, what: str, *, is_it: bool) -> str | None:
    if taking is Taking.EXCLUDE and is_it:
        return f"it is {what}, and the source leaves these out"
    if taking is Taking.ONLY and not is_it:
        return f"it is not {what}, and the source takes nothing else"
    return None


def _obtainable(info: ItemInfo, history: History, now: datetime, policy: Policy) -> Decision:
    choice = choose_track(
        info.tracks,
        info.original_language,
        policy.languages,
        allows_translated=policy.allows_translated,
    )
    published_at = published_of(info, history, now)
    again_at = next_of(published_at, policy.better_after_s, now)
    if history.was_heard and (choice is None or choice.rank > Rank.MANUAL_WANTED):
        return Ready(None, again_at, "nobody wrote captions: what was heard stays")
    if choice is not None and choice.rank <= Rank.AUTO_ORIGINAL:
        return Ready(choice, again_at, f"captions {choice.track.key} ({choice.rank.name.lower()})")
    check_at = next_of(published_at, policy.caption_checks_s, now)
    if check_at is not None:
        return _pending(info, check_at, published_at, policy)
    if policy.hears and (info.can_play or choice is None):
        return _heard(info, again_at)
    if choice is not None:
        return Ready(choice, None, f"captions {choice.track.key} ({choice.rank.name.lower()})")
    return Gone(status=FAILED, failure_code=NO_CAPTIONS, detail=_why_none(info))


def _pending(info: ItemInfo, check_at: datetime, published_at: datetime, policy: Policy) -> Wait:
    deadline = later(published_at, max(policy.caption_checks_s))
    then = "speech recognition" if policy.hears else "giving up"
    detail = f"{_none_yet(info)}; after {deadline:%Y-%m-%d %H:%M} UTC: {then}"
    return Wait(wait_reason=CAPTIONS_PENDING, until=check_at, deadline=deadline, detail=detail)


def _heard(info: ItemInfo, again_at: datetime | None) -> Decision:
    if info.can_play:
        return Ready(None, again_at, f"{_none_yet(info)}: its sound is to be heard")
    detail = f"{_none_yet(info)}, and yt-dlp finds no sound in it"
    return Gone(status=FAILED, failure_code=NO_SOUND, detail=detail)


def published_of(info: ItemInfo, history: History, now: datetime) -> datetime:
    """Return when an item could first be watched to its end; captions are made after that.

    A time that is still to come says nothing of an item that is there.
    """
    told = [at for at in (info.facts.published_at, info.starts_at) if at is not None and at <= now]
    published_at = max(told, default=min(history.first_seen_at, now))
    if info.liveness in (Liveness.WAS_LIVE, Liveness.POST_LIVE):
        published_at = later(published_at, (info.facts.duration_ms or 0) / 1000)
    return min(published_at, now)


def _waits(
    rest: Rest, history: History, now: datetime, detail: str, *, wait_reason: str
) -> Wait | None:
    """Return the wait under `wait_reason`, or None when its time is up."""
    deadline = later(history.since(wait_reason, now), rest.until_s)
    if now >= deadline:
        return None
    until = min(later(now, max(rest.every_s, _NEVER_BEFORE_S)), deadline)
    return Wait(wait_reason=wait_reason, until=until, deadline=deadline, detail=detail)


def _over(reason: str, detail: str) -> Gone:
    return Gone(status=FAILED, failure_code=reason, detail=f"waited in vain: {detail}")


def _none_yet(info: ItemInfo) -> str:
    spoken = info.original_language or "the language spoken"
    return f"there are no captions in {spoken}"


def _why_none(info: ItemInfo) -> str:
    translated = sum(track.is_translated for track in info.tracks)
    machine = f"; {translated} machine translations were left out" if translated else ""
    return f"{_none_yet(info)}{machine}; speech recognition was not configured"
