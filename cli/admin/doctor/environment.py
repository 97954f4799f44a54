"""The settings themselves: each variable that is missing or unusable, or that nobody reads."""

import os
from difflib import get_close_matches
from typing import Final, TypeVar

from cli.admin.access import DSN
from cli.admin.doctor.findings import Finding, advice, good, wrong
from cli.admin.setup import KAFKA_PASSWORDS, PASSWORDS
from services.executor.settings import ExecutorSettings
from services.mapping.settings import MappingSettings
from services.notifier.settings import NotifierSettings
from services.validation.settings import ValidationSettings
from shared.settings import HttpServiceSettings, Settings, TracingSettings, problems_of, variable
from shared.web import WebSettings

SETTINGS: Final[dict[str, type[HttpServiceSettings]]] = {
    "mapping": MappingSettings,
    "validation": ValidationSettings,
    "executor": ExecutorSettings,
    "notifier": NotifierSettings,
}
_OF_COMPOSE: Final = "IMPORT_PUBLIC_ADDRESS"  # docker-compose.yml makes two settings of it
_WITH_PAGES: Final = ("mapping", "notifier")
_S = TypeVar("_S", bound=Settings)


def read(settings: type[_S]) -> _S | None:
    """The settings; None where they are no use, which `of_service` tells."""
    try:
        return settings()
    except ValueError:
        return None


def of_service(service: str) -> list[Finding]:
    """What is wrong with the environment of a service."""
    problems = _problems(SETTINGS[service]) + _problems(TracingSettings)
    if service in _WITH_PAGES:
        problems += _problems(WebSettings)
    remedy = f"See docs/settings.md, or `customer-import-{service} --help`"
    found = [wrong("settings", problem, remedy) for problem in problems] or [good("settings", "complete")]
    return found + unknown()


def unknown() -> list[Finding]:
    known = {DSN, *PASSWORDS.values(), *KAFKA_PASSWORDS.values(), _OF_COMPOSE}
    every: tuple[type[Settings], ...] = (*SETTINGS.values(), WebSettings)
    for settings in every:
        known |= {variable(name) for name in settings.model_fields}
    strange = sorted(name for name in os.environ if name.startswith(variable("")) and name not in known)
    return [advice("settings", f"nothing reads {name}", _meant(name, known)) for name in strange]


def _meant(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, 1, cutoff=0.8)
    return f"Is {near[0]} meant?" if near else "Remove it; docs/settings.md lists all settings"


def _problems(settings: type[Settings]) -> list[str]:
    try:
        settings.from_environment() if issubclass(settings, WebSettings) else settings()
    except ValueError as error:
        return problems_of(error)
    return []
