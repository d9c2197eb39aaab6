"""Whether every published word can be heard: an audit that shares no code with the matcher.

It reads the stored cues of each transcript version again and looks with its own eyes: the quoted
text really stands at the cues named, the times are those of the cues, an exact quote really is
word for word, a looser one is made of the words said there, and the link opens that second.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge.audit import store
from footnoted.model.citation import MatchKind, deep_link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database
    from footnoted.knowledge.audit.store import AuditedEvidence, MomentSource, StoredCue

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")
_MINUS = re.compile("(?<!\\w)[-\u2212](?=\\d)")

LEAST_SHARED = 0.5
"""The least part of a loosely matched quote's words that must really stand at its cues."""


class Offender(BaseModel):
    """Something published that cannot be heard where it says."""

    model_config = ConfigDict(frozen=True)

    what: str
    """What it is: a claim, a moment or a piece of evidence."""
    id: UUID
    """Its id."""
    video_id: int | None
    """The video it cites, when it cites one."""
    why: str
    """What is wrong, for a person."""


class VerifyReport(BaseModel):
    """What was looked at, and what does not hold; empty `offenders` means that all holds."""

    model_config = ConfigDict(frozen=True)

    claims: int
    """Published claims."""
    moments: int
    """Live moments."""
    evidence: int
    """Pieces of evidence that say they resolve."""
    rejected: int
    """Quotes that were never found, and are not published."""
    offenders: tuple[Offender, ...]
    """What does not hold."""

    @property
    def holds(self) -> bool:
        """Return whether everything published resolves."""
        return not self.offenders


class Fault(NamedTuple):
    """A piece of evidence that cannot be heard where it says, and why.

    `is_in_link` tells that the quote stands, and only the link to it opens elsewhere: the address
    of the recording is at fault, and evidence made anew would be the same.
    """

    id: UUID
    video_id: int
    why: str
    is_in_link: bool = False


async def find_faults(database: Database, moment_sources: Sequence[MomentSource]) -> list[Fault]:
    """Return the evidence on account of which `verify` would have something to say.

    That is what does not resolve, and what is rejected while a live moment still rests on it.
    Each statement is a transaction of its own, and one transcript is in memory at a time.
    """
    faults: list[Fault] = []
    async with database.statements() as session:
        for transcript_id in await store.cited_transcripts(session):
            faults += (await _audit(session, transcript_id))[1]
        for read_moments in moment_sources:
            rested_on = list((await read_moments(session)).values())
            for key, video_id in await store.rejected_among(session, rested_on):
                faults.append(Fault(key, video_id, "it is rejected, and a moment rests on it"))
    return faults


async def _audit(session: AsyncConnection, transcript_id: int) -> tuple[list[UUID], list[Fault]]:
    """Return the evidence in a transcript version that resolves, and what is wrong with others."""
    resolving: list[UUID] = []
    faults: list[Fault] = []
    cues = await store.read_cues(session, transcript_id)
    for item in await store.read_audited(session, transcript_id):
        fault = fault_of(item, cues)
        if fault is None:
            resolving.append(item.id)
        else:
            faults.append(fault)
    return resolving, faults


async def verify(database: Database, moment_sources: Sequence[MomentSource] = ()) -> VerifyReport:
    """Return the audit of all published claims, all live moments, and all resolving evidence.

    `moment_sources` are the profiles' reads of their live moments. One transcript is in memory at
    a time.
    """
    offenders: list[Offender] = []
    resolving: set[UUID] = set()
    async with database.transaction() as session:
        for transcript_id in await store.cited_transcripts(session):
            sound, faults = await _audit(session, transcript_id)
            resolving.update(sound)
            offenders += [_offender("evidence", at.id, at.video_id, at.why) for at in faults]
        claims = await store.published_claims(session)
        offenders += _unsupported("claim", claims, resolving)
        moments: dict[UUID, list[UUID]] = {}
        for read_moments in moment_sources:
            moments |= {key: [value] for key, value in (await read_moments(session)).items()}
        offenders += _unsupported("moment", moments, resolving)
        rejected = await store.count_rejected(session)
    return VerifyReport(
        claims=len(claims),
        moments=len(moments),
        evidence=len(resolving) + sum(item.what == "evidence" for item in offenders),
        rejected=rejected,
        offenders=tuple(offenders),
    )


def fault_of(item: AuditedEvidence, cues: Sequence[StoredCue]) -> Fault | None:
    """Return what is wrong with a piece of evidence, or None when it can be heard."""
    if (why := _misquote(item, cues)) is not None:
        return Fault(item.id, item.video_id, why)
    if (why := _link_fault(item)) is not None:
        return Fault(item.id, item.video_id, why, is_in_link=True)
    return None


def _misquote(item: AuditedEvidence, cues: Sequence[StoredCue]) -> str | None:
    """Return what of a piece of evidence does not stand at its cues, or None."""
    held = [cue for cue in cues if item.first_cue <= cue.number <= item.last_cue]
    if not held or held[0].number != item.first_cue or held[-1].number != item.last_cue:
        return f"cues {item.first_cue} to {item.last_cue} do not exist"
    if (held[0].start_ms, held[-1].end_ms) != (item.start_ms, item.end_ms):
        return "its times are not those of its cues"
    said = _letters(" ".join(cue.text for cue in held if cue.kind == "speech"))
    text, quote = _letters(item.text), _letters(item.quote)
    if not text or text not in said:
        return "its text does not stand at its cues"
    if item.match is MatchKind.EXACT:
        if quote != text:
            return "it is called exact and is not word for word"
    elif _shared(item.quote, item.text) < LEAST_SHARED:
        return "most words of the quote were not said there"
    return None


def _link_fault(item: AuditedEvidence) -> str | None:
    """Return what is wrong with the second at which the recording would open, if anything."""
    if item.url is None or item.start_ms is None:
        return None
    parts = urlsplit(deep_link(item.url, item.start_ms))
    if parts.scheme not in ("http", "https", "file"):
        return None
    seconds = parse_qs(parts.query).get("t", []) + parse_qs(parts.fragment).get("t", [])
    expected = int(item.start_ms / 1000)
    return None if seconds == [str(expected)] else f"its link opens at {seconds}, not {expected}"


def _letters(text: str) -> str:
    """Return the letters and digits of a text, without case and marks, signs spelled out."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = _NUMBER.sub(_plain_number, _MINUS.sub("minus", folded))
    folded = folded.replace("%", "percent").replace("&", "and")
    return "".join(char for char in folded if char.isalnum())


def _plain_number(match: re.Match[str]) -> str:
    """Return a number without separators and without zeros that change nothing."""
    whole, _, decimals = match.group().replace(",", "").partition(".")
    return whole + decimals.rstrip("0")


def _shared(quote: str, text: str) -> float:
    """Return the part of the quote's words (letters, where words have no spaces) in the text."""
    quoted, said = Counter(_words(quote)), Counter(_words(text))
    total = quoted.total()
    return (quoted & said).total() / total if total else 0.0


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|[^\W_]+", folded)


def _unsupported(
    what: str, uses: Mapping[UUID, Sequence[UUID]], resolving: set[UUID]
) -> list[Offender]:
    faults: list[Offender] = []
    for key, evidence_ids in uses.items():
        if not evidence_ids:
            faults.append(_offender(what, key, None, "it has no evidence"))
        elif not resolving.issuperset(evidence_ids):
            faults.append(_offender(what, key, None, "its evidence does not resolve"))
    return faults


def _offender(what: str, key: UUID, video_id: int | None, why: str) -> Offender:
    return Offender(what=what, id=key, video_id=video_id, why=why)
