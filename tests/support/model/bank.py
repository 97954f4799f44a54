"""The bank account that a row of an autopay file gives."""

import re
from itertools import pairwise

from shared.contracts.lexicon import ACCOUNT_TYPES, NO_DEPOSIT_ACCOUNTS, PRENOTE_TYPES
from tests.support.model.hidden import is_filler, is_masked, shows_last_digits
from tests.support.model.reading import Cell, Findings, PaymentOptions
from tests.support.model.state import Method
from tests.support.model.text import is_damaged, word_key

_PREFIXES = {*range(1, 13), *range(21, 33), *range(61, 73)}
_LABELS = {"acct", "account", "a/c", "bank acct", "bank account", "bank a/c"}
_ROUTING_WORDS = {"aba", "rtn", "rt", "routing", "transit", "no", "nbr", "num", "number"}


def read_bank(cell: Cell, options: PaymentOptions, found: Findings) -> Method:
    codes = found.codes
    written = re.sub(r"[\s-]", "", _without_routing_label(cell("routing_number")))
    routing = _routing(cell("routing_number"), written, options, found)
    account_cell = _without_label(cell("bank_account_number"))
    account = re.sub(r"\s", "", account_cell)
    is_cut = shows_last_digits(account_cell) or is_masked(account_cell)
    if is_cut or (is_filler(account) and set(account) != {"0"}):
        codes.add("R128")
    elif not _is_one_number(account_cell):
        codes.add("R123" if is_damaged(account) or not _is_what_is_left(account_cell) else "R128")
    elif not _is_account(account) or account in {written, routing}:
        codes.add("R123")
    else:
        found.account = account
    word = word_key(cell("bank_account_type"))
    known = ACCOUNT_TYPES.get(word)
    account_type = known.type if known else None if word else options.type_default
    if account_type is None and word and word not in NO_DEPOSIT_ACCOUNTS:
        found.ask("C242", goes_on=False)
    elif account_type is None:
        codes.add("R124")
    elif word in PRENOTE_TYPES:
        codes.add("W314")
    return Method(
        login="",
        biller=options.biller,
        kind="ach",
        routing_number=_in_directory(routing, options, found),
        account=account,
        account_last4=account[-4:],
        account_type=account_type,
        holder_name=" ".join(cell("account_holder_name").split()) or None,
        holder_type=(known.holder if known else "") or None,
        origin="import",
    )


def _routing(cell: str, given: str, options: PaymentOptions, found: Findings) -> str:
    """The number, with a digit that was lost where there is one."""
    if is_masked(cell) or given[:8] == "12345678" or (is_filler(given[:8]) and set(given[:8]) != {"0"}):
        found.codes.add("R128")
        return given
    if re.fullmatch(r"[0-9]{8}", given):
        if not given.startswith("0") and _is_right(f"0{given}"):
            found.codes.add("W311")
            return f"0{given}"
        complete = next(number for digit in "0123456789" if _adds_up(number := given + digit))
        if _has_prefix(complete):
            found.ask("C212", goes_on=options.choices.get("C212") == "append_check_digit")
            return complete
    if not re.fullmatch(r"[0-9]{9}", given):
        found.codes.add("R121")
    elif not _is_right(given):
        found.codes.add("R122")
    return given


def _is_right(routing: str) -> bool:
    return _has_prefix(routing) and _adds_up(routing)


def _has_prefix(routing: str) -> bool:
    return int(routing[:2]) in _PREFIXES


def _adds_up(routing: str) -> bool:
    return sum(weight * int(digit) for weight, digit in zip((3, 7, 1) * 3, routing, strict=True)) % 10 == 0


def _in_directory(routing: str, options: PaymentOptions, found: Findings) -> str:
    """The number to be used, where an operator has loaded a directory."""
    is_known = options.directory.get(routing, "") is None
    if not options.directory or is_known or len(routing) != 9:
        return routing
    choice = options.choices.get("C218")
    replacement = options.directory.get(routing)
    found.ask("C218", goes_on=choice == "continue" or (choice == "replace" and replacement is not None))
    return replacement if choice == "replace" and replacement else routing


def _without_routing_label(cell: str) -> str:
    rest = cell.removeprefix("#").removeprefix(" ") if cell.startswith("#") else cell
    words = re.match("[^0-9]*", cell)
    label = words[0].lower() if words else ""
    known = [word for word in re.split("[ .:#-]+", label.replace("r/t", "rt").replace("/", " ")) if word]
    starts = bool(known) and label[0].isalpha()
    if starts and set(known) <= _ROUTING_WORDS and len(label) < len(cell):
        return cell[len(label) :]
    return rest if re.match("[0-9]", rest) else cell


def _without_label(cell: str) -> str:
    """A number of at least seven digits may have its name before it."""
    match = re.fullmatch(r"([^0-9]+)([0-9](?:[ -]?[0-9]){6,})", cell)
    if match is None:
        return cell
    name = match[1].lower().rstrip(" .:#-")
    bare = re.sub(" ?(no|nbr|num|number)$", "", name)
    return match[2] if match[1] in {"#", "# "} or name in _LABELS or bare in _LABELS else cell


def _is_one_number(cell: str) -> bool:
    if cell.isdigit():
        return True
    if re.fullmatch("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", cell):
        years = [part for part in cell.split("-") if part[:2] in {"19", "20"} and len(part) == 4]
        is_day = years and all(int(part) < 40 for part in cell.split("-") if len(part) < 4)
        return not is_day and not is_damaged(cell)
    tokens = re.findall(r"[0-9]+|[A-Za-z]+|-|\s+|.", cell)
    letters = [(place, token) for place, token in enumerate(tokens) if token.isascii() and token.isalpha()]
    if any(not re.fullmatch(r"[0-9A-Za-z-]+|\s+", token) for token in tokens) or not re.search("[0-9]", cell):
        return False
    if any(_stands_apart(tokens, place) for place, _ in letters) or tokens[0] == "-" or tokens[-1] == "-":
        return False
    if any(len(token) > 2 for place, token in letters if place) or (letters and not _may_begin(tokens)):
        return False
    runs = re.split(r"(?<=[0-9])\s+(?=[0-9])", cell)
    is_two = any(re.search("[0-9]{6}$", before) and re.match("[0-9]{6}", after) for before, after in pairwise(runs))
    return not is_two and not ("-" in cell and is_damaged(cell))


def _stands_apart(tokens: list[str], place: int) -> bool:
    beside = tokens[max(place - 1, 0) : place + 2]
    around = tokens[max(place - 2, 0) : place], tokens[place + 1 : place + 3]
    if any(token.isspace() for token in beside) or any(
        part and all(not token[0].isalnum() for token in part) for part in around
    ):
        return True
    return bool(re.match("-[A-Za-z]", "".join(around[1])))


def _may_begin(tokens: list[str]) -> bool:
    word = tokens[0]
    if not word.isalpha():
        return True
    return not word.lower().startswith("xx") and (
        len(word) < 4 or (len(word) == 4 and re.match("[0-9]{7}", tokens[1]) is not None)
    )


def _is_what_is_left(cell: str) -> bool:
    """Words alone, or the last digits with anything else."""
    digits = re.findall("[0-9]+", cell)
    if not digits:
        return bool(cell) and not any(sign.isdigit() for sign in cell)
    return len(cell) <= 128 and len(digits) == 1 and digits[0] != cell and len(digits[0]) <= 6


def _is_account(account: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9-]{4,17}", account) or is_damaged(account):
        return False
    return any(character in "123456789" for character in account)
