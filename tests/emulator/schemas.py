"""JSON schemas of structured output: their limits, and the least data that satisfies one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OPTIONAL = 24
MAX_UNIONS = 16
UNSUPPORTED = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    | {"minLength", "maxLength", "maxItems", "uniqueItems"}
)
STRINGS = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T00:00:00Z",
    "time": "00:00:00Z",
    "email": "a@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
SIMPLE: dict[str, Any] = {"integer": 0, "number": 0, "boolean": False, "null": None}


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    node: Any = root
    for step in filter(None, str(reference).removeprefix("#").split("/")):
        node = node.get(step) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        message = f"output_config.format.schema: unresolvable $ref {reference}"
        raise invalid(message)
    return node


def _children(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (schema.get("properties") or {}).values()
    yield from schema.get("anyOf") or []
    yield from schema.get("allOf") or []
    if isinstance(schema.get("items"), dict):
        yield schema["items"]


def _walk(
    schema: dict[str, Any], root: dict[str, Any], above: tuple[int, ...] = ()
) -> Iterator[dict[str, Any]]:
    """Yield every schema with its children. Raises RefusedError (400) for recursion."""
    schema = _resolved(schema, root)
    if id(schema) in above:
        message = "output_config.format.schema: recursive schemas are not supported"
        raise invalid(message)
    yield schema
    for child in _children(schema):
        yield from _walk(child, root, (*above, id(schema)))


def check_schema(schema: dict[str, Any]) -> None:
    """Raise RefusedError (400) when a schema is beyond the documented limits."""
    optional = unions = 0
    for node in _walk(schema, schema):
        where = "output_config.format.schema"
        if node.get("type") == "object" and node.get("additionalProperties") is not False:
            message = f"{where}: for 'object' type, 'additionalProperties' must be false"
            raise invalid(message)
        unsupported = sorted(UNSUPPORTED & node.keys())
        if unsupported:
            message = f"{where}: property {unsupported[0]!r} is not supported"
            raise invalid(message)
        optional += len(set(node.get("properties") or {}) - set(node.get("required") or []))
        unions += "anyOf" in node or isinstance(node.get("type"), list)
    if optional > MAX_OPTIONAL or unions > MAX_UNIONS:
        message = f"Schemas contain {optional} optional and {unions} union parameters: too many"
        raise invalid(message)


def least(schema: dict[str, Any], items: int = 1, root: dict[str, Any] | None = None) -> Any:
    """Return small data that satisfies a schema; arrays get `items` elements."""
    root = schema if root is None else root
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return least(schema[key][0], items, root)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        names = schema.get("required") or []
        return {name: least(schema["properties"][name], items, root) for name in names}
    if kind == "array":
        count = max(items, schema.get("minItems", 0))
        return [least(schema.get("items", {}), items, root) for _ in range(count)]
    if kind == "string":
        return STRINGS.get(schema.get("format", ""), "text")
    return SIMPLE.get(kind or "null")


def swapped_case(schema: dict[str, Any], data: Any, root: dict[str, Any] | None = None) -> Any:
    """Return data whose enum strings have the other case."""
    root = schema if root is None else root
    schema = _resolved(schema, root)
    if isinstance(data, str) and "enum" in schema:
        return data.swapcase()
    if isinstance(data, dict):
        properties = schema.get("properties") or {}
        return {k: swapped_case(properties.get(k, {}), v, root) for k, v in data.items()}
    if isinstance(data, list):
        return [swapped_case(schema.get("items") or {}, value, root) for value in data]
    options = [_resolved(option, root) for option in schema.get("anyOf") or []]
    option = next((o for o in options if "enum" in o and data in o["enum"]), None)
    return data if option is None else swapped_case(option, data, root)
