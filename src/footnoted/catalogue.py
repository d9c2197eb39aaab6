"""The profiles that are installed: what each is called, asks models for, and is made of.

Looking at the catalogue reads no prompt and imports no stage, so that any command can afford it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError, UsageError
from footnoted.profiles import brain, stocks, techniques
from footnoted.profiles.declared.declaration import ASKING, declared_files, read_declaration
from footnoted.settings import bundled_dir, variable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.knowledge.moments import MomentReader
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


@dataclass(frozen=True, slots=True)
class BrokenProfile:
    """A profile that nothing can be made with, and the sentence that says why and where."""

    name: str
    fault: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The profiles that are installed, in the order they are shown in; those of data come last."""

    entries: tuple[Entry, ...]
    broken: tuple[BrokenProfile, ...] = ()
    """Those whose declaration cannot be."""

    @property
    def stages(self) -> dict[str, str]:
        """Return the chain of each `profile.stage` that asks models, as far as it can be known."""
        unread = {f"{one.name}.{stage}": "" for one in self.broken for stage in ASKING}
        return {**stages_of(self.entries), **unread}

    def made(self, making: Making) -> tuple[tuple[Profile, ...], tuple[BrokenProfile, ...]]:
        """Return the profiles that are sound, and those that are not, whatever of them it is."""
        profiles: list[Profile] = []
        broken = list(self.broken)
        for entry in self.entries:
            try:
                profiles.append(entry.make(making))
            except ConfigurationError as error:
                broken.append(BrokenProfile(entry.name, error.message))
        return tuple(profiles), tuple(broken)


@dataclass(frozen=True, slots=True)
class Readers:
    """What reads the moments of a profile: all that are live, and those of one video."""

    live: MomentSource
    shown: MomentReader


def resource_roots(settings: Settings) -> list[Path]:
    """Return where prompts and taxonomies are looked for: the user's folder, then ours."""
    user = [settings.user_dir / "prompts"] if settings.user_dir else []
    return [*user, bundled_dir("prompts")]


def profile_names(settings: Settings) -> tuple[str, ...]:
    """Return the names of the profiles that are installed, those too that are broken."""
    return names_of(resource_roots(settings))


def require_profiles(settings: Settings, names: Sequence[str]) -> None:
    """Raise UsageError for a profile that is not installed: its videos would wait for ever.

    Raises ConfigurationError, naming file and line, for one that declares what cannot be.
    """
    catalogue = installed_profiles(resource_roots(settings))
    faults = {broken.name: broken.fault for broken in catalogue.broken}
    known = (*(entry.name for entry in catalogue.entries), *faults)
    for name in names:
        if name not in known:
            message = f"there is no profile {name!r}; there is {', '.join(known)}"
            raise UsageError(message)
        if name in faults:
            raise ConfigurationError(faults[name])


def installed_profiles(roots: Sequence[Path]) -> Catalogue:
    """Return every profile there is; one that is broken hides no other."""
    entries, broken = list(built_in_profiles()), list[BrokenProfile]()
    for path in declared_files(roots):
        try:
            entries.append(declared_entry(path))
        except ConfigurationError as error:
            broken.append(BrokenProfile(path.parent.name, error.message))
    return Catalogue(tuple(entries), tuple(broken))


def readers_of(settings: Settings) -> dict[str, Readers]:
    """Return what reads the moments of each profile, those too that are broken.

    What was found stands in the database, and needs no prompt to be read.
    """
    return {name: reader_of(name) for name in profile_names(settings)}


def reader_of(name: str) -> Readers:
    """Return what reads the moments of a profile; one that is not built in declares items."""
    # What reads moments stands on the database, which a look at the catalogue does without.
    from footnoted.profiles.brain.reading import store as of_brain  # noqa: PLC0415
    from footnoted.profiles.declared.documents import show_items  # noqa: PLC0415
    from footnoted.profiles.declared.store import live_items  # noqa: PLC0415
    from footnoted.profiles.stocks import store as of_stocks  # noqa: PLC0415
    from footnoted.profiles.techniques import store as of_techniques  # noqa: PLC0415

    match name:
        case techniques.NAME:
            return Readers(of_techniques.live_moments, of_techniques.show_moments)
        case stocks.NAME:
            return Readers(of_stocks.live_moments, of_stocks.show_moments)
        case brain.NAME:
            return Readers(of_brain.live_moments, of_brain.show_moments)
        case _:
            return Readers(live_items(name), show_items)


def names_of(roots: Sequence[Path]) -> tuple[str, ...]:
    """Return what the profiles are called, those too that cannot be read."""
    built_in = (entry.name for entry in built_in_profiles())
    declared = (path.parent.name for path in declared_files(roots))
    return tuple(dict.fromkeys((*built_in, *declared)))


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
