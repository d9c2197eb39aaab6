"""Which recordings of a folder are wanted, before anything of them is read. Pure.

    survey (names, sizes, sidecars) -> known recordings pass; so may what moved
                                    -> new ones: the rules decide, then the backfill
    look at what is wanted; what is not is passed over as known

What was left is looked at again when a file of it changes, and when another thing is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.sources.choosing.item import is_table, item_of, key_of
from footnoted.sources.items import FoundItem
from footnoted.sources.net.store import LATER, LEFT, REMOVED, TAKEN
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import Facts, FileRole, FoundFile, FoundMedia, KnownFile, Scan
from footnoted.sources.rules.backfill import BACKFILL, Backfill, Reach, plan_backfill, told_left
from footnoted.sources.rules.judging import Later, NotTaken, Verdict, judge
from footnoted.sources.rules.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Decision(_Value):
    """What was decided of a recording; `files` as they were then, none of what was taken."""

    key: str
    state: str
    reason: str | None = None
    detail: str | None = None
    published_at: datetime | None = None
    decide_at: datetime | None = None
    files: tuple[FoundFile, ...] = ()


class Wishes(_Value):
    """What is asked of a folder, and what was decided by that before.

    What is older than `followed_since` is up to the backfill, unless the folder was seen in full
    (`knows_all`): what appears then is new, whatever its date.
    """

    options: SourceOptions
    followed_since: datetime
    knows_all: bool = False
    decisions: tuple[Decision, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Return whether nothing is asked, so that the folder is taken in the order of names."""
        return self.options.rules == Rules() and self.options.backfill == Backfill(reach=Reach.ALL)

    @property
    def takes_all(self) -> bool:
        """Return whether there is nothing to choose, so that nothing needs a survey."""
        return self.is_nothing and all(one.state != REMOVED for one in self.decisions)

    def left_files(self, now: datetime) -> dict[str, KnownFile]:
        """Return by path the files of what was left, but for what is to be decided by now."""
        return {
            file.path: as_known(file)
            for decision in self.decisions
            for file in decision.files
            if decision.decide_at is None or decision.decide_at > now or is_table(file)
        }


class Refusal(_Value):
    """A recording that is not taken, or not yet, and why."""

    media: FoundMedia
    state: str
    reason: str
    detail: str
    decide_at: datetime | None = None


