"""The tables of the language model, mapped from a file instead of held in memory.

py3langid keeps 75 MiB of tables for as long as its model is loaded, of which a text touches a few
hundred KiB. Mapped, they are read page by page and given back after each text (`madvise`); the
numbers, and so the answers, are the same.

Its model is an .npz below LZMA (py3langid/modelio.py): members that are stored as they are, each an
.npy (numpy.lib.format), which is what makes them mappable once they are decompressed.
"""

from __future__ import annotations

import lzma
import mmap
import shutil
import struct
import tempfile
import zipfile
from math import prod
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from numpy.lib import format as npy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOCAL_HEADER = struct.Struct("<26xHH")
"""Of a member of a zip file (APPNOTE 4.3.7): the lengths of its name and of what follows that."""
_COPY_BYTES = 1 << 20
_CODES = {"uint16": "H", "uint32": "I", "int32": "i"}


class MappedIdentifier:
    """Tells languages by tables that stay in a file, and of which nothing is kept between texts."""

    def __init__(self, model: Path, identifier: Callable[..., Any]) -> None:
        """Map the tables of a model file; `identifier` is py3langid's class.

        Raises OSError when there is no room for a temporary file of 75 MiB.
        """
        # The file goes with its mapping: nobody else ever sees it.
        with tempfile.TemporaryFile(prefix="footnoted-languages-") as file:
            with lzma.open(model) as packed:
                shutil.copyfileobj(packed, file, length=_COPY_BYTES)
            file.flush()
            self._mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            tables = _Tables(file, self._mapping)
            self._identifier = identifier(
                tables.matrix("ptc"),
                np.array(tables.matrix("pc")),
                tables.matrix("classes").tolist(),
                tables.numbers("nextmove"),
                tables.numbers("out_feat"),
                norm_probs=True,
                tk_row=tables.numbers("nextmove_row"),
            )
        self._give_back()

    def classify(self, text: str) -> tuple[str, float]:
        """Return the language and the probability of it."""
        try:
            return cast("tuple[str, float]", self._identifier.classify(text))
        finally:
            self._give_back()

    def _give_back(self) -> None:
        """Let the pages go that were read; they are read again where they are needed again."""
        self._mapping.madvise(mmap.MADV_DONTNEED)


class _Tables:
    """The members of an .npz, as they stand in its mapping."""

    def __init__(self, file: IO[bytes], mapping: mmap.mmap) -> None:
        self._file, self._mapping = file, mapping
        with zipfile.ZipFile(file) as archive:
            self._members = {info.filename: info for info in archive.infolist()}

    def matrix(self, name: str) -> np.ndarray[Any, Any]:
        """Return a member as NumPy reads it, without a copy."""
        shape, dtype, start = self._place(name)
        return np.frombuffer(self._mapping, dtype, prod(shape), start).reshape(shape)

    def numbers(self, name: str) -> memoryview[int]:
        """Return a member as plain numbers, which are quicker to take one by one."""
        shape, dtype, start = self._place(name)
        view = memoryview(self._mapping)[start : start + prod(shape) * dtype.itemsize]
        return cast("memoryview[int]", view.cast(_CODES[dtype.name]))  # type: ignore[call-overload] # a code that only the file tells

    def _place(self, name: str) -> tuple[tuple[int, ...], np.dtype[Any], int]:
        """Return the shape and type of a member, and where its numbers begin."""
        info = self._members[f"{name}.npy"]
        if info.compress_type != zipfile.ZIP_STORED:
            message = f"{name} is packed, so it can't be mapped"
            raise ValueError(message)
        self._file.seek(info.header_offset)
        lengths = _LOCAL_HEADER.unpack(self._file.read(_LOCAL_HEADER.size))
        self._file.seek(info.header_offset + _LOCAL_HEADER.size + sum(lengths))
        version = npy.read_magic(self._file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, is_fortran, dtype = read(self._file)
        if is_fortran:
            message = f"{name} is laid out by columns"
            raise ValueError(message)
        return shape, dtype, self._file.tell()
