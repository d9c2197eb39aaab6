"""Fixtures every tier shares."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.quick_folder import quick_folder

if TYPE_CHECKING:
    from collections.abc import Generator

hypothesis.settings.register_profile("quick", max_examples=20, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=300, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_LONGEST_ID = 20
PROJECT_ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Let `tmp_path` lie where it is quick; pytest has no setting for that but this one."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick_folder()))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage in what tests leave, not in what was loaded for all of them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Return the folder that holds pyproject.toml."""
    return PROJECT_ROOT


@pytest.fixture(scope="session")
def shared_data(project_root: Path) -> Path:
    """Return the folder of real inputs, or skip the test by name when it is not there."""
    path = project_root.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("../shared/data is not here")
    return path


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long bytes by their argument.

    What is packed holds the time it was packed at, and workers must agree on the names of tests.
    """
    return argname if isinstance(val, bytes) and len(val) > _LONGEST_ID else None
