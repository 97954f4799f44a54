import base64
import json

import pytest
from pydantic import ValidationError

from shared.settings import SealingSettings, ServiceSettings

_KEY = base64.b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORT_POSTGRES_DSN", "postgresql://user:secret@host/db")
    monkeypatch.setenv("IMPORT_KAFKA_BOOTSTRAP", "host:9092")
    monkeypatch.setenv("IMPORT_DATA_KEYS", json.dumps({"k1": _KEY}))
    monkeypatch.setenv("IMPORT_FINGERPRINT_KEY", _KEY)


def test_settings_come_from_the_environment_and_show_no_secret() -> None:
    settings = ServiceSettings()
    assert settings.kafka_bootstrap == "host:9092"
    assert "secret" not in repr(settings)
    with pytest.raises(ValidationError):
        settings.http_port = 1  # type: ignore[misc]  # that it cannot be set is what is shown


def test_the_only_key_is_the_current_one() -> None:
    settings = SealingSettings()
    assert settings.sealing_keys == {"k1": bytes(32)}
    assert settings.current_key_id == "k1"
    assert settings.fingerprint_key_bytes == bytes(32)
    assert _KEY not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMPORT_DATA_KEYS", "{}"),
        ("IMPORT_DATA_KEYS", json.dumps({"k1": "c2VjcmV0"})),
        ("IMPORT_DATA_KEYS", json.dumps({"k1": "c2VjcmV0!"})),
        ("IMPORT_DATA_KEYS", json.dumps({"k1": _KEY, "k2": _KEY})),
        ("IMPORT_DATA_KEY_ID", "k2"),
        ("IMPORT_FINGERPRINT_KEY", "c2VjcmV0"),
    ],
)
def test_a_key_that_will_not_do_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as told:
        SealingSettings()
    assert "c2VjcmV0" not in str(told.value)
    assert _KEY not in str(told.value)
