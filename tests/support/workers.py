"""Which tests stay together when several workers share them (`make test`), and in which order they start.

Tests of one file stay together, for they share a database. Every test that uses the running system or the browser goes
to one worker, so that there is one such system on the machine and whoever kills a part of it is alone with it. These
come first. The property tests, the longest, come next and each by itself: the other workers start with them.
"""

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadGroupScheduling

_SYSTEM: Final = "system"
_FIXTURES_OF_THE_SYSTEM: Final = {"system", "chromium"}
_PROPERTY: Final = "tests/property/"


class Scheduler(LoadGroupScheduling):
    """One piece of work is a group, a property test, or a file; in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order is ours; by the count of tests the long ones would come last

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return scope if scope.startswith(_PROPERTY) else scope.partition("::")[0]


def arrange(items: list[pytest.Item]) -> None:
    """Mark the group of the system and bring what takes longest to the front."""
    for item in items:
        if _uses_the_system(item):
            item.add_marker(pytest.mark.xdist_group(_SYSTEM))
    items.sort(key=lambda item: (not _uses_the_system(item), not item.nodeid.startswith(_PROPERTY)))


def _uses_the_system(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and not _FIXTURES_OF_THE_SYSTEM.isdisjoint(item.fixturenames)
