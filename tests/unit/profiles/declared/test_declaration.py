"""A profile.toml: what it declares, and the line of whatever it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.llm.item_tasks import FieldType, Filling, ItemField, Method
from footnoted.profiles.declared.declaration import declared_files, read_declaration
from footnoted.profiles.declared.profile import declared_profile
from footnoted.stages.index import IndexStage
from footnoted.stages.profile import Build, SharedStages
from tests.fakes.clock import FakeClock
from tests.fakes.declared import PROFILE, notes, write_notes
from tests.fakes.search import FakeIndex
from tests.fakes.stages import FakeStage

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.stages.profile import Profile

CHANGES = [
    ('title = "Notes"', "title = Notes", "line 1: is not TOML: Invalid value"),
    ('title = "Notes"', 'name = "Notes"', "line 1: there is no key 'name' here"),
    ('title = "Notes"\n', "", "line 1: title is missing"),
    (
        'title = "Notes"',
        'output_language = "german"\ntitle = "Notes"',
        "line 1: 'german' is no language tag like en or pt-BR, nor the word spoken",
    ),
    ('"items", "pages"', '"items", "dream"', "line 2: no stage 'dream'; there is transcribe"),
    ('"items", "pages"', '"pages", "items"', "line 2: stages stand once each, in this order"),
    ('"items", ', "", "line 2: every profile has the stage items"),
    ('"pages", ', "", "line 13: without the stage pages there are no pages"),
    ('[page]\ntemplate = "page.md"\n', "", "line 2: the stage pages needs [page]"),
    ("page.md", "../page.md", "line 14: the template is a file beside this one"),
    ('items = "extractive"', 'compose = "x"', "line 5: compose asks no model here; items does"),
    ('items = "extractive"', "items = 3", "line 5: the models of items are a text"),
    ('cues = ["from", "to"]', 'cues = ["from"]', "line 9: cues names two fields"),
    ('cues = ["from", "to"]', 'cues = ["from", "text"]', "line 9: 'text' is no required field"),
    ('quote = "quote"', 'quote = "words"', "line 8: 'words' is no required field of type string"),
    ('title = "text"', 'title = "weight"', "line 10: 'weight' is no required field of type string"),
    ('kind = "sort"', 'kind = "about"', "line 11: about has no enum to choose the kind from"),
    ('"number", minimum', '"float", minimum', "line 24: weight needs a type: string, number"),
    ('"string", maxLength = 80', '"string", pattern = "x"', "line 23: a field of type string has"),
    ("maxLength = 80", "maxLength = 0", "line 23: maxLength is a whole number from 1"),
    ("maximum = 10", "maximum = -1", "line 24: maximum is below minimum"),
    ("minimum = 0", "minimum = nan", "line 24: minimum is a number"),
    ("maximum = 10", "maximum = inf", "line 24: maximum is a number"),
    ("maximum = 10", f"maximum = {10**400}", "line 24: maximum is a number"),
    ('["fact", "advice"]', '["fact", "Fact"]', "line 22: enum is a list of different texts"),
    (', items = { type = "string" }', "", "line 25: names is an array and needs items"),
    ('"about", "sort", "text"', '"about", "sort", "txt"', "line 18: required names 'txt'"),
    ("about = {", "a-bout = {", "line 21: 'a-bout' is no name for a field"),
    ("about = {", "page = {", "line 21: 'page' is no name for a field"),
    ("[extractive.about]", "[extractive.abut]", "line 37: there is no field 'abut'"),
    ('method = "recording"', 'method = "magic"', "line 38: method is one of statement"),
    ('method = "statement"', 'method = "number"', "line 46: number fills number or integer"),
    ("words.advice", "words.opinion", "line 43: sort is never 'opinion'; it has fact, advice"),
    ('["is", "are"]', '"is"', "line 42: fact is a list of words or phrases"),
    ('method = "statement"', 'method = "statement"\nunits = []', "line 47: the method statement"),
    (
        'method = "statement"',
        'method = "quantity"\nunits = ["g"]\nsplits = 1',
        "line 48: splits is true or false",
    ),
]


def test_a_profile_is_read_as_declared(tmp_path: Path) -> None:
    """Stages, models, roles, and the shape of an item with how it is filled."""
    declared = notes(tmp_path)
    assert (declared.name, declared.title) == ("notes", "Notes")
    assert declared.stages == ("transcribe", "items", "pages", "index")
    assert declared.asking == {"items": "extractive"}
    assert (declared.marks.quote, declared.marks.first_cue, declared.marks.last_cue) == (
        "quote",
        "from",
        "to",
    )
    assert (declared.title_field, declared.kind_field, declared.category_field) == (
        "text",
        "sort",
        None,
    )
    assert [field.name for field in declared.own_fields] == [
        "about",
        "sort",
        "text",
        "weight",
        "names",
        "sure",
        "place",
    ]
    by_name = {field.name: field for field in declared.schema.fields}
    assert by_name["sort"] == ItemField(
        name="sort",
        type=FieldType.STRING,
        choices=("fact", "advice"),
        filling=Filling(
            method=Method.WORDS, words={"fact": ("is", "are"), "advice": ("always", "never use")}
        ),
    )
    assert [(field.name, field.required) for field in by_name["place"].fields] == [
        ("town", True),
        ("street", False),
    ]


@pytest.mark.parametrize(("old", "new", "complaint"), CHANGES)
def test_a_mistake_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """One sentence that names the file and the line, whatever the mistake."""
    path = write_notes(tmp_path, (old, new))
    with pytest.raises(ConfigurationError) as refused:
        read_declaration(path)
    assert refused.value.message.startswith(f"{path}, {complaint}")
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("name", ["Notes", "my notes", "-x", "x" * 41, "a--b"])
def test_a_folder_that_is_no_slug_is_refused(tmp_path: Path, name: str) -> None:
    """The profile is called like its folder, in addresses and commands too."""
    with pytest.raises(ConfigurationError, match="line 1: a profile is called like its folder"):
        read_declaration(write_notes(tmp_path, name=name))


def test_the_name_of_a_built_in_profile_is_refused(tmp_path: Path) -> None:
    """Its videos would be the other one's."""
    path = write_notes(tmp_path, name="techniques")
    with pytest.raises(ConfigurationError, match="techniques is the name of a built-in profile"):
        read_declaration(path, ["techniques"])


