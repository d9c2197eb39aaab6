"""What a control did to items, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.cli.lines import remark, say
from footnoted.cli.terminal import write_json

if TYPE_CHECKING:
    from footnoted.pipeline.controls.selection import Handled, Touched


def print_handled(command: str, handled: Handled, *, as_json: bool) -> None:
    """Print one line for each item."""
    if as_json:
        fields = {
            "touched": [item._asdict() for item in handled.touched],
            "woken": list(handled.woken),
            "untouched": [item._asdict() for item in handled.untouched],
        }
        write_json(f"{command}/1", fields)
        return
    for item in handled.touched:
        say(_line(item))
    for video_id in handled.woken:
        say(f"video {video_id} waits no longer")
    for left in handled.untouched:
        say(f"video {left.id} stays as it is: {left.why}")
    if not (handled.touched or handled.woken or handled.untouched):
        say("Nothing to do.")
    elif command == "retry" and (handled.touched or handled.woken):
        remark("`footnoted run --drain` works on them; a running daemon has begun.")


def _line(item: Touched) -> str:
    kind, code = item.kind.replace("_", " "), f" ({item.code})" if item.code else ""
    return f"{kind} {item.id} {item.title!r}: {item.before}{code}, now {item.now}"
