"""Where what ships with footnoted lies."""

from __future__ import annotations

from pathlib import Path


def bundled_dir(name: str) -> Path:
    """Return a folder that ships with footnoted: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    in_wheel = package / "_bundled" / name
    return in_wheel if in_wheel.is_dir() else package.parent.parent / name
