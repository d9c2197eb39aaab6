"""The memory of the daemon: one heap for all of its threads."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

COUNT = """
import ctypes, threading
from footnoted.daemon import keep_one_heap

keep_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fdopen.restype = ctypes.c_void_p
libc.fflush.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
started = threading.Barrier(6)

def take():
    started.wait()
    for _ in range(100):
        libc.malloc(10_000)

threads = [threading.Thread(target=take) for _ in range(6)]
for each in threads: each.start()
for each in threads: each.join()
out = libc.fdopen(1, b"w")
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what other systems do is their own")
@pytest.mark.parametrize(("said", "is_one"), [({}, True), ({"MALLOC_ARENA_MAX": "4"}, False)])
def test_threads_share_one_heap_unless_the_environment_says_otherwise(
    said: dict[str, str], *, is_one: bool
) -> None:
    """One each would keep what the largest recording took in each of them."""
    inherited = {name: value for name, value in os.environ.items() if "MALLOC" not in name}
    ended = subprocess.run(
        [sys.executable, "-c", COUNT],
        env={**inherited, **said},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.stdout.count("<heap nr=") == 1) is is_one
