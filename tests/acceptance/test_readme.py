"""Every command the README shows is run here, in the order it shows them, and prints what it shows.

The commands of its `console` blocks run in one shell, in a new data directory and a new home. A
line it shows must be among the lines that were printed; `…` stands for anything, and digits for
digits, because times and versions differ.
"""

from __future__ import annotations

import html
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from tests.acceptance.program import open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Home

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TIMEOUT_S = 280.0
_MARK = "@@ "
pytestmark = pytest.mark.timeout(300)  # some twenty commands, on a machine that may be busy
_QUICK_TESTS = "tests/unit/model"


@dataclass(frozen=True, slots=True)
class Shown:
    """A command, with the lines that the README shows below it."""

    command: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """How the commands of the README ended, and what they printed, by command."""

    codes: dict[str, list[int]]
    lines: dict[str, list[str]]
    home: Home


def _readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def _blocks(root: Path, language: str) -> list[str]:
    return [body for name, body in _BLOCK.findall(_readme(root)) if name == language]


def _shown(root: Path) -> list[Shown]:
    """Return the commands of all console blocks, in order."""
    shown: list[Shown] = []
    for block in _blocks(root, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            shown.append(Shown(command, tuple(lines)))
    return shown


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def _lend_environment(folder: Path, root: Path) -> Path:
    """Return a folder of `footnoted` and `make` that use this run's own environment.

    `make` is the real one, told that its virtual environment is made already; its `test` is
    narrowed, or this test would run itself.
    """
    python = shlex.quote(sys.executable)
    environment = folder / "venv"
    _write_program(environment / "bin" / "python", f'exec {python} "$@"')
    _write_program(environment / "bin" / "footnoted", f'exec {python} -m footnoted "$@"')
    for stamp in (".runtime-installed", ".dev-installed"):
        (environment / stamp).touch()
    make = shlex.quote(shutil.which("make") or "make")
    narrowed = f'[ "$1" = test ] && export ARGS={_QUICK_TESTS}'
    real = f'exec {make} --directory {shlex.quote(str(root))} VENV={environment} "$@"'
    _write_program(folder / "bin" / "make", f"{narrowed}\n{real}")
    _write_program(folder / "bin" / "footnoted", f'exec {python} -m footnoted "$@"')
    return folder / "bin"


def _script(shown: list[Shown]) -> str:
    lines = [
        f"echo '{_MARK}{number}'\n{one.command}\necho '{_MARK}ended' $?"
        for number, one in enumerate(shown)
    ]
    return "exec 2>&1\n" + "\n".join(lines) + "\n"


def _environment(home: Home, folder: Path, programs: Path) -> dict[str, str]:
    dropped = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "MAKEFLAGS", "MAKELEVEL", "XDG_DATA_HOME")
    kept = {name: value for name, value in home.environment.items() if name not in dropped}
    ours = {"HOME": str(folder), "PATH": f"{programs}:{os.environ['PATH']}"}
    return {**kept, **ours, "PYTEST_ADDOPTS": "-p no:cacheprovider"}


@pytest.fixture(scope="module")
def home(project_root: Path) -> Iterator[Home]:
    """Return where the commands of the README do their work.

    Its database is in use all the while, or each command would start and stop it again.
    """
    with open_home(project_root) as made:
        server = embedded.start(made.data_dir)
        yield made
        embedded.stop(server)


