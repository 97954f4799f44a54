"""Why a definition is refused: the F codes that do not come from reading the file."""

from tests.support.model.job import Job
from tests.support.model.state import CrmState
from tests.support.model.text import clean


def refusals(job: Job, state: CrmState) -> frozenset[str]:
    """The codes of everything that is wrong; empty where the file may be looked at row by row."""
    found = {
        "F011": not _is_allowed(job),
        "F007": _misses_column(job),
        "F012": job.kind != "registration" and not job.types,
        "F013": any(not _allows(job, state, code) for code in job.types),
        "F014": _has_bad_recipe(job),
        "F016": job.kind == "autopay" and (job.effective is None or job.effective < job.circumstances.today),
        "F019": job.kind != "registration" and not job.options.get("attestation"),
    }
    codes = frozenset(code for code, is_so in found.items() if is_so)
    return codes or _other_biller(job, state)


def _is_allowed(job: Job) -> bool:
    right = job.circumstances.right
    return right == "all" or (right == "paperless" and job.kind == "paperless")


def _misses_column(job: Job) -> bool:
    columns = list(job.columns.values())
    if len(set(columns)) < len(columns) or not set(columns) <= set(job.file.header):
        return True
    mapped = job.columns.keys()
    if job.kind == "autopay":
        return not ({"routing_number", "bank_account_number"} <= mapped or "card_token" in mapped)
    return "email" not in mapped


def _allows(job: Job, state: CrmState, code: str) -> bool:
    invoice_type = state.types.get((job.biller, code))
    if invoice_type is None or not invoice_type.active:
        return False
    return invoice_type.autopay_allowed if job.kind == "autopay" else invoice_type.paperless_allowed


def _has_bad_recipe(job: Job) -> bool:
    columns = [part["column"] for part in job.parts if "column" in part]
    return not columns or not set(columns) <= set(job.file.header)


def _other_biller(job: Job, state: CrmState) -> frozenset[str]:
    column = job.columns.get("biller_name")
    if column is None:
        return frozenset()
    index = job.file.header.index(column)
    names = {clean(cells[index])[0].casefold() for _, cells in job.file.rows} - {""}
    return frozenset() if names <= {state.billers[job.biller].name.casefold()} else frozenset({"F010"})
