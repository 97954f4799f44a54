"""What a check has to know before it reads the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.validation.domain.decisions import Decision
from shared.contracts.codes.names import OTHER_OWNER, REPLACE_OWNER
from shared.contracts.definition import ImportDefinition, Requester
from shared.contracts.definition_rules import BillerFacts, FileFacts, InvoiceTypeFacts
from shared.contracts.fields import FieldName
from shared.contracts.rights import Right, allows
from shared.postgres import Connection
from shared.rights import may_replace_owner, right_of

_IMPORT: Final = """
SELECT coalesce(i.definition -> 'of', i.definition) AS definition, i.requester, f.sha256, f.size, f.object_key,
    f.biller_id AS file_biller_id,
    cardinality(r.recipients) > 0 AS has_recipients
FROM mapping.import i
JOIN mapping.import_recipients r ON r.import_id = i.id
JOIN mapping.secure_file f ON f.id = i.file_id
WHERE i.id = $1
"""
_BILLER: Final = """
SELECT b.name, b.login_realm_id, b.account_number_case, b.mcl_enabled, b.mail_domain, b.status = 'active' AS is_open,
    s.seen,
    seen_biller_2(
        s.seen, $3, b.login_realm_id, b.account_number_case, b.mcl_enabled, b.paperless_confirm_required,
        CASE WHEN $2 THEN b.name END
    ) AS seen_settings
FROM crm.biller b
CROSS JOIN LATERAL (
    SELECT seen_biller_1(
        b.login_realm_id, b.account_number_case, b.mcl_enabled, b.paperless_confirm_required,
        CASE WHEN $2 THEN b.name END
    ) AS seen
) AS s
WHERE b.id = $1
"""
_INVOICE_TYPES: Final = """
SELECT code, autopay_allowed, paperless_allowed, active, id FROM crm.invoice_type WHERE biller_id = $1
"""
_DECISIONS: Final = """
SELECT code, choice, count_seen, typed_count, decided_by, approved_by FROM mapping.decision WHERE import_id = $1
"""
_CONSIDERED: Final = """
SELECT code, choice, count_seen, considered_by FROM mapping.considered_answer WHERE import_id = $1
"""
_CONFIRMED: Final = "SELECT EXISTS (SELECT FROM mapping.confirmation WHERE import_id = $1 AND check_no = $2)"
_CUSTOMERS: Final = "SELECT count(*) FROM crm.customer WHERE biller_id = $1"


@dataclass(frozen=True, slots=True)
class Biller:
    """What the rules ask of a biller."""

    id: int
    name: str
    realm_id: int
    folds_case: bool
    links_accounts: bool
    mail_domain: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Definition, file, biller, and what was decided."""

    definition: ImportDefinition
    object_key: str
    biller: Biller
    judged_by: BillerFacts
    right: Right | None
    decisions: dict[str, Decision]
    is_tried: bool  # with answers among the decisions that nobody has confirmed
    confirmed: bool
    has_recipients: bool
    seen_biller: int
    seen_settings: int
    seen_types: tuple[int, ...]


async def gather(connection: Connection, import_id: UUID, biller_id: int, check_no: int) -> Facts:
    """Read everything; the right is the one of this moment."""
    row = await connection.fetchrow(_IMPORT, import_id)
    if row is None:
        raise LookupError("The import is not there")
    definition = ImportDefinition.model_validate(row["definition"])
    biller = await connection.fetchrow(_BILLER, biller_id, FieldName.BILLER_NAME in definition.columns, definition.kind)
    if biller is None:
        raise LookupError("The biller is not there")
    requester = Requester.model_validate(row["requester"])
    right = await right_of(connection, requester.subject, biller_id)
    types = await connection.fetch(_INVOICE_TYPES, biller_id)
    file = FileFacts(row["sha256"], row["size"]) if row["file_biller_id"] == biller_id else None
    judged_by = BillerFacts(
        permission=right.permission if right and biller["is_open"] else None,
        invoice_types={t["code"]: InvoiceTypeFacts(t[1], t[2], t[3]) for t in types},
        file=file,
    )
    decisions = await _decisions(connection, import_id, definition, requester.subject)
    confirmed = bool(await connection.fetchval(_CONFIRMED, import_id, check_no - 1))
    tried = {} if confirmed else await _considered(connection, import_id, decisions)
    return Facts(
        definition,
        row["object_key"],
        _biller(biller_id, biller),
        judged_by,
        right,
        await _lawful(connection, biller_id, decisions | tried),
        bool(tried),
        confirmed,
        row["has_recipients"],
        biller["seen"],
        biller["seen_settings"],
        _ids(definition, types),
    )


async def customers_of(connection: Connection, biller_id: int) -> int:
    return int(await connection.fetchval(_CUSTOMERS, biller_id))


def _ids(definition: ImportDefinition, types: Sequence[Any]) -> tuple[int, ...]:
    known: dict[str, int] = {row["code"]: row["id"] for row in types}
    return tuple(known[code] for code in definition.invoice_types if code in known)


def _biller(biller_id: int, row: Any) -> Biller:
    return Biller(
        id=biller_id,
        name=row["name"],
        realm_id=row["login_realm_id"],
        folds_case=row["account_number_case"] == "insensitive",
        links_accounts=row["mcl_enabled"],
        mail_domain=row["mail_domain"] or "",
    )


async def _decisions(
    connection: Connection, import_id: UUID, definition: ImportDefinition, requester: str
) -> dict[str, Decision]:
    """Those the definition names, and over them those a person took."""
    named = {} if definition.decide == "ask" else definition.decide
    decisions = {
        code: Decision(one.choice, None, one.typed_count, requester, seconded=False) for code, one in named.items()
    }
    rows = await connection.fetch(_DECISIONS, import_id)
    approvers = {row["approved_by"] for row in rows} - {None, requester}
    lawful = {one for one in approvers if await _may_approve(connection, one, definition)}
    for row in rows:
        seconded = row["approved_by"] in lawful - {row["decided_by"]}
        decisions[row["code"]] = Decision(
            row["choice"], row["count_seen"], row["typed_count"], row["decided_by"], seconded=seconded
        )
    return decisions


async def _considered(
    connection: Connection, import_id: UUID, decisions: Mapping[str, Decision]
) -> dict[str, Decision]:
    """Answers that somebody considers and that are not decided: the check shows what would come of them."""
    return {
        row["code"]: Decision(row["choice"], row["count_seen"], None, row["considered_by"], seconded=False)
        for row in await connection.fetch(_CONSIDERED, import_id)
        if row["code"] not in decisions or decisions[row["code"]].choice != row["choice"]
    }


async def _may_approve(connection: Connection, subject: str, definition: ImportDefinition) -> bool:
    right = await right_of(connection, subject, definition.biller_id)
    return right is not None and right.may_approve and allows(right, definition.kind)


async def _lawful(connection: Connection, biller_id: int, decisions: dict[str, Decision]) -> dict[str, Decision]:
    """Without the answer to replace owners where who gave it has not the right to it."""
    answer = decisions.get(OTHER_OWNER)
    if answer is None or answer.choice != REPLACE_OWNER:
        return decisions
    if await may_replace_owner(connection, answer.decided_by, biller_id):
        return decisions
    return {code: one for code, one in decisions.items() if code != OTHER_OWNER}
