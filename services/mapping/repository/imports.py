"""Imports, the decisions about them and their confirmations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.mapping.domain import State, TakenDecision
from services.mapping.records import Import, Returned, Waiting
from shared.auth import Person
from shared.contracts.definition import ImportDefinition, NamedDecision, Requester
from shared.contracts.kinds import ImportKind
from shared.contracts.lines import ChosenRows
from shared.contracts.log_columns import mask_number
from shared.postgres import Connection

# What is cancelled is so for good when the executors have ended it: until then chunks in hand may end.
_FIND = """
    SELECT id, biller_id, kind,
        CASE WHEN state = 'cancelled' AND EXISTS (
            SELECT FROM execution.job j WHERE j.import_id = import.id AND j.finished_at IS NULL
        ) THEN 'cancelling' ELSE state END AS state,
        check_no, coalesce(definition -> 'of', definition) AS definition, requester, created_at, updated_at, undoes,
        CASE WHEN undoes IS NOT NULL THEN definition -> 'rows' END AS undoes_rows,
        retries, round
    FROM import WHERE id = $1
"""
_LOCK = _FIND + "FOR UPDATE"
_ADD = """
    INSERT INTO import (
        id, biller_id, kind, file_id, definition, requester, request_id, request_hash, recipe_id, recipe_version,
        retries, round, retried, retried_codes
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT DO NOTHING RETURNING id
"""
_DECIDE = """
    INSERT INTO decision (import_id, code, choice, count_seen, typed_count, decided_by, decided_by_name)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (import_id, code) DO UPDATE SET
        choice = excluded.choice, count_seen = excluded.count_seen, typed_count = excluded.typed_count,
        decided_by = excluded.decided_by, decided_by_name = excluded.decided_by_name, decided_at = now(),
        approved_by = NULL, approved_by_name = NULL, approved_at = NULL
"""
# Where no name was kept the id stands for it.
_DECISIONS = """
    SELECT code, choice, count_seen, typed_count,
        decided_by, coalesce(decided_by_name, decided_by) AS decided_by_name, decided_at,
        approved_by, coalesce(approved_by_name, approved_by) AS approved_by_name, approved_at
    FROM decision WHERE import_id = $1 ORDER BY code
"""
_APPROVE = """
    UPDATE decision SET approved_by = $2, approved_by_name = $3, approved_at = now()
    WHERE import_id = $1 AND decided_by <> $2
"""
_ANSWER = """
    INSERT INTO answered_check (import_id, check_no, answered_by, answered_by_name) VALUES ($1, $2, $3, $4)
"""
_GIVE_BACK = """
    WITH asked AS (DELETE FROM decision WHERE import_id = $1 AND code = 'C207')
    INSERT INTO returned (import_id, check_no, note, returned_by, returned_by_name, asked_by)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (import_id, check_no) DO UPDATE
    SET note = excluded.note, returned_by = excluded.returned_by, returned_by_name = excluded.returned_by_name,
        asked_by = excluded.asked_by, returned_at = now()
"""
_RETURNED = """
    SELECT note, returned_by_name, returned_at FROM returned
    WHERE import_id = $1 AND check_no = coalesce($2, check_no) ORDER BY check_no DESC LIMIT 1
"""
# A result is news only if its check is newer than the newest heard of, and an import that has ended stays so. What
# validation calls finished was approved before, and how it ended is for the executors to say.
_FOLLOW_CHECK = """
    UPDATE import i
    SET state = CASE c.state WHEN 'finished' THEN 'approved' ELSE c.state END, check_no = c.check_no, updated_at = now()
    FROM validation.import_check c
    WHERE i.id = $1 AND c.import_id = i.id AND c.state IN ('rejected', 'held', 'approved', 'finished')
        AND coalesce(i.check_no, 0) < c.check_no AND i.state IN ('checking', 'held', 'confirmed')
"""
_FOLLOW_BANK_COLUMNS = """
    UPDATE secure_file f SET holds_bank_data = true, bank_columns = c.bank_columns
    FROM import i JOIN validation.import_check c ON c.import_id = i.id
    WHERE i.id = $1 AND f.id = i.file_id AND c.bank_columns <> '{}'
"""
# In columns that the check saw bank data in, corrections, too, keep no more than their last characters.
_TO_MASK = """
    SELECT o.line_no, o.column_name, o.before, o.after
    FROM import i
    JOIN validation.import_check k ON k.import_id = i.id
    JOIN correction o ON o.import_id = i.id
    WHERE i.id = $1 AND o.place = ANY (k.bank_columns)
        AND o.column_name IS DISTINCT FROM i.definition #>> '{columns,routing_number}'
"""
_MASK = "UPDATE correction SET before = $4, after = $5 WHERE import_id = $1 AND line_no = $2 AND column_name = $3"
_FOLLOW_JOB = """
    UPDATE import i SET state = e.state, updated_at = now()
    FROM execution.ended_job e
    WHERE i.id = $1 AND e.import_id = i.id AND i.state <> e.state
"""


@dataclass(frozen=True, slots=True)
class RoundOf:
    """Which round of which import it is, and how its rows had ended before."""

    import_id: UUID
    number: int
    replaced: Mapping[str, int]
    replaced_codes: Mapping[str, int]
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class NewImport:
    """An import about to be made."""

    id: UUID
    request_id: UUID
    request_hash: bytes
    definition: ImportDefinition
    requester: Requester
    of: RoundOf | None = None


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A decision with who took it when."""

    code: str
    choice: str
    count_seen: int | None
    typed_count: int | None
    decided_by: str
    decided_by_name: str
    decided_at: datetime
    approved_by: str | None
    approved_by_name: str | None
    approved_at: datetime | None

    def taken(self) -> TakenDecision:
        return TakenDecision(self.choice, self.count_seen, self.typed_count, self.decided_by, self.approved_by)


async def hash_of_request(connection: Connection, request_id: UUID) -> bytes | None:
    """The hash of the request that was accepted under this key, if any was."""
    found: bytes | None = await connection.fetchval("SELECT request_hash FROM import WHERE request_id = $1", request_id)
    return found


async def requester_of(connection: Connection, request_id: UUID) -> str | None:
    """Whose request was accepted under this key, if any was."""
    found: str | None = await connection.fetchval(
        "SELECT requester ->> 'subject' FROM import WHERE request_id = $1", request_id
    )
    return found


async def add(connection: Connection, new: NewImport) -> bool:
    """Make the import; False where a request with the same key came first."""
    recipe = new.definition.recipe
    made = await connection.fetchval(
        _ADD,
        new.id,
        new.definition.biller_id,
        new.definition.kind.value,
        new.definition.file.id,
        new.definition.stored(),
        new.requester.model_dump(mode="json"),
        new.request_id,
        new.request_hash,
        recipe.id if recipe else None,
        recipe.version if recipe else None,
        *_of_round(new.of),
    )
    return made is not None


def _of_round(of: RoundOf | None) -> tuple[object, ...]:
    return (None,) * 4 if of is None else (of.import_id, of.number, dict(of.replaced), dict(of.replaced_codes))


async def find(connection: Connection, import_id: UUID) -> Import | None:
    return _import(await connection.fetchrow(_FIND, import_id))


async def lock(connection: Connection, import_id: UUID) -> Import | None:
    return _import(await connection.fetchrow(_LOCK, import_id))


async def move(connection: Connection, import_id: UUID, state: State, check_no: int | None = None) -> None:
    await connection.execute(
        "UPDATE import SET state = $2, check_no = coalesce($3, check_no), updated_at = now() WHERE id = $1",
        import_id,
        state.value,
        check_no,
    )


async def follow_check(connection: Connection, import_id: UUID) -> None:
    """Note the result of the newest check as validation has it, unless it is known, and what its file holds."""
    await connection.execute(_FOLLOW_CHECK, import_id)
    await connection.execute(_FOLLOW_BANK_COLUMNS, import_id)
    masked = [
        (import_id, one["line_no"], one["column_name"], mask_number(one["before"]), mask_number(one["after"]))
        for one in await connection.fetch(_TO_MASK, import_id)
    ]
    await connection.executemany(_MASK, masked)


async def follow_job(connection: Connection, import_id: UUID) -> None:
    await connection.execute(_FOLLOW_JOB, import_id)


async def decide(
    connection: Connection, import_id: UUID, code: str, decision: NamedDecision, count_seen: int | None, person: Person
) -> None:
    """Keep a decision; a new one replaces the old one and its approval."""
    answer = (decision.choice, count_seen, decision.typed_count)
    await connection.execute(_DECIDE, import_id, code, *answer, person.subject, person.name)


async def decisions(connection: Connection, import_id: UUID) -> list[KeptDecision]:
    return [KeptDecision(**dict(row)) for row in await connection.fetch(_DECISIONS, import_id)]


async def approve(connection: Connection, import_id: UUID, person: Person) -> None:
    await connection.execute(_APPROVE, import_id, person.subject, person.name)


async def give_back(
    connection: Connection, import_id: UUID, check_no: int, note: str, person: Person, asker: Person
) -> None:
    """The second person does not agree: nobody asks for the approval any more."""
    await connection.execute(_GIVE_BACK, import_id, check_no, note, person.subject, person.name, asker.subject)


async def returned(connection: Connection, import_id: UUID, check_no: int | None = None) -> Returned | None:
    # Without a number: the newest check that was.
    row = await connection.fetchrow(_RETURNED, import_id, check_no)
    return None if row is None else Returned(**row)


async def is_confirmed(connection: Connection, import_id: UUID, check_no: int) -> bool:
    return bool(
        await connection.fetchval(
            "SELECT true FROM confirmation WHERE import_id = $1 AND check_no = $2", import_id, check_no
        )
    )


async def confirmed_by(connection: Connection, import_id: UUID, check_no: int) -> str | None:
    subject: str | None = await connection.fetchval(
        "SELECT confirmed_by FROM confirmation WHERE import_id = $1 AND check_no = $2", import_id, check_no
    )
    return subject


async def answer(connection: Connection, import_id: UUID, check_no: int, person: Person) -> None:
    await connection.execute(_ANSWER, import_id, check_no, person.subject, person.name)


async def is_answered(connection: Connection, import_id: UUID, check_no: int) -> bool:
    return bool(
        await connection.fetchval(
            "SELECT true FROM answered_check WHERE import_id = $1 AND check_no = $2", import_id, check_no
        )
    )


async def confirm(connection: Connection, import_id: UUID, check_no: int, subject: str) -> None:
    await connection.execute(
        "INSERT INTO confirmation (import_id, check_no, confirmed_by) VALUES ($1, $2, $3)",
        import_id,
        check_no,
        subject,
    )


async def cancel_job(connection: Connection, import_id: UUID, biller_id: int, reason: str) -> str:
    """Cancel in the executors' own records; returns the job's state, ``cancelled`` if it worked.

    It waits for no chunk: when this transaction has committed none is begun, and those in hand may end.
    """
    state: str = await connection.fetchval("SELECT execution.cancel_import($1, $2, $3)", import_id, biller_id, reason)
    return state


async def waiting_job(connection: Connection, import_id: UUID) -> Waiting | None:
    """What the executors wait for an operator for; None where they do not wait."""
    row = await connection.fetchrow(
        """SELECT waiting_since AS since, waiting_reason AS reason FROM execution.job
           WHERE import_id = $1 AND waiting_since IS NOT NULL AND finished_at IS NULL""",
        import_id,
    )
    return None if row is None else Waiting(**row)


async def resume_job(connection: Connection, import_id: UUID) -> bool:
    """Let the executors go on with what waits for an operator; False where it does not wait."""
    return bool(await connection.fetchval("SELECT execution.resume_import($1)", import_id))


def _import(row: Any) -> Import | None:
    if row is None:
        return None
    chosen = row["undoes_rows"] and ChosenRows.model_validate(row["undoes_rows"])
    return Import(**{**dict(row), "kind": ImportKind(row["kind"]), "state": State(row["state"]), "undoes_rows": chosen})
