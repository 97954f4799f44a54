"""Foreign CSV files: how many are read as they are, and which of the others are read once an operator says how."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cli.inspection import inspect_file, options_of

Said = dict[str, str | int | None]
_AS_IT_IS: Final[Said] = {}
# What an operator can tell on the page of the file, from the most to the least likely.
_TOLD: Final[tuple[Said, ...]] = (
    {"header_line": 1},
    {"header_line": 2},
    {"header_line": 3},
    {"delimiter": ","},
    {"delimiter": ";"},
    {"encoding": "windows-1252"},
    {"encoding": "latin-1"},
    {"delimiter": ",", "header_line": 1},
    {"delimiter": ";", "header_line": 20},
)


def measure(folder: Path) -> None:
    """Prints the counts, and every file that is refused whatever is told."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() == ".csv"]
    refused = {path: codes for path in files if (codes := _refusals(path, _AS_IT_IS))}
    for_good = {path: codes for path, codes in refused.items() if all(_refusals(path, told) for told in _TOLD)}
    told = len(refused) - len(for_good)
    print(f"{len(files):,} files: {len(files) - len(refused):,} read, {told:,} once it is told how")
    for path, codes in for_good.items():
        print(f"refused: {path.relative_to(folder)}: {', '.join(codes)}")


def _refusals(path: Path, told: Said) -> list[str]:
    return list(dict.fromkeys(_blocking(path, told)))


def _blocking(path: Path, told: Said) -> Iterator[str]:
    for problem in inspect_file(path, options_of(told), None)["problems"]:
        if problem["code"].startswith("F"):
            yield problem["code"]
