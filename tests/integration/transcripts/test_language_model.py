"""What the language model tells, and when it is loaded; loading takes too long for a unit test."""

from __future__ import annotations

import subprocess
import sys

import pytest

from footnoted.model.transcript import Cue, Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.transcripts.quality import assess

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
    """The model costs 75 MiB and is loaded on need."""
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
