"""The log as a download."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.notifier.api.dependencies import Services
from services.notifier.domain import Overview, State
from services.notifier.log_file import Audience, FileChanged, FileGone, RowsRemoved, Which
from services.notifier.usecases.queries import overview_of, record_download
from shared.bearer import SignedIn
from shared.http import Problem
from shared.logging import get_logger
from shared.openapi import ProblemBody

router = APIRouter(tags=["log"], responses={401: {"model": ProblemBody}})
log = get_logger()


class _Closing(StreamingResponse):
    """Closes what it reads from, also where the client is gone before the first byte."""

    def __init__(self, pieces: AsyncIterator[bytes], stack: AsyncExitStack, headers: dict[str, str]) -> None:
        super().__init__(pieces, media_type="text/csv; charset=utf-8; header=present", headers=headers)
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)


@router.get(
    "/imports/{import_id}/log.csv",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}}},
        404: {"model": ProblemBody},
        409: {"model": ProblemBody, "description": "there are no results, or none yet"},
        410: {
            "model": ProblemBody,
            "description": "the uploaded file is gone, or is not the one that was imported, or the rows were removed",
        },
        503: {"model": ProblemBody, "description": "the uploaded file cannot be read right now"},
    },
)
async def download_log(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    which: Annotated[
        Which, Query(description="all: all rows; failed: failed and on hold; not_imported: failed, on hold and skipped")
    ] = Which.ALL,
) -> StreamingResponse:
    """The columns of the file, with line, outcome, codes, reason, and the IDs of customer and login in the CRM.

    Cells that a spreadsheet would run as formulas begin with '. Only the last four characters of bank account numbers
    and card tokens are shown.
    """
    overview = await overview_of(services, person, import_id)
    _refuse_without_results(overview)
    async with AsyncExitStack() as stack:
        try:
            pieces = await stack.enter_async_context(services.log.open(import_id, which, Audience.PERSON))
        except RowsRemoved:
            raise _rows_removed() from None
        except FileChanged:
            raise _file_changed() from None
        except FileGone:
            raise _file_gone() from None
        except (ConnectionError, TimeoutError):
            raise _store_away() from None
        await record_download(services, person, overview, which.value)
        log.info("log_downloaded", import_id=str(import_id), which=which.value)
        headers = {
            "Content-Disposition": f'attachment; filename="import-{import_id}-{which.value}.csv"',
        }
        return _Closing(pieces, stack.pop_all(), headers)


def _refuse_without_results(overview: Overview) -> None:
    if overview.has_log:
        return
    title, remedy = {
        State.REJECTED: (
            "The file was rejected and nothing was imported",
            "Fix the problems that the check found, then upload the file again",
        ),
        State.HELD: (
            "The import needs a decision; nothing was imported yet",
            "Make the decisions and confirm the import",
        ),
        State.CANCELLED: ("The import was canceled before any row was processed", "Start a new import"),
    }.get(overview.state, ("The import has not ended yet", "Try again when it has ended; /events tells when"))
    raise Problem(409, "no_results", title, f"import in state {overview.state.value}", remedy)


def _file_gone() -> Problem:
    return Problem(
        410,
        "file_gone",
        "The uploaded file no longer exists, so its columns can't be shown",
        "log.csv",
        "Use /rows for the results without the file's columns",
    )


def _file_changed() -> Problem:
    return Problem(
        410,
        "file_changed",
        "The file in Secure Upload is not the one that was imported",
        "log.csv",
        "Use /rows for the results without the file's columns, and tell the administrator of Secure Upload",
    )


def _rows_removed() -> Problem:
    return Problem(
        410,
        "rows_removed",
        "The results were removed after their retention period",
        "log.csv",
        "The import's page still shows its numbers",
    )


def _store_away() -> Problem:
    return Problem(
        503, "secure_upload_unavailable", "Secure Upload is not responding", "log.csv", "Try again in a moment"
    )
