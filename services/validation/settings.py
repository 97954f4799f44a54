"""Settings of the validation service."""

from pydantic import Field

from shared.settings import HttpServiceSettings, SealingSettings, SecureUploadSettings


class ValidationSettings(HttpServiceSettings, SecureUploadSettings, SealingSettings):
    """From the environment, IMPORT_…."""

    check_seconds: float = Field(default=3600, gt=0, description="the longest a check may take")
    check_memory_megabytes: int = Field(default=128, ge=16, description="work_mem of a check")
