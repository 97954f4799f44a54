"""Who asks, and what this person may do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, NoReturn, cast
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.mapping.api.models import ProblemItem, RefusalBody, RefusedRequest
from services.mapping.repository import billers, files, imports
from services.mapping.repository.billers import Biller
from services.mapping.repository.imports import Import
from services.mapping.sampling import Sample, Samples
from shared.auth import Person, TokenVerifier, require_person
from shared.contracts.codes import CODES
from shared.contracts.definition import Reading
from shared.contracts.events import RequestProblem
from shared.contracts.kinds import ImportKind
from shared.http import Problem
from shared.postgres import Connection, Database
from shared.rights import Right, allows, right_of, works_everywhere
from shared.secure_upload import SecureUpload


@dataclass(frozen=True, slots=True)
class Context:
    """What the routes work with."""

    database: Database
    verifier: TokenVerifier
    secure_upload: SecureUpload
    upload_limit_bytes: int
    samples: Samples = field(default_factory=Samples)


def context_of(request: Request) -> Context:
    """The context that the composition root has put on the app."""
    return cast("Context", request.app.state.context)


Services = Annotated[Context, Depends(context_of)]
_bearer = HTTPBearer(auto_error=False, description="Access token of the CRM's sign-in")


async def signed_in(
    services: Services, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Person:
    """The person of the request, or 401."""
    return await require_person(services.verifier)(credentials)


SignedIn = Annotated[Person, Depends(signed_in)]


async def biller_with_right(connection: Connection, person: Person, biller_id: int) -> tuple[Biller, Right]:
    """The biller and the person's right there. An unknown biller looks like one without a right."""
    biller = await billers.find(connection, biller_id)
    right = await right_of(connection, person.subject, biller_id)
    if biller is None or right is None:
        deny("biller_id")
    return biller, right


async def visible_import(
    connection: Connection, person: Person, import_id: UUID, *, lock: bool = False
) -> tuple[Import, Right]:
    """The import and the person's right. One that the person may not see looks like one that does not exist."""
    item = await (imports.lock if lock else imports.find)(connection, import_id)
    if item is not None:
        right = await right_of(connection, person.subject, item.biller_id)
        if right is not None and allows(right, item.kind):
            return item, right
    raise Problem(
        404,
        "import_not_found",
        "There is no such import, or you have no right to see it",
        "import_id",
        "Check the id, or ask an administrator for the right at the biller",
    )


async def require_operator(connection: Connection, person: Person) -> None:
    """Refuse who may not import everything everywhere: what stops an import is seldom of one biller."""
    if not await works_everywhere(connection, person.subject):
        words = "Only for those who may import everything everywhere"
        raise Problem(403, "F011", words, "permission", "Ask an administrator")


def require_kind(right: Right, kind: ImportKind) -> None:
    """Refuse a kind that the right does not cover."""
    if not allows(right, kind):
        deny("kind")


async def sample_for(services: Context, right: Right, biller_id: int, file_id: UUID, reading: Reading) -> Sample:
    """The beginning of a file for somebody with this right: FileNotFoundError also where he may not see what it holds.

    What it holds is judged here once more, for it may be older than that, or look otherwise as it is read now.
    """
    sample = await services.samples.of(services.secure_upload, biller_id, file_id, reading)
    async with services.database.connection() as connection:
        found = await files.bank_columns(connection, file_id)
        if sample.holds_bank_data is not None and not found:
            await files.judge(connection, file_id, holds_bank_data=sample.holds_bank_data)
    if (sample.holds_bank_data or found) and not allows(right, ImportKind.AUTOPAY):
        raise FileNotFoundError
    return replace(sample, bank_columns=sample.bank_columns.union(found)) if found else sample


def deny(place: str) -> NoReturn:
    """No permission."""
    raise Problem(403, "F011", CODES["F011"].title, place, CODES["F011"].remedy)


async def answer_refusal(_request: Request, refused: RefusedRequest) -> Response:
    """Tell every problem at once; the first one stands at the top as in any other problem answer."""
    return Response(
        refusal_body(refused.status, refused.problems).model_dump_json(),
        refused.status,
        media_type="application/problem+json",
    )


def refusal_body(status: int, problems: Sequence[RequestProblem]) -> RefusalBody:
    """The problems as problem+json."""
    first = problems[0]
    return RefusalBody(
        title=first.message,
        status=status,
        code=first.code,
        place=first.place,
        remedy=first.remedy,
        problems=[ProblemItem(**problem.model_dump()) for problem in problems],
    )
