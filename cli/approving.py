"""The second person of an import: what they see before they approve."""

from rich.prompt import Confirm

from cli.bodies import Decided
from cli.client import Client
from cli.decisions import approve_command
from cli.errors import CommandError, HeldError
from cli.output import can_ask, notes, say
from cli.tables import corrections_table, findings_table
from shared.contracts.codes import choice_words, code_title


def approve_import(client: Client, import_id: str, check_no: int) -> Decided:
    """Show findings, corrected cells and decisions, then approve; raises CommandError or HeldError."""
    check = client.check(import_id)
    if check["check_no"] != check_no:
        raise CommandError(
            f"Check {check_no} is out of date; the newest is {check['check_no']}",
            remedy=f"Review it with `customer-import show {import_id}`, then run "
            f"`{approve_command(import_id, check['check_no'])}`",
        )
    notes.print(findings_table(check))
    if (corrected := client.corrections(import_id))["items"]:
        notes.print(corrections_table(corrected))
    for code, choice in check["answers"].items():
        say(f"{code} {code_title(code)}: {choice_words(code, choice)}")
    if refused := check.get("approval_refused"):
        raise CommandError(refused, remedy="Ask another person who may approve")
    if can_ask() and not Confirm.ask("Approve this import?", console=notes, default=False):
        raise HeldError("Not approved; the import still waits for approval")
    return client.approve(import_id, check)
