"""Recordings that were never published play from their files, wherever those are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from footnoted.catalogue import reader_of
from footnoted.knowledge.audit.store import cited_transcripts, read_audited
from footnoted.knowledge.library.store import list_pages, read_page
from footnoted.pipeline.reports.videos.video import read_report
from footnoted.search.store import documents_by_id, play_links, recent_documents
from tests.fakes.workshop import EPOCH, Recording, transcript_of

if TYPE_CHECKING:
    from tests.fakes.workshop import Workshop

LINES = ("Knead the bread dough for ten minutes", "Let the bread rise until it doubled")
BREAD = Recording("bread", LINES)


class Links(NamedTuple):
    """Every place that links a recording, by the second; and the file each footnote names."""

    footnotes: list[str | None]
    shown: list[str | None]
    found: list[str | None]
    recent: list[str | None]
    audited: set[str | None]
    files: list[str | None]


async def links_of(workshop: Workshop, video: int) -> Links:
    """Return the links of the two moments, as each reader makes them."""
    readers = {workshop.profile.name: reader_of(workshop.profile.name).shown}
    report = await read_report(workshop.database, video, readers, EPOCH)
    async with workshop.database.transaction() as session:
        (summary,) = await list_pages(session)
        page = await read_page(session, summary.id)
        made = await recent_documents(session, EPOCH)
        made = sorted(
            (one for one in made if one.document.kind == "moment"),
            key=lambda one: one.document.start_ms or 0,
        )
        ids = [one.document.id for one in made]
        stored = await documents_by_id(session, ids)
        found = await play_links(session, [stored[one].document for one in ids])
        (transcript,) = await cited_transcripts(session)
        audited = await read_audited(session, transcript)
    assert page is not None
    return Links(
        [note.link for note in page.footnotes],
        [line.evidence.link for line in report.moments or () if line.evidence],
        [found.get(one) for one in ids],
        [one.link for one in made],
        {item.url for item in audited} | {report.facts.url},
        [note.transcript_file for note in page.footnotes],
    )


async def local(workshop: Workshop, *files: tuple[str, str, str]) -> int:
    """Return a processed video without an address, with files of (path, role, content)."""
    video = await workshop.add(BREAD)
    await workshop.rows("UPDATE media SET url = NULL RETURNING 1")
    for path, role, sha256 in files:
        await workshop.rows(
            """INSERT INTO media_files (media_id, path, role, origin, sha256, size_bytes,
                 modified_ns)
               SELECT media_id, :path, :role, CASE WHEN :role = 'transcript' THEN 'imported' END,
                 :sha, 1, 1 FROM videos WHERE id = :video RETURNING 1""",
            path=path,
            role=role,
            sha=sha256,
            video=video,
        )
    await workshop.process(video)
    await workshop.compose()
    return video


async def test_every_link_of_a_local_recording_opens_its_file_at_the_second(
    workshop: Workshop,
) -> None:
    """Footnotes, `show`, search, `recent` and the audit agree; other files are not played."""
    video = await local(
        workshop,
        ("/talks/my bread #1.vtt", "transcript", transcript_of(LINES).text_sha256),
        ("/talks/my bread #1.info.json", "metadata", "b"),
        ("/talks/my bread #1.mp4", "media", "c"),
    )
    url = "file:///talks/my%20bread%20%231.mp4"
    expected: list[str | None] = [f"{url}#t=0", f"{url}#t=4"]
    links = await links_of(workshop, video)
    assert links == (expected, expected, expected, expected, {url}, ["my bread #1.vtt"] * 2)
    assert (await workshop.verify()).holds


async def test_links_follow_a_file_that_moves_goes_and_comes(workshop: Workshop) -> None:
    """Nothing is made again for it: links are made when they are read."""
    video = await local(workshop, ("/talks/a.mp3", "media", "c"))
    documents = "SELECT id, xmin::text FROM documents ORDER BY id"
    before = await workshop.rows(documents)
    await workshop.rows("UPDATE media_files SET path = '/new/a.mp3' RETURNING 1")
    moved = await links_of(workshop, video)
    await workshop.rows("UPDATE media_files SET missing_at = now() RETURNING 1")
    gone = await links_of(workshop, video)
    await workshop.rows("UPDATE media SET url = 'https://v.example/x' RETURNING 1")
    published = await links_of(workshop, video)
    assert await workshop.rows(documents) == before
    assert {tuple(links) for links in moved[:4]} == {
        ("file:///new/a.mp3#t=0", "file:///new/a.mp3#t=4")
    }
    assert {tuple(links) for links in gone[:4]} == {(None, None)}
    assert {tuple(links) for links in published[:4]} == {
        ("https://v.example/x?t=0", "https://v.example/x?t=4")
    }


async def test_the_file_named_is_the_one_that_was_read(workshop: Workshop) -> None:
    """Of two files the one with that content; of none with it, the only one there is."""
    sha256 = transcript_of(LINES).text_sha256
    video = await local(
        workshop, ("/talks/a.vtt", "transcript", "x"), ("/talks/b.vtt", "transcript", sha256)
    )
    read = (await links_of(workshop, video)).files
    await workshop.rows("UPDATE media_files SET sha256 = 'y' WHERE path LIKE '%b.vtt' RETURNING 1")
    unknown = (await links_of(workshop, video)).files
    await workshop.rows("DELETE FROM media_files WHERE path LIKE '%a.vtt' RETURNING 1")
    only = (await links_of(workshop, video)).files
    assert [read, unknown, only] == [["b.vtt"] * 2, [None] * 2, ["b.vtt"] * 2]
