"""The settings themselves: each variable that is missing or unusable."""

from typing import Final, TypeVar

from cli.admin.doctor.findings import Finding, good, wrong
from services.executor.settings import ExecutorSettings
from services.mapping.settings import MappingSettings
from services.notifier.settings import NotifierSettings
from services.validation.settings import ValidationSettings
from shared.settings import HttpServiceSettings, Settings, TracingSettings, problems_of
from shared.web import WebSettings

SETTINGS: Final[dict[str, type[HttpServiceSettings]]] = {
    "mapping": MappingSettings,
    "validation": ValidationSettings,
    "executor": ExecutorSettings,
    "notifier": NotifierSettings,
}
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
    return [wrong("settings", problem, remedy) for problem in problems] or [good("settings", "complete")]


def _problems(settings: type[Settings]) -> list[str]:
    try:
        settings.from_environment() if issubclass(settings, WebSettings) else settings()
    except ValueError as error:
        return problems_of(error)
    return []
