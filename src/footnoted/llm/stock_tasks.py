"""What a model can be asked about companies that are spoken of: mentions, and an outlook."""

from __future__ import annotations

from typing import Final, Literal

from footnoted.llm.task_model import TaskModel
from footnoted.model.transcript import Cue

ACTIONS: Final = ("buy", "add", "hold", "watch", "trim", "sell", "short", "avoid")
"""What a speaker does with a company, or tells others to do."""
HORIZONS: Final = ("days", "weeks", "months", "years")
"""For how long a speaker means it."""
DIRECTIONS: Final = ("bullish", "bearish", "mixed", "neutral")
"""Where a speaker sees the market go."""


class NameHeard(TaskModel):
    """Words in a topic that may name a listed company, fund or coin; cue numbers are inclusive.

    `score` is how surely these words are that name: 1 when they are written as it is, less when
    they only sound like it. `is_ambiguous` says that the words usually mean something else.
    """

    first_cue: int
    last_cue: int
    said: str
    symbol: str
    exchange: str
    company: str
    score: float
    is_ambiguous: bool


class MentionTask(TaskModel):
    """Find what is said about companies in one topic. `names` are hints, in order of the cues."""

    kind: Literal["mention"] = "mention"
    language: str | None
    topic: str
    cues: tuple[Cue, ...]
    names: tuple[NameHeard, ...]


class StatedMention(TaskModel):
    """What is said about one company, with the words that say it; cue numbers are inclusive.

    `symbol` is None for a company that is not listed or not known. `action`, `conviction` (0 to 1)
    and `horizon` are None where the speaker gives none.
    """

    company: str
    symbol: str | None
    action: str | None
    conviction: float | None
    horizon: str | None
    quote: str
    first_cue: int
    last_cue: int


class MentionAnswer(TaskModel):
    """Mentions in the order of the transcript; none is a good answer."""

    mentions: tuple[StatedMention, ...]


class OutlookTask(TaskModel):
    """Say how a whole recording sees the market. `cues` are the speech cues, in order."""

    kind: Literal["outlook"] = "outlook"
    language: str | None
    output_language: str | None = None
    title: str
    cues: tuple[Cue, ...]


class OutlookPoint(TaskModel):
    """One statement, with the words it rests on; cue numbers are inclusive."""

    text: str
    quote: str
    first_cue: int
    last_cue: int


class OutlookAnswer(TaskModel):
    """The direction with its reasons, the themes, the risks and the summary; all may be empty."""

    direction: str | None
    reasoning: tuple[OutlookPoint, ...]
    themes: tuple[OutlookPoint, ...]
    risks: tuple[OutlookPoint, ...]
    summary: tuple[OutlookPoint, ...]
