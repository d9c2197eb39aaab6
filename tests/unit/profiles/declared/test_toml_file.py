"""On which line a key of a TOML file stands."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footnoted.errors import ConfigurationError
from footnoted.profiles.declared.toml_file import lines_of, read_toml

if TYPE_CHECKING:
    from pathlib import Path

TEXT = '''\
# a comment
title = "a = b"

[item]
"quoted key" = 1
text = """
[item]
second = 2
"""
list = [
  1,
  2,
]
after = { inner = { deep = 1 } }

[a.b]
c.d = 3

[[rows]]
x = 1
'''


def test_each_key_is_on_the_line_it_is_written_on() -> None:
    """Texts and lists over several lines, dotted keys and tables in a line are seen through."""
    lines = lines_of(TEXT)
    assert {keys: line for keys, line in lines.items() if len(keys) < 4} == {
        ("title",): 2,
        ("item",): 4,
        ("item", "quoted key"): 5,
        ("item", "text"): 6,
        ("item", "list"): 10,
        ("item", "after"): 14,
        ("item", "after", "inner"): 14,
        ("a",): 16,
        ("a", "b"): 16,
        ("a", "b", "c"): 17,
        ("rows",): 19,
        ("rows", "x"): 20,
    }
    assert lines["item", "after", "inner", "deep"] == 14
    assert lines["a", "b", "c", "d"] == 17


_KEYS = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
_VALUES = st.one_of(
    st.integers(), st.booleans(), st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3)
)


@given(st.dictionaries(_KEYS, st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=4), max_size=4))
@example({"a": {"b": "one\u2028two\x85", "c": 1}})
def test_every_key_of_any_file_has_its_line(tables: dict[str, dict[str, Any]]) -> None:
    """Whatever the values hold: quotes, brackets and line ends are no keys."""
    text = "\n".join(
        f"[{table}]\n" + "\n".join(f"{key} = {_written(value)}" for key, value in values.items())
        for table, values in tables.items()
    )
    lines, written = lines_of(text), text.split("\n")
    assert tomllib.loads(text) == tables
    for table, values in tables.items():
        assert written[lines[table,] - 1] == f"[{table}]"
        for key in values:
            assert written[lines[table, key] - 1].startswith(f"{key} = ")


def _written(value: Any) -> str:
    """Return a value in TOML; its texts are those of JSON, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a = 1\nb = \n", "line 2: is not TOML"),
        (b'a = "open\n', "line 1: is not TOML"),
        (b"a = [1,\n", "line 2: is not TOML"),
        (b"a = 1\n# \xff\n", "line 2: is not UTF-8 text"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    """A file that breaks off is refused at its end."""
    path = tmp_path / "profile.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        read_toml(path)
    assert refused.value.message.startswith(f"{path}, {complaint}")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """It may go between the look and the reading."""
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_toml(tmp_path / "profile.toml")
