"""Settings of the validation service."""

from pydantic import Field

from services.validation.domain.limits import CHECK_SECONDS, MEMORY_MEGABYTES, SILENCE_SECONDS, Limits
from shared.settings import HttpServiceSettings, RowSettings, SealingSettings, SecureUploadSettings, UndoSettings

_LIMITS = Limits()


class ValidationSettings(HttpServiceSettings, SecureUploadSettings, SealingSettings, RowSettings, UndoSettings):
    """From the environment, IMPORT_…."""

    check_seconds: float = Field(default=CHECK_SECONDS, gt=0, description="time limit of a check")
    check_silence_seconds: float = Field(
        default=SILENCE_SECONDS,
        ge=1,
        description="another process takes over a check whose process is silent for this long",
    )
    check_workers: int = Field(
        default=2, ge=1, le=16, description="checks that one process runs at the same time, for different billers"
    )
    check_memory_megabytes: int = Field(default=MEMORY_MEGABYTES, ge=16, description="work_mem of a check")
    second_person_payment_methods: int = Field(
        default=_LIMITS.payment_methods,
        ge=0,
        description="if more rows add or change payment methods, a second person must approve (C207)",
    )
    second_person_owners: int = Field(
        default=_LIMITS.owners, ge=0, description="if more owners are replaced, a second person must approve (C207)"
    )
    second_person_days: float = Field(
        default=_LIMITS.days, ge=0, le=366, description="the biller's imports of this many days count together (C207)"
    )
