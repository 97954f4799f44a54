"""Why a definition is refused: the F codes that do not come from reading the file."""

import unicodedata

from shared.contracts.lexicon import is_empty
from tests.support.model.job import Job
from tests.support.model.state import CrmState
from tests.support.model.text import clean

_MEANINGS = {
    "autopay_flag": {"yes", "no"},
    "method_kind": {"ach", "card"},
    "bank_account_type": {"checking", "savings"},
    "paperless_flag": {"paperless", "paper", "both"},
    "role": {"owner", "oversight", "guest"},
}
_TERMS = {
    "start_date": {"immediately"},
    "end_date": {"never"},
    "fixed_amount": {"balance"},
    "pay_day": {"due_date", "last_day"},
    "max_amount": {"unlimited"},
}
"""Where only words have meanings."""
_BANK = {"routing_number", "bank_account_number"}
_CARDS = ({"card_token", "card_expiry"}, {"card_token", "card_expiry_month", "card_expiry_year"})


def refusals(job: Job, state: CrmState) -> frozenset[str]:
    """What is wrong, stage by stage; empty where the file may be looked at row by row."""
    for stage in (_right, _definition, _header, _other_biller):
        if found := stage(job, state):
            return frozenset(found)
    return frozenset()


def _right(job: Job, _state: CrmState) -> set[str]:
    right = job.circumstances.right
    is_allowed = right == "all" or (right == "paperless" and job.kind == "paperless")
    return set() if is_allowed else {"F011"}


def _definition(job: Job, state: CrmState) -> set[str]:
    enrols = job.kind != "registration"
    found = {
        "F007": _misses_field(job) or _uses_column_twice(job),
        "F012": enrols != bool(job.types) or len(set(job.types)) < len(job.types),
        "F013": enrols and any(not _allows(job, state, code) for code in job.types),
        "F014": not _account_columns(job),
        "F016": job.kind == "autopay" and (job.effective is None or job.effective < job.circumstances.today),
        "F022": _has_no_such_meaning(job),
        "F019": enrols and not (job.options.get("attestation") or "").strip(),
    }
    return {code for code, is_so in found.items() if is_so}


def _has_no_such_meaning(job: Job) -> bool:
    return any(
        name not in job.columns
        or not set(words.values()) <= (_MEANINGS | _TERMS).get(name, set())
        or (name in _TERMS and any(sign.isdigit() for word in words for sign in word))
        for name, words in job.definition.get("values", {}).items()
    )


def _misses_field(job: Job) -> bool:
    mapped = job.columns.keys()
    if job.kind != "autopay":
        return "email" not in mapped
    return not any(needed <= mapped for needed in (_BANK, *_CARDS))


def _uses_column_twice(job: Job) -> bool:
    columns = list(job.columns.values())
    makes_account = _account_columns(job)
    return len(set(columns)) < len(columns) or any(
        job.columns.get(name) in makes_account for name in (*_BANK, "card_token")
    )


def _account_columns(job: Job) -> set[str]:
    return {part["column"] for part in job.parts if "column" in part}


def _allows(job: Job, state: CrmState, code: str) -> bool:
    invoice_type = state.types.get((job.biller, code))
    if invoice_type is None or not invoice_type.active:
        return False
    return invoice_type.autopay_allowed if job.kind == "autopay" else invoice_type.paperless_allowed


def _header(job: Job, _state: CrmState) -> set[str]:
    header = set(job.file.header)
    if not header.issuperset(job.columns.values()):
        return {"F007"}
    return set() if _account_columns(job) <= header else {"F014"}


def _other_biller(job: Job, state: CrmState) -> set[str]:
    column = job.columns.get("biller_name")
    if column is None:
        return set()
    index = job.file.header.index(column)
    rows = [cells for line, cells in job.file.rows if line not in job.excluded]
    names = {_spelled(name) for cells in rows if not is_empty(name := clean(cells[index])[0])}
    return set() if names <= {_spelled(state.billers[job.biller].name)} else {"F010"}


def _spelled(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
