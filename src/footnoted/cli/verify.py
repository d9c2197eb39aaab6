"""`footnoted verify`: whether everything published can be heard where it says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.knowledge.verify import VerifyReport
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(verify)


def verify(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check that every claim and moment has evidence that resolves (exit code 1 if not)."""
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json

    report = asyncio.run(_verify(read_settings()))
    if as_json:
        write_json("verify/1", {"holds": report.holds, **report.model_dump(mode="json")})
    else:
        _print(report)
    raise typer.Exit(Exit.DONE if report.holds else Exit.SOME_FAILED)


async def _verify(settings: Settings) -> VerifyReport:
    from footnoted.catalogue import readers_of
    from footnoted.db.storage import open_storage
    from footnoted.knowledge.verify import verify as audit

    async with open_storage(settings) as storage:
        moments = [readers.live for readers in readers_of(settings).values()]
        return await audit(storage.database, moments)


def _print(report: VerifyReport) -> None:
    from footnoted.cli.terminal import results

    console = results()
    for offender in report.offenders:
        where = f" (video {offender.video_id})" if offender.video_id is not None else ""
        console.print(f"{offender.what} {offender.id}{where}: {offender.why}", soft_wrap=True)
    console.print(summary(report), soft_wrap=True)


def summary(report: VerifyReport) -> str:
    """Return what was looked at and what came of it, in a sentence."""
    looked = (
        f"{report.claims:,} claims and {report.moments:,} moments rest on {report.evidence:,}"
        f" pieces of evidence"
    )
    rejected = f"; {report.rejected:,} quotes were never found and are not published"
    verdict = "all resolve" if report.holds else f"{len(report.offenders):,} findings do not hold"
    return f"{looked}: {verdict}{rejected if report.rejected else ''}."
