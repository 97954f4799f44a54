"""What the notifier reads from the environment (IMPORT_…)."""

from datetime import timedelta
from typing import Literal

from pydantic import EmailStr, Field, HttpUrl, SecretStr, field_validator

from services.notifier.destinations import Destinations
from services.notifier.signing import SecretBox, is_secret
from shared.settings import HttpServiceSettings, SecureUploadSettings
from shared.web.settings import KEY_BYTES, decoded


class NotifierSettings(SecureUploadSettings, HttpServiceSettings):
    smtp_host: str = Field(description="the mail server")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_starttls: Literal["required", "none"] = Field(
        default="required", description="required, or none for a server on this machine"
    )
    smtp_user: str | None = Field(default=None, description="if the server requires one")
    smtp_password: SecretStr | None = Field(default=None, description="if the server requires one")
    smtp_ca_file: str | None = Field(default=None, description="certificates to trust instead of the system's")
    smtp_timeout_seconds: float = Field(default=20, gt=0, le=60, description="time limit of each step")
    mail_from: EmailStr = Field(description="the sender's address; its domain is in every Message-ID")
    public_url: HttpUrl | None = Field(
        default=None,
        description="address at which people reach the notifier, for links in emails; by default IMPORT_STATUS_URL",
    )
    held_notice_minutes: float = Field(
        default=15,
        ge=0,
        le=1440,
        description="who checks a file on the pages is emailed only if it still needs a decision after this time",
    )
    customer_emails: Literal["crm", "notifier"] = Field(
        default="crm",
        description="who sends the emails to customers that imports queue: the CRM, or the notifier with the biller's "
        "texts",
    )
    customer_email_minutes: float = Field(
        default=10,
        ge=0,
        le=10_080,
        description="the notifier emails customers this long after an import ended, so that an undo can withdraw it",
    )
    bounce_secrets: SecretStr | None = Field(
        default=None,
        description="secrets, `whsec_…`, that sign reports of bounced emails, separated by spaces; without one no "
        "reports are taken",
    )
    sse_heartbeat_seconds: float = Field(
        default=15, gt=0, le=300, description="interval between heartbeats of an event stream"
    )
    sse_stream_seconds: float = Field(
        default=900, gt=0, description="an event stream ends after this time, and the client reconnects with its token"
    )
    sse_streams_per_person: int = Field(
        default=20, ge=1, description="maximum open event streams per person and process (429)"
    )

    webhook_key: SecretStr | None = Field(
        default=None, description="base64 of 32 bytes that encrypt the secrets of webhooks; no webhooks if not set"
    )
    webhook_inside_networks: str = Field(
        default="",
        description="networks, separated by commas, that webhooks may lead to beside the internet, also without TLS",
    )

    @field_validator("webhook_key")
    @classmethod
    def _usable(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None or not key.get_secret_value():
            return None
        if len(decoded(key)) != KEY_BYTES:
            raise ValueError(f"webhook_key is the base64 of {KEY_BYTES} bytes")
        return key

    @field_validator("bounce_secrets")
    @classmethod
    def _secrets(cls, secrets: SecretStr | None) -> SecretStr | None:
        if secrets is None or not secrets.get_secret_value().strip():
            return None
        if not all(map(is_secret, secrets.get_secret_value().split())):
            raise ValueError("bounce_secrets are whsec_ and the base64 of 24 to 64 bytes each")
        return secrets

    @field_validator("webhook_inside_networks")
    @classmethod
    def _networks(cls, networks: str) -> str:
        Destinations.named(networks)
        return networks

    @property
    def secret_box(self) -> SecretBox | None:
        return None if self.webhook_key is None else SecretBox(decoded(self.webhook_key))

    @property
    def signing_bounces(self) -> tuple[str, ...]:
        return () if self.bounce_secrets is None else tuple(self.bounce_secrets.get_secret_value().split())

    @property
    def customers_after(self) -> timedelta | None:
        """How long after its end an import's customers are emailed; None: the CRM emails them."""
        return timedelta(minutes=self.customer_email_minutes) if self.customer_emails == "notifier" else None

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2]
