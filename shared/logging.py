"""Structured logs. What may be logged is allowed by kind of value; the text of an exception never is."""

import logging
import sys
import time
from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from logging import config as logging_config
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from shared import tracing
from shared.errors import error_types

__all__ = ["bound_contextvars", "configure", "get_logger"]

_LONGEST_TEXT: Final = 300
# Libraries whose messages speak of hosts, topics and ports and never of what a message or row holds.
_PLAIN_SPEAKERS: Final = ("aiokafka", "uvicorn")
# While a server is away these say the same hundreds of times.
_CHATTERERS: Final = ("aiokafka", "asyncpg", "asyncio", "opentelemetry", "urllib3")
_CHATTER_SECONDS: Final = 30.0


def get_logger() -> FilteringBoundLogger:
    """A logger: ``log.info("chunk_applied", import_id=…)``, a static name and fields."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def configure(service: str, log_format: str) -> None:
    """Send everything, the libraries' messages too, through one set of processors to standard output."""
    structlog.configure(
        processors=[*_shared(service), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging_config.dictConfig(_standard_logging(service, log_format))


def _shared(service: str) -> list[Processor]:
    def name_service(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
        fields.setdefault("service", service)
        fields.update(tracing.ids())
        return fields

    return [
        merge_contextvars,
        name_service,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_error,
        _keep_allowed,
    ]


def _standard_logging(service: str, log_format: str) -> dict[str, Any]:
    pretty = log_format == "pretty"
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty()) if pretty else structlog.processors.JSONRenderer()
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"chatter": {"()": _Chatter}},
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [_tell_foreign, *_shared(service)],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "keep_exc_info": False,
                "keep_stack_info": False,
            }
        },
        "handlers": {
            "standard_output": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "structured",
                "filters": ["chatter"],
            }
        },
        "root": {"handlers": ["standard_output"], "level": "INFO"},
        "loggers": {name: {"level": "WARNING"} for name in (*_CHATTERERS, "uvicorn.access", "httpx")},
    }


class _Chatter(logging.Filter):
    """Lets each line of a chattering library through once in a while."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in _CHATTERERS:
            return True
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._last.get(place, -_CHATTER_SECONDS) < _CHATTER_SECONDS:
            return False
        self._last[place] = now
        return True


def _tell_foreign(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    record: logging.LogRecord = fields["_record"]
    if record.name.partition(".")[0] not in _PLAIN_SPEAKERS:
        fields["event"] = "library_message"
    fields["logger"] = record.name
    fields["place"] = f"{record.module}:{record.lineno}"
    return fields


def _tell_error(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    told = fields.pop("exc_info", None)
    fields.pop("stack_info", None)
    if told is True:
        told = sys.exc_info()
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        fields["error_types"] = error_types(error)
        fields["error_place"] = _place(error.__traceback__)
    return fields


def _place(trace: TracebackType | None) -> str:
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _keep_allowed(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    return {name: value if name.startswith("_") else _allowed(value) for name, value in fields.items()}


def _allowed(value: object) -> object:
    match value:
        case Enum():
            allowed: object = _allowed(value.value)
        case None | bool() | int() | float():
            allowed = value
        case str():
            allowed = value[:_LONGEST_TEXT]
        case UUID() | date() | timedelta():  # a datetime is a date
            allowed = str(value)
        case list() | tuple() | set() | frozenset():
            allowed = [_allowed(item) for item in value]
        case Mapping():
            allowed = {str(name): _allowed(item) for name, item in value.items()}
        case BaseException():
            allowed = error_types(value)
        case _:
            allowed = f"<{type(value).__name__}>"
    return allowed


def _configure_for_now() -> None:
    # By default structlog prints exceptions with the values of their variables: not here, before `configure` either.
    # Programs that configure nothing, such as the command line, say only what is wrong.
    structlog.configure(
        processors=[*_shared("-"), structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )


_configure_for_now()
