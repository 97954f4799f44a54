"""Settings of the validation service."""

from pydantic import Field

from shared.settings import HttpServiceSettings, RowSettings, SealingSettings, SecureUploadSettings


class ValidationSettings(HttpServiceSettings, SecureUploadSettings, SealingSettings, RowSettings):
    """From the environment, IMPORT_…."""

    check_seconds: float = Field(default=3600, gt=0, description="time limit of a check")
    check_silence_seconds: float = Field(
        default=60, ge=1, description="a check whose process is silent for this long is taken over by another"
    )
    check_workers: int = Field(
        default=2, ge=1, le=16, description="checks that one process runs at the same time, for different billers"
    )
    check_memory_megabytes: int = Field(default=128, ge=16, description="work_mem of a check")
    second_person_payment_methods: int = Field(
        default=5_000,
        ge=0,
        description="if more rows add or change payment methods, a second person must approve (C207)",
    )
    second_person_owners: int = Field(
        default=10, ge=0, description="if more owners are replaced, a second person must approve (C207)"
    )
    second_person_days: float = Field(
        default=7, ge=0, le=366, description="the biller's imports of this many days count together (C207)"
    )
