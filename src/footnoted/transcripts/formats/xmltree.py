"""XML from outside, parsed without entities, external fetches or deep nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from footnoted.transcripts.unreadable import malformed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DEPTH = 64


def parse_xml(text: str) -> Element:
    """Return the root element.

    Raises FormatProblem when the text is not well-formed, declares entities, or nests too deep.
    """
    try:
        root: Element = fromstring(text)
    except ParseError as error:
        line, column = error.position
        sentence = f"its XML breaks off at line {line}, column {column + 1}."
        raise malformed(sentence) from None
    except (DefusedXmlException, ValueError, LookupError):
        sentence = "its XML declares entities or an encoding that are refused."
        raise malformed(sentence) from None
    _refuse_depth(root)
    return root


def local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """Return the attribute of that local name in any namespace, or None."""
    plain = element.get(name)
    if plain is not None:
        return plain
    return next((value for key, value in element.items() if key.endswith("}" + name)), None)


def _refuse_depth(root: Element) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    sentence = f"its XML nests more than {MAX_DEPTH} elements."
    raise malformed(sentence)
