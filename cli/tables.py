"""What the command line prints."""

from decimal import Decimal
from typing import Final, cast

from rich.box import HEAVY_HEAD, SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from cli.bodies import Check, CorrectionPage, DeadLetter, DeadLetterDetail, Listed, PlanRow, Recipe, Row, Status
from shared.contracts.codes import counted
from shared.contracts.dead_letters import reason_words
from shared.contracts.outcomes import Outcome
from shared.contracts.states import state_words

WIDE = 150  # columns, for a table with whole ids
_COLORS: Final = {
    Outcome.APPLIED: "green",
    Outcome.NO_CHANGE: "cyan",
    Outcome.SKIPPED: "yellow",
    Outcome.HELD: "yellow",
    Outcome.FAILED: "red",
}


def outcome_words(outcome: str) -> str:
    """The outcome for people; one of a newer service stands for itself."""
    return Outcome(outcome).words if outcome in set(Outcome) else outcome


def planned_words(outcome: str) -> str:
    """The same of a row that is planned."""
    return Outcome(outcome).planned_words if outcome in set(Outcome) else outcome


def newest_counts(status: Listed) -> dict[str, int]:
    """Rows by their newest outcome, over all rounds."""
    return cast("dict[str, int]", status.get("totals", status["counts"]))


def outcome_table(status: Status) -> Table:
    counts = newest_counts(status)
    rounds = len(status.get("rounds", []))
    after = f", after {rounds + 1} rounds" if rounds else ""
    table = Table(title=f"{status['kind']}: {state_words(status['state'])}{after}", title_justify="left", min_width=44)
    table.add_column("outcome")
    table.add_column("rows", justify="right")
    for outcome, color in _COLORS.items():
        table.add_row(Text(outcome.words, style=color), f"{counts[outcome.value]:,}")
    table.add_section()
    table.add_row(Text("Total", style="bold"), Text(f"{counts['read']:,}", style="bold"))
    if undone := status.get("undone"):
        table.add_row("Applied, then undone", f"{undone:,}")
    table.caption, table.caption_justify = status.get("against_plan"), "left"
    return table


def findings_table(check: Check) -> Table:
    """What was found and, for an autopay import, when customers are debited first."""
    table = _findings(check)
    table.caption, table.caption_justify = _first_collection(check), "left"
    return table


def _findings(check: Check) -> Table:
    table = Table(title="Check results", title_justify="left", min_width=44)
    for heading in ("code", "found", "meaning", "remedy", "where"):
        table.add_column(heading, justify="right" if heading == "found" else "left")
    for finding in check["findings"]:
        where = ", ".join(str(line) for line in finding["sample_lines"][:5]) or finding.get("place", "")
        meaning = Text(". ".join(filter(None, (finding["title"], finding.get("message")))))
        found = counted(finding["code"], finding["count"])
        table.add_row(finding["code"], found, meaning, Text(finding["remedy"]), where)
    return table


def _first_collection(check: Check) -> str | None:
    """Of an autopay import: when customers are debited first, as far as the CRM knows their bills."""
    first = check.get("impact", {}).get("first_collection")
    if first is None:
        return None
    parts = []
    if first["first_day"]:
        customers = f"{first['customers']:,} {'customer' if first['customers'] == 1 else 'customers'}"
        parts.append(f"{customers}, first on {first['first_day']}, {first['in_first_week']:,} in the first week")
        parts.append(f"${Decimal(first['amount']):,.2f} in all")
    if first["without_open_bill"]:
        parts.append(f"no open bill: {first['without_open_bill']:,}")
    if first["not_collected"]:
        parts.append(f"open bills that are not collected: {first['not_collected']:,}")
    return f"First collection: {'; '.join(parts)}" if parts else None


