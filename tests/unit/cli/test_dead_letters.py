"""`customer-import dead-letters list` says of which services it knows nothing."""

import pytest
from typer.testing import CliRunner

from cli import dead_letters
from cli.__main__ import app
from cli.errors import UnreachableError


@pytest.mark.parametrize(
    ("options", "unset"), [([], "validation and executor"), (["--service", "mapping"], None)], ids=["all", "one"]
)
def test_services_that_nobody_named_are_told(
    options: list[str], unset: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSTOMER_IMPORT_URL", raising=False)
    for name in ("MAPPING_URL", "STATUS_URL", "TOKEN"):
        monkeypatch.setenv(f"CUSTOMER_IMPORT_{name}", "http://127.0.0.1:1")
    for name in ("VALIDATION_URL", "EXECUTOR_URL"):
        monkeypatch.delenv(f"CUSTOMER_IMPORT_{name}", raising=False)
    monkeypatch.setattr(dead_letters, "_letters", lambda *_: [])
    done = CliRunner().invoke(app, ["dead-letters", "list", *options])
    if unset is None:
        assert done.exit_code == 0
        return
    error = done.exception
    assert isinstance(error, UnreachableError)
    assert unset in str(error)
    assert "CUSTOMER_IMPORT_VALIDATION_URL and CUSTOMER_IMPORT_EXECUTOR_URL" in error.remedy
