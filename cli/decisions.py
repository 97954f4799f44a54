"""Ask a person at the terminal for the decisions that an import needs."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from rich.console import Console
from rich.prompt import Confirm, IntPrompt, Prompt

from cli.bodies import Check, Decision, Finding
from cli.errors import CommandError, HeldError
from cli.output import can_ask
from shared.contracts.canary import Canary
from shared.contracts.codes import choice_words
from shared.contracts.codes.names import CONTINUE, CREATE, FEW_FOUND, NOT_FOUND, SECOND_PERSON, UNKNOWN_WORDS

EXAMPLES: Final = "C241=skip, or C201=continue:12 where the number of customers to create is typed"
_NAMED: Final = re.compile(r"([A-Z][0-9]{3})=([a-z_]+)(?::([0-9]{1,9}))?")


def named_decisions(options: Sequence[str]) -> dict[str, Decision]:
    """The decisions that options name. Raises CommandError for what is none."""
    named: dict[str, Decision] = {}
    for text in options:
        known = _NAMED.fullmatch(text)
        if known is None:
            raise CommandError(f"“{text}” is not a decision", remedy=f"Write it as {EXAMPLES}")
        named[known[1]] = {"choice": known[2]}
        if known[3]:
            named[known[1]]["typed_count"] = int(known[3])
    return named


def given_decisions(options: Sequence[str] | None, *, agreed: bool) -> dict[str, Decision] | None:
    named = named_decisions(options or ())
    return named if named or agreed else None


def open_codes(check: Check) -> list[str]:
    """Codes that whoever starts the import decides; the second person's approval comes after."""
    return [code for code in check["undecided"] if code != SECOND_PERSON]


def decided_beside(
    named: Mapping[str, Decision], console: Console, check: Check, canary: Canary | None = None
) -> dict[str, Decision]:
    """What was named, and for the rest what a person answers; where all is named nobody is asked.

    Raises CommandError where the number of customers to create is named wrongly.
    """
    # Also what has a default: named, it holds as it would from a definition file.
    known = {finding["code"]: named[finding["code"]] for finding in check["findings"] if finding["code"] in named}
    choices = _choices(check, known)
    _require_number(check, known, choices)
    rest = [code for code in open_codes(check) if code not in named]
    if not rest:
        return known
    asked = [code for code in check["undecided"] if code not in named]
    return known | ask_decisions(console, {**check, "undecided": asked, "answers": choices}, canary, known)


def ask_decisions(
    console: Console, check: Check, canary: Canary | None = None, named: Mapping[str, Decision] = MappingProxyType({})
) -> dict[str, Decision]:
    """A decision for every undecided code, then the confirmation; what was ``named`` is not asked.

    Raises HeldError where nobody can decide (no terminal) or the person does not confirm.
    """
    undecided = [finding for finding in check["findings"] if finding["code"] in check["undecided"]]
    if not can_ask():
        raise HeldError(
            "The import needs a decision: " + ", ".join(f"{one['title']} ({one['code']})" for one in undecided)
            if undecided
            else "The import waits for somebody who starts it: its definition decides nothing",
            remedy=_remedy(
                check, [one for one in undecided if one["code"] != SECOND_PERSON], start_command(check, canary, named)
            ),
        )
    decisions: dict[str, Decision] = {}
    for finding in sorted(undecided, key=_is_few_found):  # its number depends on what is decided before
        if finding["code"] != SECOND_PERSON:
            decisions[finding["code"]] = _ask(console, check, finding, _to_create(check, _choices(check, decisions)))
    if len(decisions) < len(undecided):
        console.print("A second person must approve this import after you start it")
    if not Confirm.ask("Start this import?", console=console, default=False):
        raise HeldError("Not started; the import still needs a decision")
    return decisions


def start_command(
    check: Check, canary: Canary | None = None, named: Mapping[str, Decision] = MappingProxyType({})
) -> str:
    import_id = check.get("import_id", "ID")
    command = f"watch {import_id}" if canary is None else f"canary {import_id} {_rows_of(canary)}"
    decided = (f"--decide {code}={_named(one)}" for code, one in named.items())
    return " ".join(["customer-import", command, *decided])


