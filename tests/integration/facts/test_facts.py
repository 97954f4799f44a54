"""Nothing is applied to a world that the check did not see: every fact of the table is changed by another writer."""

from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from services.executor.domain import Changes, Chunk
from services.executor.repository import compare, jobs, work
from shared.contracts.facts import FACTS, Then, remedy_of
from tests.integration.facts import scenes
from tests.integration.facts.changes import CHANGES, HARMLESS, Change
from tests.integration.facts.scenes import Scene, Setting
from tests.integration.validation.world import World

_FACTS = {fact.name: fact for fact in FACTS}
_TABLES = {
    "customer": "biller_id IN (:biller, :neighbor)",
    "login": "realm_id = :realm",
    "customer_login_link": "customer_id IN (SELECT id FROM crm.customer WHERE biller_id IN (:biller, :neighbor))",
    "payment_method": "biller_id IN (:biller, :neighbor)",
    "autopay_enrollment": "customer_id IN (SELECT id FROM crm.customer WHERE biller_id IN (:biller, :neighbor))",
    "paperless_enrollment": "customer_id IN (SELECT id FROM crm.customer WHERE biller_id IN (:biller, :neighbor))",
}
_AS_PLANNED = {"W321", "W323", "W324", "W332", "W333", "W344", "W345"}
# Another enrollment, or another method, has other terms.
_TOGETHER = {"autopay enrollment": "terms of the autopay enrollment"}
# What checks of earlier versions did not keep.
_LEFT_OUT: dict[str, tuple[str, ...]] = {
    "this version": (),
    "the version before": (
        "UPDATE validation.plan_seen SET linked = NULL WHERE import_id = $1",
        "UPDATE validation.import_check SET seen_settings = NULL WHERE import_id = $1",
    ),
    "an earlier version": (
        "DELETE FROM validation.plan_seen WHERE import_id = $1",
        """UPDATE validation.import_check SET seen_biller = NULL, seen_types = NULL, seen_settings = NULL
           WHERE import_id = $1""",
    ),
}
# What a check reads of the CRM beside the facts: keys, and what only a warning or a number for information is about.
_NO_FACTS = {
    *(("customer", "id"), ("login", "id"), ("login", "realm_id"), ("biller", "id"), ("biller", "mail_domain")),
    *(("invoice_type", "id"), ("invoice_type", "biller_id"), ("payment_method", "id"), ("payment_method", "kind")),
    *(("autopay_enrollment", "customer_id"), ("autopay_enrollment", "invoice_type_id")),
    *(("paperless_enrollment", "customer_id"), ("paperless_enrollment", "invoice_type_id")),
    *(("operator_right", "subject"), ("operator_right", "biller_id"), ("operator_right", "may_undo")),
    ("operator_right", "may_operate"),  # read with the rest of the right; no check asks for it
    ("operator_right", "may_audit"),  # so is this
    ("operator_right", "may_manage_webhooks"),  # and this
    ("operator_right", "may_edit_emails"),  # and this
    *(("payment_method", "account_last4"), ("payment_method", "card_last4")),  # shown beside what takes its place
    *(("invoice", "customer_id"), ("invoice", "invoice_type_id"), ("invoice", "balance")),
    *(("invoice", "due_date"), ("invoice", "autopay_collection_date")),  # the forecast of the first collection
}
_GRANTED = """
SELECT table_name, string_agg(column_name, ', ') AS columns FROM information_schema.column_privileges
WHERE table_schema = 'crm' AND grantee = 'ci_validation' AND privilege_type = 'SELECT' GROUP BY table_name
"""
_KEPT_TWICE = {"name on the login", *(fact.name for fact in FACTS if fact.shown == "biller settings")}
_LOCKED = [change for change in CHANGES if _FACTS[change.fact].locked]
_SETTINGS = {change.setting.__name__: change.setting for change in CHANGES}


def test_every_column_of_every_fact_is_changed() -> None:
    columns = {(fact.name, column) for fact in FACTS for column in fact.columns or ("",)}
    assert {(change.fact, change.column) for change in CHANGES} == columns


@pytest.mark.parametrize("change", CHANGES, ids=str)
async def test_a_change_between_check_and_run(world: World, change: Change) -> None:
    scene = await change.setting(world)
    assert {line: row["verdict"] for line, row in scene.done.rows.items()} == {2: "apply", 3: "apply"}
    await change.happen(scene)
    before = await _records(scene)
    results = await world.apply(scene.done, scene.biller, scene.today)
    then = _FACTS[change.fact].then
    codes = {
        line: {code for code in row["codes"] if results[line][0] == "applied" or code not in _AS_PLANNED}
        for line, row in scene.done.rows.items()
    }
    if then is Then.STOP:
        assert results == {line: ("skipped", found | {"S405"}) for line, found in codes.items()}
    elif then is Then.ADAPT:
        assert results == {line: ("applied", found) for line, found in codes.items()}
        assert not await _made_default(scene)
        return
    else:
        held = {2, 3} if then is Then.ALL else {2}
        assert results == {
            line: ("held", found | {"R198"}) if line in held else ("applied", found) for line, found in codes.items()
        }
        await _is_named(scene, change, held)
    # Whatever was there is as the other writer left it; the third line wrote of its own account alone.
    after = await _records(scene)
    assert {key: after.get(key) for key in before if key not in _of_control(scene)} == {
        key: row for key, row in before.items() if key not in _of_control(scene)
    }
    if then is not Then.GROUP:
        assert after == before


