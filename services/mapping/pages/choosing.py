"""The source of an import: its kind and its file."""

from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.draft import ChosenFile
from services.mapping.pages.recipes import recipes_offered
from services.mapping.pages.shown import in_words
from services.mapping.pages.work import DRAFT, Work, Working, trouble
from services.mapping.sample import Sample
from services.mapping.usecases import uploads
from services.mapping.usecases.billers import show_biller
from services.mapping.usecases.files import delete, list_files
from services.mapping.views import FileItem
from shared.contracts.definition import Reading
from shared.contracts.events import RequestProblem
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import allows
from shared.csvfile.options import DELIMITERS, KNOWN_ENCODINGS
from shared.errors import DomainError, Gone, NotFound
from shared.http import Problem, problem_of
from shared.web import Form, render, see_other, whole_number, zone_of

router = APIRouter()
_NO_DELIMITERS: Final = frozenset("\"'`\r\n\0\x1a")
_LAST_HEADER_LINE: Final = 1000
QUOTES: Final = {"double": '"', "single": "'", "none": ""}


@router.get(DRAFT + "/kind")
async def show_kinds(work: Working) -> Response:
    return work.page("kind", shown=await show_biller(work.services, work.visitor.person, work.biller.id))


@router.post(DRAFT + "/kind")
async def choose_kind(work: Working, form: Form) -> Response:
    """Keep the kind. Another one has other fields and files."""
    given = str(form.get("kind", ""))
    kind = ImportKind(given) if given in set(ImportKind) else None
    problems = work.changed_elsewhere(form, "kind", kind=kind)
    if kind is None or not allows(work.right, kind):
        problems = [trouble("No kind of import is selected", "Select one", place="#kinds")]
    if problems:
        shown = await show_biller(work.services, work.visitor.person, work.biller.id)
        return work.page("kind", shown=shown, selected=kind, problems=problems)
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
    files = (await list_files(work.services, work.visitor.person, work.biller.id)).items
    chosen = next((file for file in files if str(file.id) == str(form.get("file", ""))), None)
    if chosen is None:
        problem = trouble("No file is selected", "Select a file from the list, or upload one", place="#files")
        return await _file_page(work, None, problems=[problem])
    file = ChosenFile(id=chosen.id, name=chosen.name, size=chosen.size, sha256=chosen.sha256)
    given: dict[str, object] = {"file": file}
    if form.get("action") == "read":
        given["reading"] = _reading(form)
    if problems := work.changed_elsewhere(form, "file", **given):
        work = work.with_content(**given)
        return await _file_page(work, await work.sample(), problems=problems)
    if work.content.file is None or work.content.file.id != chosen.id:
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


@router.get(DRAFT + "/file/{file_id}/delete")
async def ask_to_delete(work: Working, file_id: UUID) -> Response:
    return await _delete_page(work, file_id)


@router.post(DRAFT + "/file/{file_id}/delete")
async def delete_file(work: Working, file_id: UUID, _form: Form) -> Response:
    """Delete the file for everybody; a draft that has chosen it chooses again."""
    try:
        await delete(work.services, work.visitor.person, work.biller.id, file_id)
    except DomainError as error:
        problems = in_words(error, zone_of(work.request))
        return await _delete_page(work, file_id, problems, status=problem_of(error).status)
    if work.content.file and work.content.file.id == file_id:
        work = await work.save(
            file=None, reading=Reading(), columns=None, arranged=False, recipe=None, exclude_lines=()
        )
    return see_other(work.address("file"))


@router.post(DRAFT + "/file/unfinished/{upload_id}/discard")
async def discard_upload(work: Working, upload_id: UUID, _form: Form) -> Response:
    """Remove what has arrived of an upload; one that has ended otherwise is no longer in the list either."""
    with suppress(NotFound, Gone):
        await uploads.cancel(work.services, work.visitor.person, work.biller.id, upload_id)
    return see_other(work.address("file"))


async def _delete_page(
    work: Work, file_id: UUID, problems: Sequence[RequestProblem] = (), *, status: int = 200
) -> Response:
    files = (await list_files(work.services, work.visitor.person, work.biller.id)).items
    file = next((one for one in files if one.id == file_id), None)
    if file is None:
        return see_other(work.address("file"))
    return render(
        work.request,
        "delete_file.html",
        status=status,
        draft=work.draft,
        biller=work.biller,
        file=file,
        problems=problems,
    )


def _reading(form: FormData) -> Reading:
    line = str(form.get("header_line", ""))
    encoding, quote = str(form.get("encoding", "")), str(form.get("quote", ""))
    return Reading(
        encoding=encoding if encoding in KNOWN_ENCODINGS else None,
        delimiter=_delimiter(form),
        quote=QUOTES.get(quote),
        header_line=number if (number := whole_number(line)) is not None and number <= _LAST_HEADER_LINE else None,
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
    unfinished = (await uploads.list_open(work.services, work.visitor.person, work.biller.id)).items
    return work.page(
        "file",
        files=fitting,
        others=others,
        unfinished=[one for one in unfinished if one.kind_hint in {work.content.kind, "unknown"}],
        sample=sample,
        chosen=_chosen(work, files),
        recipes=[] if sample is None or sample.refusal else await recipes_offered(work),
        problems=problems,
    )


def _chosen(work: Work, files: Sequence[FileItem]) -> FileItem | None:
    file_id = work.content.file.id if work.content.file else None
    return next((file for file in files if file.id == file_id), None)
