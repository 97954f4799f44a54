"""An import with its newest check, as the wizard shows it to somebody who decides."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.domain import State
from services.mapping.numbers import first_rows
from services.mapping.records import Biller, Considered, CorrectedCells, Draft, Import, Returned
from services.mapping.repository import billers, considered, correcting, drafts, files, imports
from services.mapping.sample import Sample
from services.mapping.usecases import deciding
from services.mapping.usecases.access import sample_for, visible_import
from services.mapping.usecases.answers import Standing, standing
from services.mapping.usecases.imports import check_of, detail_of
from services.mapping.usecases.matching import nearest_of
from services.mapping.views import CheckBody, DecisionItem, DefinitionDetail, FindingItem
from shared.approvals import Approver
from shared.approvals import approvers as approvers_of
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.codes.names import NOT_FOUND, SECOND_PERSON
from shared.contracts.definition import ImportDefinition
from shared.contracts.rights import Right
from shared.postgres import Connection

NearNumber = tuple[int, str, str | None]  # line, number, the one that looks most like it
_NOT_STARTED: Final = (State.CHECKING, State.HELD)
_NEVER_STARTED: Final = (State.REJECTED, State.CANCELLED)
_CLOSED: Final = "R111"
_ONLY_ON_REVIEW: Final = frozenset({NOT_FOUND, SECOND_PERSON})
_NEAREST_SHOWN: Final = 5
_APPROVERS_NAMED: Final = 3
_CORRECTIONS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Review:
    """An import with its newest check, as the last two steps of the wizard show it."""

    item: DefinitionDetail
    check: CheckBody
    biller_name: str
    draft: Draft | None
    answers: Mapping[str, Considered]
    standing: Mapping[str, Standing]
    file_name: str
    removed_for: str | None  # the code for which the file was removed
    type_names: Mapping[str, str]  # what people call the invoice types, by code
    right: Right
    asks: str | None  # who asks for an approval, where nothing else is open
    approvers: Sequence[Approver]  # who may give it
    returned: Returned | None
    corrected: CorrectedCells

    @property
    def waits_for(self) -> str:
        # By name where they are few, else who it is not.
        if 0 < len(self.approvers) <= _APPROVERS_NAMED:
            *others, last = (one.name for one in self.approvers)
            return f"{', '.join(others)} or {last}" if others else last
        own = " and ".join(dict.fromkeys(filter(None, (self.asks, self.item.requester["name"]))))
        corrected = " and whoever corrected its cells" if self.corrected.cells else ""
        return f"someone with permission to approve, other than {own}{corrected}"

    @property
    def told(self) -> str:
        """How many of them get an email about it, and why the others get none."""
        told = sum(one.is_told for one in self.approvers)
        unknown = sum(not one.has_address for one in self.approvers)
        off = len(self.approvers) - told - unknown
        found = (
            (told or not self.approvers, f"{told:,} {'person is' if told == 1 else 'people are'} told by email"),
            (unknown, f"{unknown:,} {'has' if unknown == 1 else 'have'} not signed in with an email address yet"),
            (off, f"{off:,} chose not to be told"),
        )
        return "; ".join(words for count, words in found if count)

    @property
    def may_replace_owner(self) -> bool:
        return self.right.may_replace_owner

    @property
    def draft_id(self) -> UUID | None:
        """The draft that became this import, where it is the person's own."""
        return self.draft.id if self.draft else None

    @property
    def is_outdated(self) -> bool:
        """Whether the draft was changed since, so that this check says nothing of it."""
        return (
            self.draft is not None
            and self.item.state not in _NEVER_STARTED
            and wants_another(self.item.state, self.draft, self.item.definition)
        )

    @property
    def definition(self) -> ImportDefinition:
        return ImportDefinition.model_validate(self.item.definition)

    @property
    def open_codes(self) -> list[FindingItem]:
        """Findings that need an answer, the number of missing accounts last."""
        return [found for found in self.check.findings if found.code in self.check.undecided]

    @property
    def decidable(self) -> list[FindingItem]:
        """Findings that can be answered: those that need it, and those for which a rule would decide."""
        open_codes = self.check.undecided
        return [found for found in self.check.findings if found.code in open_codes or len(found.choices) > 1]

    def choice_of(self, code: str) -> str | None:
        answer = self.standing.get(code)
        return None if answer is None else answer.choice

    @property
    def for_second_person(self) -> FindingItem | None:
        return next((found for found in self.check.findings if found.code == SECOND_PERSON), None)

    @property
    def unanswered(self) -> list[str]:
        """Codes without an answer to what was found now, except those that the last step asks."""
        return [
            found.code for found in self.open_codes if not self.is_answered(found) and found.code not in _ONLY_ON_REVIEW
        ]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left but the last step."""
        return self.check.state == "held" and not self.unanswered and not self.is_outdated

    @property
    def changes_nothing(self) -> bool:
        """Whether no row is applied and none is as it should be: the wrong biller, file or account number."""
        planned = self.check.planned
        return planned is not None and planned["read"] > 0 and planned["applied"] + planned["no_change"] == 0

    @property
    def decided(self) -> dict[str, DecisionItem]:
        return {one.code: one for one in self.item.decisions}

    def is_answered(self, found: FindingItem) -> bool:
        """Whether there is an answer given by somebody who saw as many of it."""
        answer = self.answers.get(found.code)
        return answer is not None and (answer.count_seen or 0) >= found.count and answer.choice in found.choices


async def load_review(context: Context, person: Person, import_id: UUID) -> Review:
    async with context.database.transaction() as connection:
        item, right = await visible_import(connection, person, import_id)
        biller = await billers.find(connection, item.biller_id)
        check = await check_of(connection, item, person, right)
        asks = await deciding.asks(connection, item) if check.second_person_needed else None
        approvers = await _approvers(connection, item, asks) if asks else ()
        corrected = await correcting.corrected_cells(connection, import_id, _CORRECTIONS_SHOWN)
        if corrected.first:
            seen: Detail = {"what": "corrections", "count": len(corrected.first)}
            await record(
                connection, Act.ROWS_SEEN, person.subject, import_id=import_id, biller_id=item.biller_id, detail=seen
            )
        return Review(
            item=await detail_of(connection, item),
            check=check,
            biller_name=biller.name if biller else "",
            draft=await drafts.draft_of_import(connection, import_id, person.subject),
            answers=await considered.considered(connection, import_id),
            standing=await standing(connection, import_id),
            file_name=await drafts.file_name(connection, import_id),
            removed_for=await files.why_removed(connection, import_id),
            type_names=await billers.names_of_types(connection, item.biller_id),
            right=right,
            asks=asks.name if asks else None,
            approvers=approvers,
            returned=await imports.returned(connection, import_id),
            corrected=corrected,
        )


async def _approvers(connection: Connection, item: Import, asks: Person) -> list[Approver]:
    own = {asks.subject, str(item.requester["subject"]), *await correcting.correctors(connection, item.id)}
    return await approvers_of(connection, item.biller_id, item.kind, own)


async def progress(context: Context, import_id: UUID) -> dict[str, Any]:
    async with context.database.connection() as connection:
        return await drafts.progress(connection, import_id)


async def sample_of(context: Context, person: Person, seen: Review) -> Sample | None:
    """The beginning of the file; None while it is checked, where it is gone, or where it is not for this person."""
    if seen.check.state == "pending":
        return None
    file, reading = seen.definition.file, seen.definition.options.reading
    try:
        return await sample_for(context, person, seen.right, seen.item.biller_id, file.id, reading)
    except FileNotFoundError:
        return None


async def near_numbers(context: Context, seen: Review, sample: Sample) -> dict[str, list[NearNumber]]:
    """By code: some numbers not found, with the nearest; some of closed customers, with the nearest open one."""
    findings = [one for one in seen.check.findings if one.code in (NOT_FOUND, _CLOSED)]
    if not findings or seen.check.state != "held":
        return {}
    async with context.database.connection() as connection:
        biller = await billers.find(connection, seen.item.biller_id)
        if biller is None:
            return {}
        return {one.code: await _near_numbers(connection, biller, seen, sample, one) for one in findings}


async def _near_numbers(
    connection: Connection, biller: Biller, seen: Review, sample: Sample, finding: FindingItem
) -> list[NearNumber]:
    asked = seen.definition
    rows = first_rows(sample, len(sample.lines))
    composed = await asyncio.to_thread(rows.compose, asked.account_number, fold_case=biller.folds_case)
    numbers = dict(zip(rows.lines, composed.usable, strict=True))
    shown = [(line, number) for line in finding.sample_lines if (number := numbers.get(line))][:_NEAREST_SHOWN]
    near = await nearest_of(connection, biller, [number for _, number in shown], only_active=finding.code == _CLOSED)
    return [(line, number, found) for (line, number), found in zip(shown, near, strict=True)]


def wants_another(state: str, draft: Draft, definition: Mapping[str, Any]) -> bool:
    """Whether what was checked is not what the draft asks for now. What was started stays as it is."""
    if state in _NEVER_STARTED:
        return True
    asked = ImportDefinition.model_validate(definition)
    return state in _NOT_STARTED and not draft.content.asks_for(draft.biller_id, asked)
