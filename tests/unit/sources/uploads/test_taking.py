"""What becomes of files that somebody brings."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import PermanentError
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.uploads.storage import MediaStorage, StorageFullError
from footnoted.sources.uploads.taking import UploadLimits, UploadRefusedError, UploadStore
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from footnoted.sources.uploads.taking import Upload

SOUND = b"ID3\x04\x00" + bytes(range(256)) * 400
WORDS = b"WEBVTT\n\n00:01.000 --> 00:02.000\nhello there\n"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a;" * 10 if n == 0 else b"&a%d;" % (n - 1) * 10)
        for n in range(9)
    )
    + b"]><tt xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='0s'>&a8;</p></div></body></tt>"
)
LIMITS = UploadLimits(max_media_bytes=10**6, max_transcript_bytes=100_000, idle_s=0.2, timeout_s=1)


async def pieces(data: bytes, size: int = 1000) -> AsyncGenerator[bytes]:
    """Yield `data` piece by piece."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
        await asyncio.sleep(0)


async def endless(head: bytes, pause_s: float = 0.0) -> AsyncGenerator[bytes]:
    """Yield without end."""
    yield head
    while True:
        await asyncio.sleep(pause_s)
        yield bytes(10_000) if not pause_s else b"x"


def reads(data: bytes, name: str) -> object:
    """Read as the program does."""
    return read_transcript(data, name, origin=TranscriptOrigin.IMPORTED)


@dataclass
class Place:
    """A store over a folder, and what is in that."""

    folder: Path
    max_bytes: int = 10**9
    reserve_bytes: int = 0

    def __post_init__(self) -> None:
        """Make the parts."""
        self.storage = MediaStorage(self.folder, self.max_bytes, reserve_bytes=self.reserve_bytes)
        self.store = UploadStore(self.storage, reads, LIMITS)

    async def take(self, data: bytes, name: str = "talk.mp3") -> Upload:
        """Take some bytes."""
        return await self.store.take(pieces(data), name)

    def files(self) -> list[str]:
        """Return every file there is, by its path below the folder."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.folder)) for path in found)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return an empty store."""
    return Place(tmp_path)


async def test_a_recording_is_kept_under_its_hash(place: Place) -> None:
    """With the ending of what it is; the name is only shown."""
    upload = await place.take(SOUND, "../../talk.exe")
    sha256 = hashlib.sha256(SOUND).hexdigest()
    assert (upload.sha256, upload.size_bytes, upload.name) == (sha256, len(SOUND), "talk.exe")
    assert (upload.content_type, upload.is_media, upload.is_new) == ("audio/mpeg", True, True)
    assert upload.path == place.folder / "media" / sha256[:2] / f"{sha256}.mp3"
    assert upload.path.read_bytes() == SOUND
    assert place.files() == [f"media/{sha256[:2]}/{sha256}.mp3"]
    assert place.storage.find(sha256) == upload.path


async def test_the_same_content_is_kept_once(place: Place) -> None:
    """Whatever it is called; a file that lost its end on disk is replaced."""
    first = await place.take(SOUND, "a.mp3")
    second = await place.take(SOUND, "b.mp3")
    assert (second.path, second.name, second.is_new) == (first.path, "b.mp3", False)
    first.path.write_bytes(b"short")
    assert (await place.take(SOUND)).is_new
    assert first.path.read_bytes() == SOUND
    assert len(place.files()) == 1


@pytest.mark.parametrize(
    ("name", "suffix"), [("a.vtt", ".vtt"), ("a.exe", ".txt"), ("a", ".txt"), ("a.SRT", ".srt")]
)
async def test_a_transcript_is_kept_when_it_can_be_read(
    place: Place, name: str, suffix: str
) -> None:
    """With its own ending where that is one of transcripts."""
    upload = await place.take(WORDS, name)
    assert (upload.is_media, upload.path.suffix) == (False, suffix)
    assert upload.path.read_bytes() == WORDS


