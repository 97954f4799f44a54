"""What mapping reads from the environment (IMPORT_…)."""

from pydantic import Field

from shared.settings import HttpServiceSettings, SecureUploadSettings


class MappingSettings(SecureUploadSettings, HttpServiceSettings):
    upload_limit_bytes: int = Field(default=2 * 1024**3, ge=1, description="a larger upload is refused (413)")
