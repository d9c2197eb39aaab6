"""What one look has found so far, and the scan it becomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from footnoted.model.path import stored_path
from footnoted.sources.port import FoundMedia, Ignored, Problem, Scan


@dataclass(slots=True)
class Findings:
    """The parts of a scan while they gather; at most `max_named` files are named per list."""

    max_named: int
    found: list[FoundMedia] = field(default_factory=list[FoundMedia])
    unchanged: int = 0
    returned: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    unsettled: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    ignored: list[Ignored] = field(default_factory=list[Ignored])
    ignored_counts: Counter[str] = field(default_factory=Counter[str])
    is_partial: bool = False

    def ignore(self, path: str, reason: str) -> None:
        """Count a file that is passed over, and name it if there is room."""
        self.ignored_counts[reason] += 1
        if len(self.ignored) < self.max_named:
            self.ignored.append(Ignored(path=stored_path(path), reason=reason))

    def note(self, path: str, reason: str) -> None:
        """Tell of a file or folder that cannot be used as it should."""
        self.tell([Problem(path=stored_path(path), line=None, reason=reason)])

    def tell(self, problems: list[Problem]) -> None:
        """Tell of problems, as far as there is room."""
        self.problems += problems[: max(0, self.max_named - len(self.problems))]

    def scan(self) -> Scan:
        """Return what was found, in the order of the walk."""
        return Scan(
            found=tuple(self.found),
            unchanged=self.unchanged,
            missing=tuple(self.missing),
            returned=tuple(self.returned),
            unsettled=tuple(self.unsettled),
            problems=tuple(self.problems),
            ignored=tuple(self.ignored),
            ignored_counts=dict(sorted(self.ignored_counts.items())),
            is_partial=self.is_partial,
        )
