"""What a call is expected to take."""

from __future__ import annotations

from footnoted.llm.limits.estimates import Estimates

MODEL = "claude-haiku-5-5"


def test_it_is_cautious_before_it_has_learned() -> None:
    """Half a token per byte, and as long an answer as is allowed."""
    estimates = Estimates()
    assert estimates.input_tokens(MODEL, 1_000) == 500
    assert estimates.output_tokens(MODEL, "extract", 4_000) == 4_000


def test_it_learns_per_model_and_stage() -> None:
    """The second value moves the mean by half, later ones by a fifth."""
    estimates = Estimates()
    estimates.add_input(MODEL, 1_000, 300)
    estimates.add_input(MODEL, 1_000, 200)
    estimates.add_output(MODEL, "extract", 1_000)
    assert estimates.input_tokens(MODEL, 1_000) == 250
    assert estimates.output_tokens(MODEL, "extract", 4_000) == 1_000
    assert estimates.output_tokens(MODEL, "extract", 600) == 600
    assert estimates.output_tokens(MODEL, "classify", 4_000) == 4_000


def test_only_a_mean_that_moved_far_is_worth_remembering() -> None:
    """Not a write per call."""
    estimates = Estimates()
    told = [estimates.add_output(MODEL, "extract", tokens) for tokens in (100, 110, 90, 105)]
    assert told == [True, False, False, False]
    later = [estimates.add_output(MODEL, "extract", 400) for _ in range(3)]
    assert later == [True, False, True]


def test_nothing_is_learned_of_nothing() -> None:
    """A server that counts no tokens, a prompt whose size is not known."""
    estimates = Estimates()
    assert not estimates.add_input(MODEL, 0, 10)
    assert not estimates.add_input(MODEL, 10, 0)
    assert not estimates.add_output(MODEL, "extract", 0)


def test_it_goes_on_where_another_left_off() -> None:
    """What was learned outlives a process."""
    before, after = Estimates(), Estimates()
    before.add_input(MODEL, 1_000, 300)
    before.add_output(MODEL, "extract", 700)
    after.restore(before.learned())
    assert after.input_tokens(MODEL, 10) == 3
    assert after.output_tokens(MODEL, "extract", 4_000) == 700
