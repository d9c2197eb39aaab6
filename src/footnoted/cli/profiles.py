"""Profiles as commands see them: made as a start would make them, each with its own fault."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from footnoted.app import profile_making
from footnoted.catalogue import built_in_profiles, declared_entry, resource_roots
from footnoted.clock import SystemClock
from footnoted.errors import ConfigurationError, UsageError
from footnoted.indexes import make_index
from footnoted.ledger.prices import PriceTable
from footnoted.llm.assembly import EXTRACTIVE
from footnoted.llm.routes import parse_chain
from footnoted.profiles.declared.declaration import (
    complaint_about,
    declared_files,
    read_declaration,
)
from footnoted.settings import bundled_dir, variable

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.catalogue import Entry, Making
    from footnoted.settings import Settings
    from footnoted.stages.profile import Profile

_KINDS = (".toml", ".md")


@dataclass(frozen=True, slots=True)
class Seen:
    """A profile, or why it is none. `origin` is a path, or says that it is built in.

    `note` is what a person should know of a sound one.
    """

    name: str
    origin: str
    stages: tuple[str, ...] = ()
    fault: str | None = None
    note: str | None = None

    @property
    def summary(self) -> str:
        """Return what can be said of a sound profile in a line."""
        return f"{', '.join(self.stages)} ({self.origin})"


def look(settings: Settings) -> list[Seen]:
    """Return every profile with what is wrong with it, as a start of the program would find it."""
    roots = resource_roots(settings)
    making = profile_making(
        settings, make_index(settings), SystemClock(), lambda _stage, _profile: EXTRACTIVE
    )
    prices = PriceTable.load(settings.prices_file)
    found = [_seen(entry, "built in", making, prices) for entry in built_in_profiles()]
    return [*found, *(_declared(path, roots, making, prices) for path in declared_files(roots))]


def write_profile(settings: Settings, name: str, origin: str) -> tuple[Path, list[str]]:
    """Return the folder of a new profile like `origin`, and the files in it.

    Raises UsageError without a folder for it, for a name that cannot be or is taken, and for an
    origin that is no profile of data; ConfigurationError for a folder that cannot be written.
    """
    if settings.user_dir is None:
        message = f"set {variable('user_dir')} to the folder that your own profiles are to be in"
        raise UsageError(message)
    reserved = [entry.name for entry in built_in_profiles()]
    if (complaint := complaint_about(name, reserved)) is not None:
        raise UsageError(complaint)
    known = {path.parent.name: path.parent for path in declared_files(resource_roots(settings))}
    if origin not in known:
        message = f"{origin!r} is no profile of data; there is {', '.join(known)}"
        raise UsageError(message)
    folder = settings.user_dir / "prompts" / name
    if folder.exists():
        message = f"{folder} is there already"
        raise UsageError(message)
    files = _files(known[origin], bundled_dir("prompts") / origin)
    try:
        folder.mkdir(parents=True)
        for file in files:
            shutil.copyfile(file, folder / file.name)
    except OSError as error:
        message = f"cannot write {folder}: {error.strerror}"
        raise ConfigurationError(message) from None
    return folder, [file.name for file in files]


def _files(home: Path, bundled: Path) -> list[Path]:
    """Return a profile's files; those that it takes from the ones that ship are among them."""
    found: dict[str, Path] = {}
    for folder in (home, bundled):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix in _KINDS:
                found.setdefault(path.name, path)
    return [found[name] for name in sorted(found)]


def _declared(path: Path, roots: list[Path], making: Making, prices: PriceTable) -> Seen:
    origin = "ships with footnoted" if path.parent.parent == roots[-1] else str(path)
    try:
        entry = declared_entry(path)
        unfilled = read_declaration(path).unfilled
    except ConfigurationError as error:
        return Seen(path.parent.name, origin, fault=error.message)
    seen = _seen(entry, origin, making, prices)
    if not unfilled or seen.fault is not None:
        return seen
    lack = f"[extractive] says nothing of {', '.join(unfilled)}"
    return replace(seen, note=f"without a key nothing is found under {seen.name}: {lack}")


def _seen(entry: Entry, origin: str, making: Making, prices: PriceTable) -> Seen:
    try:
        profile = entry.make(making)
        _require_prices(entry, prices)
    except ConfigurationError as error:
        return Seen(entry.name, origin, fault=error.message)
    return Seen(entry.name, origin, _stages(profile))


def _stages(profile: Profile) -> tuple[str, ...]:
    return tuple(stage.name for stage in (*profile.video_stages, *profile.group_stages))


def _require_prices(entry: Entry, prices: PriceTable) -> None:
    """Raise ConfigurationError for a model that a profile wants and that has no price."""
    for stage, chain in entry.asking.items():
        for model in parse_chain(chain):
            if model != EXTRACTIVE and not prices.knows(model):
                where = f"{entry.file}: " if entry.file else ""
                message = (
                    f"{where}the model {model} of the stage {stage} has no price; name it in"
                    f" {variable('prices_file')}"
                )
                raise ConfigurationError(message)
