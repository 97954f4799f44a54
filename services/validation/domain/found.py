"""What the checks of a row, on its own, say about the rows of one batch."""

from dataclasses import dataclass, field
from typing import Final

from services.validation.domain.samples import Samples, cut, shortened
from shared.contracts.codes import CODES, Level
from shared.contracts.outcomes import Outcome

_GRAVEST_FIRST: Final = (Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED)


@dataclass(slots=True)
class Found:
    """Codes by the index of a row in its batch. Most rows have none, so only the others have an entry.

    The first step that ends a row wins; what later steps say about it is not kept. ``going_on`` are the codes whose
    answer lets a row go on: they stay on it like warnings.
    """

    going_on: frozenset[str] = frozenset()
    samples: Samples = field(default_factory=Samples)  # of the whole file
    warnings: dict[int, set[str]] = field(default_factory=dict)
    problems: dict[int, set[str]] = field(default_factory=dict)
    stuck: set[int] = field(default_factory=set)
    ended: dict[int, tuple[Outcome, tuple[str, ...]]] = field(default_factory=dict)

    def warn(self, index: int, code: str) -> None:
        if index not in self.ended:
            self.warnings.setdefault(index, set()).add(code)

    def end(self, index: int, code: str) -> None:
        """The code decides the row at once, unless it is one that goes on."""
        if code in self.going_on:
            self.warn(index, code)
        elif index not in self.ended:
            outcome = CODES[code].outcome
            if outcome is None:
                raise ValueError(f"{code} decides no row by itself")
            self.ended[index] = (outcome, (code,))

    def add(self, index: int, *codes: str) -> None:
        """Problems of the value checks; all of them are listed."""
        if codes and index not in self.ended:
            self.problems.setdefault(index, set()).update(codes)

    def add_shown(self, index: int, code: str, cell: str) -> None:
        """A problem whose finding shows cells that it is about, long numbers by their end."""
        self.add(index, code)
        self.samples.note(code, shortened(cell))

    def add_placeholder(self, index: int, code: str, cell: str) -> None:
        """A problem with what is nobody's number, so that its finding may show it whole."""
        self.add(index, code)
        self.samples.note(code, cut(cell))

    def add_without_answer(self, index: int, code: str) -> None:
        """A problem on a row for which the answer to its code has no use."""
        self.add(index, code)
        self.stuck.add(index)

    def goes_on(self, index: int) -> bool:
        if index in self.ended or index in self.stuck:
            return False
        return index not in self.problems or self.problems[index] <= self.going_on

    def conclude(self) -> None:
        """End the rows with problems: by their R codes, or else by their C codes, unless all of them go on."""
        for index, codes in self.problems.items():
            rows = tuple(code for code in codes if CODES[code].level is Level.ROW)
            if not rows and self.goes_on(index):
                self.warnings.setdefault(index, set()).update(codes)
            else:
                deciding = rows or tuple(codes)
                outcomes = {CODES[code].outcome for code in deciding}
                self.ended.setdefault(index, (next(one for one in _GRAVEST_FIRST if one in outcomes), deciding))
        self.problems = {}

    def codes_of(self, index: int) -> list[str]:
        ended = self.ended.get(index)
        return sorted(self.warnings.get(index, set()).union(ended[1] if ended else ()))