@pytest.fixture
async def narrowed(world: World) -> AsyncIterator[World]:
    """Validation may read nothing of the CRM but what is a fact, and what tells records apart."""
    columns = {tuple(column.split(".")) for fact in FACTS for column in fact.columns} | _NO_FACTS
    granted = await world.admin.fetch(_GRANTED)
    await world.admin.execute("REVOKE SELECT ON ALL TABLES IN SCHEMA crm FROM ci_validation")
    for table, column in sorted(columns):
        await world.admin.execute(f"GRANT SELECT ({column}) ON crm.{table} TO ci_validation")
    yield world
    for row in granted:
        await world.admin.execute(f"GRANT SELECT ({row['columns']}) ON crm.{row['table_name']} TO ci_validation")


@pytest.mark.parametrize("setting", _SETTINGS.values(), ids=_SETTINGS)
async def test_a_check_reads_nothing_of_the_crm_that_is_no_fact(narrowed: World, setting: Setting) -> None:
    assert (await setting(narrowed)).done.approved.state == "approved"


@pytest.mark.parametrize("change", HARMLESS, ids=str)
async def test_a_change_that_no_rule_of_the_kind_reads(world: World, change: Change) -> None:
    scene = await change.setting(world)
    await change.happen(scene)
    results = await world.apply(scene.done, scene.biller)
    assert {outcome for outcome, _ in results.values()} == {"applied"}
    assert await _changed(scene) == {2: None, 3: None}


@pytest.mark.parametrize("setting", _SETTINGS.values(), ids=_SETTINGS)
@pytest.mark.parametrize("made_by", _LEFT_OUT)
async def test_without_a_change_both_rows_are_applied(world: World, setting: Setting, made_by: str) -> None:
    scene = await setting(world)
    for statement in _LEFT_OUT[made_by]:
        await world.admin.execute(statement, scene.done.id)
    assert {outcome for outcome, _ in (await world.apply(scene.done, scene.biller)).values()} == {"applied"}


@pytest.mark.parametrize("change", _LOCKED, ids=str)
async def test_what_was_compared_stays_so_until_the_commit(world: World, change: Change) -> None:
    scene = await change.setting(world)
    await _start(world, scene)
    async with world.executor.transaction() as connection:
        job = await jobs.read(connection, scene.done.id)
        chunk = Chunk(scene.done.id, scene.biller.id, 0, 0)
        shape = await work.fill(connection, chunk)
        assert await compare.lock_and_compare(connection, job, chunk, shape, scene.today) == Changes()
        await world.admin.execute("SET lock_timeout = '50ms'")
        try:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await change.happen(scene)
        finally:
            await world.admin.execute("RESET lock_timeout")


@pytest.mark.parametrize("change", [change for change in CHANGES if change.fact in _KEPT_TWICE], ids=str)
async def test_a_plan_of_the_version_before_is_compared_as_that_compared_it(world: World, change: Change) -> None:
    scene = await change.setting(world)
    for statement in _LEFT_OUT["the version before"]:
        await world.admin.execute(statement, scene.done.id)
    await change.happen(scene)
    assert (await world.apply(scene.done, scene.biller))[2][0] == "held"


async def test_settings_that_another_check_kept_do_not_count(world: World) -> None:
    scene = await scenes.email_changed(world)
    statement = "UPDATE validation.import_check SET seen_biller = seen_biller + 1 WHERE import_id = $1"
    await world.admin.execute(statement, scene.done.id)
    assert {outcome for outcome, _ in (await world.apply(scene.done, scene.biller)).values()} == {"held"}


async def _changed(scene: Scene) -> dict[int, list[str] | None]:
    statement = "SELECT line_no, changed FROM execution.row_result WHERE import_id = $1"
    return {row["line_no"]: row["changed"] for row in await scene.world.admin.fetch(statement, scene.done.id)}


async def _is_named(scene: Scene, change: Change, held: set[int]) -> None:
    """What changed stands with the rows held and no others, and with the chunk if it is of the whole import."""
    shown = _FACTS[change.fact].shown
    for line, names in (await _changed(scene)).items():
        if line not in held:
            assert names is None
            continue
        assert names is not None
        assert set(names) - {_TOGETHER.get(change.fact)} == {shown}
    statement = "SELECT changed FROM execution.chunk WHERE import_id = $1"
    assert await scene.world.admin.fetchval(statement, scene.done.id) == ([shown] if remedy_of(shown) else None)


async def _start(world: World, scene: Scene) -> None:
    await world.admin.execute(
        "INSERT INTO execution.job (import_id, biller_id, kind, state) VALUES ($1, $2, $3, 'running')",
        *(scene.done.id, scene.biller.id, (await world.state(scene.done.id))["kind"]),
    )


async def _records(scene: Scene) -> Mapping[tuple[str, str], str]:
    """Every row that an import may write, by table and key."""
    found = {}
    for table, of_scene in _TABLES.items():
        where = of_scene
        for name in ("biller", "neighbor", "realm"):
            where = where.replace(f":{name}", str(scene.ids[name]))
        key = "customer_id || ' ' || login_id" if table == "customer_login_link" else "id::text"
        rows = await scene.world.admin.fetch(f"SELECT {key} AS key, t::text AS row FROM crm.{table} t WHERE {where}")
        found.update({(table, row["key"]): row["row"] for row in rows})
    return found


def _of_control(scene: Scene) -> set[tuple[str, str]]:
    return {("customer", str(scene.ids["control"]))}


async def _made_default(scene: Scene) -> bool:
    statement = "SELECT bool_or(is_default) FROM crm.payment_method WHERE login_id = $1 AND origin = 'import'"
    return bool(await scene.world.admin.fetchval(statement, scene.ids["login"]))
