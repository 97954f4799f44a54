"""Which tests stay together when several workers share them (`make test`), and in which order they start.

Tests of one file stay together, for they share a database. Every test of the running system goes to one worker, so that
there is one such system, and whoever kills a part of it is alone with it. These come first. The upgrade and the
property tests, the longest, come next and each by itself: the other workers start with them.
"""

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_SYSTEM: Final = "the system"
_OF_THE_SYSTEM: Final = ("tests/browser/", "tests/chaos/", "tests/e2e/test_")
_WITHOUT_IT: Final = {"tests/browser/test_chromium.py", "tests/e2e/test_demo.py", "tests/e2e/test_life_of_data.py"}
_FIXTURES_OF_THE_SYSTEM: Final = {"system", "chromium"}
_LONG: Final = ("tests/upgrade/", "tests/property/")


class Scheduler(LoadScopeScheduling):
    """One piece of work is the system, a long test, or a file; in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is ours; by the count of tests the long ones would come last

    def _split_scope(self, nodeid: str) -> str:
        return piece_of_work(nodeid)


def piece_of_work(nodeid: str) -> str:
    """What a test is given to a worker with."""
    if nodeid.startswith(_LONG):
        return nodeid
    file = nodeid.partition("::")[0]
    return _SYSTEM if file.startswith(_OF_THE_SYSTEM) and file not in _WITHOUT_IT else file


def refuse_strangers(items: list[pytest.Item]) -> None:
    """Refuse a test that would start a second system in another worker, without workers, too: they end unheard."""
    for item in items:
        if isinstance(item, pytest.Function) and not _FIXTURES_OF_THE_SYSTEM.isdisjoint(item.fixturenames):
            _refuse_unless_of_the_system(item)


def arrange(items: list[pytest.Item]) -> None:
    """Bring what takes longest to the front."""
    items.sort(key=lambda item: (not _is_of_the_system(item), not item.nodeid.startswith(_LONG)))


def _refuse_unless_of_the_system(item: pytest.Item) -> None:
    if not _is_of_the_system(item):
        raise pytest.UsageError(f"{item.nodeid} uses the system: it belongs to one of {', '.join(_OF_THE_SYSTEM)}")


def _is_of_the_system(item: pytest.Item) -> bool:
    return piece_of_work(item.nodeid) == _SYSTEM
