"""What yt-dlp says of one item, read and bounded: the input of every decision about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.fetch.ytdlp.answers import is_list, is_playable
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.sources.chapters import chapters_in
from footnoted.sources.info_json import read_info
from footnoted.sources.items import Liveness
from footnoted.sources.port import Facts
from footnoted.sources.sidecar import time_of
from footnoted.sources.youtube.shorts import is_short
from footnoted.sources.youtube.tracks import CaptionTrack, original_language_of, tracks_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.fetch.ytdlp.port import Answer, YtDlp

_DOORS = {
    "private": FaultKind.PRIVATE,
    "premium_only": FaultKind.PAID,
    "subscriber_only": FaultKind.MEMBERS_ONLY,
    "needs_auth": FaultKind.LOGIN_REQUIRED,
}


_BROADCAST = "livestream"


class ItemInfo(BaseModel):
    """One item as its site describes it.

    `liveness` is None where nothing is said of it. `is_premiere`: a video, made already, that
    starts at a set time. `can_play`: there is sound or picture to be had. `original_language` is
    the language spoken. `door` is what `availability` says stands before the item, None: nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Facts
    liveness: Liveness | None = None
    starts_at: datetime | None = None
    tracks: tuple[CaptionTrack, ...] = ()
    original_language: str | None = None
    is_short: bool | None = None
    is_premiere: bool = False
    can_play: bool = False
    age_limit: int = 0
    door: FaultKind | None = None


class Probed(BaseModel):
    """What one look at an item brought; `fault` says what is in the way."""

    model_config = ConfigDict(frozen=True)

    info: ItemInfo | None = None
    fault: Fault | None = None


async def probe(ytdlp: YtDlp, url: str) -> Probed:
    """Return what yt-dlp says of the item at `url`; raises as `YtDlp` does."""
    return read_item(await ytdlp.describe(url))


def read_item(answer: Answer) -> Probed:
    """Return an answer of yt-dlp as an item."""
    info = answer.info
    if is_list(info):
        why = "the address is of a list, not of one recording"
        return Probed(fault=Fault(FaultKind.UNSUPPORTED_URL, why))
    if not info.get("id") and not info.get("title"):
        return Probed(fault=answer.fault)
    facts, fault = read_info(answer.raw, "yt-dlp").facts, answer.fault
    if (facts.title or "").endswith(f" video #{info.get('id')}"):  # yt-dlp made it up
        facts = facts.model_copy(update={"title": None})
        if fault is None and not is_playable(info):
            fault = Fault(FaultKind.UNAVAILABLE, "its site says nothing of it")
    return Probed(info=_info_of(info, facts), fault=fault)


def _info_of(info: Mapping[str, object], facts: Facts) -> ItemInfo:
    tracks = tracks_of(info)
    liveness = liveness_of(info)
    chapters = facts.chapters or chapters_in(facts.description or "", facts.duration_ms)
    age_limit, door = info.get("age_limit"), info.get("availability")
    return ItemInfo(
        facts=facts.model_copy(update={"chapters": chapters}),
        liveness=liveness,
        starts_at=moment_of(info.get("release_timestamp")),
        tracks=tracks,
        original_language=original_language_of(tracks, facts.language),
        is_short=is_short(info, facts.duration_ms),
        is_premiere=_is_premiere(info, liveness, facts),
        can_play=is_playable(info),
        age_limit=age_limit if isinstance(age_limit, int) else 0,
        door=_DOORS.get(door) if isinstance(door, str) else None,
    )


def liveness_of(info: Mapping[str, object]) -> Liveness | None:
    """Return `live_status`, or what the older fields say; a value nobody knows says nothing."""
    status = info.get("live_status")
    for known in Liveness:
        if status == known.value:
            return known
    if info.get("is_live") is True:
        return Liveness.IS_LIVE
    return Liveness.WAS_LIVE if info.get("was_live") is True else None


def _is_premiere(info: Mapping[str, object], liveness: Liveness | None, facts: Facts) -> bool:
    """Return whether it is announced, or begun, and no broadcast: those have no length yet.

    YouTube tells what is a broadcast, and not always how long a premiere is (`media_type`).
    """
    if liveness not in (Liveness.IS_UPCOMING, Liveness.IS_LIVE):
        return False
    media_type = info.get("media_type")
    if info.get("extractor_key") == "Youtube" and media_type is not None:
        return media_type != _BROADCAST
    return bool(facts.duration_ms) and media_type != _BROADCAST


def moment_of(raw: object) -> datetime | None:
    """Return a time of an info dict, or None for what is none."""
    try:
        return time_of(raw) if isinstance(raw, int | float | str) and raw else None
    except ValueError:
        return None
