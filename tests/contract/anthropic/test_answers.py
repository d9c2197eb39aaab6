"""What the emulator answers, in one piece and as a stream, and what the adapter makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from footnoted.errors import ConfigurationError
from footnoted.llm.anthropic_client import AnthropicClient, AnthropicModel
from footnoted.llm.key_check import Lifecycle, ModelStanding
from footnoted.llm.model_facts import EFFORTS, known_models
from footnoted.llm.port import CallOptions, Repair, Usage
from footnoted.llm.tasks import ClassifyAnswer, ExtractAnswer, SegmentAnswer, SynthesizeAnswer
from footnoted.prompting import RenderedPrompt
from tests.contract.anthropic.conftest import HAIKU, KEY, QUICK, STREAMED, Asking, question, says
from tests.emulator.models import MODELS

SONNET = "claude-sonnet-5-5"
BOTH = pytest.mark.parametrize("options", [QUICK, STREAMED], ids=["json", "stream"])
LONG_SYSTEM = RenderedPrompt("You read transcripts. " * 200, "Cue 1: knead the dough.", "0" * 64)
CACHING = CallOptions(timeout_s=10, caches_system=True)
without = pytest.mark.parametrize("lacks", [frozenset({"structured_output"})])


@BOTH
async def test_an_answer_comes_with_all_that_is_billed(
    asking: Asking, options: CallOptions
) -> None:
    """Text, stop reason, tokens, model, request id, limits, and the body as it came."""
    answer = await asking.answer(options)
    row = asking.emulator.rows()[0]["tokens"]
    assert ExtractAnswer.model_validate_json(answer.text).moments
    assert (answer.stop_reason, answer.model) == ("end_turn", HAIKU)
    assert answer.usage == Usage(input_tokens=row["input"], output_tokens=row["output"])
    assert answer.provider_request_id
    assert answer.allowances
    assert answer.allowances.input_tokens
    assert answer.allowances.input_tokens.full_at
    assert answer.body
    assert '"end_turn"' in answer.body.replace('": "', '":"').replace(" ", "")


async def test_the_body_of_a_stream_is_all_its_events(asking: Asking) -> None:
    """Whoever reads it later finds every event, in order."""
    answer = await asking.answer(STREAMED)
    lines = (answer.body or "").splitlines()
    kinds = [json.loads(line[6:])["type"] for line in lines if line.startswith("data: ")]
    assert (kinds[0], kinds[-2:]) == ("message_start", ["message_delta", "message_stop"])


async def test_the_first_byte_is_told_once(asking: Asking) -> None:
    """Which takes a stream; an answer too long for one piece is one by itself."""
    told: list[str] = []
    await asking.answer(CallOptions(timeout_s=10, on_first_byte=lambda: told.append("first")))
    assert told == ["first"]
    long = await asking.answer(max_tokens_out=21_334)
    assert (long.body or "").startswith("event: message_start")
    short = await asking.answer(max_tokens_out=21_333)
    assert (short.body or "").startswith("{")


@BOTH
async def test_a_truncated_answer_is_an_answer(asking: Asking, options: CallOptions) -> None:
    """Who asked decides what becomes of it."""
    asking.emulator.configure(answers=says("word " * 200))
    answer = await asking.answer(options, max_tokens_out=50)
    assert (answer.stop_reason, answer.usage.output_tokens) == ("max_tokens", 50)


@BOTH
@pytest.mark.parametrize(("kind", "text"), [("refusal", ""), ("refusal_mid", "w" * 160)])
async def test_a_refusal_is_an_answer(
    asking: Asking, options: CallOptions, kind: str, text: str
) -> None:
    """With the tokens that it shows, and what was said by then."""
    asking.emulator.configure(answers=says("w" * 320))
    asking.emulator.break_with({"kind": kind, "category": "bio"})
    answer = await asking.answer(options)
    assert (answer.stop_reason, answer.text) == ("refusal", text)
    assert answer.usage.input_tokens > 0
    assert '"bio"' in (answer.body or "")


@BOTH
@pytest.mark.parametrize(
    ("kind", "stop_reason"),
    [
        ("schema_violation", "refusal"),
        ("extra_fields", "end_turn"),
        ("wrong_case_enum", "end_turn"),
        ("duplicate", "end_turn"),
    ],
)
async def test_an_odd_answer_is_one(
    asking: Asking, options: CallOptions, kind: str, stop_reason: str
) -> None:
    """What is in it is not believed here."""
    asking.emulator.break_with({"kind": kind})
    assert (await asking.answer(options)).stop_reason == stop_reason


@BOTH
async def test_a_stop_reason_of_tomorrow_loses_no_answer(
    asking: Asking, options: CallOptions
) -> None:
    """It comes as it is; the SDK's own types would refuse it."""
    asking.emulator.break_with({"kind": "unknown_stop_reason"})
    answer = await asking.answer(options)
    assert answer.stop_reason not in {None, "end_turn"}
    assert answer.usage.output_tokens > 0


@BOTH
async def test_thoughts_come_first_and_are_counted(asking: Asking, options: CallOptions) -> None:
    """The text is chosen by its type; thinking is part of the output."""
    asking.emulator.configure(answers=says("said", thinking_tokens=30, output_tokens=5))
    answer = await asking.model(effort="medium").answer(question(), options)
    assert '"thinking"' in (answer.body or "")
    assert answer.text == "said"
    assert (answer.usage.thinking_tokens, answer.usage.output_tokens) == (30, 35)


@pytest.mark.parametrize("model", sorted(MODELS))
@pytest.mark.parametrize("effort", [None, *EFFORTS])
async def test_every_model_takes_what_it_is_asked(
    asking: Asking, model: str, effort: str | None
) -> None:
    """No model refuses its thinking or its effort, and at low effort none thinks."""
    answer = await asking.model(model, effort=effort).answer(question(), QUICK)
    assert answer.stop_reason == "end_turn"
    assert effort != "low" or answer.usage.thinking_tokens == 0


