"""Files brought over HTTP, and what is told of them from the first moment to after their end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from footnoted.api.server import serve
from footnoted.errors import ConfigurationError
from footnoted.pipeline.controls.removal.removal import purge
from tests.fakes.sounds import noise, write_wav
from tests.integration.sources.conftest import captions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.api.conftest import Open, Place

WORDS = captions("the engine weaves algebraic patterns just as the loom weaves flowers").encode()


async def test_an_uploaded_transcript_becomes_searchable(place: Place) -> None:
    """From the form to the index, with everything that was said of it."""
    sent = await place.upload(
        WORDS, "Ada's talk.en.vtt", language="en", owner="ada", creator="Ada Lovelace"
    )
    (item,) = sent.json()["items"]
    before = await place.get(f"{item['id']}/indexing-status")
    await place.drain()
    told = (await place.get(str(item["id"]))).json()
    words = (await place.get(f"{item['id']}/transcript")).json()
    after = (await place.get(f"{item['id']}/indexing-status")).json()
    assert (sent.status_code, sent.json()["is_new"], item["status"]) == (201, True, "discovered")
    assert (before.json()["documents"], before.json()["is_searchable"]) == (0, False)
    assert (told["title"], told["owner"], told["creator"], told["language"]) == (
        "Ada's talk",
        "ada",
        "Ada Lovelace",
        "en",
    )
    assert told["state"]["status"] == "indexed"
    assert "the loom weaves flowers" in " ".join(cue["text"] for cue in words["cues"])
    assert (words["origin"], words["language"]) == ("imported", "en")
    assert after["documents"] > 0
    assert (after["waiting"], after["is_searchable"]) == (0, True)


async def test_known_content_under_another_name_changes_nothing(place: Place) -> None:
    """It is called and spoken in what it was; only what is said by hand counts anew."""
    (first,) = (await place.upload(WORDS, "Ada's talk.en.vtt")).json()["items"]
    await place.drain()
    (again,) = (await place.upload(WORDS, "upload (3).de.vtt")).json()["items"]
    told = (await place.get(str(first["id"]))).json()
    assert (again["id"], again["status"]) == (first["id"], "indexed")
    assert (told["title"], told["language"]) == ("Ada's talk", "en")
    await place.upload(WORDS, "x.vtt", language="fr")
    assert [tuple(row) for row in await place.rows("SELECT title, language FROM media")] == [
        ("Ada's talk", "fr")
    ]


async def test_sound_waits_by_name_and_its_job_is_told(place: Place, tmp_path: Path) -> None:
    """While there is no transcript yet, that is what is answered, and why."""
    sound = write_wav(tmp_path / "a.wav", noise(1.0)).read_bytes()
    (item,) = (await place.upload(sound, "a.mp3")).json()["items"]
    on_its_way = await place.get(f"{item['id']}/transcript")
    active = "UPDATE transcriptions SET lease_owner = gen_random_uuid(), lease_expires_at = now()"
    await place.rows(f"{active} + interval '1 minute' RETURNING 1")
    working = (await place.get(str(item["id"]))).json()
    await place.rows(
        "UPDATE transcriptions SET lease_owner = NULL, lease_expires_at = NULL RETURNING 1"
    )
    await place.drain()
    told = (await place.get(str(item["id"]))).json()
    none = await place.get(f"{item['id']}/transcript")
    assert on_its_way.status_code == none.status_code == 404
    assert on_its_way.json()["code"] == none.json()["code"] == "no_transcript"
    assert "it waits for speech_recognition until" in none.json()["detail"]
    assert [job["state"] for job in working["jobs"]] == ["active"]
    assert [(job["kind"], job["state"]) for job in told["jobs"]] == [("transcription", "waiting")]
    assert told["state"]["wait_reason"] == "speech_recognition"


async def test_what_was_removed_is_told_from_what_never_was(place: Place) -> None:
    """410 and 404, whatever of the item is asked for."""
    (item,) = (await place.upload(WORDS)).json()["items"]
    await place.drain()
    await purge(place.app.storage.database, [item["id"]], clock=place.app.storage.clock)
    for what in ("", "/transcript", "/indexing-status"):
        gone, never = await place.get(f"{item['id']}{what}"), await place.get(f"4711{what}")
        assert (gone.status_code, gone.json()["code"]) == (410, "item_removed")
        assert (never.status_code, never.json()["code"]) == (404, "item_unknown")
        assert (await place.get(f"{10**20}{what}")).status_code == 422


async def test_the_same_content_is_one_item(place: Place) -> None:
    """However it is called; fields may come before the file or after it."""
    first = (await place.upload(WORDS, "a.vtt", owner="ada")).json()
    second = (await place.upload(WORDS, "b.vtt", owner="bea")).json()
    assert (first["is_new"], second["is_new"]) == (True, False)
    assert [item["id"] for item in first["items"]] == [item["id"] for item in second["items"]]
    assert (await place.get(str(first["items"][0]["id"]))).json()["owner"] == "ada"
    assert await place.rows("SELECT count(*) FROM media") == [(1,)]


@pytest.mark.parametrize(
    ("data", "fields", "status", "code"),
    [
        (b"", {}, 400, "upload_empty"),
        (b"%PDF-1.7 " + bytes(3_000), {}, 415, "upload_wrong_type"),
        (b"WEBVTT\n\n", {}, 422, "transcript_empty"),
        (WORDS, {"language": "klingon!"}, 400, "usage"),
        (WORDS, {"profile": "gossip"}, 400, "usage"),
        (WORDS, {"color": "red"}, 400, "usage"),
        (WORDS, {"owner": "x" * 2_000}, 400, "usage"),
    ],
)
async def test_what_is_not_taken_is_refused_in_a_sentence(
    place: Place, data: bytes, fields: dict[str, str], status: int, code: str
) -> None:
    """With a code; no recording is left of it."""
    refused = await place.upload(data, **fields)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.json()["detail"]
    assert await place.rows("SELECT count(*) FROM media") == [(0,)]


async def test_a_form_without_a_file_is_refused(place: Place) -> None:
    """And so is what is no form at all."""
    bare = await place.client.post("/api/v1/uploads", files={"owner": (None, "ada")})
    none = await place.client.post("/api/v1/uploads", content=b"x")
    assert (bare.status_code, bare.json()["detail"]) == (
        400,
        "the form has no file: its part is called `file`",
    )
    assert (none.status_code, none.json()["code"]) == (400, "usage")


async def test_there_is_no_room_beyond_the_budget(open_place: Open) -> None:
    """An upload that does not fit is refused as it comes, and leaves nothing."""
    async with open_place(media_max_gb=0.000_001) as place:
        refused = await place.upload(b"ID3\x04" + bytes(100_000), "a.mp3")
        left = list(place.app.storage.settings.data_dir.rglob("*.mp3"))
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert left == []


async def test_an_upload_that_breaks_off_leaves_nothing(place: Place) -> None:
    """What had come of it is gone when its client is."""
    held = place.app.storage.settings.data_dir / "work" / "held"
    _, writer = await asyncio.open_connection("127.0.0.1", place.port)
    head = (
        "POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\nID3\x04'
    )
    writer.write(head.encode() + bytes(200_000))
    await writer.drain()
    await until(lambda: any(held.glob("*/*")))
    writer.close()
    await until(lambda: not any(held.glob("*")))
    assert await place.rows("SELECT count(*) FROM media") == [(0,)]


async def until(happens: Callable[[], bool]) -> None:
    """Return when something happens; fail when it does not."""
    for _ in range(500):
        if happens():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen within ten seconds")


async def test_over_tcp_programs_of_this_machine_may_ask(place: Place) -> None:
    """A page in a browser may not, nor a name that was made to lead here."""
    base = f"http://127.0.0.1:{place.port}"
    async with httpx.AsyncClient(base_url=base) as client:
        ours = await client.get("/api/v1/items/1")
        page = await client.get("/api/v1/items/1", headers={"Origin": "https://evil.example"})
        named = await client.get("/api/v1/items/1", headers={"Host": "evil.example"})
    assert (ours.status_code, ours.json()["code"]) == (404, "item_unknown")
    assert (page.status_code, page.json()["code"]) == (403, "origin_refused")
    assert (named.status_code, named.json()["code"]) == (403, "host_refused")


async def test_a_token_is_asked_for_where_one_is_set(open_place: Open) -> None:
    """Not on the socket, which is its owner's alone, and not for whether the process lives."""
    asked = "/api/v1/items/1"
    async with (
        open_place(api_token="0123456789abcdef") as place,  # noqa: S106 - a test's own
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}") as client,
    ):
        shown = {"Authorization": "Bearer 0123456789abcdef"}
        codes = [
            (await client.get(asked)).status_code,
            (await client.get(asked, headers={"Authorization": "x"})).status_code,
            (await client.get(asked, headers=shown)).status_code,
            (await client.get("/healthz")).status_code,
            (await place.get("1")).status_code,
        ]
    assert codes == [401, 401, 404, 200, 404]


@pytest.mark.parametrize(
    ("listen", "token", "why"),
    [
        ("0.0.0.0:8642", None, "FOOTNOTED_API_TOKEN must be set"),
        ("127.0.0.1:8642", "short", "16 characters"),
        ("127.0.0.1:99999", None, "cannot be listened at"),
    ],
)
async def test_a_place_that_cannot_be_listened_at_stops_the_start(
    place: Place, listen: str, token: str | None, why: str
) -> None:
    """In a sentence that names the setting."""
    changes = {"api_listen": listen, "api_token": token}
    settings = type(place.app.storage.settings).model_validate(
        {**place.app.storage.settings.model_dump(), **changes}
    )
    app = replace(place.app, storage=replace(place.app.storage, settings=settings))
    with pytest.raises(ConfigurationError, match=why):
        async with serve(app):
            pass