def _rows_of(canary: Canary) -> str:
    if canary.lines:
        written = (str(one.first) if one.first == one.last else f"{one.first}-{one.last}" for one in canary.lines)
        return f"--lines {','.join(written)}"
    return f"--random {canary.random}" if canary.first is None else f"--first {canary.first}"


def _named(decision: Decision) -> str:
    number = decision.get("typed_count")
    return decision["choice"] if number is None else f"{decision['choice']}:{number}"


def _remedy(check: Check, undecided: Sequence[Finding], command: str) -> str:
    """A command that decides, for what waits already: no definition file is read again."""
    if not undecided:
        return f"Run `{command} --yes`, or start it on its review page"
    example = {one["code"]: one["choices"][0] for one in undecided}
    number = _to_create(check, check.get("answers", {}) | example)
    named = " ".join(f"--decide {code}={_written(code, choice, number)}" for code, choice in example.items())
    choices = "; ".join(f"{one['code']}: {', '.join(one['choices'])}" for one in undecided)
    creating = _to_create(check, {NOT_FOUND: CREATE}) if {FEW_FOUND, NOT_FOUND} <= example.keys() else 0
    more = f". To create the missing customers: {NOT_FOUND}={CREATE} and {FEW_FOUND}={CONTINUE}:{creating}"
    asked = f"Run for example `{command} {named}` (choices: {choices}), or the same in a terminal to be asked"
    meanings = f". To give values a meaning, run `{_meaning_command(check)}`" if UNKNOWN_WORDS in example else ""
    return f"{asked}{more if creating else ''}{meanings}"


def _meaning_command(check: Check) -> str:
    return f"customer-import correct {check.get('import_id', 'ID')} --meaning paperless_flag:maybe=no"


def _written(code: str, choice: str, number: int | None) -> str:
    if (code, choice) != (FEW_FOUND, CONTINUE):
        return choice
    return f"{choice}:{'NUMBER' if number is None else number}"


def _choices(check: Check, decisions: Mapping[str, Decision]) -> dict[str, str]:
    return check.get("answers", {}) | {code: decision["choice"] for code, decision in decisions.items()}


def _to_create(check: Check, choices: Mapping[str, str]) -> int | None:
    """The number that C201 is confirmed with: of customers, not of rows. None where the service does not say it."""
    return check["impact"].get("customers_missing") if choices.get(NOT_FOUND) == CREATE else 0


def _require_number(check: Check, named: Mapping[str, Decision], choices: Mapping[str, str]) -> None:
    few = named.get(FEW_FOUND)
    is_open = NOT_FOUND in check["undecided"] and NOT_FOUND not in named
    if few is None or few["choice"] != CONTINUE or is_open:
        return
    number = _to_create(check, choices)
    if number is not None and (few.get("typed_count") or 0) != number:
        raise CommandError(
            f"{FEW_FOUND}: the number of customers to create is {number}",
            remedy=f"To confirm it, decide {FEW_FOUND}={CONTINUE}:{number}",
        )


def _is_few_found(finding: Finding) -> bool:
    return finding["code"] == FEW_FOUND


def approve_command(import_id: object, check_no: int | None) -> str:
    return f"customer-import approve {import_id} {check_no}"


def _ask(console: Console, check: Check, finding: Finding, to_create: int | None) -> Decision:
    code, remedy = finding["code"], f" {finding['remedy']}." if finding["remedy"] else ""
    console.print(f"{code} {finding['title']}: {finding['count']:,}.{remedy}", highlight=False, markup=False)
    if finding.get("message"):
        console.print(f"  {finding['message']}", highlight=False, markup=False, soft_wrap=True)
    if code == UNKNOWN_WORDS:
        console.print(
            f"  To give them meanings, stop here and run `{_meaning_command(check)}`", soft_wrap=True, highlight=False
        )
    for choice in finding["choices"]:
        console.print(f"  {choice}: {choice_words(code, choice)}", highlight=False)
    choice = Prompt.ask("Your decision", console=console, choices=finding["choices"])
    if code == FEW_FOUND and choice == CONTINUE:
        hint = "" if to_create is None else f" (to confirm, type {to_create})"
        return {"choice": choice, "typed_count": IntPrompt.ask(f"Number of customers to create{hint}", console=console)}
    return {"choice": choice}
