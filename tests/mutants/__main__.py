"""`python -m tests.mutants [name or area …]`: plant known faults, one at a time, and expect the tests to turn red."""

from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from tests.mutants.catalog import CannotPlantError, named
from tests.mutants.trial import Outcome, Verdict, passes_untouched, try_out

_BAD: Final = {Verdict.NOT_NOTICED, Verdict.NOT_TRIED}

app = typer.Typer(pretty_exceptions_enable=False)
console = Console(width=160, soft_wrap=True)


@app.command()
def main(
    names: Annotated[list[str] | None, typer.Argument(help="Mutants or areas; all where none is named")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many at a time")] = 2,
    limit: Annotated[float, typer.Option(help="Seconds for the tests of one")] = 300,
    *,
    untouched: Annotated[bool, typer.Option(help="First see that the same tests pass without any fault")] = True,
) -> None:
    """Exit 1 where a fault is not noticed or cannot be tried."""
    try:
        chosen = named(names or [])
    except CannotPlantError as error:
        raise typer.BadParameter(str(error)) from None
    tests = list(dict.fromkeys(test for mutant in chosen for test in mutant.tests))
    if untouched and tests and (told := passes_untouched(tests, limit * 5)):
        console.print(told, markup=False)
        console.print("These tests fail without any fault: mend them first.")
        raise typer.Exit(1)
    with ThreadPoolExecutor(jobs) as threads:
        outcomes = []
        for outcome in threads.map(lambda mutant: try_out(mutant, limit), chosen):
            outcomes.append(outcome)
            console.print(f"{outcome.seconds:5.0f} s  {outcome.verdict}: {outcome.mutant.name}", markup=False)
    _show(outcomes)
    raise typer.Exit(any(outcome.verdict in _BAD for outcome in outcomes))


def _show(outcomes: list[Outcome]) -> None:
    table = Table("Area", "Mutant", "Verdict", "By, or why")
    for one in sorted(outcomes, key=lambda one: one.verdict not in _BAD):
        table.add_row(one.mutant.area, one.mutant.name, one.verdict, one.told.replace("[", "\\["))
    console.print(table)
    for verdict in Verdict:
        console.print(f"{sum(one.verdict is verdict for one in outcomes):4} {verdict}", markup=False)


if __name__ == "__main__":
    app()
