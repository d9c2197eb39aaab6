"""What is taken of a followed folder, and what not and why, as of places on the net."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from footnoted.pipeline.controls.changing import change_source
from footnoted.pipeline.controls.removal.removal import purge
from footnoted.sources.net.asking import Asked
from footnoted.sources.net.store import OfferedItem, offered
from footnoted.sources.port import ScanLimits
from footnoted.stages.poll import PollOutput
from tests.fakes.sounds import write_wav
from tests.integration.sources.conftest import NO_CONTEXT, captions

if TYPE_CHECKING:
    from tests.integration.sources.conftest import Desk

DAY_S = 86_400.0


async def items(desk: Desk) -> dict[str, OfferedItem]:
    """Return by title what became of each recording of the folder."""
    async with desk.database.transaction() as session:
        return {item.title: item for item in await offered(session, desk.source_id)}


async def became(desk: Desk) -> dict[str, str]:
    """Return by title why a recording is not taken, else that it is."""
    return {title: item.reason or item.state for title, item in (await items(desk)).items()}


def write(desk: Desk, name: str, *, days: float = 1.0, **info: object) -> None:
    """Put a recording with its sidecar into the folder, last changed some days ago."""
    desk.write(f"{name}.vtt", captions(name), age_s=days * DAY_S)
    if info:
        desk.write(f"{name}.info.json", json.dumps(info), age_s=days * DAY_S)


async def polled(desk: Desk) -> PollOutput:
    """Look once, and return what was seen."""
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    return out


async def test_a_folder_is_filtered_by_what_a_file_tells(desk: Desk) -> None:
    """Title, length, date and language; what does not tell it is taken, as on the net."""
    write(desk, "Talk long", duration=7_200)
    write(desk, "Talk short", duration=60)
    write(desk, "Talk old", upload_date="20010101", duration=7_200)
    write(desk, "Talk of seconds")
    sound = write_wav(desk.folder / "Talk heard.wav", np.zeros(16_000 * 601, np.int16))
    os.utime(sound, ns=(sound.stat().st_mtime_ns - 10**11,) * 2)
    desk.write("Talk untimed.txt", "Nothing tells how long it took to say this.", age_s=DAY_S)
    write(desk, "Rehearsal", duration=7_200)
    write(desk, "Talk in French.fr")
    desk.write("Talk in French.info.json", json.dumps({"duration": 7_200}), age_s=DAY_S)
    write(desk, "Talk aged", days=4_000, duration=7_200)
    asked = Asked(title_has="^talk", min_duration="10m", max_age="52w", languages="en")
    await desk.follow(asked=asked)
    await desk.poll()
    assert await became(desk) == {
        "Talk long": "taken",
        "Talk short": "too_short",
        "Talk old": "too_old",
        "Talk of seconds": "too_short",
        "Talk heard": "taken",
        "Talk untimed": "taken",
        "Rehearsal": "title_unmatched",
        "Talk in French": "other_language",
        "Talk aged": "too_old",
    }
    assert sorted(await desk.titles()) == ["Talk heard", "Talk long", "Talk untimed"]
    assert (await items(desk))["Rehearsal"].detail == "the title does not have '^talk'"
    (told,) = await desk.rows("SELECT fields FROM events WHERE name = 'source.polled'")
    assert told.fields["left"]["too_old"] == 2


async def test_what_is_left_is_neither_read_nor_told_again(desk: Desk) -> None:
    """Until it changes: then it is judged by what it says now."""
    write(desk, "Rehearsal")
    write(desk, "Talk")
    await desk.follow(asked=Asked(title_has="talk"))
    await desk.poll()
    rows = await desk.rows("SELECT * FROM source_items")
    desk.clock.advance(300)
    again = (await polled(desk)).chosen
    assert again is not None
    assert (again.scan.found, again.refused) == ((), ())
    assert await desk.rows("SELECT * FROM source_items") == rows
    write(desk, "Rehearsal", days=0.01, title="A talk after all")
    await desk.poll()
    assert await became(desk) == {"A talk after all": "taken", "Talk": "taken"}


@pytest.mark.parametrize(
    ("backfill", "taken"),
    [("none", []), ("2", ["1", "2"]), ("all", ["1", "2", "3", "4"]), ("since", ["1"])],
)
async def test_a_backfill_goes_back_so_far(desk: Desk, backfill: str, taken: list[str]) -> None:
    """By the date of the recording, else by when its file was changed; what comes is taken."""
    write(desk, "1", days=1)
    write(desk, "3", days=30)
    write(desk, "2", days=0.5, upload_date=f"{desk.clock.now() - timedelta(days=20):%Y%m%d}")
    write(desk, "4", days=400)
    since = f"since {desk.clock.now() - timedelta(days=10):%Y-%m-%d}"
    await desk.follow(asked=Asked(backfill=since if backfill == "since" else backfill))
    desk.clock.advance(3_600)
    await desk.poll()
    assert sorted(await desk.titles()) == taken
    write(desk, "new", days=0.01)
    write(desk, "brought from elsewhere", days=900)
    await desk.poll()
    assert sorted(await desk.titles()) == [*taken, "brought from elsewhere", "new"]


async def test_the_newest_are_chosen_among_all_of_a_large_folder(desk: Desk) -> None:
    """Though one look takes a few, and the rest is not even read; then they stay chosen."""
    desk.limits = ScanLimits(max_found=2)
    for number in range(9):
        write(desk, f"{number}", days=10 - number)
    await desk.follow(asked=Asked(backfill="3, oldest first"))
    for _ in range(3):
        desk.clock.advance(1)
        await desk.poll()
    by_turn = "SELECT m.title FROM videos v JOIN media m ON m.id = v.media_id ORDER BY v.turn"
    assert sorted(row.title for row in await desk.rows(by_turn)) == ["6", "7", "8"]
    assert len(await became(desk)) == 9
    (sizes,) = await desk.rows("SELECT count(*) AS files FROM media_files")
    assert sizes.files == 3


async def test_a_changed_wish_judges_anew_what_was_left(desk: Desk) -> None:
    """And takes nothing twice; what is there already counts among the newest."""
    for number in range(1, 5):
        write(desk, f"{number}", days=number)
    await desk.follow(asked=Asked(backfill="1"))
    await desk.poll()
    await change_source(desk.database, desk.source_id, Asked(backfill="3"), clock=desk.clock)
    await desk.poll()
    assert sorted(await desk.titles()) == ["1", "2", "3"]
    assert (await became(desk))["4"] == "backfill"


async def test_what_is_too_young_is_taken_in_time(desk: Desk) -> None:
    """The look after it is due when the recording is, and not at the next interval."""
    write(desk, "fresh", days=0.5)
    await desk.follow(asked=Asked(min_age="1d", schedule="every 30d"))
    await desk.poll()
    waiting = (await items(desk))["fresh"]
    (source,) = await desk.rows("SELECT next_poll_at FROM sources")
    assert (waiting.state, waiting.reason) == ("later", "too_young")
    assert source.next_poll_at == waiting.decide_at
    desk.clock.advance(DAY_S)
    await desk.poll()
    assert await became(desk) == {"fresh": "taken"}


async def test_a_renamed_recording_is_not_judged_by_its_new_name(desk: Desk) -> None:
    """It was taken; what was left and is renamed stays as old as it was."""
    write(desk, "Talk")
    await desk.follow(asked=Asked(title_has="talk", backfill="1"))
    await desk.poll()
    write(desk, "Old talk", days=50)
    await desk.change("UPDATE sources SET poll_state = '{}'")
    await desk.poll()
    assert (await became(desk))["Old talk"] == "backfill"
    (desk.folder / "Talk.vtt").rename(desk.folder / "Other.vtt")
    (desk.folder / "Old talk.vtt").rename(desk.folder / "Older talk.vtt")
    await desk.poll()
    assert await became(desk) == {"Other": "taken", "Older talk": "backfill"}
    assert await desk.files() == {"Other.vtt": ("Other", False)}


async def test_a_file_of_the_size_of_one_that_is_gone_is_judged_by_its_content(desk: Desk) -> None:
    """It is another recording, and its title is not wanted."""
    write(desk, "Talk")
    await desk.follow(asked=Asked(title_has="talk"))
    await desk.poll()
    (desk.folder / "Talk.vtt").unlink()
    desk.write("Show.vtt", captions("Klat"))
    await desk.poll()
    assert await became(desk) == {"Talk": "taken", "Show": "title_unmatched"}


async def test_what_was_left_and_is_gone_is_forgotten(desk: Desk) -> None:
    """It is no item of the folder any more."""
    write(desk, "Talk")
    write(desk, "Show")
    await desk.follow(asked=Asked(title_has="talk"))
    await desk.poll()
    (desk.folder / "Show.vtt").unlink()
    await desk.poll()
    assert await became(desk) == {"Talk": "taken"}


async def test_a_table_that_speaks_of_what_is_left_is_read_once(desk: Desk) -> None:
    """Its new titles are taken over, and judged."""
    for name in ("a", "b", "c"):
        write(desk, name)
    desk.write("metadata.csv", "file,title\na,Talk A\nb,Show B\nc,Talk C\n")
    await desk.follow(asked=Asked(title_has="talk"))
    await desk.poll()
    assert await became(desk) == {"Talk A": "taken", "Show B": "title_unmatched", "Talk C": "taken"}
    desk.write("metadata.csv", "file,title\na,Show A\nb,Talk B\nc,Talk C!\n", age_s=30)
    await desk.poll()
    assert await became(desk) == {"Show A": "taken", "Talk B": "taken", "Talk C!": "taken"}
    again = (await polled(desk)).chosen
    assert again is not None
    assert (again.scan.found, again.scan.problems) == ((), ())


async def test_a_wish_that_changes_during_a_look_decides(desk: Desk) -> None:
    """What the look chose by the old one is not written, and the next look is due."""
    write(desk, "Show")
    await desk.follow(asked=Asked(title_has="talk"))
    stage = desk.stage()
    async with desk.database.transaction() as session:
        given = await stage.load(session, desk.source_id)
    out = await stage.run(given, NO_CONTEXT)
    assert isinstance(out, PollOutput)
    await change_source(desk.database, desk.source_id, Asked(title_has="show"), clock=desk.clock)
    async with desk.database.transaction() as session:
        await stage.save(session, desk.source_id, out)
    assert await became(desk) == {}
    await desk.poll()
    assert await became(desk) == {"Show": "taken"}


async def erase(desk: Desk, title: str) -> None:
    """Erase a video, as a person does."""
    query = "SELECT v.id FROM videos v JOIN media m ON m.id = v.media_id WHERE m.title = :title"
    (row,) = await desk.rows(query, title=title)
    removed = await purge(desk.database, [row.id], clock=desk.clock)
    assert removed.still_there == (f"{desk.folder}/{title}.vtt",)


@pytest.mark.parametrize("asked", [Asked(), Asked(title_has="talk")])
async def test_a_removed_file_stays_away(desk: Desk, asked: Asked) -> None:
    """Unchanged it is not read again; changed, renamed or copied it is not taken again."""
    write(desk, "Talk")
    write(desk, "Another talk")
    await desk.follow(asked=asked)
    await desk.poll()
    await erase(desk, "Talk")
    again = (await polled(desk)).chosen
    assert again is not None
    assert (again.scan.found, again.refused) == ((), ())
    shutil.copy2(desk.folder / "Talk.vtt", desk.folder / "Copied talk.vtt")
    write(desk, "Talk", days=0.01, title="Talk, mended")
    await desk.poll()
    (desk.folder / "Talk.vtt").rename(desk.folder / "Renamed talk.vtt")
    (desk.folder / "Talk.info.json").unlink()
    await desk.poll()
    assert await desk.titles() == ["Another talk"]
    states = {title: item.state for title, item in (await items(desk)).items()}
    assert states == {"Another talk": "taken", "Copied talk": "removed", "Renamed talk": "removed"}


async def test_a_removed_file_comes_back_by_hand_only(desk: Desk) -> None:
    """Another folder that has the same content does not bring it, and says so."""
    path = desk.write("Talk.vtt", captions())
    first = await desk.follow()
    await desk.poll()
    await erase(desk, "Talk")
    desk.write("sub/Copy.vtt", path.read_bytes())
    await desk.follow("sub")
    await desk.poll()
    told = (await items(desk))["Copy"]
    assert (told.state, told.reason) == ("removed", "removed")
    await desk.add("Talk.vtt")
    await desk.poll()
    await desk.poll(first)
    assert await became(desk) == {"Talk": "taken"}
    desk.source_id = first
    assert await became(desk) == {"Talk": "taken"}
    assert set(await desk.files()) == {"Talk.vtt", "sub/Copy.vtt"}
    assert await desk.rows("SELECT 1 FROM removals") == []
