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

TAXONOMY: Final = "taxonomy"
_TABLE: Final = "extractive"
_SUBJECT: Final = "subject"
_TEXTS: Final = (FieldType.STRING,)
_TYPES: Final[Mapping[Method, tuple[FieldType, ...]]] = {
    Method.STATEMENT: _TEXTS,
    Method.RECORDING: _TEXTS,
    Method.TOPIC: _TEXTS,
    Method.KEYPHRASE: _TEXTS,
    Method.WORDS: _TEXTS,
    Method.TAXONOMY: _TEXTS,
    Method.QUANTITY: _TEXTS,
    Method.NUMBER: (FieldType.NUMBER, FieldType.INTEGER),
    Method.NAMES: (FieldType.ARRAY,),
}
_KEYS: Final = {
    Method.WORDS: ("method", "words"),
    Method.QUANTITY: ("method", "units"),
    Method.NUMBER: ("method", "units"),
}

_SPLITS: Final = "splits"
_OPTIONAL: Final = {Method.QUANTITY: (_SPLITS,)}


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


def with_taxonomy(
    file: TomlFile, schema: ItemField, name: str | None, taxonomy: Mapping[str, str]
) -> ItemField:
    """Return the schema with the categories of a taxonomy as the choices of the field `name`.

    Raises ConfigurationError for a taxonomy without a field for it, or one that has choices
    already, and for the method `taxonomy` without one.
    """
    if taxonomy and name is None:
        raise file.fault((TAXONOMY,), "[item] names no category, the field that the taxonomy is of")
    filed = next((field for field in schema.fields if taxonomy and field.name == name), None)
    if filed is not None and filed.choices:
        keys = ("schema", "properties", filed.name, "enum")
        raise file.fault(keys, f"the choices of {filed.name} are those of [{TAXONOMY}]")
    for field in schema.fields:
        by_taxonomy = field.filling is not None and field.filling.method is Method.TAXONOMY
        if by_taxonomy and field is not filed:
            sentence = f"{field.name} is not the category of a [{TAXONOMY}]"
            raise file.fault((_TABLE, field.name, "method"), sentence)
    fields = tuple(_filed(one, taxonomy) if one is filed else one for one in schema.fields)
    return schema.model_copy(update={"fields": fields})


def read_taxonomy(file: TomlFile) -> dict[str, str]:
    """Return what `[taxonomy]` says: categories with what each covers; nothing without it.

    Raises ConfigurationError with the line of what cannot be.
    """
    table = table_of(file.data.get(TAXONOMY, {}))
    if table is None:
        raise file.fault((TAXONOMY,), "taxonomy is a table: a description for each category")
    for name, description in table.items():
        if not name.strip() or not isinstance(description, str) or not description.strip():
            sentence = f"the category {name!r} needs a text that says what it covers"
            raise file.fault((TAXONOMY, name), sentence)
    if len({" ".join(name.casefold().split()) for name in table}) != len(table):
        raise file.fault((TAXONOMY,), "two categories differ only in case")
    return {name: " ".join(description.split()) for name, description in table.items()}


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
    known = (*allowed, *_OPTIONAL.get(method, ()))
    for key in table:
        if key not in known:
            sentence = f"the method {method} has no {key!r}; it has {', '.join(known)}"
            raise file.fault((*keys, key), sentence)
    if not isinstance(table.get(_SPLITS, False), bool):
        raise file.fault((*keys, _SPLITS), f"{_SPLITS} is true or false")
    return Filling(
        method=method,
        words=_words(file, field, table) if method is Method.WORDS else {},
        units=_phrases(file, (*keys, "units"), table["units"]) if "units" in allowed else (),
        splits=table.get(_SPLITS, False),
    )


def _filed(field: ItemField, taxonomy: Mapping[str, str]) -> ItemField:
    changes: dict[str, object] = {"choices": tuple(taxonomy)}
    if field.filling is not None and field.filling.method is Method.TAXONOMY:
        words = {name: (description,) for name, description in taxonomy.items()}
        changes["filling"] = field.filling.model_copy(update={"words": words})
    return field.model_copy(update=changes)


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
