"""Systems that somebody has signed in to, under a name each; in one file that only its owner can read."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cli.errors import CommandError

DEFAULT: Final = "default"
VARIABLE: Final = "CUSTOMER_IMPORT_PROFILE"


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a system is, who signs people in, and the tokens of the person."""

    services: Mapping[str, str]  # addresses
    issuer: str
    client_id: str
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: float = 0.0  # of the access token, in seconds since 1970

    def signed_out(self) -> "Profile":
        return replace(self, access_token="", refresh_token="", expires_at=0.0)


def chosen() -> str:
    """The name in use: of `--profile`, of the environment, or the default."""
    return os.environ.get(VARIABLE) or DEFAULT


def location() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "customer-import" / "profiles.json"


def profiles() -> dict[str, Profile]:
    try:
        stored: dict[str, dict[str, Any]] = json.loads(location().read_text(encoding="utf-8"))
        return {name: Profile(**values) for name, values in stored.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError(
            f"{location()} can't be read ({type(error).__name__})", remedy="Remove it and sign in again"
        ) from None


def save(name: str, profile: Profile) -> None:
    _write(profiles() | {name: profile})


def _write(kept: Mapping[str, Profile]) -> None:
    target = location()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A new file of one's own (0600) takes the place of the former one: nobody reads half of it.
        with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False, encoding="utf-8") as file:
            json.dump({name: asdict(profile) for name, profile in kept.items()}, file, indent=2)
        Path(file.name).replace(target)
    except OSError as error:
        raise CommandError(f"{target} can't be written: {error.strerror}") from error
