"""The rows of a plan, before and after, a line for each change."""

from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from cli.bodies import PlanRow
from cli.output import Json, say, show_json, show_table
from cli.system import Person, find_system
from cli.tables import outcome_words, planned_words
from customer_import_client import models

_WORDS: Final = {"delivery_email": "bills go to", "enrolment": "enrollment"}
_STATES: Final = {"active": "enrolled", "pending": "waiting for confirmation"}


def plan(
    import_id: Annotated[UUID, typer.Argument(help="The import ID")],
    person: Person = None,
    search: Annotated[str | None, typer.Option(help="An account number or email address, whole")] = None,
    line: Annotated[int | None, typer.Option(min=1, help="The row on this line")] = None,
    outcome: Annotated[
        models.Outcome | None,
        typer.Option(help="Only rows planned to end like this, such as skipped or failed"),
    ] = None,
    code: Annotated[str | None, typer.Option(help="Only rows with this code, such as C223")] = None,
    change: Annotated[
        models.ChangeFilter | None, typer.Option(help="Only rows with this change, such as login_email or owner")
    ] = None,
    enrollment: Annotated[
        models.EnrollmentFilter | None,
        typer.Option(help="Only rows with a new, changed or to_confirm enrollment, or without_bill"),
    ] = None,
    invoice_type: Annotated[
        str | None, typer.Option(help="Only about this invoice type; alone: rows that enroll in it")
    ] = None,
    after: Annotated[str | None, typer.Option(help="Continue where the list before ended, as it says")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="List so many rows at most")] = 20,
    as_json: Json = False,
) -> None:
    """List rows of the plan: what each will change, before and after, or why not. Nothing is applied by that."""
    page = (
        find_system(person)
        .client()
        .plan(
            str(import_id),
            text=search,
            line=line,
            outcome=outcome,
            code=code,
            change=change,
            enrollment=enrollment,
            invoice_type=invoice_type,
            after=after,
            limit=limit,
        )
    )
    if as_json:
        show_json(page)
    elif page["items"]:
        show_table(changes_table(page["items"]))
    elif removed_at := page.get("removed_at"):
        say(f"The rows were removed on {removed_at[:10]}, after their retention period")
    else:
        say("No rows match")
    if page["next"] is not None:
        say(f"More rows: --after {page['next']}")


def changes_table(rows: list[PlanRow]) -> Table:
    """A line for each change of a row, or one for a row that changes nothing."""
    has_results = any(row.get("result") for row in rows)
    table = Table()
    for heading in ("line", "account number", "planned", "change", "before", "after", "codes"):
        table.add_column(heading, justify="right" if heading == "line" else "left")
    if has_results:
        table.add_column("result")
    for row in rows:
        first = (str(row["line"]), Text(row["account_number"] or ""), planned_words(row["outcome"]))
        last = [" ".join(row["codes"]), *([_result(row)] if has_results else [])]
        for change in _changes(row):
            table.add_row(*first, *map(Text, change), *last)
    return table


def _result(row: PlanRow) -> str:
    result = row.get("result")
    return " ".join([outcome_words(result["outcome"]), *result["codes"]]) if result else ""


def _changes(row: PlanRow) -> list[tuple[str, str, str]]:
    """What, before and after; of a new email also which other accounts it reaches."""
    told = []
    for change in row["changes"]:
        what = _WORDS.get(change["what"], change["what"].replace("_", " "))
        before = _STATES.get(change["before"], change["before"]) if change["invoice_type"] else change["before"]
        told.append((f"{what} {change['invoice_type'] or ''}".strip(), before or "none", change["after"]))
    return [*told, *_reached(row)] or [("", "", "")]


def _reached(row: PlanRow) -> list[tuple[str, str, str]]:
    owned = row.get("also_owned")
    if not owned:
        return []
    numbers = ", ".join(owned["account_numbers"])
    more = owned["accounts"] - len(owned["account_numbers"])
    here = [f"{numbers} and {more:,} more" if more else numbers] if owned["accounts"] else []
    elsewhere = [f"{_accounts(one['accounts'])} at {one['biller']}" for one in owned["elsewhere"]]
    reached = "; ".join([*here, *elsewhere])
    return [("login also owns", "", reached)] if reached else []


def _accounts(count: int) -> str:
    return f"{count:,} account{'' if count == 1 else 's'}"
