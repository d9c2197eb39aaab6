"""Gets the words of items that play on a page: captions as yt-dlp finds them, else their sound."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, assert_never

from footnoted.errors import PermanentError
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.fetch.ytdlp.port import CaptionsRequest, YtDlpFailedError
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.status import SKIPPED
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.feeds.youtube import video_id_of, watch_url
from footnoted.sources.items import Liveness
from footnoted.sources.obtain.objection import objection
from footnoted.sources.obtain.port import Captions, Obtained
from footnoted.sources.port import Facts
from footnoted.sources.rules.rules import Rules
from footnoted.sources.youtube.availability import (
    NO_SOUND,
    PREMIERE,
    UPCOMING,
    URL_UNSUPPORTED,
    Gone,
    Ready,
    Wait,
    decide,
)
from footnoted.sources.youtube.item import Probed, probe
from footnoted.sources.youtube.timing import History, Policy, Taking

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from footnoted.fetch.ytdlp.port import YtDlp
    from footnoted.sources.items import FoundItem
    from footnoted.sources.obtain.port import Wanted
    from footnoted.sources.youtube.availability import Decision
    from footnoted.sources.youtube.tracks import CaptionTrack, Choice

_MAX_SOUND_BYTES = 512 * 2**20
_UNDER_WAY = frozenset({Liveness.IS_UPCOMING, Liveness.IS_LIVE, Liveness.POST_LIVE})
_SOUNDLESS = frozenset({FaultKind.TOO_LARGE, FaultKind.NO_SUCH_FORMAT, FaultKind.DRM_PROTECTED})


def usual_policy(wanted: Wanted) -> Policy:
    """Return the policy that a source's options ask for, patient as usual."""
    options = wanted.options
    rules = Rules() if wanted.was_taken else options.rules
    return Policy(
        hears=wanted.hears,
        languages=options.languages,
        allows_translated=options.allows_translated,
        shorts=Taking(rules.shorts.value),
        lives=Taking(rules.live.value),
    )


class PageObtainer:
    """An `obtain.port.Obtainer` of items that yt-dlp knows how to read."""

    def __init__(
        self,
        ytdlp: YtDlp,
        *,
        policy_of: Callable[[Wanted], Policy] = usual_policy,
        max_sound_bytes: int = _MAX_SOUND_BYTES,
    ) -> None:
        """Ask `ytdlp`; take what `policy_of` an item says."""
        self._ytdlp, self._policy_of = ytdlp, policy_of
        self._max_sound_bytes = max_sound_bytes

    async def obtain(self, wanted: Wanted, now: datetime) -> Obtained | Waiting | Stopped:
        """Return captions, or that the sound is needed, or the wait, or the end.

        Raises as `fetch.ytdlp.port.YtDlp` does.
        """
        seen = await probe(self._ytdlp, page_of(wanted.item))
        decision = self._decide(seen, wanted, now)
        if (against := _objection(seen, decision, wanted, now)) is not None:
            return against
        while isinstance(decision, Ready) and decision.choice is not None:
            fetched = await self._fetch(decision.choice, wanted)
            if isinstance(fetched, Captions):
                return _obtained(seen, decision, fetched)
            seen = _without(seen, decision.choice.track, fetched)
            decision = self._decide(seen, wanted, now)
        return _outcome(seen, decision)

    async def fetch_sound(self, wanted: Wanted) -> Path:
        """Return the file with the item's sound. Raises PermanentError where there is none."""
        page = page_of(wanted.item)
        fetched = await self._ytdlp.audio(page, wanted.folder, self._max_sound_bytes)
        if not isinstance(fetched, Fault):
            return fetched
        if fetched.kind in _SOUNDLESS:
            raise PermanentError(fetched.message, failure_code=NO_SOUND)
        raise YtDlpFailedError(fetched.message)

    def _decide(self, seen: Probed, wanted: Wanted, now: datetime) -> Decision:
        first_seen_at = wanted.published_at or wanted.seen_at
        history = History(first_seen_at, was_heard=wanted.was_heard)
        return decide(seen, history, now, self._policy_of(wanted))

    async def _fetch(self, choice: Choice, wanted: Wanted) -> Captions | Fault:
        track = choice.track
        request = CaptionsRequest(page_of(wanted.item), track.key, track.is_auto)
        fetched = await self._ytdlp.captions(request, wanted.folder)
        if isinstance(fetched, Fault):
            return fetched
        path, sha256 = await asyncio.to_thread(_named_by_content, fetched, track.language)
        return Captions(
            path=path,
            sha256=sha256,
            origin=_origin_of(track),
            language=track.language,
            is_original=choice.is_spoken_language,
        )


def _origin_of(track: CaptionTrack) -> TranscriptOrigin:
    if track.is_translated:
        return TranscriptOrigin.CAPTIONS_TRANSLATED
    return TranscriptOrigin.CAPTIONS_AUTO if track.is_auto else TranscriptOrigin.CAPTIONS_MANUAL


def page_of(item: FoundItem) -> str:
    """Return the page of an item in its normal form. Raises PermanentError where it has none."""
    for key in item.keys:
        if key.startswith("youtube:"):
            return watch_url(key.removeprefix("youtube:"))
    page = item.link or item.facts.url or item.media_url
    if page is None:
        message = "the item has no page"
        raise PermanentError(message, failure_code=URL_UNSUPPORTED)
    video_id = video_id_of(page)
    return page if video_id is None else watch_url(video_id)


def _objection(
    seen: Probed, decision: Decision, wanted: Wanted, now: datetime
) -> Stopped | Waiting | None:
    """Return what the source's rules have against an item whose page is as it will stay.

    So nothing of it is fetched, and what nobody wants is not waited for, nor failed.
    """
    is_left = isinstance(decision, Gone) and decision.status == SKIPPED
    if is_left or seen.info is None or seen.info.liveness in _UNDER_WAY:
        return None
    return objection(wanted, seen.info.facts, now)


def _outcome(seen: Probed, decision: Decision) -> Obtained | Waiting | Stopped:
    match decision:
        case Ready():
            return _obtained(seen, decision, None)
        case Wait():
            reason = decision.wait_reason
            moves = reason in (UPCOMING, PREMIERE)
            return Waiting(decision.until, reason, decision.detail, decision.deadline, moves=moves)
        case Gone():
            return Stopped(decision.status, decision.failure_code, decision.detail)
        case _ as never:
            assert_never(never)


def _without(seen: Probed, track: CaptionTrack, fault: Fault) -> Probed:
    """Return an item after the attempt to fetch a track failed: without it, or with the fault."""
    if fault.kind is not FaultKind.NO_SUCH_FORMAT or seen.info is None:
        return seen.model_copy(update={"fault": fault})
    left = tuple(one for one in seen.info.tracks if one != track)
    return seen.model_copy(update={"info": seen.info.model_copy(update={"tracks": left})})


def _obtained(seen: Probed, ready: Ready, captions: Captions | None) -> Obtained:
    facts = Facts() if seen.info is None else seen.info.facts
    return Obtained(
        captions=captions,
        needs_sound=captions is None,
        facts=facts,
        history={"duration_ms": facts.duration_ms, "detail": ready.detail},
        check_again_at=ready.check_again_at,
    )


def _named_by_content(file: Path, language: str) -> tuple[Path, str]:
    """Return a caption file under the name of its content, and the hash of that.

    So a version that is in use is never overwritten by a later one.
    """
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    path = file.with_name(f"{sha256[:16]}.{language}{file.suffix}")
    file.replace(path)
    return path, sha256
