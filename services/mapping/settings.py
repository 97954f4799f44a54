"""What mapping reads from the environment (IMPORT_…)."""

from pydantic import Field

from shared.settings import AuthSettings, SecureUploadSettings, ServiceSettings


class MappingSettings(AuthSettings, SecureUploadSettings, ServiceSettings):
    """Settings of the mapping service."""

    upload_limit_bytes: int = Field(default=2 * 1024**3, ge=1, description="a larger upload is refused (413)")
