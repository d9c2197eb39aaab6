"""How long an answer may get: bounded by the size of what is asked about.

`max_tokens` is reserved in full before a call is sent, so what is never used keeps other calls
waiting under a cap; but an answer that is cut off is paid for and worth nothing. So each stage asks
for what a wordy model needs for this much material, not for what the longest material needs.

Sizes are counted in UTF-8 bytes, not words: a byte means the same for text without spaces, and
scripts of three bytes a letter cost more tokens a word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

BYTES_PER_TOKEN = 3.2
"""About what today's tokenizers make of English prose and JSON."""
THINKING_TOKENS = 1_024
"""Room for thinking at low effort, which counts as output; mechanical tasks hardly think at it."""
STREAMING_TOKENS = 21_333
"""Above this a provider's SDK demands a stream; every stage's ceiling is below it."""


@dataclass(frozen=True, slots=True)
class AnswerSize:
    """The bound of one stage: `floor + visible`, thinking included, at most `ceiling`."""

    floor: int
    ceiling: int

    def max_tokens_out(self, visible_tokens: float) -> int:
        """Return the tokens an answer with this many visible ones may take, thinking included."""
        return min(self.ceiling, self.floor + math.ceil(visible_tokens))


def text_tokens(*texts: str) -> int:
    """Return about how many tokens texts have."""
    return math.ceil(sum(len(text.encode()) + 1 for text in texts) / BYTES_PER_TOKEN)
