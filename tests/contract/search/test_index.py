"""What every search index does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from footnoted.search.port import Document, DocumentKind, Filters, Query

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from footnoted.search.port import SearchIndex

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")

JUNE = datetime(2024, 6, 1, tzinfo=UTC)


def doc(number: int, text: str, **fields: Any) -> Document:
    """Return a document with a readable id."""
    given = {
        "kind": DocumentKind.WINDOW,
        "profile": "techniques",
        "video_id": 1,
        "creator": "Ann Lee",
        "title": "",
        **fields,
    }
    return Document.model_validate({"id": UUID(int=number), "text": text, **given})


async def found(index: SearchIndex, text: str, limit: int = 10, **filters: Any) -> list[int]:
    """Return the numbers of the documents found, best first."""
    query = Query(text=text, filters=Filters(**filters), limit=limit)
    return [hit.document_id.int for hit in await index.query(query)]


async def in_batches(*batches: Sequence[Document]) -> AsyncIterator[Sequence[Document]]:
    """Yield the batches."""
    for batch in batches:
        yield batch


async def test_a_document_is_found_by_a_word_of_its_text(index: SearchIndex) -> None:
    """Only documents that hold a word of the query come back."""
    await index.upsert([doc(1, "the kettle boils"), doc(2, "a train leaves")])
    assert await found(index, "kettle") == [1]


async def test_a_document_is_found_by_title_tag_and_tool(index: SearchIndex) -> None:
    """Text is not all that is searched."""
    await index.upsert(
        [
            doc(1, "x", title="gardening"),
            doc(2, "x", tags=("soup",)),
            doc(3, "x", tools=("Blender",)),
        ]
    )
    assert [await found(index, word) for word in ("gardening", "soup", "blender")] == [
        [1],
        [2],
        [3],
    ]


async def test_case_and_plural_do_not_matter(index: SearchIndex) -> None:
    """Words are folded and stemmed alike in documents and queries."""
    await index.upsert([doc(1, "Trains"), doc(2, "buses")])
    assert await found(index, "TRAIN") == [1]


async def test_the_better_match_comes_first(index: SearchIndex) -> None:
    """More of the query's words in a shorter text score higher."""
    await index.upsert(
        [
            doc(1, "a lantern on a very long road that goes on and on past every house in town"),
            doc(2, "lantern festival"),
            doc(3, "nothing of it"),
        ]
    )
    assert await found(index, "lantern festival") == [2, 1]


async def test_ties_come_in_the_order_of_ids(index: SearchIndex) -> None:
    """Equal scores are ordered, at the end of a full answer too."""
    await index.upsert([doc(number, "equal words") for number in (9, 3, 7, 1, 5)])
    assert await found(index, "words", limit=3) == [1, 3, 5]


async def test_scores_fall(index: SearchIndex) -> None:
    """Hits carry scores that agree with their order."""
    await index.upsert([doc(n, "apple " * n + "filler words here now") for n in range(1, 6)])
    scores = [hit.score for hit in await index.query(Query(text="apple"))]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5
    assert min(scores) > 0


async def test_japanese_is_found_by_a_part_of_a_sentence(index: SearchIndex) -> None:
    """Scripts without spaces are searchable, down to one character."""
    await index.upsert([doc(1, "今日は機械学習の話をします"), doc(2, "天気がいいですね")])
    assert [await found(index, text) for text in ("機械学習", "話")] == [[1], [1]]


@pytest.mark.parametrize("text", ["", "  ", "?!", "the and of"])
async def test_a_query_without_words_finds_nothing(index: SearchIndex, text: str) -> None:
    """Nothing to look for is not everything."""
    await index.upsert([doc(1, "a kettle")])
    assert await found(index, text) == []


