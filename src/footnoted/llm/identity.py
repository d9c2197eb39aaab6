"""What makes two requests the same: a hash of everything that an answer depends on."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.llm.port import Model, ModelRequest


def request_sha256(model: Model, request: ModelRequest[BaseModel]) -> str:
    """Return the identity of a request to a model.

    That is: the model and its parameters, the rendered prompt, a bad answer that is to be repaired,
    the answer's schema, and its greatest length. The extractive model reads the task instead.
    """
    repair = request.repair
    parts = {
        "model": model.name,
        "parameters": dict(model.parameters),
        "max_tokens_out": request.max_tokens_out,
        "system": request.prompt.system,
        "user": request.prompt.user,
        "prompt": request.prompt.sha256,
        "repair": [repair.bad_answer, repair.complaint] if repair else None,
        "schema": schema_sha256(request.answer),
        "task": request.task.model_dump(mode="json") if model.name == "extractive" else None,
    }
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@cache
def schema_sha256(answer: type[BaseModel]) -> str:
    """Return the hash of the JSON Schema of an answer."""
    return hashlib.sha256(schema_text(answer).encode()).hexdigest()


@cache
def schema_text(answer: type[BaseModel]) -> str:
    """Return the JSON Schema of an answer as text; equal types give equal bytes."""
    return json.dumps(answer.model_json_schema(), sort_keys=True)


def prompt_bytes(request: ModelRequest[BaseModel]) -> int:
    """Return the UTF-8 bytes of everything the prompt of a request is made of."""
    texts = [request.prompt.system, request.prompt.user, schema_text(request.answer)]
    if request.repair is not None:
        texts += [request.repair.bad_answer, request.repair.complaint]
    return sum(len(text.encode()) for text in texts)
