"""What a `profile.toml` declares, read and checked; prompts and the template are read later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from footnoted.llm.item_tasks import FieldType, ItemField, Marks, Subject
from footnoted.profiles.declared.fillings import (
    read_subject,
    read_taxonomy,
    with_fillings,
    with_taxonomy,
)
from footnoted.profiles.declared.schema import read_schema
from footnoted.profiles.declared.toml_file import TomlFile, list_of, read_toml, table_of
from footnoted.prompting import fault_at
from footnoted.sources.languages import is_output_language

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

FILE: Final = "profile.toml"
STAGES: Final = ("transcribe", "segment", "items", "pages", "index")
"""What a profile may pass, in the only order there is."""
_NEEDED: Final = ("transcribe", "items", "index")
ASKING: Final = ("segment", "items")
"""Those that ask models."""
_KEYS: Final = {
    "": (
        "title",
        "stages",
        "models",
        "item",
        "page",
        "schema",
        "taxonomy",
        "subject",
        "extractive",
        "output_language",
    ),
    "item": ("quote", "cues", "title", "kind", "category"),
    "page": ("template",),
}
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME: Final = 40
_CUES: Final = 2


@dataclass(frozen=True, slots=True)
class Declaration:
    """A profile that is only data.

    `title_field` names an item in lists, `kind_field` says what sort it is, `category_field` what
    its page is filed under; without the latter it is the profile's own title. `taxonomy` says what
    each category covers, `subject` is for the extractive model. `output_language` is what items are
    written in where neither source nor settings say.
    """

    name: str
    file: TomlFile
    title: str
    stages: tuple[str, ...]
    models: Mapping[str, str]
    schema: ItemField
    marks: Marks
    title_field: str
    kind_field: str | None
    category_field: str | None
    template: str | None
    subject: Subject | None
    taxonomy: Mapping[str, str]
    output_language: str | None = None

    @property
    def path(self) -> Path:
        """Return where it is declared."""
        return self.file.path

    @property
    def own_fields(self) -> tuple[ItemField, ...]:
        """Return the fields of an item but for its quote and cues, which evidence has."""
        return tuple(field for field in self.schema.fields if field.name not in self.marks.names)

    @property
    def unfilled(self) -> tuple[str, ...]:
        """Return the required fields that the extractive model has no way to fill.

        With any, it finds nothing.
        """
        return tuple(one.name for one in self.own_fields if one.required and one.filling is None)

    @property
    def asking(self) -> dict[str, str]:
        """Return the chain that each stage that asks models wants; nothing is the usual one."""
        return {stage: self.models.get(stage, "") for stage in self.stages if stage in ASKING}

    @property
    def taxonomy_sha256(self) -> str:
        """Return the hash of the taxonomy, of an empty one where there is none."""
        said = "\n".join(f"{name}: {covers}" for name, covers in self.taxonomy.items())
        return hashlib.sha256(said.encode()).hexdigest()

    def sha256(self, *, with_fillings: bool) -> str:
        """Return the hash of what answers depend on: the shape, and what its fields are for.

        How the extractive model fills them is among it where that model is asked.
        """
        schema = self.schema if with_fillings else _without_fillings(self.schema)
        parts = [schema.model_dump_json(), self.marks.model_dump_json()]
        parts += [self.title, self.title_field, self.kind_field or "", self.category_field or ""]
        parts.append(self.taxonomy_sha256)
        if with_fillings and self.subject is not None:
            parts.append(self.subject.model_dump_json())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def declared_files(roots: Sequence[Path]) -> list[Path]:
    """Return the file of each declared profile, by name; the first root that has one counts."""
    found: dict[str, Path] = {}
    for root in roots:
        for path in root.glob(f"*/{FILE}"):
            found.setdefault(path.parent.name, path)
    return [found[name] for name in sorted(found)]


def read_declaration(path: Path, reserved: Collection[str] = ()) -> Declaration:
    """Return what a file declares, under the name of its folder.

    Raises ConfigurationError, naming the line, for a mistake in it, for a name that is no slug, and
    for one that is `reserved`.
    """
    name = path.parent.name
    if (complaint := complaint_about(name, reserved)) is not None:
        raise fault_at(path, 1, complaint)
    return _Reader(read_toml(path)).declaration(name)


def complaint_about(name: str, reserved: Collection[str]) -> str | None:
    """Return why a declared profile cannot be called that; None when it can."""
    if not _SLUG.fullmatch(name) or len(name) > _LONGEST_NAME:
        return f"a profile is called like its folder, and {name!r} is no slug: a-z, 0-9 and -"
    if name in reserved:
        return f"{name} is the name of a built-in profile; choose another"
    return None


class _Reader:
    """Reads the tables of one file."""

    def __init__(self, file: TomlFile) -> None:
        self._file = file

    def declaration(self, name: str) -> Declaration:
        """Return the whole of it."""
        root = self._table("")
        item = self._table("item")
        for needed in ("title", "stages", "item", "schema"):
            if needed not in root:
                raise self._file.fault((), f"{needed} is missing")
        stages = self._stages()
        schema = with_fillings(self._file, read_schema(self._file, ("schema",)))
        fields = {field.name: field for field in schema.fields}
        category = self._field(fields, "category") if "category" in item else None
        taxonomy = read_taxonomy(self._file)
        schema = with_taxonomy(self._file, schema, category, taxonomy)
        return Declaration(
            name=name,
            file=self._file,
            title=self._text((), "title"),
            stages=stages,
            models=self._models(stages),
            schema=schema,
            marks=self._marks(fields),
            title_field=self._field(fields, "title"),
            kind_field=self._choice(fields, "kind") if "kind" in item else None,
            category_field=category,
            template=self._template(stages),
            subject=read_subject(self._file),
            taxonomy=taxonomy,
            output_language=self._output_language(),
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        """Return a table whose keys are all known; an empty one where there is none."""
        said = table_of(self._file.data.get(name, {}) if name else self._file.data)
        keys = (name,) if name else ()
        if said is None:
            raise self._file.fault(keys, f"{name} is a table: [{name}]")
        for key in said:
            if key not in _KEYS[name]:
                sentence = f"there is no key {key!r} here; there is {', '.join(_KEYS[name])}"
                raise self._file.fault((*keys, key), sentence)
        return said

    def _stages(self) -> tuple[str, ...]:
        said = list_of(self._file.data["stages"])
        known = ", ".join(STAGES)
        if said is None:
            raise self._file.fault(("stages",), f"stages is a list of {known}")
        for stage in said:
            if stage not in STAGES:
                raise self._file.fault(("stages",), f"no stage {stage!r}; there is {known}")
        chosen = tuple(stage for stage in STAGES if stage in said)
        if chosen != tuple(said):
            sentence = f"stages stand once each, in this order: {known}"
            raise self._file.fault(("stages",), sentence)
        for needed in _NEEDED:
            if needed not in chosen:
                raise self._file.fault(("stages",), f"every profile has the stage {needed}")
        return chosen

    def _models(self, stages: Sequence[str]) -> dict[str, str]:
        said = table_of(self._file.data.get("models", {}))
        if said is None:
            raise self._file.fault(("models",), "models is a table: [models]")
        asking = [stage for stage in stages if stage in ASKING]
        for stage, chain in said.items():
            if stage not in asking:
                sentence = f"{stage} asks no model here; {', '.join(asking)} does"
                raise self._file.fault(("models", stage), sentence)
            if not isinstance(chain, str) or not chain.strip():
                sentence = f"the models of {stage} are a text: 'model' or 'model>fallback'"
                raise self._file.fault(("models", stage), sentence)
        return dict(said)

    def _marks(self, fields: Mapping[str, ItemField]) -> Marks:
        cues = list_of(self._file.data["item"].get("cues")) or []
        if len(cues) != _CUES:
            sentence = 'cues names two fields: cues = ["first_cue", "last_cue"]'
            raise self._file.fault(("item", "cues"), sentence)
        first, last = map(str, cues)
        for cue in (first, last):
            self._known(fields, ("item", "cues"), cue, FieldType.INTEGER)
        marks = Marks(quote=self._field(fields, "quote"), first_cue=first, last_cue=last)
        if len(marks.names) != _CUES + 1:
            raise self._file.fault(("item", "cues"), "quote and cues are three different fields")
        return marks

    def _field(self, fields: Mapping[str, ItemField], role: str) -> str:
        """Return the required text field that has a role."""
        name = self._text(("item",), role)
        self._known(fields, ("item", role), name, FieldType.STRING)
        return name

    def _choice(self, fields: Mapping[str, ItemField], role: str) -> str:
        name = self._field(fields, role)
        if not fields[name].choices:
            raise self._file.fault(("item", role), f"{name} has no enum to choose the {role} from")
        return name

    def _known(
        self, fields: Mapping[str, ItemField], keys: tuple[str, ...], name: str, kind: FieldType
    ) -> None:
        field = fields.get(name)
        if field is None or not field.required or field.type is not kind:
            sentence = f"{name!r} is no required field of type {kind} in the schema"
            raise self._file.fault(keys, sentence)

    def _text(self, keys: tuple[str, ...], key: str) -> str:
        table: Any = self._file.data
        for outer in keys:
            table = table[outer]
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._file.fault((*keys, key), f"{'.'.join((*keys, key))} is a text")
        return " ".join(value.split())

    def _output_language(self) -> str | None:
        if "output_language" not in self._file.data:
            return None
        tag = self._text((), "output_language")
        if not is_output_language(tag):
            sentence = f"{tag!r} is no language tag like en or pt-BR, nor the word spoken"
            raise self._file.fault(("output_language",), sentence)
        return tag

    def _template(self, stages: Sequence[str]) -> str | None:
        self._table("page")
        if "pages" not in stages:
            if "page" in self._file.data:
                raise self._file.fault(("page",), "without the stage pages there are no pages")
            return None
        if "page" not in self._file.data:
            raise self._file.fault(("stages",), "the stage pages needs [page] with its template")
        name = self._text(("page",), "template")
        if "/" in name or "\\" in name:
            raise self._file.fault(("page", "template"), "the template is a file beside this one")
        return name


def _without_fillings(field: ItemField) -> ItemField:
    fields = tuple(_without_fillings(one) for one in field.fields)
    return field.model_copy(update={"fields": fields, "filling": None})