@pytest.mark.parametrize(
    ("field", "value", "asked", "wrong"),
    [
        ("kind", "moment", {"kind": "moment"}, {"kind": "page"}),
        ("profile", "stocks", {"profile": "stocks"}, {"profile": "brain"}),
        ("source_id", 7, {"source_id": 7}, {"source_id": 8}),
        ("creator", "Bo Ek", {"creator": "BO EK"}, {"creator": "Bo"}),
        ("category", "Setup", {"category": "SETUP"}, {"category": "sets"}),
        ("tags", ("Fast", "Cheap"), {"tag": "CHEAP"}, {"tag": "good"}),
        ("tools", ("uv", "Ruff"), {"tool": "RUFF"}, {"tool": "mypy"}),
        ("speakers", ("Åsa", "Bo"), {"speaker": "åSA"}, {"speaker": "Cy"}),
    ],
)
async def test_a_filter_keeps_what_has_the_value(
    index: SearchIndex, field: str, value: object, asked: dict[str, Any], wrong: dict[str, Any]
) -> None:
    """Each filter matches its own field, names without regard to case."""
    await index.upsert([doc(1, "kettle"), doc(2, "kettle", **{field: value})])
    assert await found(index, "kettle", **asked) == [2]
    assert await found(index, "kettle", **wrong) == []


async def test_since_keeps_what_was_published_then_or_later(index: SearchIndex) -> None:
    """The day itself counts; a document without a date does not."""
    await index.upsert(
        [
            doc(1, "kettle"),
            doc(2, "kettle", published_at=datetime(2024, 5, 31, tzinfo=UTC)),
            doc(3, "kettle", published_at=JUNE),
            doc(4, "kettle", published_at=datetime(2025, 1, 1, tzinfo=UTC)),
        ]
    )
    assert await found(index, "kettle", since=JUNE) == [3, 4]


async def test_filters_are_all_required(index: SearchIndex) -> None:
    """Two filters narrow each other."""
    await index.upsert([doc(1, "kettle", tags=("a",)), doc(2, "kettle", tags=("a",), category="c")])
    assert await found(index, "kettle", tag="a", category="c") == [2]


async def test_an_upsert_replaces_the_old_content(index: SearchIndex) -> None:
    """Neither old words nor old fields find a document again."""
    await index.upsert([doc(1, "kettle", tags=("old",))])
    await index.upsert([doc(1, "train")])
    assert [await found(index, "kettle"), await found(index, "train", tag="old")] == [[], []]
    assert await found(index, "train") == [1]


async def test_deleted_documents_leave_at_once(index: SearchIndex) -> None:
    """Deleting is final, and unknown ids are fine."""
    await index.upsert([doc(1, "kettle"), doc(2, "kettle")])
    await index.delete([UUID(int=1), UUID(int=99)])
    await index.delete([])
    assert await found(index, "kettle") == [2]
    assert await index.document_ids() == {UUID(int=2)}


async def test_writing_nothing_is_fine(index: SearchIndex) -> None:
    """An empty batch changes nothing."""
    await index.upsert([])
    assert await index.document_ids() == set()


async def test_all_ids_are_listed_beyond_one_page(index: SearchIndex) -> None:
    """The audit sees every document."""
    await index.upsert([doc(number, "x") for number in range(1, 1102)])
    assert await index.document_ids() == {UUID(int=number) for number in range(1, 1102)}


async def test_a_rebuild_replaces_everything(index: SearchIndex) -> None:
    """What is not in the batches is gone; the rest is findable."""
    await index.upsert([doc(1, "kettle"), doc(2, "kettle")])
    await index.rebuild(in_batches([doc(2, "train")], [doc(3, "kettle")]))
    assert await index.document_ids() == {UUID(int=2), UUID(int=3)}
    assert await found(index, "kettle") == [3]
    assert not index.was_recreated


async def test_the_old_content_serves_during_a_rebuild(index: SearchIndex) -> None:
    """Queries between batches are answered from the old content."""
    await index.upsert([doc(1, "kettle")])
    seen: list[list[int]] = []

    async def batches() -> AsyncIterator[Sequence[Document]]:
        for number in (2, 3):
            yield [doc(number, "kettle")]
            seen.append(await found(index, "kettle"))

    await index.rebuild(batches())
    assert seen == [[1], [1]]
    assert await found(index, "kettle") == [2, 3]


async def test_a_rebuild_that_breaks_off_leaves_the_old_content(index: SearchIndex) -> None:
    """A failing source of documents costs nothing."""
    await index.upsert([doc(1, "kettle")])

    async def batches() -> AsyncIterator[Sequence[Document]]:
        yield [doc(2, "train")]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await index.rebuild(batches())
    assert await index.document_ids() == {UUID(int=1)}


async def test_being_ready_twice_changes_nothing(index: SearchIndex) -> None:
    """ensure_ready keeps what is there."""
    await index.upsert([doc(1, "kettle")])
    await index.ensure_ready()
    assert await found(index, "kettle") == [1]
