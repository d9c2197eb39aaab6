"""Tutorial talk from a seeded grammar: as many varied transcripts as a bench wants."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from pathlib import Path

SUBJECTS = {
    "compression": ("the compressor", "the drum bus", "the attack", "the release", "the threshold"),
    "filtering": ("the high-pass filter", "the equalizer", "the low end", "the mud", "the vocal"),
    "reverb": ("the reverb", "the send", "the pre-delay", "the tail", "the room"),
    "lighting": ("the softbox", "the key light", "the backdrop", "the exposure", "the shutter"),
    "editing": ("the timeline", "the cut", "the transition", "the footage", "the color grade"),
    "baking": ("the dough", "the starter", "the oven", "the crust", "the flour"),
    "joinery": ("the chisel", "the mortise", "the tenon", "the marking gauge", "the saw"),
}
VERBS = ("set", "move", "keep", "push", "leave", "check")
QUALITIES = ("tight", "warm", "clean", "loud", "soft", "even", "thin", "steady")
UNITS = ("milliseconds", "decibels", "percent", "degrees", "minutes", "hertz", "millimeters")
PLACES = ("in the kitchen", "on the last record", "for a friend", "at the workshop", "last winter")
TELLING = (
    "The trick is to {verb} {thing} at {number} {unit} before you touch {other}.",
    "I always {verb} {thing} around {number} {unit}, because {other} turns {quality} otherwise.",
    "Never {verb} {thing} above {number} {unit}, or {other} sounds {quality} and you can't fix it.",
    "The most common mistake is to {verb} {thing} first and to forget {other}.",
    "What {thing} really does is make {other} {quality}, and that is why it comes first.",
    "If {thing} feels too {quality}, {verb} {other} down by {number} {unit} and listen again.",
    "Start with {thing} at {number} {unit}, then {verb} {other} until it is {quality}.",
    "Remember that {thing} and {other} work together: when one gets {quality}, so does the other.",
)
CHATTER = (
    "So we did this {place} and it was {quality} from the first minute.",
    "Okay, let me show you {thing} again, a bit slower this time.",
    "You can hear that {thing} is getting {quality} now.",
    "Somebody asked about {other} and, well, I will come to that.",
    "I had a long conversation about {thing} {place}.",
    "That is {number} takes of the same thing, and I like maybe two of them.",
    "Right, so {other} is next, and then we are almost done.",
    "It took me {number} tries to get {thing} {quality} enough.",
)
CUES, TOPICS = (60, 80), (2, 4)


@dataclass(frozen=True)
class Speaker:
    """Says sentences of the grammar, by the dice it was given."""

    dice: random.Random
    lengths: tuple[int, int] = CUES

    def cues(self) -> list[str]:
        """Return the cues of one recording, a few subjects one after the other."""
        subjects = self.dice.sample(sorted(SUBJECTS), self.dice.randint(*TOPICS))
        count = self.dice.randint(*self.lengths)
        return [self.sentence(subjects[n * len(subjects) // count]) for n in range(count)]

    def sentence(self, subject: str) -> str:
        """Return one sentence about `subject`; one in four is worth keeping."""
        thing, other = self.dice.sample(SUBJECTS[subject], 2)
        pattern = self.dice.choice(TELLING if self.dice.random() < 0.25 else CHATTER)
        return pattern.format(
            thing=thing,
            other=other,
            verb=self.dice.choice(VERBS),
            quality=self.dice.choice(QUALITIES),
            number=self.dice.randint(2, 400),
            unit=self.dice.choice(UNITS),
            place=self.dice.choice(PLACES),
        )


def webvtt(cues: list[str], dice: random.Random) -> str:
    """Return cues as WebVTT at the pace of speech, some 2.5 words a second."""
    lines, at_s = ["WEBVTT", ""], 0.0
    for cue in cues:
        end_s = at_s + len(cue.split()) / 2.5
        lines += [f"{clock(at_s)} --> {clock(end_s)}", cue, ""]
        at_s = end_s + dice.uniform(0.1, 0.8)
    return "\n".join(lines)


def clock(seconds: float) -> str:
    """Return seconds as WebVTT writes them."""
    whole_ms = round(seconds * 1000)
    minutes, ms = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"


def write_library(
    folder: Path,
    videos: int,
    creators: int,
    dice: random.Random,
    lengths: tuple[int, int] = CUES,
) -> None:
    """Write `videos` transcripts by `creators` creators, in order of creator, and their table.

    Each has as many cues as `lengths` allows; a cue takes some 5.5 s.
    """
    folder.mkdir(parents=True)
    speaker = Speaker(dice, lengths)
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerow(["file", "title", "creator", "language"])
        for n in range(videos):
            name = f"talk-{n:05}.vtt"
            (folder / name).write_text(webvtt(speaker.cues(), dice), encoding="utf-8")
            rows.writerow([name, f"Talk {n}", f"Creator {n * creators // videos}", "en"])
