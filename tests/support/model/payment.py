"""The payment method that a row of an autopay file gives."""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from shared.contracts.lexicon import (
    ACCOUNT_TYPES,
    BEFORE_LAST_DIGITS,
    METHOD_KINDS,
    NO_DEPOSIT_ACCOUNTS,
    NO_METHODS,
    NOT_A_NUMBER,
    PRENOTE_TYPES,
)
from tests.support.model.state import Method
from tests.support.model.text import (
    UnreadableError,
    day_and_month,
    is_damaged,
    means_no_date,
    month_number,
    swapped,
    word_key,
    written_date,
)

_PREFIXES = {*range(1, 13), *range(21, 33), *range(61, 73)}
_EXPIRIES = (
    re.compile(r"(?P<month>[0-9]{1,2}) ?[/-] ?(?P<year>[0-9]{2}|[0-9]{4})"),
    re.compile(r"(?P<year>1[3-9]|[2-9][0-9])(?P<month>[0-9]{2})"),
    re.compile(r"(?P<month>[0-9]{1,2})(?P<year>[0-9]{2})"),
    re.compile(r"(?P<month>0[1-9]|1[0-2])(?P<year>20[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4}) ?[/-] ?(?P<month>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{2})-(?P<name>[A-Za-z]{3})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})[- ](?P<year>[0-9]{2}|[0-9]{4})"),
)
_MASK = "*#\u2022\u2026\u25cf\u25a0\u2588xX"
_LABELS = {"acct", "account", "a/c", "bank acct", "bank account", "bank a/c"}
_ROUTING_WORDS = {"aba", "rtn", "rt", "routing", "transit", "no", "nbr", "num", "number"}
_BRANDS = {
    *("visa", "mc", "mastercard", "master card", "amex", "american express", "disc", "discover", "diners", "jcb", "cc"),
    *("card", "credit card", "debit card"),
}

Cell = Callable[[str], str]


@dataclass(slots=True)
class Findings:
    """The codes of a row's values, and whether an answer, or the lack of one, leaves the row out."""

    codes: set[str] = field(default_factory=set)
    leaves_out: bool = False
    account: str = ""
    """A bank account number that could be read."""
    token: str = ""
    """A token that could be read."""

    def ask(self, code: str, *, goes_on: bool) -> None:
        """A continuable code."""
        self.codes.add(code)
        self.leaves_out |= not goes_on


@dataclass(frozen=True, slots=True)
class PaymentOptions:
    """The choices of the definition that matter here."""

    kind_default: str | None
    type_default: str | None
    effective: date
    biller: int
    choices: Mapping[str, str] = field(default_factory=dict)
    directory: Mapping[str, str | None] = field(default_factory=dict)


def read_payment(cell: Cell, options: PaymentOptions, found: Findings) -> Method | None:
    """The method in the cells of a row, not yet of a login; ``cell`` gives a field's cleaned value."""
    kind = _kind(cell, options.kind_default, found)
    if kind is None:
        return None
    return _ach(cell, options, found) if kind == "ach" else _card(cell, options, found)


def _kind(cell: Cell, default: str | None, found: Findings) -> Literal["ach", "card"] | None:
    codes = found.codes
    has_bank = bool(cell("routing_number") or cell("bank_account_number"))
    has_token = bool(cell("card_token"))
    word = cell("method_kind")
    kind = METHOD_KINDS.get(word_key(word)) if word else default
    if not word and kind is None:
        if has_bank == has_token:
            codes.add("R120")
            return None
        return "ach" if has_bank else "card"
    if kind is None and word_key(word) in NO_METHODS:
        codes.add("R129")
    elif kind is None:
        found.ask("C242", goes_on=False)
    if kind is None:
        return None
    codes.update({"R120"} if (has_token if kind == "ach" else has_bank) else ())
    return "ach" if kind == "ach" else "card"


def _ach(cell: Cell, options: PaymentOptions, found: Findings) -> Method:
    codes = found.codes
    written = re.sub(r"[\s-]", "", _without_routing_label(cell("routing_number")))
    routing = _routing(cell("routing_number"), written, options, found)
    account_cell = _without_label(cell("bank_account_number"))
    account = re.sub(r"\s", "", account_cell)
    is_cut = _shows_last_digits(account_cell) or _is_masked(account_cell)
    if is_cut or (_is_filler(account) and set(account) != {"0"}):
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
    if _is_masked(cell) or given[:8] == "12345678" or (_is_filler(given[:8]) and set(given[:8]) != {"0"}):
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


def _is_masked(cell: str) -> bool:
    """Signs that hide digits, and at most some digits behind or around them."""
    if len(cell) > 128:
        return False
    if re.fullmatch("[xX][0-9]{4}", cell):
        return True
    if match := re.fullmatch(rf"[0-9]{{1,6}}([{_MASK}]+)[0-9]{{0,4}}", cell):
        return len(match[1]) > 1 or match[1] == "\u2026"
    mask = cell.rstrip("0123456789")
    hides = (
        any(mask[place : place + 1] in _MASK + "." and mask[place + 1] in _MASK + "." for place in range(len(mask) - 1))
        or "\u2026" in mask
    )
    return bool(mask) and hides and set(mask) <= set(_MASK + ". -") and len(cell) - len(mask) <= 6


