"""What the API answers 400 to: every rule is a function that raises or returns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator.errors import invalid
from tests.emulator.layout import TTL_S, blocks_of, layout_of, ttl_of
from tests.emulator.models import EFFORTS, ModelCard, model_card
from tests.emulator.schemas import check_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

CURRENT_VERSION = "2026-10-21"
VERSIONS = frozenset({"2023-06-01", CURRENT_VERSION})
SAMPLING = ("temperature", "top_p", "top_k")
COUNT_FIELDS = frozenset(
    {"messages", "model", "cache_control", "output_config", "speed", "system"}
    | {"thinking", "tool_choice", "tools"}
)
FIELDS = COUNT_FIELDS | {
    *("container", "diagnostics", "inference_geo", "max_tokens", "metadata", "service_tier"),
    *("stop_sequences", "stream", *SAMPLING),
}
MAX_BREAKPOINTS = 4
MAX_STRICT_TOOLS = 20


def check_message(body: dict[str, Any], version: str, *, strict: bool) -> ModelCard:
    """Return the card of the model of a valid request. Raises RefusedError (400, 404)."""
    _check_fields(body, FIELDS, version, strict=strict)
    card = model_card(body["model"])
    _check_max_tokens(body, card)
    _check_prompt(body, card)
    return card


def check_count(body: dict[str, Any], version: str, *, strict: bool) -> ModelCard:
    """Return the card of the model of a valid count request. Raises RefusedError (400, 404)."""
    _check_fields(body, COUNT_FIELDS, version, strict=strict)
    card = model_card(body["model"])
    _check_prompt(body, card)
    return card


def _check_fields(
    body: dict[str, Any], known: frozenset[str], version: str, *, strict: bool
) -> None:
    for name in SAMPLING:
        if name in body and version == CURRENT_VERSION:
            message = f"{name}: not supported with anthropic-version {version}"
            raise invalid(message)
    unknown = sorted(body.keys() - known)
    if strict and unknown:
        message = f"{unknown[0]}: Extra inputs are not permitted"
        raise invalid(message)
    for name in ("model", "messages"):
        if name not in body:
            message = f"{name}: Field required"
            raise invalid(message)


def _check_max_tokens(body: dict[str, Any], card: ModelCard) -> None:
    if "max_tokens" not in body:
        message = "max_tokens: Field required"
        raise invalid(message)
    wanted = body["max_tokens"]
    if not isinstance(wanted, int) or wanted < 0:
        message = "max_tokens: must be greater than or equal to 0"
        raise invalid(message)
    if wanted > card.max_output:
        message = f"max_tokens: {wanted} > {card.max_output}, the maximum for {card.id}"
        raise invalid(message)
    if wanted == 0 and (body.get("stream") or _format(body) or _forced(body)):
        message = "max_tokens: 0 cannot be used with stream, a format or a forced tool"
        raise invalid(message)


def _check_prompt(body: dict[str, Any], card: ModelCard) -> None:
    _check_messages(body, card)
    _check_breakpoints(body)
    _check_thinking(body, card)
    _check_output(body, card)
    _check_tools(body, card)
    tokens = layout_of(body).tokens
    if tokens > card.window:
        message = f"prompt is too long: {tokens} tokens > {card.window} maximum"
        raise invalid(message)


def _check_messages(body: dict[str, Any], card: ModelCard) -> None:
    messages = body["messages"]
    if not isinstance(messages, list) or not messages:
        message = "messages: at least one message is required"
        raise invalid(message)
    for index, message in enumerate(messages):
        where = f"messages.{index}"
        if not isinstance(message, dict) or message.get("role") not in {"user", "assistant"}:
            text = f"{where}.role: must be 'user' or 'assistant'"
            raise invalid(text)
        if not isinstance(message.get("content"), str | list) or not message["content"]:
            text = f"{where}.content: content must be non-empty"
            raise invalid(text)
        for block in blocks_of(message["content"]):
            _check_block(block, message["role"], where)
    if messages[-1]["role"] == "assistant" and not card.prefill:
        text = "This model does not support assistant message prefill."
        raise invalid(text)


def _check_block(block: Any, role: str, where: str) -> None:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        text = f"{where}.content: blocks need a type"
        raise invalid(text)
    if block["type"] == "text" and not isinstance(block.get("text"), str):
        text = f"{where}.content.text: Field required"
        raise invalid(text)
    if role == "assistant" and block["type"] == "document":
        text = f"{where}: document blocks are not permitted in assistant messages"
        raise invalid(text)
    if role == "user" and block["type"] == "text" and block.get("citations"):
        text = f"{where}: citations are not permitted on text blocks in user messages"
        raise invalid(text)


def _marked(body: dict[str, Any]) -> Iterator[str]:
    """Yield the TTL of every breakpoint in the order of the prompt."""
    blocks = [*(body.get("tools") or []), *blocks_of(body.get("system"))]
    for message in body["messages"]:
        blocks += blocks_of(message["content"])
    for block in [*blocks, body]:
        ttl = ttl_of(block)
        if ttl is not None:
            yield ttl


def _check_breakpoints(body: dict[str, Any]) -> None:
    ttls = list(_marked(body))
    unknown = [ttl for ttl in ttls if ttl not in TTL_S]
    if unknown:
        message = f"cache_control.ttl: {unknown[0]!r} is not '5m' or '1h'"
        raise invalid(message)
    if len(ttls) > MAX_BREAKPOINTS:
        message = f"A maximum of 4 blocks with cache_control may be provided. Found {len(ttls)}."
        raise invalid(message)
    if "1h" in ttls and "5m" in ttls[: len(ttls) - 1 - ttls[::-1].index("1h")]:
        message = "a ttl='1h' cache_control block must not come after a ttl='5m' block"
        raise invalid(message)


def _check_thinking(body: dict[str, Any], card: ModelCard) -> None:
    thinking = body.get("thinking")
    if thinking is None:
        return
    mode = thinking.get("type") if isinstance(thinking, dict) else None
    if mode not in card.thinking:
        message = f"thinking.type: {mode!r} is not supported by {card.id}"
        raise invalid(message)
    if mode == "enabled" and not 0 < thinking.get("budget_tokens", 0) < body.get("max_tokens", 1):
        message = "thinking.budget_tokens: must be positive and less than max_tokens"
        raise invalid(message)


def _format(body: dict[str, Any]) -> dict[str, Any] | None:
    return (body.get("output_config") or {}).get("format")


def _check_output(body: dict[str, Any], card: ModelCard) -> None:
    config = body.get("output_config") or {}
    effort = config.get("effort")
    if effort is not None and (effort not in EFFORTS or card.default_effort is None):
        message = f"output_config.effort: {effort!r} is not supported by {card.id}"
        raise invalid(message)
    wanted = _format(body)
    if wanted is None:
        return
    if wanted.get("type") != "json_schema" or not isinstance(wanted.get("schema"), dict):
        message = "output_config.format: must be a json_schema with a schema"
        raise invalid(message)
    check_schema(wanted["schema"])
    cites = any(
        isinstance(block, dict) and (block.get("citations") or {}).get("enabled")
        for message in body["messages"]
        for block in blocks_of(message["content"])
    )
    if cites:
        message = "citations cannot be used with output_config.format"
        raise invalid(message)


def _forced(body: dict[str, Any]) -> bool:
    return (body.get("tool_choice") or {}).get("type") in {"any", "tool"}


def _check_tools(body: dict[str, Any], card: ModelCard) -> None:
    tools = body.get("tools") or []
    if _forced(body) and not card.forced_tool:
        message = f"tool_choice: forcing a tool is not supported by {card.id}"
        raise invalid(message)
    if _forced(body) and not tools:
        message = "tool_choice: needs tools"
        raise invalid(message)
    if sum(1 for tool in tools if tool.get("strict")) > MAX_STRICT_TOOLS:
        message = "tools: at most 20 strict tools"
        raise invalid(message)
