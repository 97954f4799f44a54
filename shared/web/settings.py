"""What the pages read from the environment (IMPORT_…)."""

import base64
import binascii
import ipaddress
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from shared.settings import Settings

KEY_BYTES = 32


class WebSettings(Settings):
    """Settings of the pages. Without a session key a service has no pages, only its API."""

    session_key: SecretStr | None = Field(
        default=None,
        description="base64 of 32 bytes that encrypt the session cookie; the same for mapping and notifier",
    )
    wizard_url: str = Field(
        default="", description="address at which browsers reach mapping; empty for the same origin"
    )
    status_url: str = Field(
        default="", description="address at which browsers reach the notifier; empty for the same origin"
    )
    tools_url: str = Field(default="", description="address of Tools in the CRM, for the breadcrumb; empty: no link")
    biller_tools_url: str = Field(
        default="", description="address of Biller Tools in the CRM, for the breadcrumb; empty: no link"
    )
    runbooks_url: str = Field(
        default="",
        description="address of the runbooks, to which Operations links, such as https://docs.example.com/runbooks of "
        "the site that `make site` builds; empty: no links",
    )
    secure_cookies: bool | None = Field(
        default=None, description="cookies for TLS only; by default true unless the two addresses above are http"
    )
    session_idle_seconds: float = Field(
        default=1800, gt=0, description="an unused session ends after this time; live updates do not count as use"
    )
    sign_in: Literal["development", "oidc"] | None = Field(default=None, description="development or oidc")
    sign_in_url: str = Field(default="", description="development: base URL of the stack's token issuer")
    oidc_issuer: str = Field(default="", description="oidc: URL of the provider")
    oidc_client_id: str = Field(default="", description="oidc: client ID of this application")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="oidc: client secret")
    oidc_scopes: str = Field(default="openid profile email", description="oidc: requested scopes")

    @field_validator("wizard_url", "status_url", "sign_in_url", "oidc_issuer", "runbooks_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator(
        "wizard_url", "status_url", "sign_in_url", "oidc_issuer", "tools_url", "biller_tools_url", "runbooks_url"
    )
    @classmethod
    def _on_the_web(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("the address begins with https://")
        return url

    @field_validator("session_key")
    @classmethod
    def _usable(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(decoded(key)) != KEY_BYTES:
            raise ValueError(f"session_key is the base64 of {KEY_BYTES} bytes")
        return key

    @property
    def has_secure_cookies(self) -> bool:
        """Whether the session is for TLS only: as said, else as the addresses say, else unless for development."""
        if self.secure_cookies is not None:
            return self.secure_cookies
        addresses = [url for url in (self.wizard_url, self.status_url) if url]
        if addresses:
            return all(url.startswith("https://") for url in addresses)
        return self.sign_in != "development"

    @classmethod
    def from_environment(cls) -> Self:
        """As deployed. The sign-in for development gives anybody a token, so it stays on one machine."""
        settings = cls()
        if settings.sign_in == "development":
            if not _is_loopback(settings.sign_in_url):
                raise ValueError("sign_in: development is for a token issuer on this machine; use oidc")
            if any(url.startswith("https://") for url in (settings.wizard_url, settings.status_url)):
                raise ValueError("sign_in: development is not for pages that others reach; use oidc")
        return settings


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def decoded(key: SecretStr) -> bytes:
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error:
        raise ValueError("session_key is not base64") from None