def imports_table(imports: list[Listed], width: int = WIDE) -> Table:
    """Imports, newest first. Where there is little room ids are cut and times left out, so that words can be read."""
    is_wide = width >= WIDE
    table = Table(
        caption=None if is_wide else "Widen the terminal to see full IDs and times",
        caption_justify="left",
        box=HEAVY_HEAD if is_wide else SIMPLE_HEAD,  # lines between the columns take room from the words
        padding=(0, 1) if is_wide else (0, 0),
    )
    table.add_column("import", no_wrap=True)  # an id cut in two cannot be copied
    if is_wide:
        table.add_column("requested", no_wrap=True)
    table.add_column("biller", min_width=10)
    table.add_column("kind", no_wrap=True)
    table.add_column("state", min_width=10)
    for heading in ("rows", "applied", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)  # a number is never cut
    for item in imports:
        counts, defined = item["counts"], str(item["defined_at"])[:19].replace("T", " ")
        table.add_row(
            *((item["import_id"], defined) if is_wide else (item["import_id"][:8],)),
            item["biller_name"],
            item["kind"],
            state_words(item["state"]),
            *(f"{counts[name]:,}" for name in ("read", "applied", "failed")),
        )
    return table


def recipes_table(recipes: list[Recipe]) -> Table:
    table = Table()
    for heading in ("recipe", "kind", "version", "saved by", "saved"):
        table.add_column(heading)
    for one in recipes:
        saved = str(one["saved_at"])[:19].replace("T", " ")
        table.add_row(one["name"], one["kind"], str(one["version"]), one["saved_by_name"], saved)
    return table


def rows_table(rows: list[Row]) -> Table:
    table = Table()
    for heading in ("line", "outcome", "codes", "reason"):
        table.add_column(heading)
    for row in rows:
        table.add_row(str(row["line"]), outcome_words(row["outcome"]), " ".join(row["codes"]), row.get("reason") or "")
    return table


def corrections_table(page: CorrectionPage) -> Table:
    more = " (there are more)" if page["next"] is not None else ""
    table = Table(title=f"Corrected cells{more}", title_justify="left")
    for heading in ("line", "column", "before", "after", "by"):
        table.add_column(heading)
    for one in page["items"]:
        table.add_row(str(one["line"]), *map(Text, (one["column"], one["before"], one["after"], one["corrected_by"])))
    return table


def plan_table(rows: list[PlanRow]) -> Table:
    """Rows of a plan beside what became of them."""
    table = Table()
    for heading in ("line", "account number", "planned", "result", "codes"):
        table.add_column(heading)
    for row in rows:
        result = row.get("result")
        became = (outcome_words(result["outcome"]), " ".join(result["codes"])) if result else ("", "")
        table.add_row(str(row["line"]), row.get("account_number") or "", outcome_words(row["outcome"]), *became)
    return table


def dead_letters_table(letters: list[tuple[str, DeadLetter]]) -> Table:
    table = Table()
    for heading in ("service", "id", "topic", "reason", "detail", "kept", "state"):
        table.add_column(heading)
    for service, letter in letters:
        table.add_row(
            service,
            str(letter["id"]),
            letter["topic"],
            letter["reason"],
            letter["detail"],
            str(letter["created_at"])[:19],
            letter.get("state", ""),
        )
    return table


def dead_letter_table(detail: DeadLetterDetail) -> Table:
    letter = detail["letter"]
    facts = {
        "state": letter.get("state"),
        "reason": letter["reason"],
        "meaning": reason_words(letter["reason"]).words,
        "what to do": reason_words(letter["reason"]).remedy if letter.get("state") == "open" else "",
        "detail": letter["detail"],
        "topic": letter["topic"],
        "event": detail["event"],
        "event ID": letter.get("event_id"),
        "import": detail["import_id"],
        "size": f"{detail['size']:,} bytes",
        "attempts": letter.get("attempts"),
        "kept": letter["created_at"][:19],
        "settled": (letter.get("resent_at") or "")[:19],
        "discarded by": letter.get("discarded_by"),
        "discarded because": letter.get("discard_reason"),
        **{f"header {name}": value for name, value in detail["headers"].items()},
    }
    table = Table()
    for heading in ("what", "value"):
        table.add_column(heading)
    for name, value in facts.items():
        if value not in {None, ""}:
            table.add_row(name, str(value))
    return table
