"""What the executor reads from the environment (IMPORT_…)."""

from pydantic import Field

from shared.settings import HttpServiceSettings, RowSettings


class ExecutorSettings(RowSettings, HttpServiceSettings):
    chunk_workers: int = Field(
        default=2, ge=1, le=16, description="batches that one process applies at the same time, each on its connection"
    )
    biller_batches: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="batches of one biller that all executors together apply at a time; 0 is no limit",
    )
    chunk_seconds: float = Field(default=120, gt=0, le=3600, description="time limit of one statement of a batch")
