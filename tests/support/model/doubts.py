"""What the columns of a file leave in doubt: rules word-* and value-*."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from shared.contracts.lexicon import Flag, refusal_in
from tests.support.model.job import Job
from tests.support.model.meanings import flag_words
from tests.support.model.row import Row
from tests.support.model.row_reader import RowReader
from tests.support.model.text import day_and_month, means_no_date, word_key

_DATES = {
    "autopay": ("start_date", "end_date", "authorization_date", "prior_last_debit_date", "card_expiry"),
    "paperless": ("consent_date",),
    "registration": (),
}
ONLY_KEPT = {
    *("authorization_channel", "authorization_reference", "sec_code", "names_party", "prior_last_debit_date"),
    *("consent_channel", "consent_text_version", "consent_ip", "legacy_id", "registered_at", "last_login_at"),
}
_MOST_WORDS = 200


def doubt(job: Job, reader: RowReader, rows: list[Row]) -> None:
    """C219, C244 and C243 on rows that something else than their own cells puts in doubt."""
    found = {
        "C219": _shortened(rows),
        "C244": _either_order(job, reader),
        "C242": _crosses(job, reader) | _signs(job, reader),
        "C243": _stopping(job),
    }
    for code, lines in found.items():
        goes_on = job.choice(code) not in {None, "skip"}
        for row in rows:
            is_live = row.outcome is None or (not goes_on and "S403" in row.codes)
            if row.line in lines and is_live:
                row.codes = (row.codes - {"S403"}) | {code}
                if not goes_on:
                    row.end("skipped")


def _stopping(job: Job) -> set[int]:
    """Rows with a cell that says no, in a column that is unused or only kept."""
    deciding = {column for field, column in job.columns.items() if field not in ONLY_KEPT}
    used = {*deciding, *(part["column"] for part in job.parts if "column" in part)}
    found: set[int] = set()
    for position, name in enumerate(job.file.header):
        cells = {line: " ".join(cells[position].split()) for line, cells in job.file.rows}
        says_no, by_header = refusal_in(name, job.kind)
        if name not in used and (by_header or len(set(cells.values())) <= _MOST_WORDS):
            found |= {line for line, cell in cells.items() if says_no(cell)}
    return found


def _flag(job: Job) -> str:
    return f"{job.kind}_flag"


def _flags(job: Job, reader: RowReader) -> tuple[dict[int, str], Mapping[str, Flag]]:
    """What the column of the flag says, by line (nothing where there is none), and what known words of it say."""
    name = _flag(job)
    lines = job.file.rows if name in job.columns else ()
    said = {line: word_key(reader.meant(name, cells)) for line, cells in lines}
    return said, flag_words(job.kind, turns=bool(job.options.get("paperless_flag_reversed")))


def _crosses(job: Job, reader: RowReader) -> set[int]:
    """Rows with an X where their column has other words, but for those of people who write yes in several ways."""
    said, flags = _flags(job, reader)
    others = set(said.values()) - {"x", ""}
    same = [word for word in others if flags.get(word) is flags["x"]]
    opposite = [word for word in others if {flags.get(word), flags["x"]} == {Flag.YES, Flag.NO}]
    if not others or (len(same) > 1 and opposite):
        return set()
    return {line for line, word in said.items() if word == "x"}


def _signs(job: Job, reader: RowReader) -> set[int]:
    """Rows with a T or 1 that says yes, where their column has codes that nobody knows; with a T also beside Y or N."""
    said, flags = _flags(job, reader)
    codes = {word for word in said.values() if 0 < len(word) <= 2}
    explained = job.definition.get("values", {}).get(_flag(job), {})
    codes |= {word_key(word) for word in explained if len(word_key(word)) <= 2}
    yes = {sign for sign in "tf10" if flags.get(sign) is Flag.YES}
    if not codes - flags.keys():
        yes = {sign for sign in yes if sign.isalpha() and codes & {"y", "n"}}
    return {line for line, word in said.items() if word in yes}


def _shortened(rows: list[Row]) -> set[int]:
    accounts = {row.line: row.bank_account for row in rows if row.bank_account}
    digits = {line: account for line, account in accounts.items() if account.isdigit()}
    four = {line for line, account in digits.items() if len(account) >= 4 and int(account) < 10_000}
    found: set[int] = set()
    if len(four) >= 3 or len(four) * 10 >= len(accounts):
        found |= four
    for numbers in (accounts, {row.line: row.card_token for row in rows}):
        long = {line: number for line, number in numbers.items() if len(number) > 15 and number.isdigit()}
        cut = {line for line, number in long.items() if set(number[15:]) == {"0"}}
        found |= cut if len(cut) >= 3 and len(cut) * 2 > len(long) else set()
    counting = {line: str(int(account)) for line, account in digits.items() if len(account) <= 15}
    runs = {line: run for line, run in counting.items() if len(run) >= 6 and _counts(run)}
    often = Counter(runs.values())
    return found | {line for line, run in runs.items() if often[run] > 1}


def _counts(digits: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return steps in ({1}, {-1})


def _either_order(job: Job, reader: RowReader) -> set[int]:
    found: set[int] = set()
    for name in _DATES[job.kind]:
        pairs = {line: pair for line, pair, _ in _pairs(job, reader, name)}
        dotted = {line for line, _, cell in _pairs(job, reader, name) if re.match(r"\d+\.", cell)}
        either = {line for line, (first, second) in pairs.items() if max(first, second) <= 12 and first != second}
        orders = Counter(
            "day" if first > 12 else "month"
            for first, second in pairs.values()
            if max(first, second) > 12 >= min(first, second)
        )
        varies = all(len({pairs[line][place] for line in either}) > 1 for place in (0, 1))
        if (
            orders["day"]
            or (dotted & either and not orders["month"])
            or (not orders["month"] and varies and len(either) >= 5)
        ):
            found |= either
    return found


def _pairs(job: Job, reader: RowReader, name: str) -> Iterator[tuple[int, tuple[int, int], str]]:
    if name not in job.columns:
        return
    for line, cells in job.file.rows:
        if name == "card_expiry" and not reader.is_card(cells):
            continue
        cell = reader.cleaned(name, cells)
        pair = day_and_month(cell)
        if pair and not means_no_date(cell):
            yield line, pair, cell
