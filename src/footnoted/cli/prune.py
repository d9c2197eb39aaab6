"""`footnoted prune`: what there is of records that grow, and letting go of what is old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.archive.retention.pruning import Line
    from footnoted.archive.retention.rules import Kind
    from footnoted.db.storage import Storage


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(prune)


def prune(
    *,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=RULE", help="Keep so much: events=90d, answers=30d/2GB."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let go of old records as FOOTNOTED_RETAIN_* and --keep say; what is needed always stays."""
    from footnoted.archive.retention.pruning import prune as let_go
    from footnoted.archive.retention.pruning import survey
    from footnoted.archive.retention.rules import rules_of
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    async def work(storage: Storage) -> tuple[list[Line], Mapping[Kind, int]]:
        rules = rules_of(storage.settings, keep or ())
        lines = await survey(storage, rules)
        return lines, {} if dry_run else await let_go(storage, rules)

    lines, gone = with_storage(work)
    if as_json:
        kinds = [_fields(line, gone) for line in lines]
        write_json("prune/1", {"dry_run": dry_run, "kinds": kinds})
    else:
        _print(lines, gone, dry_run=dry_run)


def _fields(line: Line, gone: Mapping[Kind, int]) -> dict[str, object]:
    holding = line.holding
    return {
        "kind": line.kind.value,
        "rule": None if line.rule is None else str(line.rule),
        "rows": holding.rows,
        "bytes": holding.bytes,
        "oldest_at": holding.oldest_at.isoformat() if holding.oldest_at else None,
        "going": holding.going,
        "going_bytes": holding.going_bytes,
        "needed": holding.needed,
        "again_usd": format(line.again_usd, "f"),
        "gone": gone.get(line.kind, 0),
    }


def _print(lines: Sequence[Line], gone: Mapping[Kind, int], *, dry_run: bool) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.tables import write_table

    verb = "would go" if dry_run else "went"
    headers = ("kind", "rows", "MB", "oldest", "rule", verb, "MB", "needed")
    write_table(headers, [_row(line, gone, dry_run=dry_run) for line in lines])
    for line in lines:
        if line.again_usd:
            remark(
                f"What is asked again without its {line.kind} costs up to ${line.again_usd:.2f}."
            )
    if not any(line.rule for line in lines):
        remark("No rule is set, so all is kept: try `footnoted prune --dry-run --keep events=90d`.")


def _row(line: Line, gone: Mapping[Kind, int], *, dry_run: bool) -> tuple[object, ...]:
    holding = line.holding
    oldest = f"{holding.oldest_at:%Y-%m-%d}" if holding.oldest_at else ""
    rows = holding.going if dry_run else gone.get(line.kind, 0)
    size = f"{holding.going_bytes / 1e6:,.1f}" if rows else ""
    return (
        line.kind.value,
        f"{holding.rows:,}",
        f"{holding.bytes / 1e6:,.1f}",
        oldest,
        "kept" if line.rule is None else str(line.rule),
        f"{rows:,}",
        size,
        f"{holding.needed:,}",
    )