def _shows_last_digits(cell: str) -> bool:
    words = re.fullmatch("([A-Za-z ]{2,})[^A-Za-z0-9]*([0-9]{2,6})", cell[:41])
    return len(cell) <= 40 and words is not None and word_key(words[1]) in BEFORE_LAST_DIGITS


def is_stand_in(cell: str) -> bool:
    """What stands where a number is not known."""
    if cell.isascii() and cell.isdigit():
        return _is_filler(cell)
    return _is_masked(cell) or word_key(re.sub("[0-9 ._-]", "", cell)) in NOT_A_NUMBER


def _is_filler(number: str) -> bool:
    if number.isascii() and number.isdigit():
        return _is_typed(number)
    letters = re.sub("[0-9 ._-]", "", number)
    return re.match("[A-Za-z]{4}", number) is not None and word_key(letters) in NOT_A_NUMBER


def _is_typed(digits: str) -> bool:
    if len(digits) >= 6 and len(set(digits)) == 1:
        return True
    in_order = any(_counts_on(text) for text in (digits, digits[::-1], digits.lstrip("0")) if len(text) >= 9)
    periodic = any(
        digits[:period] * (len(digits) // period) == digits and len(digits) // period > 2 for period in (2, 3, 4)
    )
    return 9 <= len(digits) <= 128 and (in_order or periodic)


def _counts_on(digits: str) -> bool:
    return any(
        all(int(after) in {int(before) + 1, first if before == "9" else 10} for before, after in pairwise(digits))
        for first in (0, 1)
    )


def _hides_card(cell: str) -> bool:
    if re.fullmatch(rf"[0-9]{{1,8}}([{_MASK}.]{{2,}}|\u2026)[0-9]{{0,4}}", re.sub("[ -]", "", cell)):
        return True
    words = re.fullmatch(rf"([A-Za-z][A-Za-z ]*?)([^0-9A-Za-z]*[{_MASK}]*[^0-9A-Za-z]*)[0-9]{{4}}", cell)
    if words is None:
        return False
    name = re.sub(" end(s|ing)( in| with)?$", "", words[1].lower().strip())
    return name in _BRANDS or name.removesuffix(" card") in _BRANDS


def _card(cell: Cell, options: PaymentOptions, found: Findings) -> Method:
    codes = found.codes
    token = cell("card_token")
    if is_stand_in(token) or _hides_card(token):
        codes.add("R128")
    elif not re.fullmatch(r"[A-Za-z0-9_:|+/=.-]{6,128}|[0-9]{5}", token) or is_damaged(token):
        codes.add("R125")
    else:
        found.token = token
    year = month = None
    try:
        year, month = _expiry(cell, options.choices.get("C244"), found)
    except UnreadableError:
        codes.add("R126")
    else:
        if date(year, month, calendar.monthrange(year, month)[1]) < options.effective:
            found.ask("C216", goes_on=options.choices.get("C216") == "enroll")
    digits = re.sub(r"[^0-9]", "", cell("card_last4"))
    return Method(
        login="",
        biller=options.biller,
        kind="card",
        holder_name=" ".join(cell("account_holder_name").split()) or None,
        token=token,
        token_vault=cell("token_vault") or None,
        card_brand=cell("card_brand") or None,
        card_last4=digits[-4:].rjust(4, "0") if digits else None,
        exp_year=year,
        exp_month=month,
        origin="import",
    )


def pays_by_card(cell: Cell, default: str | None) -> bool:
    return _kind(cell, default, Findings()) == "card"


def _in_order(text: str, choice: str | None, found: Findings) -> str:
    """A date whose first two numbers may be the month, with the month first."""
    pair = day_and_month(text)
    if pair is None or means_no_date(text):
        return text
    is_chosen = choice in {"day_first", "month_first"}
    if pair[0] > 12 >= pair[1]:
        found.ask("C244", goes_on=is_chosen)
    turned = swapped(text)
    try:
        written_date(turned)
    except UnreadableError:
        return text
    return turned if choice == "day_first" or (pair[0] > 12 and not is_chosen) else text


def _expiry(cell: Cell, choice: str | None, found: Findings) -> tuple[int, int]:
    text = _in_order(cell("card_expiry"), choice, found)
    if not text:
        month, year = (cell(name).removesuffix(".0") for name in ("card_expiry_month", "card_expiry_year"))
        text = f"{month if month.isdigit() else _number_of(month)}/{year}"
    for pattern in _EXPIRIES:
        if match := pattern.fullmatch(text):
            return _year_and_month(match.groupdict())
    day = written_date(text)
    return _year_and_month({"year": f"{day.year:04}", "month": str(day.month)})


def _year_and_month(parts: dict[str, str]) -> tuple[int, int]:
    year = int(parts["year"])
    name = parts.get("name", "")
    month = month_number(name) if name else int(parts["month"])
    year += 0 if len(parts["year"]) == 4 else 2000
    if not 1 <= month <= 12 or not 0 < year <= 2090:
        raise UnreadableError
    return year, month


def _number_of(month: str) -> str:
    """Raises UnreadableError."""
    return str(month_number(month)) if month else ""
