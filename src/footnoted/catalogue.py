"""The profiles that are installed: what each is called, asks models for, and is made of.

Looking at the catalogue reads no prompt and imports no stage, so that any command can afford it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.profiles import brain, stocks, techniques
from footnoted.profiles.declared.declaration import declared_files, read_declaration
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.settings import Settings
    from footnoted.stages.profile import Build, Profile, SharedStages


@dataclass(frozen=True, slots=True)
class Making:
    """What profiles are made of; prompts and the like are in the first of `roots` with them."""

    roots: Sequence[Path]
    shared: SharedStages
    build: Build
    settings: Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """An installed profile.

    `asking` maps its stages that ask models to the chain each wants (`first>fallback`); nothing
    means the usual one. `file` declares a profile that is only data. `make` raises
    ConfigurationError for a prompt or a taxonomy that is missing or cannot be read.
    """

    name: str
    asking: Mapping[str, str]
    make: Callable[[Making], Profile]
    file: Path | None = None


def installed_profiles(roots: Sequence[Path]) -> tuple[Entry, ...]:
    """Return every profile there is, in the order they are shown in; those of data come last.

    Raises ConfigurationError, naming file and line, for one of data that declares what cannot be.
    """
    declared = (declared_entry(path) for path in declared_files(roots))
    return (*built_in_profiles(), *declared)


def names_of(roots: Sequence[Path]) -> tuple[str, ...]:
    """Return what the profiles are called, those too that cannot be read."""
    built_in = (entry.name for entry in built_in_profiles())
    return (*built_in, *(path.parent.name for path in declared_files(roots)))


def built_in_profiles() -> tuple[Entry, ...]:
    """Return the profiles that are more than data, in the order they are shown in."""
    return (
        Entry(techniques.NAME, dict.fromkeys(techniques.ASKING, ""), _techniques),
        Entry(stocks.NAME, dict.fromkeys(stocks.ASKING, ""), _stocks),
        Entry(brain.NAME, dict.fromkeys(brain.ASKING, ""), _brain),
    )


def declared_entry(path: Path) -> Entry:
    """Return the profile that a file declares.

    Raises ConfigurationError, naming file and line, for what cannot be.
    """
    declaration = read_declaration(path, [entry.name for entry in built_in_profiles()])

    def make(making: Making) -> Profile:
        from footnoted.profiles.declared.profile import declared_profile  # noqa: PLC0415 - as below

        return declared_profile(declaration, making.roots, making.shared, making.build)

    return Entry(declaration.name, declaration.asking, make, path)


def stages_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the chain of each `profile.stage` that asks models."""
    return {
        f"{entry.name}.{stage}": chain for entry in entries for stage, chain in entry.asking.items()
    }


def _techniques(making: Making) -> Profile:
    # What works on words needs numpy and word lists: 0.6 s that other commands need not wait for.
    from footnoted.profiles.techniques.profile import (  # noqa: PLC0415
        Tuning,
        techniques_profile,
    )

    settings = making.settings
    tuning = Tuning(settings.classify_batch_size, settings.synthesis_chunk_size)
    return techniques_profile(making.roots, making.shared, making.build, tuning)


def _stocks(making: Making) -> Profile:
    from footnoted.profiles.stocks.news import parse_kinds  # noqa: PLC0415 - the same
    from footnoted.profiles.stocks.profile import stocks_profile  # noqa: PLC0415 - the same

    alerting = parse_kinds(making.settings.stance_alerts, variable("stance_alerts"))
    return stocks_profile(making.roots, making.shared, making.build, alerting)


def _brain(making: Making) -> Profile:
    from footnoted.profiles.brain.profile import brain_profile  # noqa: PLC0415 - the same

    return brain_profile(making.roots, making.shared, making.build)
