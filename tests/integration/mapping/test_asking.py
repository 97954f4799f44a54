"""What waits for a second person: the lists of everybody and the wizard say the same, and the notifier is told."""

from itertools import product
from uuid import UUID, uuid4

from services.mapping.handlers import on_import_held
from services.mapping.repository import imports
from services.mapping.usecases import deciding
from shared.approvals import approvers, asked, asked_of, waiting_for
from shared.auth import Person
from shared.contracts.events import Counts, ImportHeld
from shared.contracts.kinds import ImportKind
from tests.integration.mapping.deciding import approve, awaits_second, confirm, few_found, go_on
from tests.integration.mapping.world import World
from tests.support.crm import Biller

# What may be left of an import: open codes, who asked having seen how many, how it was defined, the number of customers
# that was typed, what became of the check before, and whether this one was returned.
UNDECIDED = (("C207",), ("C201", "C207"), ("C203", "C207"), ("C203",))
SEEN = (None, 9, 8)
DEFINED = ('{"decide": "ask"}', '{"decide": {}}', '{"of": {"decide": {}}}')
TYPED = (None, 9, 7)
BEFORE = ("", "confirmed", "answered")
RETURNED = (False, True)
_COPY = """
INSERT INTO mapping.import
    (id, biller_id, kind, file_id, definition, requester, request_id, request_hash, state, check_no)
SELECT $2, biller_id, kind, file_id, definition || $3::jsonb, requester, $2, request_hash, 'held', 2
FROM mapping.import WHERE id = $1
"""
_CHECK = """
INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, check_no, state, impact, undecided)
SELECT id, biller_id, kind, '', 2, 'held', '{"customers_missing": 9}', $2 FROM mapping.import WHERE id = $1
"""
_FINDINGS = (
    "INSERT INTO validation.finding (import_id, code, count) SELECT $1, code, 9 FROM unnest($2::text[]) AS f (code)"
)
_DECISION = """
INSERT INTO mapping.decision (import_id, code, choice, count_seen, typed_count, decided_by)
VALUES ($1, $2, $3, $4, $5, 'ivy')
"""
_OF_CHECK = {
    "confirmed": "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, 1, 'paul')",
    "answered": "INSERT INTO mapping.answered_check VALUES ($1, 1, 'ivy', 'Ivy')",
}
_RETURN = "INSERT INTO mapping.returned VALUES ($1, 2, 'why', 'sam', 'Sam')"


async def test_lists_and_wizard_agree_what_waits_and_who_asks(world: World, biller: Biller) -> None:
    of = await world.imported(biller)
    await world.may_approve("sam")
    copies = [
        await _left(world, of, *situation) for situation in product(UNDECIDED, SEEN, DEFINED, TYPED, BEFORE, RETURNED)
    ]
    by_wizard = {}
    async with world.database.connection() as connection:
        for import_id in copies:
            item = await imports.find(connection, import_id)
            assert item is not None
            if asker := await deciding.asks(connection, item):
                by_wizard[import_id] = asker.subject
    found = [await asked(world.admin, one) for one in copies]
    assert {one.id: one.asked_by for one in found if one} == by_wizard
    assert set(by_wizard.values()) == {"ivy", "paul"}
    assert set(await asked_of(world.admin, copies)) == set(by_wizard)
    assert set(copies).intersection(await waiting_for(world.admin, "sam")) == set(by_wizard)
    assert not set(copies).intersection(await waiting_for(world.admin, "ivy")), "who requested it"
    assert not set(copies).intersection(await waiting_for(world.admin, "paul")), "who may not approve"


async def test_whoever_confirms_asks_and_the_check_behind_it_says_so(world: World, biller: Biller) -> None:
    import_id = await few_found(world, biller, 3)
    await awaits_second(world, import_id, 3)
    said = ["ImportDefined", "ImportConfirmed"]
    assert await world.said_names(import_id) == said
    await _held(world, import_id, biller, check_no=2)
    assert await world.said_names(import_id) == [*said, "ApprovalRequested"]
    assert (await approve(world, import_id, check_no=2)).json()["state"] == "confirmed"
    await _held(world, import_id, biller, check_no=2)
    assert await world.said_names(import_id) == [*said, "ApprovalRequested", "ImportConfirmed"], "it is past"


async def test_a_return_is_told_and_names_who_asked(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C203", "C207"), C203=1, C207=9)
    await _held(world, import_id, biller, check_no=1)
    assert await world.said_names(import_id) == ["ImportDefined"], "it still needs a decision"
    assert (await confirm(world, import_id, C203=go_on())).json()["second_person_needed"]
    async with world.database.transaction() as connection:
        item = await imports.lock(connection, import_id)
        assert item is not None
        await deciding.give_back(connection, item, 1, "Ask them", Person("sam", "Sam Okafor"))
    assert await world.said_names(import_id) == ["ImportDefined", "ApprovalRequested", "ImportReturned"]
    kept = await world.admin.fetchrow(
        "SELECT returned_by, asked_by FROM mapping.returned WHERE import_id = $1", import_id
    )
    assert kept is not None
    assert tuple(kept) == ("sam", "ivy")


async def test_approvers_are_those_of_the_biller_with_what_reaches_them(world: World, biller: Biller) -> None:
    await world.admin.execute("DELETE FROM mapping.person")
    for name in ("ada", "bea", "cid"):
        await world.crm.right(name, biller)
    await world.admin.execute("UPDATE crm.operator_right SET may_approve = true WHERE subject IN ('ada', 'bea', 'cid')")
    person = "INSERT INTO mapping.person (subject, name, email) VALUES ($1, $2, $3)"
    await world.admin.execute(person, "ada", "Ada Zorn", "ada@example.com")
    await world.admin.execute(person, "bea", "Bea", "bea@example.com")
    await world.admin.execute("INSERT INTO notification.notice_choice VALUES ('bea', 'needs_approval', false)")
    found = await approvers(world.admin, biller.id, ImportKind.AUTOPAY, ["sam"])
    assert [(one.name, one.is_told, one.has_address) for one in found if one.subject in {"ada", "bea", "cid"}] == [
        ("Ada Zorn", True, True),
        ("Bea", False, True),
        ("cid", False, False),
    ]
    await world.admin.execute("DELETE FROM notification.notice_choice")


async def _left(
    world: World,
    of: UUID,
    undecided: tuple[str, ...],
    seen: int | None,
    defined: str,
    typed: int | None,
    before: str,
    is_returned: bool,
) -> UUID:
    import_id = uuid4()
    admin = world.admin
    await admin.execute(_COPY, of, import_id, defined)
    await admin.execute(_CHECK, import_id, undecided)
    await admin.execute(_FINDINGS, import_id, ["C201", "C202", "C203", "C207"])
    await admin.execute(_DECISION, import_id, "C202", "create", 9, None)
    if seen is not None:
        await admin.execute(_DECISION, import_id, "C207", "continue", seen, None)
        await admin.execute(_DECISION, import_id, "C203", "continue", 9, None)
    if typed is not None:
        await admin.execute(_DECISION, import_id, "C201", "continue", 9, typed)
    if before:
        await admin.execute(_OF_CHECK[before], import_id)
    if is_returned:
        await admin.execute(_RETURN, import_id)
    return import_id


async def _held(world: World, import_id: UUID, biller: Biller, *, check_no: int) -> None:
    """Mapping hears that the check has ended."""
    event = ImportHeld(
        import_id=import_id, biller_id=biller.id, check_no=check_no, codes={}, undecided=(), planned=Counts()
    )
    async with world.database.transaction() as connection:
        await on_import_held(connection, event)
