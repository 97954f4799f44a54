"""Ask a person at the terminal for the decisions a held import needs."""

from typing import Any

from rich.console import Console
from rich.prompt import Confirm, IntPrompt, Prompt

from cli.errors import CommandError

_NEEDS_COUNT = "C201"
_SECOND_PERSON = "C207"  # nobody answers it: another person approves


def ask_decisions(console: Console, check: dict[str, Any]) -> dict[str, Any]:
    """Answers to every undecided code, then the confirmation.

    Raises CommandError where nobody can answer (no terminal) or the person does not confirm.
    """
    undecided = [finding for finding in check["findings"] if finding["code"] in check["undecided"]]
    if not console.is_terminal:
        raise CommandError(
            "The import is held" + (": " + ", ".join(f["code"] for f in undecided) if undecided else ""),
            remedy="Name the decisions under `decide:` in the definition, or run on a terminal",
        )
    decisions = {finding["code"]: _ask(console, finding) for finding in undecided if finding["code"] != _SECOND_PERSON}
    if len(decisions) < len(undecided):
        console.print("Somebody else has to approve this import after you: `customer-import approve`")
    if not Confirm.ask("Start this import?", console=console, default=False):
        raise CommandError("Not confirmed; the import stays held")
    return decisions


def _ask(console: Console, finding: dict[str, Any]) -> dict[str, Any]:
    console.print(f"{finding['code']} {finding['title']}: {finding['count']}. {finding['remedy']}")
    choice = Prompt.ask("Your choice", console=console, choices=finding["choices"])
    if finding["code"] == _NEEDS_COUNT and choice == "continue":
        return {"choice": choice, "typed_count": IntPrompt.ask("Customers that would be made", console=console)}
    return {"choice": choice}
