"""How much is worked on at once, how long it may take, and when it is tried again."""

from __future__ import annotations

from pydantic import Field

from footnoted.settings.shapes import Count, Part, Seconds, SecondsOrZero


class WorkSettings(Part):
    """Leases, concurrency, attempts, delays and sizes."""

    lease_s: Seconds = Field(
        default=60.0, description="Time after which the work of a dead process is taken over."
    )
    concurrency_fetch: Count = Field(default=4, description="Stages that fetch or scan at once.")
    concurrency_cpu: Count = Field(default=2, description="Stages that compute at once.")
    concurrency_model: Count = Field(default=4, description="Stages that ask models at once.")
    concurrency_index: Count = Field(default=2, description="Stages that index at once.")
    concurrency_speech: Count = Field(default=1, description="Recordings that are heard at once.")
    max_attempts: Count = Field(default=3, description="Failed attempts after which an item fails.")
    backoff_base_s: Seconds = Field(default=30.0, description="Pause after the first failure.")
    backoff_cap_s: Seconds = Field(default=3600.0, description="Longest pause after a failure.")
    page_delay_s: Seconds = Field(
        default=900.0, description="Longest time a page waits for more videos of its creator."
    )
    drain_wait_s: SecondsOrZero = Field(
        default=300.0, description="Waits up to this long that `run --drain` sleeps through."
    )
    shutdown_grace_s: Seconds = Field(
        default=660.0, description="Time that work in flight has to finish after SIGTERM."
    )
    classify_batch_size: Count = Field(default=20, description="Moments classified in one call.")
    synthesis_chunk_size: Count = Field(
        default=40, description="Moments that one call composes pages from, at most."
    )
