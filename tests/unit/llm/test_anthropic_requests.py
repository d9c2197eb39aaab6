"""What goes over the wire: the whole body of a request, in each manner of asking."""

from __future__ import annotations

from typing import Any

import pytest

from footnoted.errors import ConfigurationError
from footnoted.llm.anthropic_client import AnthropicClient, AnthropicModel
from footnoted.llm.anthropic_requests import Manner, schema_of
from footnoted.llm.lacks import parse_lacks
from footnoted.llm.model_facts import facts_of, known_models
from footnoted.llm.port import ModelRequest, Repair
from footnoted.llm.tasks import (
    ClassifyAnswer,
    ExtractAnswer,
    ExtractTask,
    SegmentAnswer,
    SynthesizeAnswer,
)
from footnoted.prompting import RenderedPrompt, parse_prompt

HAIKU = facts_of("claude-haiku-5-5")
SCHEMA_PROMPT = parse_prompt("schema", "As the schema says: {{schema}}\n=== user ===\nJSON only.")


def question(system: str = "Rules.", repair: Repair | None = None) -> ModelRequest[Any]:
    """Return a small request."""
    task = ExtractTask(language="en", topic="bread", cues=(), content_types=())
    prompt = RenderedPrompt(system, "Cues.", "0" * 64)
    return ModelRequest("topic-1", task, ExtractAnswer, prompt, 200_000, repair=repair)


def test_a_request_says_only_what_it_must() -> None:
    """Model, prompt, schema, effort and thinking."""
    body = Manner(HAIKU, "low", "disabled", None).body(question())
    assert body == {
        "model": "claude-haiku-5-5",
        "messages": [{"role": "user", "content": "Cues."}],
        "system": [{"type": "text", "text": "Rules."}],
        "output_config": {
            "effort": "low",
            "format": {"type": "json_schema", "schema": schema_of(ExtractAnswer)},
        },
        "thinking": {"type": "disabled"},
    }


def test_a_local_model_is_told_nothing_it_may_not_know() -> None:
    """No effort, no thinking, no format; the schema stands in the prompt."""
    body = Manner(facts_of("qwen3:8b"), None, None, SCHEMA_PROMPT).body(question(""))
    assert body.keys() == {"model", "messages", "system"}
    assert '"additionalProperties":false' in body["system"][0]["text"]
    assert body["messages"] == [{"role": "user", "content": "Cues.\n\nJSON only."}]


def test_the_breakpoint_stands_at_the_end_of_the_system_prompt() -> None:
    """For five minutes."""
    body = Manner(HAIKU, None, None, None).body(question(), caches_system=True)
    assert body["system"][-1]["cache_control"] == {"type": "ephemeral", "ttl": "5m"}
    assert "system" not in Manner(HAIKU, None, None, None).body(question(""), caches_system=True)


def test_a_repair_is_a_conversation() -> None:
    """What was asked, what was answered badly, what is wrong; the API refuses a blank turn."""
    manner = Manner(HAIKU, None, None, None)
    asked = {"role": "user", "content": "Cues."}
    assert manner.body(question(repair=Repair("{", "not JSON")))["messages"] == [
        asked,
        {"role": "assistant", "content": "{"},
        {"role": "user", "content": "not JSON"},
    ]
    blank = manner.body(question(repair=Repair(" \n", "not JSON")))["messages"]
    assert blank == [{"role": "user", "content": "Cues.\n\nnot JSON"}]


def test_no_known_model_is_asked_for_more_than_it_can_give() -> None:
    """Of an unknown one nobody knows."""
    assert Manner(HAIKU, None, None, None).max_tokens(question()) == 128_000
    assert Manner(facts_of("local"), None, None, None).max_tokens(question()) == 200_000


@pytest.mark.parametrize("answer", [SegmentAnswer, ExtractAnswer, ClassifyAnswer, SynthesizeAnswer])
def test_a_schema_is_lean_and_keeps_every_property(answer: Any) -> None:
    """No title and no default is paid for; a property called title stays."""
    schema, plain = schema_of(answer), answer.model_json_schema()
    for name, one in plain.get("$defs", {}).items():
        kept = schema["$defs"][name]
        assert list(kept["properties"]) == list(one["properties"])
        assert kept["additionalProperties"] is False
        for part in (kept, *kept["properties"].values()):
            assert not {"title", "default"} & part.keys()
            assert "default" not in str(part.get("description"))


@pytest.mark.parametrize(
    ("model", "thinking_low", "thinking_high"),
    [
        ("claude-haiku-5-5", "disabled", "adaptive"),
        ("claude-sonnet-5-5", "between_tools", "adaptive"),
        ("claude-opus-5-5", "adaptive", "adaptive"),
        ("claude-opus-4-7", "disabled", "adaptive"),
        ("claude-haiku-4-5-20251001", "disabled", None),
        ("qwen3:8b", None, None),
    ],
)
def test_low_effort_means_as_little_thinking_as_the_model_allows(
    model: str, thinking_low: str | None, thinking_high: str | None
) -> None:
    """And any other effort the model's own measure; without one nothing is said."""
    facts = facts_of(model)
    found = [facts.thinking_for(effort) for effort in ("low", "high", None)]
    assert found == [thinking_low, thinking_high, None]


def test_facts_are_of_the_model_and_its_snapshots() -> None:
    """An unknown one is small, caches nothing, and shares its limits with nobody."""
    snapshot, model = facts_of("claude-haiku-4-5-20251001"), facts_of("claude-haiku-4-5")
    assert (snapshot.name, snapshot.is_known) == ("claude-haiku-4-5-20251001", True)
    assert (snapshot.rate_class, snapshot.min_cacheable_tokens) == ("haiku-4-5", 4_096)
    assert snapshot.max_output_tokens == model.max_output_tokens
    unknown = facts_of("claude-of-tomorrow")
    assert (unknown.is_known, unknown.rate_class) == (False, "claude-of-tomorrow")
    assert (unknown.min_cacheable_tokens, unknown.efforts, unknown.thinking) == (None, (), ())
    assert "claude-sonnet-5-5" in known_models()


def test_what_a_server_lacks_is_a_list_of_known_words() -> None:
    """A word that means nothing is refused by name."""
    assert parse_lacks(" effort ,structured_output,, ") == {"effort", "structured_output"}
    assert parse_lacks("") == frozenset()
    with pytest.raises(ConfigurationError, match=r"FOOTNOTED_ANTHROPIC_LACKS: 'streams' is"):
        parse_lacks("effort,streams")


@pytest.mark.parametrize("key", ["", "two words", "line\n", "schlüssel"])
def test_a_key_that_no_header_carries_is_refused_unseen(key: str) -> None:
    """In one sentence, before anything is sent."""
    with pytest.raises(ConfigurationError, match="FOOTNOTED_ANTHROPIC_API_KEY") as refused:
        AnthropicClient(key)
    assert not key or key not in refused.value.message


def test_an_address_that_ends_in_v1_is_refused() -> None:
    """The SDK would ask /v1/v1/messages, which a server answers with a puzzling 404."""
    with pytest.raises(ConfigurationError, match="FOOTNOTED_ANTHROPIC_BASE_URL"):
        AnthropicClient("key", "http://127.0.0.1:8000/v1/")


def test_an_effort_that_is_none_is_refused() -> None:
    """And the hash tells keys apart without showing them."""
    client = AnthropicClient("key")
    assert client.key_sha256 != AnthropicClient("other").key_sha256
    with pytest.raises(ConfigurationError, match="'little' is no effort"):
        AnthropicModel(client, "claude-haiku-5-5", effort="little")
