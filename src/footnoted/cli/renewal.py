"""`footnoted embedding renew`: vectors of some documents made anew, or those that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.choices import VectorReachChoice  # noqa: TC001 - typer reads annotations
from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.pipeline.embedding.renewal.renewal import Renewed
    from footnoted.pipeline.embedding.standing import SpecStanding

_MADE_BY = (
    "a daemon with the settings of this command makes them within a minute, or `footnoted embedding"
    " build` now"
)


def renew(
    reach: Annotated[
        VectorReachChoice, typer.Option("--scope", help="Some videos, an owner's, or all.")
    ],
    *,
    video: Annotated[
        list[int] | None, typer.Option("--video", help="With --scope video: ids of videos.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="With --scope owner: the label.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what was taken in since: 7d, 12h, 2w or a date.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make anew what is there already; this buys it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make the vectors of some documents: what is missing, or with --force all of them anew.

    A vector is known by its model and its text: what a document out of scope has too stays as it
    is. Nothing is made for a spec that is retired. Exit code 75: some are made later; 1: the
    embedder refused some.
    """
    from footnoted.cli.building import renew_vectors
    from footnoted.cli.since import parse_past
    from footnoted.cli.storage import with_storage
    from footnoted.db.storage import Storage  # noqa: TC001 - typer reads no annotation of it
    from footnoted.pipeline.embedding.renewal.renewal import VectorReach, VectorScope

    async def work(storage: Storage) -> tuple[Renewed, SpecStanding]:
        at = None if since is None else parse_past(since, storage.clock.now())
        scope = VectorScope(VectorReach(reach.value), tuple(video or ()), owner, at, force)
        return await renew_vectors(storage, scope)

    done, standing = with_storage(work)
    _print(done, standing, as_json=as_json)
    if done.failed:
        raise typer.Exit(Exit.SOME_FAILED)
    raise typer.Exit(Exit.TRY_LATER if done.waiting else Exit.DONE)


def _print(done: Renewed, standing: SpecStanding, *, as_json: bool) -> None:
    from dataclasses import asdict

    from footnoted.cli.lines import say
    from footnoted.cli.terminal import write_json

    if as_json:
        fields = {"spec": standing.key, **asdict(done), "wait_reason": standing.wait_reason}
        write_json("renewal/1", fields)
        return
    say(
        f"{done.total:,} documents under {standing.key}: {done.processed:,} made,"
        f" {done.skipped:,} left as they are, {done.failed:,} refused, {done.waiting:,} still to"
        " be made"
    )
    if done.shared:
        say(f"{done.shared:,} of them share their texts with documents out of scope.")
    if done.waiting:
        say(f"They wait: {standing.wait_detail or _MADE_BY}")
