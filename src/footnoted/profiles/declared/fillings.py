"""How the extractive model fills the fields of an item: `[extractive]` and `[subject]`, checked.

A model of rules knows no recipe from a receipt. What it is to look for stands in the profile, as
words, units and methods; a field without any stays empty, and an item that needs it is not made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from footnoted.llm.item_tasks import FieldType, Filling, ItemField, Method, Subject
from footnoted.profiles.declared.toml_file import list_of, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.profiles.declared.toml_file import Keys, TomlFile

_TABLE: Final = "extractive"
_SUBJECT: Final = "subject"
_TEXTS: Final = (FieldType.STRING,)
_TYPES: Final[Mapping[Method, tuple[FieldType, ...]]] = {
    Method.STATEMENT: _TEXTS,
    Method.RECORDING: _TEXTS,
    Method.TOPIC: _TEXTS,
    Method.KEYPHRASE: _TEXTS,
    Method.WORDS: _TEXTS,
    Method.QUANTITY: _TEXTS,
    Method.NUMBER: (FieldType.NUMBER, FieldType.INTEGER),
    Method.NAMES: (FieldType.ARRAY,),
}
_KEYS: Final = {
    Method.WORDS: ("method", "words"),
    Method.QUANTITY: ("method", "units"),
    Method.NUMBER: ("method", "units"),
}


def with_fillings(file: TomlFile, schema: ItemField) -> ItemField:
    """Return the schema with what `[extractive]` says of its fields.

    Raises ConfigurationError with the line of a field, method or word that cannot be.
    """
    said = table_of(file.data.get(_TABLE, {}))
    if said is None:
        raise file.fault((_TABLE,), "extractive is a table: [extractive.field]")
    known = [field.name for field in schema.fields]
    for name in said:
        if name not in known:
            sentence = f"there is no field {name!r}; there is {', '.join(known)}"
            raise file.fault((_TABLE, name), sentence)
    fields = tuple(
        field.model_copy(update={"filling": _filling(file, field, said[field.name])})
        if field.name in said
        else field
        for field in schema.fields
    )
    return schema.model_copy(update={"fields": fields})


def read_subject(file: TomlFile) -> Subject | None:
    """Return what `[subject]` says; None where there is none.

    Raises ConfigurationError with the line of what cannot be.
    """
    if _SUBJECT not in file.data:
        return None
    table = table_of(file.data[_SUBJECT])
    if table is None or set(table) != {"words", "least"}:
        raise file.fault((_SUBJECT,), "subject is a table of words and least")
    words = _phrases(file, (_SUBJECT, "words"), table["words"])
    least = table["least"]
    if type(least) is not int or not 1 <= least <= len(words):
        raise file.fault((_SUBJECT, "least"), f"least is a whole number from 1 to {len(words)}")
    return Subject(words=words, least=least)


def _filling(file: TomlFile, field: ItemField, said: object) -> Filling:
    keys = (_TABLE, field.name)
    table = table_of(said)
    if table is None:
        raise file.fault(keys, f"{field.name} is a table with a method")
    if table.get("method") not in list(Method):
        raise file.fault((*keys, "method"), f"method is one of {', '.join(Method)}")
    method = Method(table["method"])
    if field.type not in _TYPES[method]:
        fitting = " or ".join(_TYPES[method])
        raise file.fault((*keys, "method"), f"{method} fills {fitting}, not {field.type}")
    allowed = _KEYS.get(method, ("method",))
    for key in allowed:
        if key not in table:
            raise file.fault(keys, f"the method {method} needs {key}")
    for key in table:
        if key not in allowed:
            sentence = f"the method {method} has no {key!r}; it has {', '.join(allowed)}"
            raise file.fault((*keys, key), sentence)
    return Filling(
        method=method,
        words=_words(file, field, table) if method is Method.WORDS else {},
        units=_phrases(file, (*keys, "units"), table["units"]) if "units" in allowed else (),
    )


def _words(
    file: TomlFile, field: ItemField, table: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    keys: Keys = (_TABLE, field.name, "words")
    lists = table_of(table["words"])
    if lists is None:
        raise file.fault(keys, "words is a table: a list for each choice of the field")
    for choice in lists:
        if choice not in field.choices:
            known = ", ".join(field.choices) or "no enum"
            raise file.fault((*keys, choice), f"{field.name} is never {choice!r}; it has {known}")
    return {choice: _phrases(file, (*keys, choice), lists[choice]) for choice in lists}


def _phrases(file: TomlFile, keys: Keys, said: object) -> tuple[str, ...]:
    phrases = list_of(said) or []
    texts = [" ".join(one.split()) for one in phrases if isinstance(one, str)]
    if not texts or len(texts) != len(phrases) or not all(texts):
        raise file.fault(keys, f"{keys[-1]} is a list of words or phrases")
    return tuple(texts)
