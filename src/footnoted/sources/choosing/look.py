"""One look at a followed folder that brings what is wanted of it.

Where something is asked, a survey comes first: it reads no recording, but for its length where that
is asked about, so what is not wanted costs no reading either, and the newest of a folder are chosen
among all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.sources.choosing.choice import Refusal, choose
from footnoted.sources.discover import look
from footnoted.sources.port import Scan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from footnoted.sources.choosing.choice import Choice, Wishes
    from footnoted.sources.port import FoundMedia, Scanner, ScanRequest

_MANY = 1_000_000


Measure = Callable[["FoundMedia"], "int | None"]
"""What tells how long a recording of a folder is (ms); it blocks."""


def length_told(media: FoundMedia) -> int | None:
    """Return how long sidecars say that a recording is (ms)."""
    return media.facts.duration_ms


@dataclass(frozen=True, slots=True)
class Looker:
    """What a folder is looked at with; `length_ms` is asked where a rule is about lengths."""

    scanner: Scanner
    length_ms: Measure


class Chosen(BaseModel):
    """What a look brought that is wanted, what not and why.

    `forgotten` are the keys of what was left before and is gone.
    """

    model_config = ConfigDict(frozen=True)

    scan: Scan
    refused: tuple[Refusal, ...] = ()
    forgotten: tuple[str, ...] = ()


async def look_for_wanted(
    looker: Looker, request: ScanRequest, wishes: Wishes, now: datetime
) -> Chosen:
    """Return what is there and wanted; `request` knows the files of the folder's recordings.

    Raises SourceUnreachableError when a target is away.
    """
    left = wishes.left_files(now)
    asked = replace(request, known={**left, **request.known})
    if wishes.takes_all:
        return _chosen(await look(looker.scanner, asked), (), wishes)
    survey = await _survey(looker, asked, wishes)
    if survey.is_partial:  # it was told to stop
        return Chosen(scan=survey.model_copy(update={"found": ()}))
    choice = choose(survey, wishes, request.known, now)
    if not choice.taken:
        return _chosen(survey.model_copy(update={"found": ()}), choice.refused, wishes)
    scan = await look(looker.scanner, replace(asked, known=choice.known(request.known, left)))
    scan, refused = choice.admit(scan, _gone_hashes(scan, request))
    problems = dict.fromkeys((*survey.problems, *scan.problems))
    return _chosen(scan.model_copy(update={"problems": tuple(problems)}), refused, wishes)


async def survey_of(
    looker: Looker, request: ScanRequest, wishes: Wishes, now: datetime
) -> tuple[Scan, Choice]:
    """Return what is there and what of it would be taken.

    Raises SourceUnreachableError when a target is away.
    """
    survey = await _survey(looker, request, wishes)
    return survey, choose(survey, wishes, request.known, now)


async def _survey(looker: Looker, request: ScanRequest, wishes: Wishes) -> Scan:
    """Return all that is there by names, sizes and sidecars.

    A recording is only read for its length, where a rule is about that and no sidecar tells it.
    """
    limits = replace(request.limits, max_found=_MANY, hashes=False)
    survey = await look(looker.scanner, replace(request, limits=limits))
    if survey.is_partial or not wishes.options.rules.are_about_lengths:
        return survey
    found = [await asyncio.to_thread(_measured, media, looker.length_ms) for media in survey.found]
    return survey.model_copy(update={"found": tuple(found)})


def _measured(media: FoundMedia, length_ms: Measure) -> FoundMedia:
    facts = media.facts.model_copy(update={"duration_ms": length_ms(media)})
    return media.model_copy(update={"facts": facts})


def _chosen(scan: Scan, refused: Sequence[Refusal], wishes: Wishes) -> Chosen:
    gone = frozenset(scan.missing)
    forgotten = [
        decision.key
        for decision in wishes.decisions
        if decision.files and gone.issuperset(file.path for file in decision.files)
    ]
    return Chosen(scan=scan, refused=tuple(refused), forgotten=tuple(forgotten))


def _gone_hashes(scan: Scan, request: ScanRequest) -> frozenset[str]:
    gone = frozenset(scan.missing)
    return frozenset(
        file.sha256 for path, file in request.known.items() if path in gone or file.is_missing
    )
