"""Steps 2, 3 and 4: kind of import, file, invoice types."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.draft import ChosenFile
from services.mapping.pages.recipes import recipes_offered
from services.mapping.pages.work import DRAFT, Work, Working, trouble
from services.mapping.records import InvoiceType
from services.mapping.sample import Sample
from services.mapping.usecases.billers import invoice_types, show_biller
from services.mapping.usecases.counting import Counting
from services.mapping.usecases.files import list_files
from services.mapping.views import FileItem
from shared.contracts.definition import Reading
from shared.contracts.definition_rules import enrolls
from shared.contracts.events import RequestProblem
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import allows
from shared.csvfile.options import DELIMITERS, KNOWN_ENCODINGS
from shared.http import Problem
from shared.web import Form, see_other, whole_number

router = APIRouter()
_PATIENCE: Final = 0.03  # a page does not wait for what it can show later
_MUCH_PATIENCE: Final = 30.0
_NO_DELIMITERS: Final = frozenset("\"'`\r\n\0\x1a")
_LAST_HEADER_LINE: Final = 1000
QUOTES: Final = {"double": '"', "single": "'", "none": ""}


@router.get(DRAFT + "/kind")
async def show_kinds(work: Working) -> Response:
    """What is offered, and why the rest is not."""
    return work.page("kind", shown=await show_biller(work.services, work.visitor.person, work.biller.id))


@router.post(DRAFT + "/kind")
async def choose_kind(work: Working, form: Form) -> Response:
    """Keep the kind. Another one has other fields and files."""
    given = str(form.get("kind", ""))
    kind = ImportKind(given) if given in set(ImportKind) else None
    if kind is None or not allows(work.right, kind):
        shown = await show_biller(work.services, work.visitor.person, work.biller.id)
        return work.page(
            "kind", shown=shown, problems=[trouble("No kind of import is selected", "Select one", place="#kinds")]
        )
    if kind is not work.content.kind:
        work = await work.save(
            kind=kind,
            file=None,
            invoice_types=(),
            columns=None,
            parts=(),
            arranged=False,
            recipe=None,
            exclude_lines=(),
        )
    return work.go_on("kind")


@router.get(DRAFT + "/file")
async def show_files(work: Working) -> Response:
    """The Secure Upload, and a place to drop a file."""
    if work.content.kind is None:
        return see_other(work.address("kind"))
    try:
        sample = await work.sample() if work.content.file else None
    except Problem as problem:  # it was refused for what it held, and removed
        if problem.status != HTTPStatus.GONE:
            raise
        return await _file_page(work, None, problems=[trouble("The file was removed", "Choose another file")])
    return await _file_page(work, sample)


@router.post(DRAFT + "/file")
async def choose_file(work: Working, form: Form) -> Response:
    """Keep the file, and show how it looks before going on."""
    files = (await list_files(work.services, work.visitor.person, work.biller.id)).items
    chosen = next((file for file in files if str(file.id) == str(form.get("file", ""))), None)
    if chosen is None:
        problem = trouble("No file is selected", "Select a file from the list, or upload one", place="#files")
        return await _file_page(work, None, problems=[problem])
    if work.content.file is None or work.content.file.id != chosen.id:
        file = ChosenFile(id=chosen.id, name=chosen.name, size=chosen.size, sha256=chosen.sha256)
        work = await work.save(
            file=file, reading=Reading(), columns=None, arranged=False, recipe=None, exclude_lines=()
        )
    elif form.get("action") == "read":
        work = await work.save(
            reading=_reading(form), columns=None, parts=(), arranged=False, recipe=None, exclude_lines=()
        )
    if form.get("action") != "next":
        return see_other(work.address("file"))
    sample = await work.sample()
    if sample.refusal:
        return await _file_page(
            work, sample, problems=[trouble("This file can't be used", "Choose another file", place="#looks")]
        )
    return work.go_on("file")


@router.get(DRAFT + "/invoice-types")
async def show_invoice_types(work: Working, *, counted: bool = False) -> Response:
    """Every chosen type enrols each customer. ``counted``: wait until the customers without a bill are counted."""
    return await _types_page(work, patience=_MUCH_PATIENCE if counted else _PATIENCE)


@router.post(DRAFT + "/invoice-types")
async def choose_invoice_types(work: Working, form: Form) -> Response:
    offered = [one.code for one in await _types(work)]
    chosen = tuple(code for code in offered if code in form.getlist("type"))
    if not chosen:
        problem = trouble("No invoice type is selected", "Select at least one", "F012", "#types")
        return await _types_page(work, problems=[problem])
    work = await work.save(invoice_types=chosen)
    return work.go_on("invoice-types")


def _reading(form: FormData) -> Reading:
    line = str(form.get("header_line", ""))
    encoding, quote = str(form.get("encoding", "")), str(form.get("quote", ""))
    return Reading(
        encoding=encoding if encoding in KNOWN_ENCODINGS else None,
        delimiter=_delimiter(form),
        quote=QUOTES.get(quote),
        header_line=number if (number := whole_number(line)) and number <= _LAST_HEADER_LINE else None,
    )


def _delimiter(form: FormData) -> str | None:
    """The one typed, or else the one selected; what may be in a word or is a quote is none."""
    typed, selected = str(form.get("other_delimiter", "")), str(form.get("delimiter", ""))
    if len(typed) == 1 and not typed.isalnum() and typed not in _NO_DELIMITERS:
        return typed
    return "\t" if selected == "tab" else selected if selected in DELIMITERS else None


async def _file_page(work: Work, sample: Sample | None, problems: Sequence[RequestProblem] = ()) -> Response:
    files = (await list_files(work.services, work.visitor.person, work.biller.id)).items
    fitting = [file for file in files if file.kind_hint in {work.content.kind, "unknown"}]
    others = len(files) - len(fitting)
    return work.page(
        "file",
        files=fitting,
        others=others,
        sample=sample,
        chosen=_chosen(work, files),
        recipes=[] if sample is None or sample.refusal else await recipes_offered(work),
        problems=problems,
    )


def _chosen(work: Work, files: Sequence[FileItem]) -> FileItem | None:
    file_id = work.content.file.id if work.content.file else None
    return next((file for file in files if file.id == file_id), None)


async def _types(work: Work) -> list[InvoiceType]:
    """Types that allow the enrolment; the page says which do not."""
    found = await invoice_types(work.services, work.biller.id)
    return [one for one in found if enrolls(one.facts(), work.content.shown_kind)]


async def _types_page(work: Work, *, problems: Sequence[RequestProblem] = (), patience: float = _PATIENCE) -> Response:
    found = await invoice_types(work.services, work.biller.id)
    counting: Counting = work.request.app.state.counting
    counts = await counting.of(work.services.database, work.biller.id, patience=patience)
    types = [(one, enrolls(one.facts(), work.content.shown_kind)) for one in found]
    return work.page("invoice-types", types=types, counts=counts, problems=problems)
