"""What `source edit` prints: the source as it is now, and what its change means beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.cli.following import print_sources
from footnoted.cli.lines import remark
from footnoted.sources.net.asking import told_by_few_files
from footnoted.sources.port import FOLDER_KIND

if TYPE_CHECKING:
    from footnoted.sources.change import Changed
    from footnoted.sources.net.asking import Asked


def print_changed(changed: Changed, asked: Asked, *, as_json: bool) -> None:
    """Print a changed source, what new profiles got of it, and whether it stands still."""
    source = changed.source
    print_sources([source], as_json=as_json)
    if changed.joined:
        remark(
            f"note: what was added is made of {changed.joined} recordings that it took before, too;"
            " `footnoted run --drain` works on them; a running daemon has begun"
        )
    if source.kind == FOLDER_KIND and (unknown := told_by_few_files(asked)):
        remark(f"note: {unknown}")
    if source.failure_code is not None:
        remark(
            f"note: nobody looks at it since it failed ({source.failure_code});"
            f" `footnoted source poll {source.id}` takes it up again"
        )
