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
    from footnoted.app import built_app
    from footnoted.db.storage import open_storage
    from footnoted.indexes import make_index
    from footnoted.knowledge.verify import verify as audit

    async with open_storage(settings) as storage:
        async with built_app(storage, make_index(settings)) as app:
            moments = [profile.live_moments for profile in app.profiles]
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
