"""What is wrong with the environment is said by variable, in plain words, without a value."""

import base64
import json
from collections.abc import Callable

import pytest

from shared.settings import SealingSettings, SecureUploadSettings, ServiceSettings, Settings, problems_of
from shared.web import WebSettings

_KEY = base64.b64encode(bytes(32)).decode()
_USABLE = {
    "IMPORT_POSTGRES_DSN": "postgresql://user:hush@host/db",
    "IMPORT_KAFKA_BOOTSTRAP": "host:9092",
    "IMPORT_DATA_KEYS": json.dumps({"k1": _KEY}),
    "IMPORT_FINGERPRINT_KEY": _KEY,
    "IMPORT_SECURE_UPLOAD_URL": "file:///files",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _USABLE.items():
        monkeypatch.setenv(name, value)


def _problems(settings: Callable[[], Settings]) -> list[str]:
    with pytest.raises(ValueError, match=r"\w") as told:
        settings()
    return problems_of(told.value)


def test_each_variable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMPORT_POSTGRES_DSN")
    monkeypatch.delenv("IMPORT_KAFKA_BOOTSTRAP")
    assert _problems(ServiceSettings) == ["IMPORT_KAFKA_BOOTSTRAP is not set", "IMPORT_POSTGRES_DSN is not set"]


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (ServiceSettings, "IMPORT_HTTP_PORT", "hush"),
        (ServiceSettings, "IMPORT_KAFKA_SASL_MECHANISM", "hush"),
        (SealingSettings, "IMPORT_DATA_KEYS", "{hush"),
        (SealingSettings, "IMPORT_DATA_KEYS", '{"k1": "hush"}'),
        (SealingSettings, "IMPORT_DATA_KEYS", '{"k1": "hush!"}'),
        (SealingSettings, "IMPORT_FINGERPRINT_KEY", "hush!"),
        (SealingSettings, "IMPORT_FINGERPRINT_KEY", "aHVzaA=="),
        (SealingSettings, "IMPORT_DATA_KEY_ID", "hush"),
        (SecureUploadSettings, "IMPORT_SECURE_UPLOAD_KEYS", '{"f1": "hush"}'),
        (SecureUploadSettings, "IMPORT_SECURE_UPLOAD_KEYS", '{"f1": "aHVzaA=="}'),
        (SecureUploadSettings, "IMPORT_SECURE_UPLOAD_KEY_ID", "hush"),
        (WebSettings, "IMPORT_SESSION_KEY", "aHVzaA=="),
        (WebSettings.from_environment, "IMPORT_SIGN_IN", "development"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_by_its_variable_alone(
    monkeypatch: pytest.MonkeyPatch, settings: Callable[[], Settings], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    [problem] = _problems(settings)
    assert problem.startswith(name)
    assert "hush" not in problem
    assert "aHVzaA" not in problem
