"""What was said, cue by cue, under its topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from footnoted.cli.lines import say
from footnoted.cli.terminal import plain
from footnoted.model.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue, Transcript


def print_words(transcript: Transcript, topics: Sequence[Topic]) -> None:
    """Print every cue with its number and time; a heading where a topic begins."""
    begins = {topic.first_cue: topic for topic in topics}
    say()
    say(Text("Transcript", "bold"))
    for cue in transcript.cues:
        if cue.index in begins:
            say()
            say(plain(begins[cue.index].title or "(no topic)", "bold"))
        say(_line(cue))


def _line(cue: Cue) -> Text:
    time = "" if cue.start_ms is None else f" {clock_time(cue.start_ms)}"
    speaker = f"{cue.speaker}: " if cue.speaker else ""
    return Text(f"  [{cue.index}]{time}  ", "dim").append(plain(f"{speaker}{cue.text}", "not dim"))
