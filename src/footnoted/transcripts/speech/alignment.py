"""Which tokens of two answers are the same word heard twice."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.transcripts.speech.tokens import Token

_NEAR_MS = 1_500
_LEAST_RUN = 3


class Pair(NamedTuple):
    """The places of one word in the left and in the right row."""

    left: int
    right: int


def aligned(left: Sequence[Token], right: Sequence[Token]) -> list[Pair]:
    """Return the words that both rows have, in order, as many and as near in time as can be.

    The classic alignment of two sequences (Needleman and Wunsch, 1970), where equal words score by
    how near they are, and only those near enough pair at all.
    """
    height, width = len(left) + 1, len(right) + 1
    best = [[0.0] * width for _ in range(height)]
    for row in range(1, height):
        for column in range(1, width):
            score = _score(left[row - 1], right[column - 1])
            best[row][column] = max(
                best[row - 1][column],
                best[row][column - 1],
                best[row - 1][column - 1] + score if score else 0.0,
            )
    return _walked_back(best, left, right)


def _walked_back(
    best: Sequence[Sequence[float]], left: Sequence[Token], right: Sequence[Token]
) -> list[Pair]:
    pairs: list[Pair] = []
    row, column = len(left), len(right)
    while row and column:
        score = _score(left[row - 1], right[column - 1])
        if score and best[row][column] == best[row - 1][column - 1] + score:
            row, column = row - 1, column - 1
            pairs.append(Pair(row, column))
        elif best[row][column] == best[row - 1][column]:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]


def _score(left: Token, right: Token) -> float:
    if left.said != right.said or not left.said:
        return 0.0
    near_ms = _NEAR_MS + left.slack_ms + right.slack_ms
    apart_ms = abs(left.middle_ms - right.middle_ms)
    return 2.0 - apart_ms / near_ms if apart_ms <= near_ms else 0.0


def common_run(left: Sequence[Token], right: Sequence[Token]) -> Pair | None:
    """Return the middle of the longest run of words that both rows have, whatever their times.

    None where it is so short that it may be chance.
    """
    said = [token.said for token in left], [token.said for token in right]
    run = SequenceMatcher(None, *said, autojunk=False).find_longest_match()
    if run.size < _LEAST_RUN:
        return None
    return Pair(run.a + run.size // 2, run.b + run.size // 2)
