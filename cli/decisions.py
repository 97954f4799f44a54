"""Ask a person at the terminal for the decisions that an import needs."""

from rich.console import Console
from rich.prompt import Confirm, IntPrompt, Prompt

from cli.bodies import Check, Decision, Finding
from cli.errors import HeldError
from cli.output import can_ask
from shared.contracts.codes import choice_words
from shared.contracts.codes.names import CONTINUE, FEW_FOUND, SECOND_PERSON, UNKNOWN_WORDS


def ask_decisions(console: Console, check: Check) -> dict[str, Decision]:
    """A decision for every undecided code, then the confirmation.

    Raises HeldError where nobody can decide (no terminal) or the person does not confirm.
    """
    undecided = [finding for finding in check["findings"] if finding["code"] in check["undecided"]]
    if not can_ask():
        raise HeldError(
            "The import needs a decision: " + ", ".join(f"{one['title']} ({one['code']})" for one in undecided)
            if undecided
            else "The import waits for somebody who starts it: its definition decides nothing",
            remedy="Add the decisions under `decide:` in the definition file, or run the command in a terminal",
        )
    decisions = {finding["code"]: _ask(console, finding) for finding in undecided if finding["code"] != SECOND_PERSON}
    if len(decisions) < len(undecided):
        console.print("A second person must approve this import after you start it")
    if not Confirm.ask("Start this import?", console=console, default=False):
        raise HeldError("Not started; the import still needs a decision")
    return decisions


def approve_command(import_id: object, check_no: int | None) -> str:
    return f"customer-import approve {import_id} {check_no}"


def _ask(console: Console, finding: Finding) -> Decision:
    code, remedy = finding["code"], f" {finding['remedy']}." if finding["remedy"] else ""
    console.print(f"{code} {finding['title']}: {finding['count']:,}.{remedy}", highlight=False, markup=False)
    if finding.get("message"):
        console.print(f"  {finding['message']}", highlight=False, markup=False, soft_wrap=True)
    if code == UNKNOWN_WORDS:
        console.print("  To give them meanings, stop here and add `values:` to the definition file", highlight=False)
    for choice in finding["choices"]:
        console.print(f"  {choice}: {choice_words(code, choice)}", highlight=False)
    choice = Prompt.ask("Your decision", console=console, choices=finding["choices"])
    if code == FEW_FOUND and choice == CONTINUE:
        return {"choice": choice, "typed_count": IntPrompt.ask("Number of customers to create", console=console)}
    return {"choice": choice}
