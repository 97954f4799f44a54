"""What mapping reads from the environment (IMPORT_…)."""

from pydantic import Field, HttpUrl

from shared.settings import HttpServiceSettings, SecureUploadSettings, UndoSettings


class MappingSettings(SecureUploadSettings, HttpServiceSettings, UndoSettings):
    upload_limit_bytes: int = Field(default=2 * 1024**3, ge=1, description="maximum size of an upload (413)")
    unfinished_uploads: int = Field(
        default=5, ge=1, le=1000, description="maximum unfinished uploads in parts of one person at one biller (429)"
    )
    unfinished_upload_bytes: int = Field(
        default=16 * 1024**3, ge=1, description="maximum size of all unfinished uploads in parts of one biller (429)"
    )
    keep_unfinished_days: float = Field(
        default=1, gt=0, le=36_500, description="unfinished uploads are removed this long after their last part"
    )
    keep_files_days: float = Field(
        default=90,
        gt=0,
        le=36_500,
        description="files are removed this long after their last import, drafts after their last change",
    )
    validation_url: HttpUrl | None = Field(
        default=None,
        description="address of the validation service, such as http://validation:8000: it checks the cells of a row "
        "while somebody corrects them; if not set, they are checked when they are sent",
    )
