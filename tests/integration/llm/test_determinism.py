"""The extractive model in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """
from footnoted.llm.extractive import answer_task
from footnoted.llm.tasks import ExtractTask, SegmentTask, SynthesisMoment, SynthesizeTask
from footnoted.model.transcript import Cue
words = "reverb delay compressor threshold vocal snare kick guitar plate hall chorus phaser".split()
cues = tuple(
    Cue(n, n * 4000, n * 4000 + 4000, f"You should use the {a} with the {b} and the {c}.")
    for n, (a, b, c) in enumerate(zip(words * 5, words[3:] * 7, words[5:] * 9))
)
print(answer_task(SegmentTask(language="en", cues=cues)).model_dump_json())
print(answer_task(ExtractTask(language="en", topic="reverb", cues=cues, content_types=("tip",))))
moments = tuple(
    SynthesisMoment(index=n, title=f"{one} and {other}", summary=f"Use the {one}.",
                    content_type="tip", subtopic=None, tools=(), quote=one)
    for n, (one, other) in enumerate(zip(words * 3, words[1:] * 3))
)
print(answer_task(SynthesizeTask(language="en", category="b", moments=moments)))
"""


def test_the_same_task_gives_the_same_bytes_under_any_hash_seed(project_root: Path) -> None:
    """No order of a set leaks into an answer."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(project_root / "src")},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "77")
    ]
    first, second = (process.communicate(timeout=60)[0] for process in running)
    assert first.count(b"first_cue") > 2
    assert first == second
