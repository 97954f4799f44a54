"""What every service reads from its environment (`IMPORT_…`), and the parts that only some of them read."""

import base64
import binascii
import re
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from shared.sealed_files import FileSealer

_PREFIX: Final = "IMPORT_"

_DATA_KEY_BYTES = 32
_SHORTEST_FINGERPRINT_KEY = 32
_LONGEST_DAYS = 36_500


class Settings(BaseSettings):
    """The base: frozen, from the environment only, and errors never print what was read."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)


class TracingSettings(Settings):
    """What OpenTelemetry's SDK reads for itself, here to be checked and told."""

    model_config = SettingsConfigDict(env_prefix="OTEL_", env_ignore_empty=True)

    exporter_otlp_endpoint: HttpUrl | None = Field(
        default=None,
        description="address of an OpenTelemetry collector that takes OTLP over HTTP, such as http://collector:4318; "
        "no traces if not set",
    )
    exporter_otlp_headers: SecretStr = Field(
        default=SecretStr(""), description="sent to the collector: name=value[,name=value…]"
    )
    traces_sampler: Literal[
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ] = Field(default="parentbased_always_on", description="which traces are recorded")
    traces_sampler_arg: float = Field(default=1, ge=0, le=1, description="for traceidratio: the part that is recorded")
    sdk_disabled: bool = Field(default=False, description="true: no traces, whatever else is set")

    @property
    def is_on(self) -> bool:
        return self.exporter_otlp_endpoint is not None and not self.sdk_disabled


class KafkaSettings(Settings):
    kafka_bootstrap: str = Field(description="the brokers: host:port[,host:port…]")
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_sasl_user: str = Field(default="", description="for SASL")
    kafka_sasl_password: SecretStr = Field(default=SecretStr(""), description="for SASL")
    kafka_session_seconds: float = Field(
        default=10, ge=6, le=300, description="a consumer that sends no heartbeat for this long loses its partitions"
    )
    kafka_ca_file: Path | None = Field(default=None, description="certificates to trust instead of the system's")


class ServiceSettings(KafkaSettings):
    postgres_dsn: SecretStr = Field(description="connection URL, with the service's own role, such as ci_mapping")
    postgres_pool: int = Field(default=8, ge=2, le=100, description="maximum connections of one process")
    http_host: str = Field(default="127.0.0.1", description="address to listen on")
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="addresses or networks, separated by commas, whose X-Forwarded-For tells the audit trail who asked",
    )
    http_port: int = Field(default=8000, ge=0, le=65535, description="port to listen on")
    metrics_host: str = Field(default="127.0.0.1", description="address of the Prometheus metrics")
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="port of the metrics; no metrics if not set; 0 picks a free port and logs it",
    )
    log_format: Literal["json", "pretty"] = Field(default="json", description="json, or pretty for people")
    sweep_seconds: float = Field(default=30, gt=0, description="how often unrecorded messages are looked for")
    resend_after_seconds: float = Field(
        default=60, gt=0, description="a message that its consumer has not recorded is sent again after this time"
    )
    drain_seconds: float = Field(default=25, gt=0, le=300, description="time for running work to finish after SIGTERM")
    keep_messages_days: float = Field(
        default=30,
        ge=8,
        le=_LONGEST_DAYS,
        description="messages are removed this long after every service has recorded them",
    )
    keep_history_days: float = Field(
        default=3650,
        gt=0,
        le=_LONGEST_DAYS,
        description="decisions, codes, batches, history and emails of an import are removed this long after it ended, "
        "but not before its rows; the import itself and its numbers stay",
    )

    @property
    def keep_history(self) -> timedelta:
        return timedelta(days=self.keep_history_days)


class AuthSettings(Settings):
    """Where bearer tokens come from."""

    jwks_url: str = Field(description="URL of the identity provider's key set")
    jwt_issuer: str = Field(description="required issuer of tokens")
    jwt_audience: str = Field(description="required audience of tokens")
    jwt_longest_seconds: float = Field(default=86_400, gt=0, description="maximum lifetime of a token")
    jwt_requires_access_type: bool = Field(
        default=False,
        description="accept only tokens of type at+jwt; if false, JWT as well, but never ID tokens",
    )


class HttpServiceSettings(AuthSettings, ServiceSettings):
    """A service that people's tokens are shown to; each of the four is."""


class RowSettings(Settings):
    """How long the rows of an import are kept."""

    keep_rows_days: float = Field(
        default=365,
        gt=0,
        le=_LONGEST_DAYS,
        description="rows of the plan and results are removed this long after the import ended; its numbers stay",
    )

    @property
    def keep_rows(self) -> timedelta:
        return timedelta(days=self.keep_rows_days)


