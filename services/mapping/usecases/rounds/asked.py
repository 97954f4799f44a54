"""What somebody asks for: which rows are tried again, and how they were corrected."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.auth import Person
from shared.contracts.definition import ValueMap
from shared.contracts.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are tried again, and how they were corrected."""

    corrected_file: UUID | None = None
    cells: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """By line, the columns (or fields) with their new values."""
    lines: frozenset[int] = frozenset()
    outcomes: frozenset[Outcome] = frozenset()
    codes: frozenset[str] = frozenset()
    leave_out: frozenset[int] = frozenset()
    values: ValueMap = field(default_factory=dict)

    def added_to(self, values: ValueMap) -> ValueMap:
        return {field: {**values.get(field, {}), **self.values.get(field, {})} for field in values | self.values}

    def hashed(self, person: Person, import_id: UUID) -> bytes:
        """What tells a repeated request from another one under the same key."""
        cells = sorted((line, sorted(cells.items())) for line, cells in self.cells.items())
        values = sorted((str(name), sorted(words.items())) for name, words in self.values.items())
        sets = [sorted(map(str, one)) for one in (self.lines, self.outcomes, self.codes, self.leave_out)]
        text = f"{person.subject}\nround of {import_id}\n{self.corrected_file}\n{cells}\n{sets}\n{values}"
        return hashlib.sha256(text.encode()).digest()
