"""The models the emulator serves, with what each accepts.

Ids are the literals of the SDK's `types/model.py`; cache minimums and thinking modes are the
provider's pages as noted in the README. Windows and output limits of unlisted pages are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.emulator.errors import not_found

THINKING_MODES = ("adaptive", "between_tools", "disabled", "enabled")
EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model; sizes are in tokens, `pool` names the rate limits it shares."""

    id: str
    line: str
    pool: str
    window: int
    max_output: int
    min_cacheable: int
    thinking: tuple[str, ...]
    default_effort: str | None
    prefill: bool = False
    forced_tool: bool = True
    lifecycle: str = "active"


BIG = (1_000_000, 128_000)
OLD = (200_000, 64_000)
ALWAYS = ("adaptive", "between_tools")
OPTIONAL = ("adaptive", "between_tools", "disabled")
MODERN = ("adaptive", "disabled")
CLASSIC = ("disabled", "enabled")

CARDS = (
    ModelCard("claude-haiku-5-5", "haiku", "haiku-5-5", *BIG, 512, OPTIONAL, "medium"),
    ModelCard(
        "claude-sonnet-5-5", "sonnet", "sonnet-5-5", *BIG, 512, ALWAYS, "high", forced_tool=False
    ),
    ModelCard("claude-opus-5-5", "opus", "opus-5-5", *BIG, 512, ALWAYS, "high"),
    ModelCard("claude-fable-5-2", "fable", "fable-5", *BIG, 512, ALWAYS, "high"),
    ModelCard("claude-fable-5-1", "fable", "fable-5", *BIG, 512, ALWAYS, "high"),
    ModelCard("claude-opus-5", "opus", "opus-5", *BIG, 512, MODERN, "high"),
    ModelCard("claude-sonnet-5", "sonnet", "sonnet-5", *BIG, 1_024, MODERN, "high"),
    ModelCard("claude-opus-4-8", "opus", "opus-4", *BIG, 1_024, MODERN, "high"),
    ModelCard("claude-opus-4-7", "opus", "opus-4", *BIG, 2_048, MODERN, "high"),
    ModelCard("claude-sonnet-4-6", "sonnet", "sonnet-4", *BIG, 1_024, CLASSIC, None),
    ModelCard("claude-haiku-4-5", "haiku", "haiku-4-5", *OLD, 4_096, CLASSIC, None, prefill=True),
)
MODELS = {card.id: card for card in CARDS}


def model_card(model_id: object) -> ModelCard:
    """Return a model's card. Raises RefusedError (404) for a model that is not served."""
    card = MODELS.get(model_id) if isinstance(model_id, str) else None
    if card is None:
        message = f"model: {model_id}"
        raise not_found(message)
    return card


def _supported(*, yes: bool) -> dict[str, bool]:
    return {"supported": yes}


def _capabilities(card: ModelCard) -> dict[str, object]:
    effort = {name: _supported(yes=card.default_effort is not None) for name in EFFORTS}
    thinking = {mode: _supported(yes=mode in card.thinking) for mode in THINKING_MODES}
    yes, no = _supported(yes=True), _supported(yes=False)
    return {
        "batch": yes,
        "citations": no,
        "code_execution": no,
        "context_management": no,
        "effort": {**effort, "supported": card.default_effort is not None},
        "image_input": no,
        "pdf_input": no,
        "server_tools": {"supported": False, "code_execution": no, "web_search": no},
        "structured_outputs": yes,
        "thinking": {"supported": True, "types": thinking},
    }


def model_info(card: ModelCard) -> dict[str, object]:
    """Return the card as GET /v1/models answers it."""
    return {
        "type": "model",
        "id": card.id,
        "display_name": card.id.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "capabilities": _capabilities(card),
        "deprecated_at": None,
        "lifecycle": card.lifecycle,
        "line": card.line,
        "max_input_tokens": card.window,
        "max_tokens": card.max_output,
        "retires_at": None,
    }
