"""What every embedder does: both kinds of server, and a model on this machine."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.ledger.embedding_prices import EmbeddingPriceTable
from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.search.embedding.local_model import LocalEmbedder, ModelPlace
from footnoted.search.embedding.port import EmbeddingRequest
from footnoted.search.embedding.recipes import Purpose
from footnoted.search.embedding.server import OPENAI, VOYAGE
from footnoted.search.embedding.server import EmbeddingServer as ServerEmbedder
from tests.fakes.embedding_server import EmbeddingServer, Refuse, Reset, Say, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from footnoted.search.embedding.port import Embedder

TEXTS = ("the kettle sings", "a train leaves", "soup")


@pytest.fixture
async def server() -> AsyncIterator[EmbeddingServer]:
    """Yield a service on loopback."""
    async with serving() as service:
        yield service


class _Library:
    """What stands in for the package on this machine: the same vectors, from the same words."""

    def __init__(self, server: EmbeddingServer) -> None:
        self._server = server

    def TextEmbedding(self, name: str, **given: Any) -> _Library:  # noqa: N802 - its name there
        assert set(given) == {"cache_dir", "local_files_only", "specific_model_path"}
        if name == "broken":
            message = "no such model"
            raise ValueError(message)
        return self

    def passage_embed(self, texts: list[str]) -> Iterator[list[float]]:
        return (self._server.vector(text) for text in texts)

    query_embed = passage_embed


@pytest.fixture(params=["openai", "voyage", "fastembed"])
async def embedder(
    request: pytest.FixtureRequest,
    server: EmbeddingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Embedder]:
    """Yield an embedder of each kind."""
    made: Embedder
    if request.param == "fastembed":
        library = _Library(server)
        monkeypatch.setitem(sys.modules, "fastembed", library)
        made = LocalEmbedder(ModelPlace(tmp_path))
    else:
        made = at(server, request.param)
    yield made
    await made.close()


def at(server: EmbeddingServer, maker: str = "openai", key: str = "") -> ServerEmbedder:
    """Return what asks a server."""
    protocol = OPENAI if maker == "openai" else VOYAGE
    return ServerEmbedder(protocol, server.base_url, key, EmbeddingPriceTable.load(None))


def asking(*texts: str, **changed: Any) -> EmbeddingRequest:
    """Return a request."""
    given: dict[str, Any] = {"purpose": Purpose.DOCUMENT, "model": "tiny", "dimensions": 32}
    return EmbeddingRequest(texts or TEXTS, **{**given, **changed})


async def test_there_is_a_vector_for_each_text_in_their_order(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    """However a server orders its answer."""
    embedded = await embedder.embed(asking(), timeout_s=5)
    expected = [pytest.approx(server.vector(text)) for text in TEXTS]
    assert [list(vector) for vector in embedded.vectors] == expected


async def test_queries_are_embedded_too(embedder: Embedder) -> None:
    """With as many dimensions as documents."""
    embedded = await embedder.embed(asking("kettle", purpose=Purpose.QUERY), timeout_s=5)
    assert [len(vector) for vector in embedded.vectors] == [32]


async def test_what_is_known_of_it_names_specs_and_alerts(embedder: Embedder) -> None:
    """Nothing of it is empty, and a request may have many texts."""
    assert embedder.maker in {"openai", "voyage", "fastembed"}
    assert embedder.provider
    assert embedder.most_texts >= 64


@pytest.mark.parametrize("maker", ["openai", "voyage"])
async def test_tokens_and_who_answered_are_told(server: EmbeddingServer, maker: str) -> None:
    """What is billed is what the server counted."""
    embedded = await at(server, maker).embed(asking(), timeout_s=5)
    assert (embedded.tokens, embedded.served_by) == (server.billed_tokens, "tiny")
    assert embedded.provider_request_id == "emb-1"


async def test_each_protocol_is_asked_in_its_own_words(server: EmbeddingServer) -> None:
    """OpenAI's and Voyage AI's references of the endpoint; dimensions only where they differ."""
    await at(server).embed(asking("a"), timeout_s=5)
    small = asking("a", model="text-embedding-3-small", dimensions=256)
    await at(server).embed(small, timeout_s=5)
    query = asking("a", model="voyage-4", purpose=Purpose.QUERY, dimensions=1024)
    await at(server, "voyage").embed(query, timeout_s=5)
    short = asking("a", model="voyage-4", dimensions=256)
    await at(server, "voyage").embed(short, timeout_s=5)
    told = [{k: v for k, v in one.items() if k not in {"model", "input"}} for one in server.asked]
    assert told == [
        {"encoding_format": "float"},
        {"encoding_format": "float", "dimensions": 256},
        {"input_type": "query", "truncation": True},
        {"input_type": "document", "truncation": True, "output_dimension": 256},
    ]


@pytest.mark.parametrize(
    ("answer", "kind", "may_be_billed", "words"),
    [
        (Say("[1, 2"), FaultKind.BROKEN, True, "makes no sense"),
        (Say('{"data": []}'), FaultKind.BROKEN, True, "0 vectors came for 3 texts"),
        (
            Say(json.dumps({"data": [{"index": 0, "embedding": [1.0]}] * 3})),
            FaultKind.BROKEN,
            True,
            "3 vectors came for 3 texts",
        ),
        (Say('{"data": [{"index": 0}]}'), FaultKind.BROKEN, True, "data.0.embedding"),
        (Reset(), FaultKind.BROKEN, True, "broke"),
        (Refuse(500, "<h1>oops</h1>"), FaultKind.UNAVAILABLE, True, "500: <h1>oops</h1>"),
        (Refuse(429), FaultKind.RATE_LIMITED, False, "429: no"),
        (Refuse(429, "insufficient_quota"), FaultKind.STOPPED, False, "429"),
        (Refuse(401), FaultKind.STOPPED, False, "401: no"),
        (Refuse(400), FaultKind.REJECTED, False, "400: no"),
        (Refuse(413), FaultKind.TOO_LARGE, False, "413: no"),
    ],
)
async def test_every_failure_has_a_kind_and_says_what_may_be_billed(
    server: EmbeddingServer, answer: Any, kind: FaultKind, may_be_billed: object, words: str
) -> None:
    """A refusal is not billed; what broke off may be."""
    server.next.append(answer)
    with pytest.raises(CallFailedError) as failed:
        await at(server).embed(asking(), timeout_s=5)
    fault = failed.value.fault
    assert (fault.kind, fault.may_be_billed) == (kind, may_be_billed)
    assert words in fault.message


async def test_a_server_that_is_slow_or_away_is_unavailable(server: EmbeddingServer) -> None:
    """What was sent may be billed; what was not is not."""
    server.delay_s = 5.0
    with pytest.raises(CallFailedError) as slow:
        await at(server).embed(asking(), timeout_s=0.2)
    server.base_url = "http://127.0.0.1:9/v1"
    with pytest.raises(CallFailedError) as away:
        await at(server).embed(asking(), timeout_s=5)
    faults = [slow.value.fault, away.value.fault]
    assert [(one.kind, one.code, one.may_be_billed) for one in faults] == [
        (FaultKind.UNAVAILABLE, "timed_out", True),
        (FaultKind.UNAVAILABLE, "unreachable", False),
    ]


async def test_a_wait_that_the_server_asks_for_is_passed_on(server: EmbeddingServer) -> None:
    """RFC 9110's retry-after, in seconds."""
    server.next.append(Refuse(429, headers=(("retry-after", "17"),)))
    with pytest.raises(CallFailedError) as failed:
        await at(server).embed(asking(), timeout_s=5)
    assert failed.value.fault.retry_after_s == 17.0


async def test_the_key_is_sent_and_in_no_message(server: EmbeddingServer) -> None:
    """A server that echoes what it got does not get it into our database."""
    server.key = "sk-right"
    assert (await at(server, key="sk-right").embed(asking(), timeout_s=5)).vectors
    server.next.append(Refuse(400, "bad key sk-right in request"))
    with pytest.raises(CallFailedError) as failed:
        await at(server, key="sk-right").embed(asking(), timeout_s=5)
    assert "bad key [key] in request" in failed.value.fault.message


async def test_a_probe_costs_nothing(server: EmbeddingServer) -> None:
    """A server that does not know the list of models is there; a refused key is told."""
    assert await at(server).probe() is None
    server.key = "right"
    fault = await at(server, key="wrong").probe()
    assert fault is not None
    assert (fault.code, server.asked) == ("key_refused", [])


async def test_a_model_that_cannot_be_loaded_is_unavailable(
    server: EmbeddingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the words of its library; nothing else of the program ends."""
    monkeypatch.setitem(sys.modules, "fastembed", _Library(server))
    with pytest.raises(CallFailedError, match="broken on this machine: no such model"):
        await LocalEmbedder(ModelPlace(tmp_path)).embed(asking(model="broken"), timeout_s=5)
