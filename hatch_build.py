"""What a build adds to the package: the files that ship beside the code, and the commit.

Hatchling calls this for the wheel and for the source distribution. An editable install gets neither
of the two: it reads both from the checkout, where copies would grow stale.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = ("prompts", "migrations", "samples")
COMMIT_VARIABLE = "FOOTNOTED_GIT_COMMIT_SHA"
_STAMP = "_bundled/GIT_SHA"
_GIT_TIMEOUT_S = 5.0


class BundleHook(BuildHookInterface[Any]):
    """Adds `_bundled/` to the package in a wheel, and the commit to wheel and source alike."""

    PLUGIN_NAME = "custom"
    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add to `build_data` what this kind of build carries; `version` names the kind."""
        if version == "editable":
            return
        root, is_wheel = Path(self.root), self.target_name == "wheel"
        package = "footnoted" if is_wheel else "src/footnoted"
        added: dict[str, str] = build_data["force_include"]
        if is_wheel:
            added.update({str(root / name): f"{package}/_bundled/{name}" for name in BUNDLED})
        carries_stamp = (root / "src" / "footnoted" / _STAMP).is_file()
        commit = None if carries_stamp else _named_commit() or _checked_out_commit(root)
        if commit is not None:
            added[str(self._stamp(commit))] = f"{package}/{_STAMP}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the file that the commit was written to."""
        del version, build_data, artifact_path
        if self._scratch is not None:
            self._scratch.cleanup()

    def _stamp(self, commit: str) -> Path:
        self._scratch = tempfile.TemporaryDirectory(prefix="footnoted-build-")
        stamp = Path(self._scratch.name) / "GIT_SHA"
        stamp.write_text(commit + "\n", encoding="ascii")
        return stamp


def _named_commit() -> str | None:
    """Return the commit that the environment names: a container's build has no git.

    Raises ValueError when it is no commit: a wrong provenance is worse than a failed build.
    """
    commit = os.environ.get(COMMIT_VARIABLE, "")
    if commit and not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit):
        message = f"{COMMIT_VARIABLE}: {commit!r} is not the full id of a commit"
        raise ValueError(message)
    return commit or None


def _checked_out_commit(root: Path) -> str | None:
    """Return HEAD of a checkout at `root` itself: a repository around it is another project's."""
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
    return found.stdout.strip() or None
