"""The faults as they are written down, and how one is planted."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CATALOG: Final = Path(__file__).parent / "catalog"


class CannotPlantError(Exception):
    """The fault does not fit the source as it is now."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault, and the nearest tests that have to fail with it; one without tests is ``harmless``, which says why."""

    name: str
    area: str
    file: str
    old: str
    new: str
    breaks: str = ""
    tests: Sequence[str] = ()
    harmless: str = ""

    def planted(self, source: str) -> str:
        """The source of its file with the fault in it."""
        if (times := source.count(self.old)) != 1:
            raise CannotPlantError(f"{self.name}: what it replaces stands {times} times in {self.file}")
        return source.replace(self.old, self.new)


def mutants(catalog: Path = CATALOG) -> list[Mutant]:
    """All of them, by area."""
    return [
        Mutant(**entry | {"area": path.stem})
        for path in sorted(catalog.glob("*.toml"))
        for entry in tomllib.loads(path.read_text())["mutant"]
    ]


def named(names: Sequence[str]) -> list[Mutant]:
    """Those of these names or areas, or all where none is named."""
    everything = mutants()
    if unknown := set(names) - {name for one in everything for name in (one.name, one.area)}:
        raise CannotPlantError(f"no mutant and no area has the name {', '.join(sorted(unknown))}")
    return [one for one in everything if not names or one.name in names or one.area in names]
