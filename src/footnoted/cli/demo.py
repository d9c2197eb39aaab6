"""`footnoted demo`: the main job on the bundled samples, in a data directory of its own."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Generator

    from footnoted.cli.demo_run import Outcome

_PASSABLE = 0o711
"""PostgreSQL does not run as root: its account must be able to pass through the folder."""


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(demo)


def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Keep what was made.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Make it there: a folder that is missing or empty.")
    ] = None,
) -> None:
    """Do the main job on ten short samples: no key, no server, no cost."""
    started_s = time.monotonic()
    from footnoted.cli.demo_progress import DemoProgress
    from footnoted.cli.demo_run import demo_settings, run_demo
    from footnoted.cli.terminal import remarks
    from footnoted.telemetry import configure_logging

    with _place(data_dir, keep=keep) as place:
        settings = demo_settings(place)
        configure_logging(settings, sys.stderr)
        with DemoProgress(remarks()) as progress:
            outcome = asyncio.run(run_demo(settings, progress))
        _tell(outcome, time.monotonic() - started_s)
    remarks().print(_how_to_look_around(place, keep=keep), soft_wrap=True)
    raise typer.Exit(Exit.SOME_FAILED if outcome.faults else Exit.DONE)


def _tell(outcome: Outcome, seconds: float) -> None:
    from footnoted.cli.demo_story import story_lines
    from footnoted.cli.terminal import results

    console = results()
    for line in story_lines(outcome, seconds):
        console.print(line, soft_wrap=not sys.stdout.isatty())


def _how_to_look_around(place: Path, *, keep: bool) -> str:
    if keep:
        return f"Look around: FOOTNOTED_DATA_DIR={place} footnoted pages"
    return "Everything was removed again; `footnoted demo --keep` keeps it to look around in."


@contextmanager
def _place(data_dir: Path | None, *, keep: bool) -> Generator[Path]:
    """Yield the path of a data directory to be made; afterwards it is gone unless it is kept."""
    from footnoted.errors import UsageError

    if data_dir is not None:
        place, made = data_dir.absolute(), not data_dir.exists()
        if not made and (not place.is_dir() or any(place.iterdir())):
            message = f"{place} is not empty: the demo wants a folder of its own"
            raise UsageError(message)
        leftover = place
    else:
        leftover, made = Path(tempfile.mkdtemp(prefix="footnoted-demo-")), True
        leftover.chmod(_PASSABLE)
        place = leftover / "data"
    try:
        yield place
    finally:
        if not keep:
            _remove(leftover, made=made)


def _remove(folder: Path, *, made: bool) -> None:
    """Remove a folder we made; of one that was there before, only what is in it now."""
    if made:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
