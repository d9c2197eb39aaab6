"""What a call will take, from what calls like it took; cautious before there was one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

CAUTIOUS_TOKENS_PER_BYTE = 0.5
USUAL_TOKENS_PER_BYTE = 0.3
"""What English has, about."""

_WEIGHT = 0.2
_NOTABLE = 1.5


@dataclass(slots=True)
class _Average:
    """An exponentially weighted mean whose first values count in full; `told` was remembered."""

    value: float
    count: int
    told: float

    def add(self, value: float) -> bool:
        """Move towards `value`; return whether the mean is far from what was remembered."""
        self.count += 1
        self.value += max(_WEIGHT, 1 / self.count) * (value - self.value)
        if 1 / _NOTABLE <= self.value / self.told <= _NOTABLE:
            return False
        self.told = self.value
        return True


@dataclass(frozen=True, slots=True)
class Learned:
    """All that was learned of calls: tokens per byte by model, output by model and stage."""

    tokens_per_byte: dict[str, float] = field(default_factory=dict[str, float])
    output_tokens: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])


class Estimates:
    """Averages over the calls of one class of models."""

    def __init__(self) -> None:
        """Know nothing."""
        self._density: dict[str, _Average] = {}
        self._output: dict[tuple[str, str], _Average] = {}

    def input_tokens(self, model: str, prompt_bytes: int) -> int:
        """Return the tokens to expect of a prompt of that many bytes."""
        return math.ceil(prompt_bytes * (self.density(model) or CAUTIOUS_TOKENS_PER_BYTE))

    def density(self, model: str) -> float | None:
        """Return the tokens that a byte of a prompt had so far; None before the first prompt."""
        average = self._density.get(model)
        return average.value if average else None

    def output_tokens(self, model: str, stage: str, max_tokens_out: int) -> int:
        """Return the tokens to expect of an answer, at most what it may have."""
        average = self._output.get((model, stage))
        return min(max_tokens_out, math.ceil(average.value)) if average else max_tokens_out

    def add_input(self, model: str, prompt_bytes: int, prompt_tokens: int) -> bool:
        """Learn from a prompt, cached part included; return whether that changed much."""
        if prompt_bytes <= 0 or prompt_tokens <= 0:
            return False
        density = prompt_tokens / prompt_bytes
        if average := self._density.get(model):
            return average.add(density)
        self._density[model] = _first(density)
        return True

    def add_output(self, model: str, stage: str, tokens: int) -> bool:
        """Learn from an answer; return whether that changed much."""
        if tokens <= 0:
            return False
        if average := self._output.get((model, stage)):
            return average.add(tokens)
        self._output[model, stage] = _first(tokens)
        return True

    def learned(self) -> Learned:
        """Return the averages as they stand."""
        by_model: dict[str, dict[str, float]] = {}
        for (model, stage), average in self._output.items():
            by_model.setdefault(model, {})[stage] = average.value
        return Learned({model: mean.value for model, mean in self._density.items()}, by_model)

    def restore(self, learned: Learned) -> None:
        """Go on from averages of an earlier process; each counts as one call."""
        self._density = {model: _first(value) for model, value in learned.tokens_per_byte.items()}
        self._output = {
            (model, stage): _first(value)
            for model, stages in learned.output_tokens.items()
            for stage, value in stages.items()
        }


def _first(value: float) -> _Average:
    return _Average(value, 1, value)
