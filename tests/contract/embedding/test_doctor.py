"""What `doctor` says of an embedder, without paying for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footnoted.doctor.embedding import check_embedder
from footnoted.settings import Settings
from tests.fakes.embedding_server import serving


async def told(**given: Any) -> list[tuple[str, str]]:
    """Return what is found, and the sentence."""
    settings = Settings.model_validate({"data_dir": Path("/nowhere"), **given})
    return [(check.state.value, check.explanation) for check in await check_embedder(settings)]


async def test_what_is_in_the_way_of_embedding_is_told() -> None:
    """Nothing where nothing is set; a refused key is a failure, a server that is away a warning."""
    assert await told() == []
    async with serving(key="right") as server:
        base = {"embedder": "voyage", "embedder_base_url": server.base_url}
        well = await told(**base, embedder_api_key="right")
        wrong = await told(**base, embedder_api_key="wrong")
        assert server.asked == []
    away = await told(embedder="voyage", embedder_base_url="http://127.0.0.1:9/v1")
    missing = await told(embedder="voyage")
    assert well == [("ok", f"{server.base_url}: nothing is in the way")]
    assert [state for state, _ in (*wrong, *away, *missing)] == ["failure", "warning", "failure"]
    assert missing[0][1] == "FOOTNOTED_EMBEDDER=voyage needs a key in FOOTNOTED_EMBEDDER_API_KEY"