def test_the_first_folder_that_has_a_profile_counts(tmp_path: Path) -> None:
    """The user's own comes before the one that ships; folders without a profile are none."""
    own = write_notes(tmp_path / "own")
    write_notes(tmp_path / "ours")
    other = write_notes(tmp_path / "ours", name="other")
    (tmp_path / "ours" / "shared").mkdir()
    assert declared_files([tmp_path / "own", tmp_path / "ours"]) == [own, other]


def test_the_version_changes_with_what_changes_answers(tmp_path: Path) -> None:
    """A bound does, and so do the words of the built-in model, but only where that is asked."""
    before = notes(tmp_path / "before")
    bound = notes(tmp_path / "bound", ("maxLength = 80", "maxLength = 90"))
    words = notes(tmp_path / "words", ('["is", "are"]', '["is"]'))
    comment = notes(tmp_path / "comment", ("[page]", "# a remark\n[page]"))

    def versions(which: object) -> tuple[str, str]:
        assert isinstance(which, type(before))
        return which.sha256(with_fillings=False), which.sha256(with_fillings=True)

    assert versions(comment) == versions(before)
    assert versions(bound)[0] != versions(before)[0]
    assert versions(words)[0] == versions(before)[0]
    assert versions(words)[1] != versions(before)[1]


def test_too_many_fields_that_may_be_left_out_are_refused(tmp_path: Path) -> None:
    """Structured output takes 24 of them (notes on the provider's API)."""
    many = "".join(f'extra_{number} = {{ type = "string" }}\n' for number in range(21))
    path = write_notes(tmp_path, ("sure = {", f"{many}sure = {{"))
    with pytest.raises(ConfigurationError, match="26 fields may be left out"):
        read_declaration(path)


