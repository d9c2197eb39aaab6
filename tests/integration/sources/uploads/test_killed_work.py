"""What is left of work whose process was killed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from footnoted.sources.uploads.work import sweep

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import asyncio, sys
from pathlib import Path
from footnoted.sources.uploads.work import work_folder
async def main():
    async with work_folder(Path(sys.argv[1])) as folder:
        (folder / "half").write_bytes(b"x")
        print(folder.name, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    """Not before it is dead."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE
    ) as it:
        assert it.stdout is not None
        name = it.stdout.readline().decode().strip()
        assert asyncio.run(sweep(tmp_path)) == 0
        assert names(tmp_path) == [name]
        it.send_signal(signal.SIGKILL)
        it.wait()
    assert asyncio.run(sweep(tmp_path)) == 1
    assert names(tmp_path) == []
