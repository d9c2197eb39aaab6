"""An answer as it leaves the model: cut to max_tokens, thinking first, with its stop reason."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.emulator.chance import digest, drawn
from tests.emulator.schemas import swapped_case
from tests.emulator.tokens import text_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.configuration import Output
    from tests.emulator.faults import FaultRule
    from tests.emulator.models import ModelCard
    from tests.emulator.responders import Said

REFUSAL_TEXT = "I can't help with that."


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent and billed; token counts are after the cut."""

    text: str
    visible_tokens: int
    thinking_tokens: int
    stop_reason: str
    tool: str | None = None
    stop_sequence: str | None = None
    refusal_category: str | None = None
    free: bool = False

    @property
    def output_tokens(self) -> int:
        """Return all output, thinking included."""
        return self.visible_tokens + self.thinking_tokens

    def blocks(self, call_id: str) -> list[dict[str, Any]]:
        """Return the content blocks."""
        blocks: list[dict[str, Any]] = []
        if self.thinking_tokens:
            signature = digest("signature", call_id)
            blocks.append({"type": "thinking", "thinking": "", "signature": signature})
        if self.tool is not None:
            given = json.loads(self.text) if self.stop_reason == "tool_use" else {}
            name = {"type": "tool_use", "id": f"toolu_{call_id}", "name": self.tool}
            blocks.append({**name, "input": given, "caller": {"type": "direct"}})
        elif self.text:
            blocks.append({"type": "text", "text": self.text, "citations": None})
        return blocks

    def stop_details(self) -> dict[str, object] | None:
        """Return what a refusal adds."""
        if self.stop_reason != "refusal":
            return None
        return {"type": "refusal", "category": self.refusal_category, "explanation": None}


def _thinking_tokens(body: Mapping[str, Any], card: ModelCard, output: Output, visible: int) -> int:
    mode = (body.get("thinking") or {}).get("type")
    if mode == "enabled":
        return min(int(body["thinking"]["budget_tokens"]), visible)
    effort = (body.get("output_config") or {}).get("effort") or card.default_effort
    if mode in {"disabled", "between_tools"} or effort is None:
        return 0
    return math.ceil(visible * output.thinking_factor[effort])


def _visible_tokens(said: Said, output: Output, seed: str) -> int:
    if said.output_tokens is not None:
        return said.output_tokens
    length = text_tokens(said.text)
    if output.median_tokens is None:
        return length
    wanted = drawn(seed, "length").lognormvariate(math.log(output.median_tokens), output.sigma)
    return max(length, round(wanted))


def _stopped(said: Said, body: Mapping[str, Any]) -> tuple[Said, str | None]:
    found = [(said.text.find(stop), stop) for stop in body.get("stop_sequences") or []]
    found = sorted((at, stop) for at, stop in found if at >= 0)
    if not found:
        return said, None
    return replace(said, text=said.text[: found[0][0]], stop_reason="stop_sequence"), found[0][1]


def answered(
    said: Said, body: Mapping[str, Any], card: ModelCard, output: Output, seed: str
) -> Answer:
    """Return the answer; when it is longer than max_tokens its text ends in the middle."""
    said, stop_sequence = _stopped(said, body)
    visible = _visible_tokens(said, output, seed)
    thinking = said.thinking_tokens
    if thinking is None:
        thinking = _thinking_tokens(body, card, output, visible)
    ceiling = int(body["max_tokens"])
    kept_thinking = min(thinking, ceiling)
    kept = min(visible, ceiling - kept_thinking)
    natural = "tool_use" if said.tool else "end_turn"
    if kept_thinking == thinking and kept == visible and ceiling > 0:
        stop_reason = said.stop_reason or natural
        return Answer(said.text, visible, thinking, stop_reason, said.tool, stop_sequence)
    text = said.text[: math.floor(len(said.text) * kept / max(visible, 1))]
    return Answer(text, kept, kept_thinking, "max_tokens", said.tool)


def spoiled(answer: Answer, fault: FaultRule, body: Mapping[str, Any]) -> Answer:
    """Return the answer as a fault of its content changes it, or unchanged."""
    if fault.kind in {"refusal", "schema_violation"}:
        text = REFUSAL_TEXT if fault.kind == "schema_violation" else ""
        return Answer(
            text, text_tokens(text), 0, "refusal", refusal_category=fault.category, free=not text
        )
    if fault.kind == "refusal_mid":
        share = fault.after_fraction
        return replace(
            answer,
            text=answer.text[: math.floor(len(answer.text) * share)],
            visible_tokens=math.ceil(answer.visible_tokens * share),
            stop_reason="refusal",
            refusal_category=fault.category,
        )
    if fault.kind == "unknown_stop_reason":
        return replace(answer, stop_reason="emulated_new_reason")
    wanted = (body.get("output_config") or {}).get("format")
    if fault.kind == "wrong_case_enum" and wanted and answer.stop_reason == "end_turn":
        data = swapped_case(wanted["schema"], json.loads(answer.text))
        return replace(answer, text=json.dumps(data, ensure_ascii=False))
    return answer
