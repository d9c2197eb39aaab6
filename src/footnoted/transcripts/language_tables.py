"""The tables of the language model, read from a file as they are needed instead of held in memory.

py3langid keeps 75 MiB of tables for as long as its model is loaded, of which a text touches one or
two. Here they stay in a file, and rows of them are read for a text and let go after it; the
numbers, and so the answers, are the same.

Its model is an .npz below LZMA (py3langid/modelio.py): members that are stored as they are, each an
.npy (numpy.lib.format), so that the place of each row is known once it is unpacked.
"""

from __future__ import annotations

import lzma
import os
import shutil
import struct
import tempfile
import zipfile
from array import array
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.lib import format as npy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOCAL_HEADER = struct.Struct("<26xHH")
"""Of a member of a zip file (APPNOTE 4.3.7): the lengths of its name and of what follows that."""
_COPY_BYTES = 1 << 20
_ROW_BITS = 8
_ROW = 1 << _ROW_BITS
_CODES = {"uint16": "H", "uint32": "I", "int32": "i"}

Numbers = np.ndarray[Any, Any]


class FiledIdentifier:
    """Tells languages by tables that stay in a file, and keeps nothing of them between texts."""

    def __init__(self, model: Path, identifier: Callable[..., Any]) -> None:
        """Unpack the tables of a model file; `identifier` is py3langid's class.

        Raises OSError when there is no room for a temporary file of 75 MiB; KeyError, ValueError
        and zipfile.BadZipFile for a model that is laid out otherwise.
        """
        # It goes with this object: nobody else ever sees it.
        self._file = tempfile.TemporaryFile(prefix="footnoted-languages-")  # noqa: SIM115 - as long as this lives
        with lzma.open(model) as packed:
            shutil.copyfileobj(packed, self._file, length=_COPY_BYTES)
        self._file.flush()
        with zipfile.ZipFile(self._file) as archive:
            members = {info.filename: info for info in archive.infolist()}
        places = {name.removesuffix(".npy"): self._place(info) for name, info in members.items()}
        self._moves = _Moves(self._file.fileno(), places["nextmove"])
        self._identifier = identifier(
            _Matrix(self._file.fileno(), places["ptc"]),
            self._whole(places["pc"]),
            self._whole(places["classes"]).tolist(),
            self._moves,
            self._numbers(places["out_feat"]),
            norm_probs=True,
            tk_row=self._numbers(places["nextmove_row"]),
        )

    def classify(self, text: str) -> tuple[str, float]:
        """Return the language and the probability of it."""
        try:
            return cast("tuple[str, float]", self._identifier.classify(text))
        finally:
            self._moves.let_go()

    def _place(self, info: zipfile.ZipInfo) -> _Place:
        """Return where the numbers of a member stand, and of which shape and type they are."""
        if info.compress_type != zipfile.ZIP_STORED:
            message = f"{info.filename} is packed, so no row of it has a place"
            raise ValueError(message)
        self._file.seek(info.header_offset)
        lengths = _LOCAL_HEADER.unpack(self._file.read(_LOCAL_HEADER.size))
        self._file.seek(info.header_offset + _LOCAL_HEADER.size + sum(lengths))
        version = npy.read_magic(self._file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, is_fortran, dtype = read(self._file)
        if is_fortran:
            message = f"{info.filename} is laid out by columns"
            raise ValueError(message)
        return _Place(self._file.tell(), shape, dtype)

    def _whole(self, place: _Place) -> Numbers:
        """Return all of a small table."""
        count = prod(place.shape)
        data = os.pread(self._file.fileno(), count * place.dtype.itemsize, place.start)
        return np.frombuffer(data, place.dtype, count).reshape(place.shape)

    def _numbers(self, place: _Place) -> array[int]:
        """Return all of a small table as plain numbers, which are quick to take one by one."""
        return array(_CODES[place.dtype.name], self._whole(place).tobytes())


class _Place(NamedTuple):
    """Where a table stands in the file (bytes), and what it is."""

    start: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class _Moves:
    """The moves of an automaton, of which py3langid takes one for each byte of a text."""

    def __init__(self, descriptor: int, place: _Place) -> None:
        self._descriptor, self._start = descriptor, place.start
        self._code, self._row_bytes = _CODES[place.dtype.name], _ROW * place.dtype.itemsize
        self._rows: dict[int, array[int]] = {}

    def __getitem__(self, at: int) -> int:
        """Return one number."""
        row = self._rows.get(at >> _ROW_BITS)
        if row is None:
            start = self._start + (at >> _ROW_BITS) * self._row_bytes
            row = array(self._code, os.pread(self._descriptor, self._row_bytes, start))
            self._rows[at >> _ROW_BITS] = row
        return row[at & (_ROW - 1)]

    def let_go(self) -> None:
        """Forget the rows that were read; a text that needs one of them reads it again."""
        self._rows.clear()


class _Matrix:
    """A table of which py3langid takes a few rows for each text."""

    def __init__(self, descriptor: int, place: _Place) -> None:
        self._descriptor, self._place = descriptor, place
        self._row_bytes = prod(place.shape[1:]) * place.dtype.itemsize

    def __getitem__(self, rows: Numbers) -> Numbers:
        """Return these rows, in this order."""
        start, width = self._place.start, self._row_bytes
        data = b"".join(
            os.pread(self._descriptor, width, start + row * width) for row in rows.tolist()
        )
        return np.frombuffer(data, self._place.dtype).reshape(len(rows), *self._place.shape[1:])
