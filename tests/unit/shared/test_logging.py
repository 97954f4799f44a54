import logging
from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest
import structlog

from shared.errors import error_types
from shared.logging import _configure_for_now, bound_contextvars, configure, get_logger

_ID = UUID("00000000-0000-0000-0000-000000000001")


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    _configure_for_now()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_fields_and_what_is_bound_are_logged_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    configure("mapping", "json")
    log = structlog.wrap_logger(structlog.stdlib.LoggerFactory()())
    with bound_contextvars(import_id=str(_ID)):
        log.info("chunk_applied", chunk_no=7, when=_ID)
    log.info("other")
    first, second = _lines(capsys)
    assert first["event"] == "chunk_applied"
    assert (first["chunk_no"], first["import_id"], first["when"]) == (7, str(_ID), str(_ID))
    assert (first["service"], first["level"]) == ("mapping", "info")
    assert "import_id" not in second


def test_the_text_of_an_exception_and_of_objects_is_never_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure("mapping", "json")
    log = get_logger()
    error = ValueError("secret")
    error.__cause__ = KeyError("secret")
    log.error("failed", exc_info=error, problem=error, thing=object(), blob=b"secret", many=[b"secret", 1])
    logging.getLogger("asyncio").error("Task exception: %r", error, exc_info=error)
    logging.getLogger("some.library").warning("secret")
    out = capsys.readouterr().out
    lines = [orjson.loads(line) for line in out.splitlines()]
    assert "secret" not in out
    assert lines[0]["error_types"] == ["ValueError", "KeyError"]
    assert lines[0]["problem"] == ["ValueError", "KeyError"]
    assert (lines[0]["thing"], lines[0]["many"]) == ("<object>", ["<bytes>", 1])
    assert [line["event"] for line in lines[1:]] == ["library_message", "library_message"]


def test_a_chattering_library_says_each_thing_once_in_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    configure("mapping", "json")
    for _ in range(100):
        logging.getLogger("aiokafka.client").error("Unable connect to node with id %s", 1)
    lines = _lines(capsys)
    assert [line["event"] for line in lines] == ["Unable connect to node with id 1"]


def test_a_circle_of_causes_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert len(error_types(first)) == 5