TAXONOMY = """\
[taxonomy]
Minerals = "salt, chalk, stone"
"Sweet things" = "sugar, honey"

[extractive.about]
method = "taxonomy"
"""
FILED = (
    ('kind = "sort"', 'kind = "sort"\ncategory = "about"'),
    ('[extractive.about]\nmethod = "recording"\n', TAXONOMY),
)


def test_a_taxonomy_is_the_choices_of_the_category(tmp_path: Path) -> None:
    """And what it says of each is how the built-in model tells them apart."""
    declared = notes(tmp_path, *FILED)
    about = declared.schema.fields[0]
    assert declared.taxonomy == {"Minerals": "salt, chalk, stone", "Sweet things": "sugar, honey"}
    assert about.choices == ("Minerals", "Sweet things")
    assert about.filling == Filling(
        method=Method.TAXONOMY,
        words={"Minerals": ("salt, chalk, stone",), "Sweet things": ("sugar, honey",)},
    )
    other = notes(tmp_path / "other", *FILED, ("chalk, ", ""))
    assert other.sha256(with_fillings=False) != declared.sha256(with_fillings=False)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('\ncategory = "about"', "", "line 37: [item] names no category"),
        ('category = "about"', 'category = "sort"', "line 23: the choices of sort are those of"),
        ('"salt, chalk, stone"', '""', "line 39: the category 'Minerals' needs a text"),
        ('"Sweet things"', '"minerals"', "line 38: two categories differ only in case"),
        ('[extractive.text]\nmethod = "statement"', '[extractive.text]\nmethod = "taxonomy"',
         "line 51: text is not the category of a [taxonomy]"),
    ],
)  # fmt: skip
def test_a_taxonomy_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """Categories nobody could choose, or could not tell apart."""
    path = write_notes(tmp_path, *FILED, (old, new))
    with pytest.raises(ConfigurationError) as refused:
        read_declaration(path)
    assert refused.value.message.startswith(f"{path}, {complaint}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[subject]\nwords = ["salt"]\n', "line 48: subject is a table of words and least"),
        ('[subject]\nwords = "salt"\nleast = 1\n', "line 49: words is a list of words"),
        (
            '[subject]\nwords = ["salt"]\nleast = 2\n',
            "line 50: least is a whole number from 1 to 1",
        ),
    ],
)
def test_a_subject_that_cannot_be_is_refused_with_its_line(
    tmp_path: Path, text: str, complaint: str
) -> None:
    """A talk that no talk could be about would find nothing for ever."""
    last = '[extractive.text]\nmethod = "statement"\n'
    path = write_notes(tmp_path, (last, f"{last}\n{text}"))
    with pytest.raises(ConfigurationError) as refused:
        read_declaration(path)
    assert refused.value.message.startswith(f"{path}, {complaint}")


def test_every_line_of_the_refusals_stands_in_the_sample() -> None:
    """A change that changes nothing would test nothing."""
    assert [old for old, _, _ in CHANGES if old not in PROFILE] == []


def test_a_language_that_the_prompt_does_not_say_is_refused_with_its_line(tmp_path: Path) -> None:
    """What the profile declares would be ignored; the built-in model ignores it for good."""
    file = write_notes(tmp_path, ('title = "Notes"', 'title = "Notes"\noutput_language = "de"'))
    declared = read_declaration(file)
    index = IndexStage(FakeIndex(), FakeClock())
    shared = SharedStages(FakeStage("transcribe", "transcribed"), index)

    def made(model: str) -> Profile:
        build = Build(lambda _stage, _profile: model, "0", "unknown")
        return declared_profile(declared, [tmp_path], shared, build)

    assert declared.output_language == "de"
    assert made("extractive").name == "notes"
    with pytest.raises(ConfigurationError) as raised:
        made("m")
    assert raised.value.message == (
        f"{file}, line 2: what notes/items.md writes is wanted in de, and it does not say"
        " {{output_language}}"
    )
