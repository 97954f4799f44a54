"""What comes out right, of the layouts and setups that are tuned on and of those that were held back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.suggestions import held_back, held_back_setups, layouts, more_layouts, more_setups, setups
from bench.suggestions.layout import Layout
from bench.suggestions.setup import Setup, Size
from services.mapping.suggestions import account_number
from services.mapping.suggestions.columns import Column, account_columns, suggest
from shared.contracts.account_number import AccountNumber
from shared.csvfile import clean_cell

_USUAL: Final = Size()
ALL_SETUPS: Final = (*setups.SETUPS, *more_setups.SETUPS)
_TUNED_ON: Final = (*layouts.LAYOUTS, *more_layouts.LAYOUTS)


@dataclass(slots=True)
class Figure:
    """How many are right of how many; what was missed, and what is wrong."""

    right: int = 0
    total: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.right} of {self.total} right, {len(self.wrong)} wrong"


def of_columns(found: Iterable[Layout], *, account_known: bool) -> Figure:
    """Columns of layouts. ``account_known``: the biller's customers have told which columns make the number."""
    figure = Figure()
    for layout in found:
        _add_columns(figure, layout, account_known=account_known)
    return figure


def _add_columns(figure: Figure, layout: Layout, *, account_known: bool) -> None:
    wanted = {one.header: one for one in layout.wanted}
    parts = [header for header, one in wanted.items() if one.is_account] if account_known else []
    suggested = {one.header: one.field for one in suggest(layout.kind, layout.columns, parts).values()}
    for header, one in wanted.items():
        given = suggested.get(header)
        if given is not None and given is not one.field:
            figure.wrong.append(f"{layout.name}: {header} is not {given}")
        if one.field is not None and not one.either:
            figure.total += 1
            figure.right += given is one.field
            if given is None:
                figure.missed.append(f"{layout.name}: {header}")


def of_setups(found: Iterable[Setup], size: Size = _USUAL, noise: Sequence[Column] = ()) -> Figure:
    """Setups, each compared with the numbers that rows mean; where nobody of the file exists, none may be offered.

    ``noise`` are columns that have nothing to do with it.
    """
    figure = Figure()
    for setup in found:
        _add_setup(figure, setup, size, noise)
    return figure


def _add_setup(figure: Figure, setup: Setup, size: Size, noise: Sequence[Column]) -> None:
    columns, meant = setup.rows(size)
    made = _suggested([*noise, *columns], setup.existing(size))
    figure.total += setup.exists
    if made is None:
        if setup.exists:
            figure.missed.append(setup.name)
    elif made == meant:
        figure.right += 1
    else:
        figure.wrong.append(f"{setup.name}: {made[:3]} for {meant[:3]}")


def _suggested(columns: Sequence[Column], existing: Collection[str]) -> list[str] | None:
    header = [column.header for column in columns]
    cells = {place: [clean_cell(cell)[0] for cell in column.values] for place, column in enumerate(columns)}
    likely = account_columns(columns, {})
    ordered = sorted(existing)
    tried = list(account_number.candidates(ordered, columns, likely))
    made = [AccountNumber(parts, header, fold_case=False).compose(cells).usable for parts in tried]
    best = account_number.worth_offering(made, existing, account_number.doubtful(tried, likely))
    return made[best[0]] if best else None


def report() -> dict[str, Figure]:
    """Every figure by its name."""
    return {
        "columns": of_columns(_TUNED_ON, account_known=True),
        "columns, biller without customers": of_columns(_TUNED_ON, account_known=False),
        "columns held back": of_columns(held_back.LAYOUTS, account_known=True),
        "columns held back, biller without customers": of_columns(held_back.LAYOUTS, account_known=False),
        "setups": of_setups(ALL_SETUPS),
        "setups held back": of_setups(held_back_setups.SETUPS),
    }


def show() -> None:
    """Every figure with what is missed; of what was held back the number only. A wrong one ends with an error."""
    found = report()
    for name, figure in found.items():
        print(f"{name}: {figure}")
        if "held back" not in name:
            print("".join(f"  missed {one}\n" for one in figure.missed), end="")
        print("".join(f"  WRONG {one}\n" for one in figure.wrong), end="")
    if any(figure.wrong for figure in found.values()):
        raise SystemExit(1)
