"""Answers that are paid for and can't be used: repaired, asked of another model, or divided.

What is done depends on the journal alone, so a process that starts anew walks the same way and
pays for nothing twice. Fault F7 of docs/faults.md (a second try whose tokens nobody counted, and
truncated answers that passed as whole) and C23 (truncation that looks like an empty
answer) are tried here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ContractViolationError, PermanentError, TransientError
from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.llm.port import RawAnswer, Usage
from tests.fakes.model import FakeModel
from tests.fakes.shop import divided, one_topic, question, raw
from tests.fakes.stepping import fault

if TYPE_CHECKING:
    from tests.fakes.shop import Shop


async def test_a_bad_answer_is_repaired_once_and_both_are_paid_and_journaled(shop: Shop) -> None:
    """F7: the second try stands in the books as the first does, and is replayed for $0."""
    model = FakeModel("dear")
    model.say("a", raw('{"topics": 7}', 4))
    model.say("a:repair", raw(one_topic("mended"), 2))
    process = await shop.opened(model)
    assert await process.ask(question("a")) == [["mended"]]
    assert await shop.calls() == [("a", "invalid", 0), ("a:repair", "usable", 0)]
    assert await shop.books() == [("2026-03-01", 6, 0)]
    again = await shop.opened(FakeModel("dear"))
    assert await again.ask(question("a")) == [["mended"]]
    assert (model.asked, await shop.books()) == (["a", "a:repair"], [("2026-03-01", 6, 0)])


async def test_a_repair_that_fails_costs_an_attempt_and_the_next_one_asks_anew(shop: Shop) -> None:
    """Not a third time in the same attempt; each of the four answers is in the books."""
    model = FakeModel("dear")
    model.say("a", raw("no", 1), raw("nor this", 1))
    model.say("a:repair", raw("again not", 1), raw(one_topic("mended"), 1))
    process = await shop.opened(model)
    with pytest.raises(ContractViolationError):
        await process.ask(question("a"))
    assert model.asked == ["a", "a:repair"]
    assert await (await shop.opened(model)).ask(question("a")) == [["mended"]]
    assert await shop.calls() == [
        ("a", "invalid", 0),
        ("a:repair", "invalid", 0),
        ("a", "invalid", 1),
        ("a:repair", "usable", 0),
    ]
    assert await shop.books() == [("2026-03-01", 4, 0)]


async def test_a_refusal_is_recorded_and_never_asked_again(shop: Shop) -> None:
    """Before any output it costs nothing; the next process knows of it."""
    model = FakeModel("dear")
    model.say("a", raw("", 5, stop="refusal"))
    for process in (await shop.opened(model), await shop.opened(model)):
        with pytest.raises(PermanentError) as caught:
            await process.ask(question("a"))
        assert caught.value.failure_code == "model_refused"
    assert model.asked == ["a"]
    assert await shop.calls() == [("a", "refused", 0)]
    assert await shop.books() == [("2026-03-01", 0, 0)]


async def test_what_one_model_refuses_the_next_of_the_chain_answers(shop: Shop) -> None:
    """A refusal in mid-answer is billed; who answered is journaled with the answer."""
    first, second = FakeModel("dear"), FakeModel("other")
    first.say("a", raw("I would", 2, stop="refusal"))
    second.say("a", raw(one_topic("told"), 3))
    process = await shop.opened(first, second)
    assert await process.ask(question("a")) == [["told"]]
    assert await shop.calls() == [("a", "refused", 0), ("a", "usable", 0)]
    assert await shop.books() == [("2026-03-01", 5, 0)]


async def test_every_model_of_the_chain_is_looked_up_before_any_is_asked(shop: Shop) -> None:
    """An answer that a fallback gave serves, though the first model would take calls again."""
    first, second = FakeModel("dear"), FakeModel("other")
    first.say("a", CallFailedError(fault(FaultKind.REJECTED, "request_rejected")))
    second.say("a", raw(one_topic("told"), 3))
    await (await shop.opened(first, second)).ask(question("a"))
    assert (first.asked, second.asked) == (["a"], ["a"])
    assert await (await shop.opened(first, second)).ask(question("a")) == [["told"]]
    assert (first.asked, second.asked) == (["a"], ["a"])
    assert await shop.books() == [("2026-03-01", 3, 0)]


async def test_a_model_that_rests_is_waited_for_and_not_replaced(shop: Shop) -> None:
    """A fallback is for what a model never answers, so that a burst does not change the pages."""
    first, second = FakeModel("dear"), FakeModel("other")
    limited = fault(FaultKind.RATE_LIMITED, retry_after_s=90)
    first.say("a", CallFailedError(limited))
    process = await shop.opened(first, second)
    with pytest.raises(TransientError) as caught:
        await process.ask(question("a"))
    assert (caught.value.wait_reason, second.asked) == ("rate_limited", [])


async def test_a_truncated_answer_is_divided_and_merged(shop: Shop) -> None:
    """C23: although what came is valid, it is no answer; all three calls are paid once."""
    model = FakeModel("dear")
    model.say("a", raw('{"topics": []}', 10, stop="max_tokens"))
    model.say("a/1", raw(one_topic("first"), 1))
    model.say("a/2", raw(one_topic("second"), 1))
    for process in (await shop.opened(model), await shop.opened(model)):
        assert await process.ask(divided("a")) == [["first", "second"]]
    assert sorted(model.asked) == ["a", "a/1", "a/2"]
    assert sorted(await shop.calls()) == [
        ("a", "truncated", 0),
        ("a/1", "usable", 0),
        ("a/2", "usable", 0),
    ]
    assert await shop.books() == [("2026-03-01", 12, 0)]


async def test_an_answer_that_thinking_crowded_out_gets_more_room_before_it_is_divided(
    shop: Shop,
) -> None:
    """Once; what is truncated then too is divided."""
    model = FakeModel("dear")
    model.say("a", raw("", 10, stop="max_tokens", thinking=9))
    model.say("a:longer", raw("", 20, stop="max_tokens", thinking=19))
    model.say("a/1", raw(one_topic("first"), 1))
    for process in (await shop.opened(model), await shop.opened(model)):
        assert await process.ask(divided("a")) == [["first"]]
    assert model.asked[:2] == ["a", "a:longer"]
    assert sorted(model.asked[2:]) == ["a/1", "a/2"]
    assert [standing for _, standing, _ in await shop.calls()][:2] == ["truncated", "truncated"]


async def test_a_request_without_parts_gets_more_room_once_and_then_fails(shop: Shop) -> None:
    """It is told as too long, and nothing is asked a third time."""
    model = FakeModel("dear")
    model.say("a", raw("", 10, stop="max_tokens"))
    model.say("a:longer", raw("", 20, stop="max_tokens"))
    for process in (await shop.opened(model), await shop.opened(model)):
        with pytest.raises(PermanentError) as caught:
            await process.ask(question("a"))
        assert caught.value.failure_code == "answer_too_long"
    assert model.asked == ["a", "a:longer"]


async def test_a_prompt_that_is_too_long_is_divided_without_being_paid(shop: Shop) -> None:
    """The provider refused it; its parts are asked."""
    model = FakeModel("dear")
    model.say("a", CallFailedError(fault(FaultKind.TOO_LARGE, "prompt_too_long")))
    model.say("a/1", raw(one_topic("first"), 1))
    model.say("a/2", raw(one_topic("second"), 1))
    assert await (await shop.opened(model)).ask(divided("a")) == [["first", "second"]]
    assert await shop.books() == [("2026-03-01", 2, 0)]


async def test_an_answer_that_broke_off_without_a_reason_is_no_answer(shop: Shop) -> None:
    """A stream that ends early has no stop reason: what came of it is not believed."""
    model = FakeModel("dear")
    model.say("a", RawAnswer('{"topics": [', None, Usage(output_tokens=1), "served"))
    model.say("a:repair", raw("{", 1))
    with pytest.raises(ContractViolationError):
        await (await shop.opened(model)).ask(question("a"))
    assert (await shop.calls())[0] == ("a", "invalid", 0)


async def test_one_call_that_fails_loses_none_that_was_paid_beside_it(shop: Shop) -> None:
    """F8 and C15: what is taken up again asks only what has no answer yet."""
    model = FakeModel("dear")
    model.say("b", raw("no", 1), raw(one_topic("b"), 1))
    model.say("b:repair", raw("no", 1))
    wave = [question(label) for label in "abc"]
    with pytest.raises(ContractViolationError):
        await (await shop.opened(model)).ask(*wave)
    assert await (await shop.opened(model)).ask(*wave) == [[], ["b"], []]
    assert sorted(model.asked) == ["a", "b", "b", "b:repair", "c"]


async def test_a_number_that_comes_as_text_is_no_number(shop: Shop) -> None:
    """Nothing is coerced: it is told to the model, which gives it as a number."""
    model = FakeModel("dear")
    model.say("a", raw('{"topics": [{"first_cue": "1", "last_cue": 2, "title": "x"}]}', 1))
    model.say("a:repair", raw(one_topic("mended"), 1))
    assert await (await shop.opened(model)).ask(question("a")) == [["mended"]]
    assert await shop.calls() == [("a", "invalid", 0), ("a:repair", "usable", 0)]
