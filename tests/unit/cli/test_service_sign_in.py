"""A service without a person at it signs in with its client secret."""

from typing import Any

import httpx
import pytest

from cli.errors import CommandError, UnreachableError
from cli.system import find_system


def test_a_service_signs_in_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [httpx.Response(200, json={"access_token": "t"}), httpx.Response(401, json={}), httpx.Response(503)]
    asked: list[tuple[str, Any]] = []

    def post(url: str, *, data: object, auth: object, timeout: float) -> httpx.Response:
        asked.append((url, auth))
        assert timeout
        assert data == {"grant_type": "client_credentials"}
        return answers.pop(0)

    monkeypatch.setattr(httpx, "post", post)
    monkeypatch.delenv("CUSTOMER_IMPORT_TOKEN", raising=False)
    monkeypatch.setenv("CUSTOMER_IMPORT_URL", "https://imports.example.com")
    monkeypatch.setenv("CUSTOMER_IMPORT_TOKEN_URL", "https://id.example.com/token")
    monkeypatch.setenv("CUSTOMER_IMPORT_CLIENT_ID", "intake")
    monkeypatch.setenv("CUSTOMER_IMPORT_CLIENT_SECRET", "s")
    assert find_system(None).token == "t"
    assert asked == [("https://id.example.com/token", ("intake", "s"))]
    with pytest.raises(CommandError, match="gives no token"):
        find_system(None)
    with pytest.raises(UnreachableError):
        find_system(None)