class SecureUploadSettings(Settings):
    """Where the files of the billers are kept."""

    secure_upload_url: str = Field(description="file:///folder or s3://bucket/prefix")
    secure_upload_options: dict[str, str] = Field(
        default_factory=dict,
        repr=False,
        description="JSON, for S3: endpoint, region, access_key_id, secret_access_key",
    )
    secure_upload_keys: dict[str, SecretStr] = Field(
        default_factory=dict, description="JSON: key ID → base64 of 32 bytes; opens files that were encrypted with it"
    )
    secure_upload_key_id: str = Field(
        default="", description="ID of the key that encrypts new files; not encrypted if not set"
    )

    @property
    def file_sealer(self) -> FileSealer | None:
        if not self.secure_upload_keys:
            return None
        keys = {key_id: _decoded("secure_upload_keys", key) for key_id, key in self.secure_upload_keys.items()}
        return FileSealer(keys, self.secure_upload_key_id)

    @model_validator(mode="after")
    def _keys_usable(self) -> Self:
        if any(len(_decoded("secure_upload_keys", key)) != _DATA_KEY_BYTES for key in self.secure_upload_keys.values()):
            raise ValueError(f"secure_upload_keys: every key is the base64 of {_DATA_KEY_BYTES} bytes")
        if self.secure_upload_key_id and self.secure_upload_key_id not in self.secure_upload_keys:
            raise ValueError("secure_upload_key_id: not among secure_upload_keys")
        return self


class SealingSettings(Settings):
    """The keys of bank account numbers."""

    data_keys: dict[str, SecretStr] = Field(min_length=1, description="JSON: key ID → base64 of 32 bytes")
    data_key_id: str = Field(default="", description="ID of the key that encrypts; optional if there is only one")
    fingerprint_key: SecretStr = Field(description="base64 of at least 32 bytes")

    @property
    def sealing_keys(self) -> dict[str, bytes]:
        """Key id → key."""
        return {key_id: _decoded("data_keys", key) for key_id, key in self.data_keys.items()}

    @property
    def current_key_id(self) -> str:
        """The key that seals; all others only unseal."""
        return self.data_key_id or next(iter(self.data_keys))

    @property
    def fingerprint_key_bytes(self) -> bytes:
        return _decoded("fingerprint_key", self.fingerprint_key)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if any(len(key) != _DATA_KEY_BYTES for key in self.sealing_keys.values()):
            raise ValueError(f"data_keys: every key is the base64 of {_DATA_KEY_BYTES} bytes")
        if len(self.fingerprint_key_bytes) < _SHORTEST_FINGERPRINT_KEY:
            raise ValueError(f"fingerprint_key: the base64 of at least {_SHORTEST_FINGERPRINT_KEY} bytes")
        if self.data_key_id and self.data_key_id not in self.data_keys:
            raise ValueError("data_key_id: not among data_keys")
        if not self.data_key_id and len(self.data_keys) > 1:
            raise ValueError("data_key_id: say which of the data_keys seals")
        return self


def _decoded(name: str, key: SecretStr) -> bytes:
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error:
        raise ValueError(f"{name}: a key is not base64") from None


def variable(field: str, settings: type[Settings] = Settings) -> str:
    return f"{settings.model_config['env_prefix']}{field.upper()}"


def default_of(field: FieldInfo) -> str:
    """The default as it is written in an environment; empty where there is none to show."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ("", {}) or "Secret" in type(default).__name__:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def problems_of(error: ValueError) -> list[str]:
    """What is wrong with the environment, a line for each variable, without any value."""
    if isinstance(error, ValidationError):
        told = error.errors(include_url=False, include_input=False, include_context=False)
        settings = TracingSettings if error.title == TracingSettings.__name__ else Settings
        return [_in_words(".".join(map(str, one["loc"][:1])), one["type"], one["msg"], settings) for one in told]
    if isinstance(error, SettingsError):
        fields = re.findall(r'field "(\w+)"', str(error))
        return [f"{variable(field)} is not valid JSON" for field in fields] or ["A setting is not valid JSON"]
    return [_in_words("", "", str(error))]


def _in_words(field: str, kind: str, message: str, settings: type[Settings] = Settings) -> str:
    if kind == "missing":
        return f"{variable(field, settings)} is not set"
    message = message.removeprefix("Value error, ")
    if field:
        return f"{variable(field, settings)}: {message}"
    name, colon, rest = message.partition(": ")  # a rule about several settings begins with the name of one
    return f"{variable(name)}: {rest}" if colon and name.isidentifier() else message


class UndoSettings(Settings):
    """How long an import can be undone; the same for those who take the request and those who check it."""

    undo_days: int = Field(default=30, ge=0, le=366, description="an import can be undone this many days after its end")
