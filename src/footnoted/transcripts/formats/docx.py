"""Word documents: the paragraphs of the body, as text.

A .docx is a ZIP of XML. Only `word/document.xml` is opened, at most to a bound: a small archive
can unpack to anything.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from footnoted.transcripts.formats.xmltree import local_name, parse_xml
from footnoted.transcripts.unreadable import FormatProblem, UnreadableCode, malformed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BODY = "word/document.xml"


def is_zip(data: bytes) -> bool:
    """Return whether the bytes begin as a ZIP archive does."""
    return data.startswith(b"PK\x03\x04")


def docx_text(data: bytes, *, max_bytes: int) -> str:
    """Return the document's paragraphs, one per line.

    Raises FormatProblem when the archive is no Word document, is broken, or would unpack to
    more than `max_bytes`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if _BODY not in archive.namelist():
                raise FormatProblem(
                    UnreadableCode.BINARY, "this is a ZIP archive, but no Word document."
                )
            with archive.open(_BODY) as stream:
                body = stream.read(max_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        sentence = "the Word document is damaged and cannot be opened."
        raise malformed(sentence) from None
    except (NotImplementedError, RuntimeError):
        sentence = "the Word document is encrypted or packed in an unknown way."
        raise malformed(sentence) from None
    if len(body) > max_bytes:
        raise FormatProblem(
            UnreadableCode.TOO_LARGE,
            f"the Word document unpacks to more than {max_bytes // 2**20} MiB.",
        )
    root = parse_xml(body.decode("utf-8", errors="replace"))
    paragraphs = (element for element in root.iter() if local_name(element) == "p")
    return "\n".join(_paragraph(element) for element in paragraphs)


def _paragraph(element: Element) -> str:
    pieces: list[str] = []
    for part in element.iter():
        name = local_name(part)
        if name == "t":
            pieces.append(part.text or "")
        elif name == "tab":
            pieces.append(" ")
        elif name in {"br", "cr"}:
            pieces.append("\n")
    return "".join(pieces).strip()
