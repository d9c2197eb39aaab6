"""A request as the Messages API takes it: prompt, schema, effort, thinking and cache breakpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import anthropic
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.llm.model_facts import ModelFacts
    from footnoted.llm.port import ModelRequest
    from footnoted.prompting import Prompt

LONGEST_UNSTREAMED = 21_333
"""Output tokens above which the SDK wants a stream: at 128,000 an hour, more than ten minutes."""

_JSON_LIST = TypeAdapter(list[Any])
_JSON_OBJECT = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is asked, whatever the question.

    `effort` and `thinking` are None where a request does not name them. `schema_prompt` is what
    asks for JSON in words, for a server without structured output.
    """

    facts: ModelFacts
    effort: str | None
    thinking: str | None
    schema_prompt: Prompt | None

    def max_tokens(self, request: ModelRequest[BaseModel]) -> int:
        """Return the ceiling of the output: no model is asked for more than it can give."""
        if not self.facts.is_known:
            return request.max_tokens_out
        return min(request.max_tokens_out, self.facts.max_output_tokens)

    def body(
        self, request: ModelRequest[BaseModel], *, caches_system: bool = False
    ) -> dict[str, Any]:
        """Return all arguments that count as input; `max_tokens` and `stream` are not among them.

        The bytes of the prompt are the same for equal requests, so that a cache can know them.
        """
        system, user = self._prompt(request)
        config = self._output_config(request.answer)
        body: dict[str, Any] = {"model": self.facts.name, "messages": _messages(request, user)}
        if system:
            body["system"] = [_system_block(system, caches=caches_system)]
        if config:
            body["output_config"] = config
        if self.thinking is not None:
            body["thinking"] = {"type": self.thinking}
        return body

    def _prompt(self, request: ModelRequest[BaseModel]) -> tuple[str, str]:
        system, user = request.prompt.system, request.prompt.user
        if self.schema_prompt is None:
            return system, user
        asked = self.schema_prompt.render({}, {"schema": schema_text(request.answer)})
        return f"{system}\n\n{asked.system}".strip(), f"{user}\n\n{asked.user}"

    def _output_config(self, answer: type[BaseModel]) -> dict[str, Any]:
        config: dict[str, Any] = {}
        if self.effort is not None:
            config["effort"] = self.effort
        if self.schema_prompt is None:
            config["format"] = {"type": "json_schema", "schema": schema_of(answer)}
        return config


@cache
def schema_text(answer: type[BaseModel]) -> str:
    """Return the JSON Schema of an answer as one line of JSON."""
    return json.dumps(schema_of(answer), ensure_ascii=False, separators=(",", ":"))


def schema_of(answer: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of an answer within the limits of structured output.

    Objects are closed; what those limits forbid, such as bounds, stands in descriptions instead.
    Titles and defaults, which say nothing to a model and are paid for in every call, are left out.
    """
    return anthropic.transform_schema(_lean(answer.model_json_schema()))


def _lean(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without titles and defaults; properties may be called that."""
    return {
        key: {name: _lean(one) for name, one in value.items()}
        if key in ("properties", "$defs")
        else _lean_value(value)
        for key, value in schema.items()
        if key not in ("title", "default")
    }


def _lean_value(value: Any) -> Any:  # noqa: ANN401 - a schema is JSON of any shape
    if isinstance(value, list):
        return [_lean_value(one) for one in _JSON_LIST.validate_python(value)]
    return _lean(_JSON_OBJECT.validate_python(value)) if isinstance(value, dict) else value


def _messages(request: ModelRequest[BaseModel], user: str) -> list[dict[str, str]]:
    asked = {"role": "user", "content": user}
    if request.repair is None:
        return [asked]
    if not request.repair.bad_answer.strip():  # which the API refuses to be shown
        return [{"role": "user", "content": f"{user}\n\n{request.repair.complaint}"}]
    return [
        asked,
        {"role": "assistant", "content": request.repair.bad_answer},
        {"role": "user", "content": request.repair.complaint},
    ]


def _system_block(text: str, *, caches: bool) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": text}
    if caches:
        block["cache_control"] = {"type": "ephemeral", "ttl": "5m"}
    return block