REFUSED = {
    "empty": (b"", "upload_empty"),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(5000), "upload_wrong_type"),
    "pdf": (b"%PDF-1.7" + bytes(100), "upload_wrong_type"),
    "gzip": (b"\x1f\x8b\x08" + bytes(100), "upload_wrong_type"),
    "program": (b"\x7fELF" + bytes(5000), "transcript_binary"),
    "large sound": (SOUND * 20, "upload_too_large"),
    "large text": (b"many words " * 20_000, "upload_too_large"),
    "blank": (b"  \n ", "transcript_empty"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_is_not_taken_leaves_nothing(place: Place, data: bytes, code: str) -> None:
    """No file, no folder, and no byte of the budget."""
    with pytest.raises(PermanentError) as caught:
        await place.take(data, "talk.mp3")
    assert caught.value.failure_code == code
    assert "talk.mp3" in caught.value.message
    assert place.files() == []
    assert list(place.storage.work_dir.iterdir()) == []
    assert place.storage._used_bytes == 0


async def test_bombs_are_refused_unexploded(place: Place) -> None:
    """Entities in entities, and an archive that unpacks to much more."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(70 * 2**20))
    for data, name in ((BOMB, "a.ttml"), (packed.getvalue()[:100_000], "a.docx")):
        with pytest.raises(PermanentError):
            await place.take(data, name)
    assert place.files() == []


@pytest.mark.parametrize("head", [SOUND, WORDS])
async def test_a_stream_without_end_is_cut_off(place: Place, head: bytes) -> None:
    """By its size."""
    with pytest.raises(UploadRefusedError) as caught:
        await place.store.take(endless(head), "a")
    assert caught.value.failure_code == "upload_too_large"
    assert place.files() == []


@pytest.mark.parametrize(("pause_s", "longest_s"), [(0.05, 2.0), (5, 0.8)])
async def test_a_stream_that_drips_or_falls_silent_is_cut_off(
    place: Place, pause_s: float, longest_s: float
) -> None:
    """By time; the silence ends before that does."""
    with pytest.raises(UploadRefusedError) as caught:
        async with asyncio.timeout(longest_s):
            await place.store.take(endless(WORDS, pause_s), "a")
    assert caught.value.failure_code == "upload_broken_off"
    assert place.files() == []


async def test_what_is_over_the_budget_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Also while others are under way; what was removed makes room again."""
    place = Place(tmp_path, max_bytes=2 * len(SOUND) + 10)
    first = await place.take(SOUND)
    taken = await asyncio.gather(
        *(place.take(SOUND + bytes([n])) for n in range(3)), return_exceptions=True
    )
    full = [one for one in taken if isinstance(one, StorageFullError)]
    assert len(full) >= 2
    assert "FOOTNOTED_MEDIA_MAX_GB allows: remove some, or raise it" in full[0].message
    assert await place.storage.used_bytes() <= place.max_bytes
    assert await place.storage.remove(first.sha256)
    assert not await place.storage.remove(first.sha256)
    assert (await place.take(SOUND + b"!")).is_new


@pytest.mark.parametrize("folder", ["media/ab", "fetched/1", "work/run-x"])
async def test_what_others_keep_counts_too(place: Place, folder: str) -> None:
    """What sources brought, and what is being fetched."""
    (place.folder / folder).mkdir(parents=True)
    (place.folder / folder / "file").write_bytes(bytes(1000))
    (place.folder / "postgres").mkdir()
    (place.folder / "postgres" / "file").write_bytes(bytes(1000))
    assert await place.storage.used_bytes() == 1000
    assert await place.storage.room_bytes() == place.max_bytes - 1000


async def test_the_disk_keeps_a_reserve_for_the_database(tmp_path: Path) -> None:
    """Whatever the budget says."""
    place = Place(tmp_path, reserve_bytes=2**60)
    with pytest.raises(StorageFullError, match="which the database needs"):
        await place.take(SOUND)
    assert await place.storage.room_bytes() == 0
    assert place.files() == []


async def test_who_goes_away_leaves_nothing(place: Place) -> None:
    """A client that closes its connection cancels the taking."""
    task = asyncio.create_task(place.store.take(endless(SOUND, 0.05), "a.mp3"))
    await asyncio.sleep(0.15)
    assert place.files() != []
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert place.files() == []
    assert place.storage._used_bytes == 0


async def test_a_hash_from_outside_is_no_path(place: Place) -> None:
    """What is no hash finds nothing."""
    (place.folder / "secret.txt").write_text("x")
    for odd in ("", "..", "../secret", "*" * 64, "A" * 64):
        assert place.storage.find(odd) is None
