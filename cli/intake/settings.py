"""Where files lie, as it is given: on the command line, or in a file for places that need more than an address."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from cli.definition_file import read_yaml
from cli.errors import CommandError

_KNOWN_HOSTS: Final = "CUSTOMER_IMPORT_SFTP_KNOWN_HOSTS"
_KEY_FILE: Final = "CUSTOMER_IMPORT_SFTP_KEY_FILE"
_PASSWORD: Final = "CUSTOMER_IMPORT_SFTP_PASSWORD"  # noqa: S105 - the name of a variable
_PASSPHRASE: Final = "CUSTOMER_IMPORT_SFTP_PASSPHRASE"  # noqa: S105 - the name of a variable
ENVIRONMENT: Final = {
    _KNOWN_HOSTS: "for `intake`, where the file of places says nothing: the file with the keys of SFTP servers",
    _KEY_FILE: "for `intake`, likewise: the file with its private key",
    _PASSPHRASE: "the passphrase of that key, if it has one",
    _PASSWORD: "for `intake`, instead of a key: its password at SFTP servers",
    "AWS_ACCESS_KEY_ID": "for `intake`, likewise, as all variables of the AWS SDK: its key for S3",
    "AWS_SECRET_ACCESS_KEY": "the secret of that key",
}
SCHEMES: Final = ("", "s3", "sftp")


class Given(BaseModel):
    """One place. Secrets are named by files, so that this file can be shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    at: str
    biller: str | None = None
    """Whose folder the place itself is; without it, it has a folder for each biller."""
    known_hosts: Path | None = None
    key_file: Path | None = None
    passphrase_file: Path | None = None
    password_file: Path | None = None
    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_file: Path | None = None

    @property
    def url(self) -> SplitResult:
        return urlsplit(self.at)

    def secret_of_key(self) -> str | None:
        return _secret(self.secret_file)

    def password(self) -> str | None:
        return _secret(self.password_file, _PASSWORD)

    def passphrase(self) -> str | None:
        return _secret(self.passphrase_file, _PASSPHRASE)

    def key(self) -> Path | None:
        return self.key_file or _path(_KEY_FILE)

    def hosts(self) -> Path | None:
        return self.known_hosts or _path(_KNOWN_HOSTS)


def given_places(named: list[str], file: Path | None) -> list[Given]:
    """Raises CommandError where one can't be meant, or there is none."""
    found = [Given(at=one) for one in named] + ([] if file is None else _read(file))
    if not found:
        raise CommandError("No place is named", remedy="Name a folder, s3://bucket/prefix or sftp://user@host/folder")
    for one in found:
        _require_usable(one)
    return found


def _read(file: Path) -> list[Given]:
    content = read_yaml(file)
    if not isinstance(content, list):
        raise CommandError(f"{file} names no places", remedy="Write `- at: sftp://user@host/folder` for each")
    try:
        return [Given.model_validate(one) for one in content]
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        names = ", ".join(Given.model_fields)
        raise CommandError(f"{file}: {place or 'a place'} can't be used", remedy=f"Each place has: {names}") from None


def _require_usable(one: Given) -> None:
    try:
        url = one.url
        is_known = url.scheme in SCHEMES and (not url.scheme or bool(url.hostname)) and (url.port or 1) > 0
    except ValueError:
        raise CommandError("The address of a place is none", remedy="Write sftp://user@host:port/folder") from None
    if url.password is not None:
        raise CommandError(
            "An address holds a password", remedy=f"Remove it, and name a `password_file` or set {_PASSWORD}"
        )
    if not is_known or url.query or url.fragment:
        raise CommandError(
            f"{one.at} is no place", remedy="Name a folder, s3://bucket/prefix or sftp://user@host/folder"
        )


def _path(variable: str) -> Path | None:
    return Path(text) if (text := os.environ.get(variable)) else None


def _secret(file: Path | None, variable: str = "") -> str | None:
    """The first line of the file. Raises CommandError, without anything of it."""
    if file is None:
        return os.environ.get(variable) or None
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} can't be read ({type(error).__name__})", remedy="Check name and rights") from None
    return lines[0] if lines else None
