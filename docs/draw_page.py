"""Draws the README's picture: what the program prints in a terminal, as SVG.

    python docs/draw_page.py                    makes a library of the samples, then draws it
    FOOTNOTED_DATA_DIR=… python docs/draw_page.py --there [FILE]     draws the library that is there

Every letter and colour is the program's own: it runs on a pseudo-terminal of fixed width.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tempfile
import termios
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "page.svg"
COLUMNS = 92
COMMANDS = (
    ["pages", "compression-and-dynamics"],
    ["search", "de-esser", "--kind", "moment", "--limit", "2"],
)
_PAPER, _INK = (250, 250, 247), (36, 41, 47)
_NORMAL = [_INK, (207, 34, 46), (17, 99, 41), (149, 85, 0)]
_NORMAL += [(9, 105, 218), (130, 80, 223), (27, 124, 131), (110, 119, 129)]
_BRIGHT = [(87, 96, 106), (164, 14, 38), (26, 127, 55), (154, 103, 0)]
_BRIGHT += [(33, 139, 255), (164, 117, 249), (49, 146, 170), (140, 149, 159)]
_THEME = TerminalTheme(_PAPER, _INK, _NORMAL, _BRIGHT)
# Rich's own frame without its web font: a picture fetches nothing.
_SVG = """\
<svg class="rich-terminal" viewBox="0 0 {terminal_width} {terminal_height}" \
xmlns="http://www.w3.org/2000/svg" xml:space="preserve">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">\
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
<rect fill="#fafaf7" stroke="#d0d7de" x="1" y="1" rx="8" width="{terminal_width}" \
height="{terminal_height}" />
<g transform="translate({terminal_x}, 16)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def footnoted(arguments: list[str], data_dir: Path) -> str:
    """Return what the program prints on a terminal of `COLUMNS` columns, colours included."""
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (50, COLUMNS))
    process = subprocess.Popen(
        [sys.executable, "-m", "footnoted", *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        env=_environment(data_dir),
    )
    os.close(its)
    printed = bytearray()
    while chunk := _read(ours):
        printed += chunk
    os.close(ours)
    if process.wait() != 0:
        sys.exit(f"footnoted {' '.join(arguments)}: {printed.decode(errors='replace')}")
    return printed.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other side has gone
        return b""


def _environment(data_dir: Path) -> dict[str, str]:
    dropped = ("FOOTNOTED_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    ours = {"FOOTNOTED_DATA_DIR": str(data_dir), "TERM": "xterm-256color"}
    return {**kept, **ours, "PYTHONPATH": str(ROOT / "src")}


def make_library(data_dir: Path) -> None:
    """Make what is drawn from the samples."""
    for arguments in (["add", str(ROOT / "samples")], ["run", "--drain"]):
        command = [sys.executable, "-m", "footnoted", *arguments]
        done = subprocess.run(command, env=_environment(data_dir), capture_output=True, check=False)
        if done.returncode not in (0, 1):  # 1: the sample that the quality gate stops
            sys.exit(done.stderr.decode())


def draw(data_dir: Path) -> str:
    """Return the picture of the library in `data_dir`."""
    console = Console(
        file=StringIO(),
        record=True,
        width=COLUMNS + 2,
        force_terminal=True,
        color_system="truecolor",
    )
    for arguments in COMMANDS:
        asked = Text(f"$ footnoted {' '.join(arguments)}", style="bold green")
        answered = Text.from_ansi(footnoted(arguments, data_dir).strip("\n"))
        console.print(Padding(asked, (0, 1)), Padding(answered, (0, 1, 1, 1)), sep="")
    return console.export_svg(theme=_THEME, code_format=_SVG, unique_id="footnoted")


def main() -> None:
    """Draw the library that is there, or one that is made for it."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--there"]:
        picture = draw(Path(os.environ["FOOTNOTED_DATA_DIR"]))
        (Path(arguments[1]) if arguments[1:] else PICTURE).write_text(picture, encoding="utf-8")
        return
    with tempfile.TemporaryDirectory(prefix="fn-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)  # as root, PostgreSQL's own account passes through
        make_library(Path(folder) / "data")
        PICTURE.write_text(draw(Path(folder) / "data"), encoding="utf-8")


if __name__ == "__main__":
    main()