def test_every_model_of_the_emulator_is_known() -> None:
    """So the test above is about facts, not guesses."""
    assert set(MODELS) - set(known_models()) == set()


async def test_the_system_prompt_is_cached_when_asked(asking: Asking) -> None:
    """Written for five minutes, read by the second call, and not marked unasked."""
    first = await asking.answer(CACHING, prompt=LONG_SYSTEM)
    second = await asking.answer(CACHING, prompt=LONG_SYSTEM)
    unmarked = await asking.answer(prompt=LONG_SYSTEM)
    written = first.usage.cache_creation_5m_tokens
    assert written > 512
    assert first.usage.cache_creation_1h_tokens == 0
    assert second.usage.cache_read_tokens == written
    assert first.usage.prompt_tokens == second.usage.prompt_tokens == unmarked.usage.input_tokens


@pytest.mark.parametrize("answer", [SegmentAnswer, ExtractAnswer, ClassifyAnswer, SynthesizeAnswer])
async def test_every_schema_is_within_the_limits(asking: Asking, answer: Any) -> None:
    """The emulator refuses what structured output can't do; its least answer is valid."""
    given = await asking.answer(answer=answer)
    assert answer.model_validate_json(given.text)


async def test_a_repair_shows_the_bad_answer_and_what_is_wrong(asking: Asking) -> None:
    """Question, bad answer, complaint; a blank answer can't be shown, its complaint can."""
    plain = await asking.model().count_input(question())
    repaired = question(repair=Repair('{"moments": 3}', "moments must be a list"))
    blank = question(repair=Repair(" ", "moments must be a list"))
    answers = [await asking.model().answer(one, QUICK) for one in (repaired, blank)]
    assert [answer.stop_reason for answer in answers] == ["end_turn", "end_turn"]
    assert plain
    assert answers[0].usage.input_tokens > answers[1].usage.input_tokens > plain * 0.98


async def test_a_prompt_is_counted_for_free(asking: Asking) -> None:
    """To within the counter's error, and no call stands in the books for it."""
    counted = await asking.model().count_input(question())
    assert asking.emulator.rows() == []
    answer = await asking.answer()
    assert counted == pytest.approx(answer.usage.prompt_tokens, rel=0.02)


async def test_a_counter_that_fails_says_nothing(asking: Asking) -> None:
    """The caller goes by its own bound then."""
    asking.emulator.break_with({"kind": "status", "match": {"endpoint": "count_tokens"}})
    assert await asking.model().count_input(question()) is None


@pytest.mark.parametrize("lacks", [frozenset({"count_tokens", "prompt_cache", "effort"})])
async def test_what_a_server_lacks_is_not_asked_of_it(asking: Asking) -> None:
    """No counting, no breakpoint, no effort."""
    assert await asking.model().count_input(question()) is None
    answer = await asking.answer(CACHING, prompt=LONG_SYSTEM)
    assert answer.usage.cache_creation_5m_tokens == 0
    assert asking.model().parameters["effort"] == "default"


@without
@pytest.mark.parametrize(
    "text", ['{"moments": []}', '```json\n{"moments": []}\n```', 'Here it is: {"moments": []}']
)
async def test_without_structured_output_json_is_asked_for_in_words(
    asking: Asking, text: str
) -> None:
    """The schema stands in the prompt, and a fence or prose around the answer goes."""
    match = {"system_contains": "additionalProperties", "prompt_contains": "JSON object"}
    asking.emulator.configure(answers=[{"match": match, "answers": [{"text": text}]}])
    answer = await asking.answer()
    assert answer.text == '{"moments": []}'
    assert json.loads(answer.body or "")["content"][0]["text"] == text


@without
async def test_json_in_words_needs_its_prompt(asking: Asking) -> None:
    """It is a file like every prompt, and a version of it changes answers."""
    told = asking.model().parameters
    assert (told["format"], told["schema_prompt"]) == ("prompt", asking.schema_prompt.sha256)
    with pytest.raises(ConfigurationError, match="shared/schema"):
        asking.model(schema_prompt=None)


async def test_a_good_key_is_told_with_its_models(asking: Asking) -> None:
    """And a model that nobody serves; nothing of it costs anything."""
    found = await asking.client.check([HAIKU, "claude-of-tomorrow"])
    assert found.fault is None
    assert found.models == (
        ModelStanding(HAIKU, Lifecycle.ACTIVE),
        ModelStanding("claude-of-tomorrow", Lifecycle.UNKNOWN),
    )
    assert (await asking.client.check([])).fault is None
    assert asking.emulator.rows() == []


async def test_a_wrong_key_is_told_and_never_shown(asking: Asking) -> None:
    """With what it means for every call."""
    asking.emulator.configure(api_keys=["another"])
    for models in ([], [HAIKU]):
        fault = (await asking.client.check(models)).fault
        assert fault
        assert (fault.kind, fault.code) == ("stopped", "key_refused")
        assert KEY not in fault.message


async def test_a_server_of_ones_own_is_part_of_how_a_model_answers(asking: Asking) -> None:
    """The same name on another server is another model."""
    assert asking.model(effort="low").parameters == {
        "effort": "low",
        "thinking": "disabled",
        "format": "schema",
        "base_url": asking.emulator.base_url,
    }
    own = AnthropicModel(AnthropicClient(KEY), SONNET, effort="high")
    assert own.parameters == {"effort": "high", "thinking": "adaptive", "format": "schema"}
    assert (own.name, own.is_free) == (SONNET, False)