def as_known(file: FoundFile) -> KnownFile:
    """Return a found file as one whose content did not change since."""
    return KnownFile(
        file.role, file.origin, file.sha256, file.size_bytes, file.modified_ns, is_missing=False
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a survey is taken, in the order it is to be worked on, and what not.

    What is only `perhaps` taken has the size of a recording that is gone: its content tells
    whether it is that one, and what becomes of it else stands there by its key.
    """

    taken: tuple[FoundMedia, ...]
    refused: tuple[Refusal, ...]
    perhaps: Mapping[str, Refusal] = field(default_factory=dict[str, Refusal])

    def known(
        self, known: Mapping[str, KnownFile], left: Mapping[str, KnownFile]
    ) -> dict[str, KnownFile]:
        """Return what a look passes over: what is known, and what is not taken as it stands."""
        mine = {file.path for media in self.taken for file in media.files}
        refused = {
            file.path: as_known(file)
            for refusal in self.refused
            for file in refusal.media.files
            if not is_table(file)
        }
        return {
            **{path: file for path, file in left.items() if path not in mine},
            **known,
            **refused,
        }

    def admit(self, scan: Scan, gone_hashes: frozenset[str]) -> tuple[Scan, list[Refusal]]:
        """Return the look without what is not taken, and all that is not.

        A changed metadata.csv stays with the first that is taken, or each look would read it anew.
        """
        order = {key_of(media): at for at, media in enumerate(self.taken)}
        refused = list(self.refused)
        taken: list[FoundMedia] = []
        tables: list[FoundFile] = []
        for media in scan.found:
            otherwise = self.perhaps.get(key_of(media))
            has_moved = any(file.sha256 in gone_hashes for file in media.recording_files)
            if otherwise is not None and not has_moved:
                refused.append(otherwise.model_copy(update={"media": media}))
            elif key_of(media) in order:
                taken.append(media)
                continue
            tables += [file for file in media.files if is_table(file)]
        taken.sort(key=lambda media: order[key_of(media)])
        if taken and tables:
            first = taken[0]
            taken[0] = first.model_copy(update={"files": (*first.files, *tables)})
        return scan.model_copy(update={"found": tuple(taken)}), refused


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A recording that nobody knows, as an item; `before` is what was decided of it."""

    media: FoundMedia
    item: FoundItem
    verdict: Verdict
    is_fresh: bool
    before: Decision | None

    @property
    def is_due(self) -> bool:
        """Return whether it was put off until now."""
        return self.before is not None and self.before.state == LATER


def choose(survey: Scan, wishes: Wishes, known: Mapping[str, KnownFile], now: datetime) -> Choice:
    """Return what is taken of a survey; `known` are the files of the folder's recordings."""
    if wishes.takes_all:
        return Choice(survey.found, ())
    choosing = _Choosing(survey, wishes, known, now)
    return choosing.choice()


class _Choosing:
    def __init__(
        self, survey: Scan, wishes: Wishes, known: Mapping[str, KnownFile], now: datetime
    ) -> None:
        self._survey, self._wishes, self._known, self._now = survey, wishes, known, now
        gone = frozenset(survey.missing)
        self._by_path: dict[str, Decision] = {}
        self._vacated: dict[tuple[FileRole, int, int], Decision] = {}
        for decision in wishes.decisions:
            files = [file for file in decision.files if file.role is not FileRole.METADATA]
            self._by_path |= {file.path: decision for file in files}
            if files and all(file.path in gone for file in files):
                self._vacated |= {_marks(file): decision for file in files}
        self._gone_sizes = {
            (file.role, file.size_bytes)
            for path, file in known.items()
            if path in gone or file.is_missing
        }

    def choice(self) -> Choice:
        """Return what is taken, and what not."""
        passing = [media for media in self._survey.found if self._is_known(media)]
        others = [media for media in self._survey.found if not self._is_known(media)]
        candidates = [self._candidate(media) for media in others]
        chosen = self._chosen(candidates)
        taken: list[_Candidate] = []
        refused: list[Refusal] = []
        perhaps: dict[str, Refusal] = {}
        for candidate in candidates:
            refusal = self._refusal(candidate, chosen)
            if refusal is None:
                taken.append(candidate)
            elif self._may_have_moved(candidate.media):
                taken.append(candidate)
                perhaps[key_of(candidate.media)] = refusal
            else:
                refused.append(refusal)
        ordered = self._in_order(taken)
        return Choice((*passing, *ordered), tuple(refused), perhaps)

    def _is_known(self, media: FoundMedia) -> bool:
        paths = [*(file.path for file in media.recording_files), *media.siblings]
        return any(path in self._known for path in paths)

    def _may_have_moved(self, media: FoundMedia) -> bool:
        sizes = {(file.role, file.size_bytes) for file in media.recording_files if file.size_bytes}
        return bool(sizes & self._gone_sizes)

    def _candidate(self, media: FoundMedia) -> _Candidate:
        item, files = item_of(media), media.recording_files
        verdict = judge(item, self._wishes.options.rules, self._now)
        decided = [self._by_path.get(file.path) for file in files]
        decided += [self._vacated.get(_marks(file)) for file in files]
        before = next((decision for decision in decided if decision is not None), None)
        at = item.facts.published_at
        is_fresh = (at is not None and at >= self._wishes.followed_since) or (
            self._wishes.knows_all and before is None
        )
        return _Candidate(media, item, verdict, is_fresh, before)

    def _chosen(self, candidates: Sequence[_Candidate]) -> frozenset[str]:
        """Return which of those from before the folder was followed are wanted, by their keys."""
        backfill = self._wishes.options.backfill
        old = [
            candidate
            for candidate in candidates
            if not candidate.is_fresh and not isinstance(candidate.verdict, NotTaken)
        ]
        due = [candidate.item.keys[0] for candidate in old if candidate.is_due]
        items = [candidate.item for candidate in old]
        if backfill.reach is Reach.NEWEST:
            held = [decision for decision in self._wishes.decisions if self._counts(decision)]
            here = {item.keys[0] for item in items}
            before = [_item_of(decision) for decision in held if decision.key not in here]
            items = plan_backfill([*items, *before], backfill, {one.key for one in held})
        return frozenset([*due, *(item.keys[0] for item in items if self._reaches(item))])

    def _counts(self, decision: Decision) -> bool:
        """Return whether a decided recording is one of those that the backfill counted."""
        at = decision.published_at
        is_left = decision.state == LEFT and decision.reason == BACKFILL
        is_old = at is None or at < self._wishes.followed_since
        return is_old and (is_left or decision.state in (TAKEN, REMOVED))

    def _reaches(self, item: FoundItem) -> bool:
        """Return whether a backfill without a number goes back to an item."""
        backfill, at = self._wishes.options.backfill, item.facts.published_at
        if backfill.reach is Reach.SINCE:
            return at is None or (backfill.since is not None and at >= backfill.since)
        return backfill.reach is not Reach.NONE

    def _refusal(self, candidate: _Candidate, chosen: frozenset[str]) -> Refusal | None:
        media, verdict, before = candidate.media, candidate.verdict, candidate.before
        if before is not None and before.state == REMOVED:
            detail = before.detail or ""
            return Refusal(media=media, state=LEFT, reason=REMOVED, detail=detail)
        if isinstance(verdict, NotTaken):
            return Refusal(media=media, state=LEFT, reason=verdict.reason, detail=verdict.detail)
        if not candidate.is_fresh and candidate.item.keys[0] not in chosen:
            detail = told_left(candidate.item, self._wishes.options.backfill)
            return Refusal(media=media, state=LEFT, reason=BACKFILL, detail=detail)
        if isinstance(verdict, Later):
            return Refusal(
                media=media,
                state=LATER,
                reason=verdict.reason,
                detail=verdict.detail,
                decide_at=verdict.until,
            )
        return None

    def _in_order(self, candidates: Sequence[_Candidate]) -> list[FoundMedia]:
        """Return the recordings as the backfill wants them worked on."""
        if self._wishes.is_nothing:
            return [candidate.media for candidate in candidates]
        media = {id(candidate.item): candidate.media for candidate in candidates}
        items = [candidate.item for candidate in candidates]
        return [media[id(item)] for item in self._wishes.options.backfill.in_order(items)]


def _marks(file: FoundFile) -> tuple[FileRole, int, int]:
    return file.role, file.size_bytes, file.modified_ns


def _item_of(decision: Decision) -> FoundItem:
    return FoundItem(keys=(decision.key,), facts=Facts(published_at=decision.published_at))
