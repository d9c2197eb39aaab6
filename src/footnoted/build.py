"""Which commit this program was built from, for the provenance of what it makes."""

from __future__ import annotations

import subprocess
from pathlib import Path

UNKNOWN = "unknown"
_GIT_TIMEOUT_S = 5.0


def git_sha(configured: str | None, package: Path | None = None) -> str:
    """Return the commit: from the build, else from git, else as configured, else `unknown`.

    `package` is the folder of the installed package; a wheel carries its commit beside it.
    """
    folder = package or Path(__file__).resolve().parent
    stamped = folder / "_bundled" / "GIT_SHA"
    if stamped.is_file():
        return stamped.read_text(encoding="ascii").strip()
    return _from_checkout(folder.parent.parent) or configured or UNKNOWN


def _from_checkout(root: Path) -> str | None:
    """Return HEAD of a checkout of ours at `root`, or None when it is no such thing."""
    if not (root / ".git").exists():
        return None
    try:
        found = subprocess.run(  # noqa: S603 - the arguments are ours
            ["git", "-C", str(root), "rev-parse", "HEAD"],  # noqa: S607 - whichever git is there
            capture_output=True,
            text=True,
            timeout=_GIT_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() if found.returncode == 0 else None
