"""Take a request for an import, or say everything that is wrong with it. The same for both ways in."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.mapping.domain import import_id_of, request_hash, right_problems, visible_files
from services.mapping.repository import billers, files, imports, recipes, recipients
from services.mapping.repository.imports import NewImport, RoundOf
from shared import people
from shared.audit import Act, record
from shared.auth import Person
from shared.contracts.definition import ImportDefinition, RecipeReference, Requester
from shared.contracts.definition_rules import BillerFacts, coded_problem, problems
from shared.contracts.events import ImportDefined, RequestProblem
from shared.contracts.rights import Right
from shared.messaging import publish
from shared.postgres import Connection
from shared.rights import right_of

IDEMPOTENCY_CONFLICT: Final = "idempotency_conflict"
UNKNOWN_RECIPE: Final = "unknown_recipe"


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks for an import."""

    person: Person
    request_id: UUID
    definition: ImportDefinition
    of: RoundOf | None = None
    """The import that it is a round of; only use cases make one."""

    @property
    def hash(self) -> bytes:
        return self.of.request_hash if self.of else request_hash(self.person.subject, self.definition)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the request was not taken; never empty."""

    problems: tuple[RequestProblem, ...]


async def accept(connection: Connection, request: Request, today: date) -> UUID | Refused:
    """The import of this request. Asked again in the same words it is the same import; refusals are not kept."""
    hashed = request.hash
    before = await imports.hash_of_request(connection, request.request_id)
    if before is not None:
        return _repeated(request.request_id, before, hashed)
    right, found = await _examined(connection, request, today)
    if right is None or found:
        return Refused(tuple(found))
    new = NewImport(
        id=import_id_of(request.request_id),
        request_id=request.request_id,
        request_hash=hashed,
        definition=request.definition,
        requester=Requester(subject=request.person.subject, name=request.person.name, permission=right.permission),
        of=request.of,
    )
    if not await imports.add(connection, new):  # the same request came by another way at this very moment
        before = await imports.hash_of_request(connection, request.request_id)
        return _repeated(request.request_id, before, hashed)
    await people.remember(connection, request.person)
    await _record(connection, new, request.person)
    await _decide_in_advance(connection, new, request.person)
    await publish(
        connection,
        ImportDefined(import_id=new.id, biller_id=request.definition.biller_id, kind=request.definition.kind),
    )
    return new.id


async def _examined(connection: Connection, request: Request, today: date) -> tuple[Right | None, list[RequestProblem]]:
    definition = request.definition
    biller = await billers.find(connection, definition.biller_id)
    right = await right_of(connection, request.person.subject, definition.biller_id)
    if biller is None or right is None:  # one answer for both: it must not tell which billers there are
        return None, [coded_problem("F011", "biller_id")]
    types = await billers.invoice_types(connection, biller.id)
    facts = BillerFacts(
        permission=right.permission,
        invoice_types={invoice_type.code: invoice_type.facts() for invoice_type in types},
        file=await files.facts(connection, biller.id, definition.file.id, visible_files(right)),
        recipients=await recipients.known(connection, biller.id, definition.log_recipients),
    )
    decide = {} if definition.decide == "ask" else definition.decide
    found = [*problems(definition, facts, today), *right_problems(decide, right, "decide")]
    if definition.recipe is not None and not found:
        found += await _recipe_problems(connection, definition, definition.recipe)
    return right, found


async def _recipe_problems(
    connection: Connection, definition: ImportDefinition, named: RecipeReference
) -> list[RequestProblem]:
    recipe = await recipes.find(connection, named.id, named.version)
    if recipe is not None and (recipe.biller_id, recipe.kind) == (definition.biller_id, definition.kind):
        return []
    return [
        RequestProblem(
            code=UNKNOWN_RECIPE,
            place="recipe",
            message="The biller has no such recipe version for this kind of import",
            remedy="Use one of the biller's recipes, or remove `recipe`",
        )
    ]


async def _record(connection: Connection, new: NewImport, person: Person) -> None:
    of = new.of
    await record(
        connection,
        Act.DEFINED,
        person.subject,
        import_id=new.id,
        biller_id=new.definition.biller_id,
        detail={
            "kind": new.definition.kind,
            "file_id": str(new.definition.file.id),
            "asks": new.definition.decide == "ask",
            "retries": None if of is None else str(of.import_id),
        },
    )


async def _decide_in_advance(connection: Connection, new: NewImport, person: Person) -> None:
    if new.definition.decide == "ask":
        return
    for code, decision in new.definition.decide.items():
        await imports.decide(connection, new.id, code, decision, None, person)
        await record(
            connection,
            Act.DECIDED,
            person.subject,
            import_id=new.id,
            biller_id=new.definition.biller_id,
            detail={"code": code, "choice": decision.choice, "in_advance": True},
        )


def _repeated(request_id: UUID, before: bytes | None, hashed: bytes) -> UUID | Refused:
    if before == hashed:
        return import_id_of(request_id)
    return Refused(
        (
            RequestProblem(
                code=IDEMPOTENCY_CONFLICT,
                place="request id",
                message="This request ID was already used for another request",
                remedy="Use a new ID for a new request",
            ),
        )
    )
