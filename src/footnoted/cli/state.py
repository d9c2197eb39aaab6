"""The state of everything, as a person reads it from top to bottom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from footnoted.cli.lines import remark, say
from footnoted.cli.terminal import plain
from footnoted.cli.times import relative, show_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.pipeline.reports.report import StatusReport, StopLine, WaitLine, WithheldLine

_EMPTY = (
    "Nothing is here yet. To begin:",
    "  footnoted add PATH...          takes files and folders once",
    "  footnoted source add FOLDER    follows a folder",
    "  footnoted run --drain          works until nothing is due",
)
_LABEL = 14


def print_state(report: StatusReport, *, is_running: bool) -> None:
    """Print alerts on top, then what is there, what goes on, what waits, what stopped."""
    for line in _alerts(report):
        say(line)
    if report.is_empty:
        for text in _EMPTY:
            say(Text(text))
        return
    for line in (*_overview(report), *_waits(report), *_stops(report), *_withheld(report)):
        say(line)
    if report.ready and (report.paused_since is not None or not is_running):
        remark(_ready(report))


def _ready(report: StatusReport) -> str:
    """Return what begins the work that is ready: nothing while a person has paused all of it."""
    is_one = report.ready == 1
    ready = f"{report.ready} {'item is' if is_one else 'items are'} ready"
    them = "it" if is_one else "them"
    if report.paused_since is not None:
        return f"{ready}, and nothing begins {them} while all work is paused."
    work = f"`footnoted run --drain` works on {them}"
    return f"{ready} and no daemon is running on this machine: {work}."


def _alerts(report: StatusReport) -> Iterator[Text]:
    for alert in report.alerts:
        since = f"since {show_time(alert.first_at, report.at)}"
        often = f", {alert.count} times" if alert.count > 1 else ""
        text = f"! {alert.code} ({alert.concerns}, {since}{often}): {alert.message}"
        yield plain(text, "bold red")
    for silent in report.silent_receivers:
        since, many = show_time(silent.since, report.at), "" if silent.waiting == 1 else "s"
        what = f"{silent.waiting} alert{many}" if silent.waiting else "alerts"
        text = f"! {what} could not be sent to {silent.name} since {since}"
        yield plain(f"{text}: {silent.why}", "bold red")
    for broken in report.broken:
        yield plain(f"! {broken.sentence}", "bold red")
    if report.alerts or report.silent_receivers or report.broken:
        yield Text()


def _overview(report: StatusReport) -> Iterator[Text]:
    if report.paused_since is not None:
        since = show_time(report.paused_since, report.at)
        yield _line("Paused", f"all work, since {since}; `footnoted resume` goes on")
    counts: Counter[str] = Counter()
    for line in report.videos:
        counts[line.status] += line.count
    by_status = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    yield _line("Videos", f"{counts.total()}: {by_status}" if counts else "none yet")
    if len({line.profile for line in report.videos}) > 1:
        for line in report.videos:
            yield _line("", f"{line.profile}: {line.count} {line.status}")
    for work in report.working:
        yield _line("Working on", f"{_item(work.kind, work.id)} {work.title!r}, {work.status}")
    yield _line("Pages", _pages(report))
    yield _line("Sources", _sources(report))
    yield _line("Index", _index(report))
    yield _line("Today", f"{report.calls_today} model calls, ${report.cost_today_usd:.4f}")


def _pages(report: StatusReport) -> str:
    groups, parts = report.page_groups, [f"{report.pages} published"]
    if groups.due:
        parts.append(f"{groups.due} groups due")
    if groups.gathering:
        until = show_time(groups.gathering_until, report.at)
        parts.append(f"{groups.gathering} groups wait for more videos, until {until} at most")
    return ", ".join(parts)


def _sources(report: StatusReport) -> str:
    sources = report.sources
    if not sources.total:
        return "none followed"
    parts = [f"{sources.followed} followed"]
    if sources.failed:
        parts.append(f"{sources.failed} failed")
    if sources.paused:
        parts.append(f"{sources.paused} paused")
    if sources.next_poll_at is not None:
        parts.append(f"next look {relative(sources.next_poll_at, report.at)}")
    return ", ".join(parts)


def _index(report: StatusReport) -> str:
    if report.index_behind_since is None:
        return "up to date"
    since = relative(report.index_behind_since, report.at)
    return f"{report.index_behind} documents behind, the first since {since}"


def _waits(report: StatusReport) -> Iterator[Text]:
    for wait in report.waiting:
        yield Text()
        until = f"until {show_time(wait.next_at, report.at)}"
        if wait.count > 1 and wait.last_at != wait.next_at:
            until = f"the first {until}, the last {show_time(wait.last_at, report.at)}"
        given_up = f"; given up {show_time(wait.deadline, report.at)}" if wait.deadline else ""
        head = f"Waiting for {wait.reason}: {_amount(wait)} {until}{given_up}"
        yield plain(head, "bold yellow")
        yield from _examples(wait)


def _stops(report: StatusReport) -> Iterator[Text]:
    for stop in report.stopped:
        yield Text()
        yield plain(f"{stop.status.capitalize()}, {stop.code}: {_amount(stop)}", "bold red")
        yield from _examples(stop)
        yield Text(f"  take up again: {stop.retry}")


def _withheld(report: StatusReport) -> Iterator[Text]:
    for line in report.withheld:
        yield Text()
        again = f", looked at again {show_time(line.next_at, report.at)}" if line.next_at else ""
        yield plain(f"Not to be had any more, {line.reason}: {_amount(line)}{again}", "bold yellow")
        yield from _examples(line)
        yield Text("  what was made of them stays; footnoted remove VIDEO takes it away")


def _examples(line: WaitLine | StopLine | WithheldLine) -> Iterator[Text]:
    for example in line.examples:
        detail = f": {example.detail}" if example.detail else ""
        is_told = "://" in example.title and example.title in detail  # a source nobody named
        title = "" if is_told else f" {example.title!r}"
        yield Text("  ").append(plain(f"{_item(line.kind, example.id)}{title}{detail}"))
    if line.count > len(line.examples):
        yield Text(f"  and {line.count - len(line.examples)} more")


def _amount(line: WaitLine | StopLine | WithheldLine) -> str:
    noun = line.kind.replace("_", " ")
    return f"{line.count} {noun}{'s' if line.count > 1 else ''}"


def _item(kind: str, item_id: int) -> str:
    return f"{kind.replace('_', ' ')} {item_id}"


def _line(label: str, value: str) -> Text:
    return Text(f"{label:<{_LABEL}}", "bold").append(plain(value))
