"""Which models share limits."""

from __future__ import annotations

import pytest

from footnoted.llm.limits.classes import START_TIER, model_class, starting_limits


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-haiku-5-5", "claude-haiku-5-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-4-8", "claude-opus-4"),
        ("claude-opus-4-5-20251101", "claude-opus-4"),
        ("claude-opus-4-20250514", "claude-opus-4"),
        ("claude-opus-5", "claude-opus-5"),
        ("claude-opus-5-5", "claude-opus-5-5"),
        ("claude-sonnet-4-6", "claude-sonnet-4"),
        ("claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("claude-fable-5-2", "claude-fable-5"),
        ("qwen3:8b", "qwen3:8b"),
    ],
)
def test_the_class_is_the_model_without_its_date_and_4x_is_pooled(
    model: str, expected: str
) -> None:
    """As the provider's page on rate limits has it."""
    assert model_class(model) == expected


def test_what_limits_are_before_an_answer_told() -> None:
    """The Start tier; the largest models get a quarter."""
    assert starting_limits("claude-haiku-5-5") == START_TIER
    assert starting_limits("claude-fable-5").output_tokens == 100_000
