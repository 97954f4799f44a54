"""What each service is told when the stack starts it: settings from the environment, secrets made for this run."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stack.people import AUDIENCE
from stack.ports import LOOPBACK

Service = Literal["mapping", "validation", "executor", "notifier"]

SERVICES: tuple[Service, ...] = ("mapping", "validation", "executor", "notifier")
MAIL_FROM = "customer-import@example.com"


@dataclass(frozen=True)
class Secrets:
    passwords: Mapping[Service, str]  # of the database roles
    data_keys: str
    fingerprint_key: str
    session_key: str  # of the pages' cookie
    webhook_key: str
    bounce_secret: str

    @classmethod
    def generate(cls) -> "Secrets":
        return cls(
            passwords={service: secrets.token_urlsafe(24) for service in SERVICES},
            data_keys=json.dumps({"k1": _key()}),
            fingerprint_key=_key(),
            session_key=_key(),
            webhook_key=_key(),
            bounce_secret=f"whsec_{_key()}",
        )


@dataclass(frozen=True)
class Surroundings:
    """Where the services find what they talk to."""

    dsns: Mapping[Service, str]
    kafka_bootstrap: str
    issuer_url: str
    secure_upload: Path
    smtp_port: int
    wizard_url: str  # where browsers reach mapping
    status_url: str  # and the notifier
    validation_url: str  # where mapping reaches validation


def role(service: Service) -> str:
    return f"ci_{service}"


def environment(service: Service, port: int, surroundings: Surroundings, keys: Secrets) -> dict[str, str]:
    """Settings of one process of a service; each gets the secrets it needs and no others."""
    return {
        "IMPORT_POSTGRES_DSN": surroundings.dsns[service],
        "IMPORT_KAFKA_BOOTSTRAP": surroundings.kafka_bootstrap,
        "IMPORT_KAFKA_SESSION_SECONDS": "6",  # a killed service is missed as soon as the broker allows
        "IMPORT_HTTP_HOST": LOOPBACK,
        "IMPORT_HTTP_PORT": str(port),
        "IMPORT_METRICS_HOST": LOOPBACK,
        "IMPORT_METRICS_PORT": "0",  # a free one; the log says which
        "IMPORT_JWKS_URL": f"{surroundings.issuer_url}/jwks.json",
        "IMPORT_JWT_ISSUER": surroundings.issuer_url,
        "IMPORT_JWT_AUDIENCE": AUDIENCE,
        "IMPORT_LOG_FORMAT": "json",
        **_own_settings(service, surroundings, keys),
    }


def _own_settings(service: Service, surroundings: Surroundings, keys: Secrets) -> dict[str, str]:
    upload = {"IMPORT_SECURE_UPLOAD_URL": surroundings.secure_upload.as_uri()}
    pages = {
        "IMPORT_SESSION_KEY": keys.session_key,
        "IMPORT_SIGN_IN": "development",
        "IMPORT_SIGN_IN_URL": surroundings.issuer_url,
        "IMPORT_WIZARD_URL": surroundings.wizard_url,
        "IMPORT_STATUS_URL": surroundings.status_url,
    }
    match service:
        case "validation":
            return upload | {"IMPORT_DATA_KEYS": keys.data_keys, "IMPORT_FINGERPRINT_KEY": keys.fingerprint_key}
        case "executor":
            return {}
        case "notifier":
            return {
                **upload,
                **pages,
                "IMPORT_SMTP_HOST": LOOPBACK,
                "IMPORT_SMTP_PORT": str(surroundings.smtp_port),
                "IMPORT_SMTP_STARTTLS": "none",  # the mail catcher is on this machine and has no certificate
                "IMPORT_MAIL_FROM": MAIL_FROM,
                "IMPORT_CUSTOMER_EMAILS": "notifier",
                "IMPORT_CUSTOMER_EMAIL_MINUTES": "0",  # whoever tries it wants to see them
                "IMPORT_BOUNCE_SECRETS": keys.bounce_secret,
                "IMPORT_WEBHOOK_KEY": keys.webhook_key,
                "IMPORT_WEBHOOK_INSIDE_NETWORKS": f"{LOOPBACK}/32",
            }
        case "mapping":
            return upload | pages | {"IMPORT_VALIDATION_URL": surroundings.validation_url}


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()