@pytest.fixture(scope="module")
def told(home: Home, project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Return what the commands of the README did, run once for all tests."""
    if shutil.which("make") is None:
        pytest.skip("make is not here")
    folder = tmp_path_factory.mktemp("readme")
    programs = _lend_environment(folder, project_root)
    you = folder / "you"
    you.mkdir()
    shown = _shown(project_root)
    done = subprocess.run(
        ["bash", "-c", _script(shown)],
        cwd=project_root,
        env=_environment(home, you, programs),
        stdout=subprocess.PIPE,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    printed = done.stdout.replace(str(project_root), "/home/you/footnoted")
    return _read(printed.replace(str(you), "/home/you"), shown, home)


def _read(printed: str, shown: list[Shown], home: Home) -> Told:
    told = Told({one.command: [] for one in shown}, {one.command: [] for one in shown}, home)
    parts = re.split(rf"^{_MARK}(\d+)\n", printed, flags=re.MULTILINE)[1:]
    for number, text in zip(parts[::2], parts[1::2], strict=True):
        output, _, code = text.rpartition(f"{_MARK}ended ")
        command = shown[int(number)].command
        told.codes[command].append(int(code))
        told.lines[command] += output.splitlines()
    return told


def _as_pattern(line: str) -> str:
    """Return what matches a line as shown: any spaces, any digits, anything for an ellipsis."""
    parts = [re.escape(part) for part in " ".join(line.split()).split("…")]
    return re.sub(r"\d+", r"\\d+", ".*".join(parts))


def _is_printed(line: str, printed: list[str]) -> bool:
    pattern = re.compile(_as_pattern(line))
    return any(pattern.fullmatch(" ".join(one.split())) for one in printed)


def test_every_command_shown_ends_well(told: Told) -> None:
    """None is refused, misspelt, or left behind by a change of the program."""
    failed = {command: codes for command, codes in told.codes.items() if set(codes) != {0}}
    printed = {command: told.lines[command][-5:] for command in failed}
    assert failed == {}, printed


def test_every_line_shown_is_printed(told: Told, project_root: Path) -> None:
    """What a reader is shown is what a reader gets."""
    missing = [
        f"{one.command}: {line}"
        for one in _shown(project_root)
        for line in one.lines
        if line.strip() and not _is_printed(line, told.lines[one.command])
    ]
    assert missing == []


def test_the_readme_shows_the_two_commands(project_root: Path) -> None:
    """They stand first, each alone."""
    commands = [one.command for one in _shown(project_root)]
    assert commands[:2] == ["make demo", "make test"]


def test_the_picture_shows_what_is_printed(told: Told, project_root: Path, tmp_path: Path) -> None:
    """Headings and links of the picture are those of now; `python docs/draw_page.py` renews it."""
    drawn = tmp_path / "page.svg"
    command = [sys.executable, "docs/draw_page.py", "--there", str(drawn)]
    environment = told.home.environment
    subprocess.run(command, cwd=project_root, env=environment, check=True, timeout=_TIMEOUT_S)
    committed = project_root / "docs" / "images" / "page.svg"
    assert _outline(drawn) == _outline(committed)


def _outline(picture: Path) -> list[str]:
    """Return commands, headings and links of a picture."""
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", picture.read_text(encoding="utf-8"))
    plain = [html.unescape(text).replace("\N{NO-BREAK SPACE}", " ").strip() for text in texts]
    return [text for text in plain if text.startswith(("$ ", "#", "http", "<http"))]


def test_every_command_named_in_passing_exists(project_root: Path) -> None:
    """Of `footnoted NAME` and `make NAME` in the running text, none is of another release."""
    text = _BLOCK.sub("", _readme(project_root))
    named = set(re.findall(r"`footnoted ([a-z]+)", text))
    helped = subprocess.run(
        [sys.executable, "-m", "footnoted", "--help"],
        env={**os.environ, "PYTHONPATH": str(project_root / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    known = set(re.findall(r"^\W+([a-z]+)  ", helped, re.MULTILINE))
    makefile = (project_root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert named - known == set()
    assert set(re.findall(r"`make ([a-z]+)`", text)) - targets == set()


def test_every_file_the_readme_leads_to_exists(project_root: Path) -> None:
    """Links and named paths of the repository."""
    text = _readme(project_root)
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    named = re.findall(r"`((?:src|deploy|docs|tests)/[\w./-]+)`", text)
    missing = [path for path in (*linked, *named) if not (project_root / path).exists()]
    assert missing == []


def test_the_container_commands_name_what_compose_has(project_root: Path) -> None:
    """Docker is not run here: profiles and services are looked up, `test_deploy_files` does more.

    No other command of the README goes without being run.
    """
    compose = (project_root / "compose.yaml").read_text(encoding="utf-8")
    lines = [line for block in _blocks(project_root, "sh") for line in block.splitlines()]
    assert [line for line in lines if not line.startswith("docker compose ")] == []
    for profile in re.findall(r"--profile (\w+)", "\n".join(lines)):
        assert f"profiles: [{profile}]" in compose
