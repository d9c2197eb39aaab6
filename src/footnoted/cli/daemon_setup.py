"""Whether the running daemon works by what a command was started with: it redoes what is put back.

A daemon reads prompts, taxonomies and settings at its start. What was changed since makes things
stale for a command, and nothing that the daemon would do otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import DependencyDownError, UsageError
from footnoted.fetch.daemon import ask_daemon
from footnoted.pipeline.setups import differing, setups_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.pipeline.deps import Deps

_PATIENCE_S = 5.0


async def stages_of_its_own(socket_path: Path, deps: Deps) -> list[str]:
    """Return the stages that the running daemon has set up otherwise; none where none tells."""
    try:
        told = await ask_daemon(socket_path, "/api/v1/setup", timeout_s=_PATIENCE_S)
    except (DependencyDownError, UsageError):  # it is busy, or of a release that does not tell
        return []
    return [] if told is None else differing(told["stages"], setups_of(deps))


def restart_it(stages: Sequence[str]) -> str:
    """Return the sentence about a daemon that works otherwise in these stages."""
    return (
        f"the running daemon began with other prompts, models or taxonomies ({', '.join(stages)}):"
        " restart it, or it makes what it made before"
    )
