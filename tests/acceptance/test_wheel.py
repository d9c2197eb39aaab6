"""What is built ships whole: the wheel works outside a checkout, the tests run from the source."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BUNDLED = ("prompts", "migrations", "samples")
_BUILD_TIMEOUT_S = 100.0
_A_COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _environment() -> dict[str, str]:
    """Return our environment without a setting of ours and without a path to the checkout."""
    kept = {name: value for name, value in os.environ.items() if "FOOTNOTED" not in name}
    kept.pop("PYTHONPATH", None)
    return kept


def _run(
    *command: str | Path, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**_environment(), **(env or {})},
        capture_output=True,
        text=True,
        timeout=_BUILD_TIMEOUT_S,
        check=False,
    )


def _build(root: Path, into: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build as `pip` and `build` do, with the build backend of the dev lock: nothing is fetched."""
    command = [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", str(into)]
    return _run(*command, str(root), cwd=into)


def _files(folder: Path) -> list[Path]:
    """Return every file below `folder` that is not Python's own doing."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc")


def _site_packages(environment: Path) -> Path:
    names = {"base": str(environment), "platbase": str(environment)}
    return type(environment)(sysconfig.get_path("purelib", "venv", vars=names))


@pytest.fixture(scope="session")
def dist(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the source distribution and of the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    built = _build(project_root, folder)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    """Return the wheel."""
    return next(dist.glob("footnoted-*.whl"))


@pytest.fixture(scope="session")
def source(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of the unpacked source distribution."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(next(dist.glob("footnoted-*.tar.gz"))) as archive:
        archive.extractall(folder)  # noqa: S202 - our own; its filters came with Python 3.11.4
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new virtual environment with the wheel in it.

    What the wheel depends on is lent by this run's own environment: a `.pth` line adds its folder,
    but not the `.pth` of an editable install in it, so that our own code is the wheel's.
    """
    environment = tmp_path_factory.mktemp("venv") / "new"
    venv.create(environment, with_pip=False)
    lent = _site_packages(environment) / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = environment / "bin" / "python"
    options = ["--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    done = _run(sys.executable, "-m", "pip", *options, "--force-reinstall", wheel, cwd=wheel.parent)
    assert done.returncode == 0, done.stderr
    return environment


def _missing(expected: Iterable[str], archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return sorted(set(expected) - set(opened.namelist()))


def test_every_file_that_ships_is_in_the_wheel(project_root: Path, wheel: Path) -> None:
    """Code, word lists and type marker where they stand; the bundled folders beside the code."""
    package = project_root / "src" / "footnoted"
    code = [f"footnoted/{p.relative_to(package).as_posix()}" for p in _files(package)]
    bundled = [
        f"footnoted/_bundled/{path.relative_to(project_root).as_posix()}"
        for name in _BUNDLED
        for path in _files(project_root / name)
    ]
    assert {"footnoted/py.typed", "footnoted/llm/methods/words/titles.txt"} < set(code)
    assert "footnoted/_bundled/migrations/versions/0001_create_schema.py" in bundled
    assert _missing([*code, *bundled], wheel) == []


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    """No test, no cache, no key: one package and its description."""
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"footnoted", next(top for top in tops if top.endswith(".dist-info"))}
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []


def test_every_tracked_file_is_in_the_source_distribution(project_root: Path, source: Path) -> None:
    """Who builds or tests from it misses nothing."""
    if not (project_root / ".git").exists():
        pytest.skip("this is no checkout: git cannot say what is tracked")
    listed = _run("git", "ls-files", "-z", cwd=project_root).stdout.split("\0")
    tracked = [name for name in listed if name and (project_root / name).is_file()]
    assert "Makefile" in tracked
    assert [name for name in tracked if not (source / name).is_file()] == []


def test_wheel_and_source_name_the_commit_they_were_built_from(
    project_root: Path, source: Path, installed: Path
) -> None:
    """What the wheel makes carries it, though there is no git where it runs."""
    ask = "import footnoted.build as b; print(b.git_sha(None))"
    told = _run(installed / "bin" / "python", "-c", ask, cwd=installed).stdout.strip()
    stamp = source / "src" / "footnoted" / "_bundled" / "GIT_SHA"
    assert stamp.is_file() or not (project_root / ".git").exists()
    expected = stamp.read_text(encoding="ascii").strip() if stamp.is_file() else "unknown"
    assert expected == "unknown" or len(expected) in (40, 64)
    assert told == expected


def test_a_build_takes_the_commit_from_the_environment_or_refuses_it(
    project_root: Path, tmp_path: Path
) -> None:
    """A container's build has no git; what is no commit is no provenance."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--sdist"]
    for commit, code in ((_A_COMMIT, 0), ("main", 1)):
        where = [*command, "--outdir", str(tmp_path), str(project_root)]
        done = _run(*where, cwd=tmp_path, env={"FOOTNOTED_GIT_COMMIT_SHA": commit})
        assert done.returncode == code, done.stdout + done.stderr
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        name = next(n for n in archive.getnames() if n.endswith("_bundled/GIT_SHA"))
        stamp = archive.extractfile(name)
        assert stamp is not None
        assert stamp.read().decode("ascii").strip() == _A_COMMIT


def test_the_installed_wheel_runs_the_demo_outside_the_checkout(
    installed: Path, tmp_path: Path, project_root: Path
) -> None:
    """Its own code, prompts, migrations and samples do the main job."""
    ask = "import footnoted; print(footnoted.__file__)"
    where = _run(installed / "bin" / "python", "-c", ask, cwd=tmp_path).stdout.strip()
    assert where.startswith(str(installed))
    done = _run(installed / "bin" / "footnoted", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 indexed, 1 quarantined" in done.stdout
    assert "100% of which resolve" in done.stdout
    assert str(project_root) not in done.stdout + done.stderr


def test_the_tests_run_from_the_source_distribution(source: Path) -> None:
    """The quick ones, on the code that lies beside them."""
    suites = ["tests/unit/model", "tests/unit/pipeline", "tests/architecture/test_prompt_files.py"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *suites]
    done = _run(*command, cwd=source, env={"PYTHONPATH": str(source / "src")})
    assert done.returncode == 0, done.stdout + done.stderr
