"""What the language model tells, and when it is loaded; loading takes too long for a unit test."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

from footnoted.model.transcript import Cue, Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.stages.transcribe import TranscribeInput, TranscribeOutput, TranscribeStage
from footnoted.transcripts import language as languages
from footnoted.transcripts.choose import Candidate
from footnoted.transcripts.quality import assess
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.stages.port import StageContext

DEUTSCH = """
Wir fangen mit dem Fundament an, denn ohne das steht gar nichts. Der Boden hier ist lehmig, also
graben wir tiefer als sonst und legen eine Schicht Kies darunter. Danach kommt der Beton, und der
braucht Zeit, auch wenn keiner sie hat. Gestern hat es geregnet, deshalb warten wir heute ab. Wer
jetzt zu schnell ist, hat nächstes Jahr Risse in der Wand und ärgert sich jeden Morgen darüber.
"""


def german() -> Transcript:
    """Return the text in cues of eight words."""
    words = DEUTSCH.split()
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    return Transcript(
        format=TranscriptFormat.SRT,
        origin=TranscriptOrigin.CAPTIONS_AUTO,
        language=None,
        cues=tuple(Cue(n, n * 3000, (n + 1) * 3000, line) for n, line in enumerate(lines)),
    )


def test_speech_in_a_language_that_only_the_model_knows_passes() -> None:
    """A good transcript has no code and no reason."""
    quality = assess(german(), expected_language="de")
    assert (quality.passed, quality.code, quality.reason) == (True, None, None)
    assert quality.language == "de"


def test_another_language_than_the_source_speaks_is_stopped() -> None:
    """A machine translation or a wrong track is not what was said."""
    quality = assess(german(), expected_language="en-US")
    assert quality.code == "quality_language"
    assert quality.reason == "It is in “de”, while “en” is spoken according to its source."


def test_importing_the_gate_loads_no_language_model() -> None:
    """The model takes a moment and is loaded on need."""
    code = (
        "import sys, footnoted.transcripts.quality;"
        "sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what we do is the same as you did with that one " * 9, "en"),
        ("안녕하세요 여러분 " * 9, "ko"),
    ],
)
def test_english_and_scripts_of_one_language_need_no_model(text: str, language: str) -> None:
    """A machine that follows English sources never loads it."""
    code = (
        "import sys; from footnoted.transcripts.language import detect_language;"
        f"assert detect_language({text!r}).language == {language!r};"
        "sys.exit('py3langid' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


AT_ONCE = """
from threading import Thread
from footnoted.transcripts import language
from py3langid.langid import LanguageIdentifier

made, load = [], LanguageIdentifier.from_model_file
def noted(*given, **options):
    made.append(given)
    return load(*given, **options)
LanguageIdentifier.from_model_file = noted
found = []
threads = [Thread(target=lambda: found.append(language.detect_language(TEXT))) for _ in range(3)]
for each in threads: each.start()
for each in threads: each.join()
print(len(made), *(each.language for each in found))
"""


def test_files_that_are_read_at_once_load_the_model_once() -> None:
    """Each loaded it for itself, with 75 MiB of memory, and all but one threw it away."""
    code = f"TEXT = {DEUTSCH!r}\n{AT_ONCE}"
    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True
    )
    assert ended.stdout == "1 de de de\n"


def is_loaded() -> bool:
    """Return whether the model is in memory."""
    return languages._identifier.cache_info().currsize == 1


@pytest.mark.parametrize(("keep_model_s", "stays"), [(0, False), (60, True)])
async def test_the_model_is_let_go_some_time_after_the_last_file(
    tmp_path: Path, keep_model_s: float, *, stays: bool
) -> None:
    """A daemon that has nothing to read holds nothing for it; a backlog keeps it."""

    def read(_data: bytes, _name: str, **_options: object) -> Transcript:
        return german()

    path = tmp_path / "a.srt"
    path.write_text("x")
    candidate = Candidate(
        path=str(path),
        sha256="x",
        origin=TranscriptOrigin.IMPORTED,
        language="de",
        is_original=False,
        is_timed=True,
        is_copy=False,
        modified_ns=0,
    )
    given = TranscribeInput(
        title="Ein Haus",
        language="de",
        duration_ms=None,
        quality_accepted=False,
        candidates=(candidate,),
        has_sound=False,
        read_before=frozenset(),
    )
    languages.forget_language_model()
    stage = TranscribeStage(read, FakeClock(), keep_model_s=keep_model_s)
    out = await stage.run(given, cast("StageContext", None))
    loaded = is_loaded()
    await asyncio.sleep(0.01)
    assert isinstance(out, TranscribeOutput)
    assert (loaded, is_loaded()) == (True, stays)
