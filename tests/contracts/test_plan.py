"""Every statement and model that has to do with the plan has the columns and words of ``shared/contracts/plan``."""

import re
from inspect import signature
from typing import get_args

import pytest

from cli.planning import plan as plan_command
from services.executor.repository import results, seen, work
from services.mapping.api.plan import show_plan
from services.mapping.pages.plan import show_whole_plan
from services.mapping.planned import PlannedRow
from services.mapping.repository import plan as read
from services.validation.repository import autopay, paperless, registration
from services.validation.repository import plan as written
from services.validation.repository import staged as staging
from services.validation.repository import undo as written_to_undo
from shared.contracts.facts import FACTS
from shared.contracts.lexicon import MethodKind
from shared.contracts.outcomes import Outcome
from shared.contracts.plan import (
    CHECK,
    PLAN_ROW,
    PLAN_SEEN,
    PLANNED_ROW,
    Amounts,
    Impact,
    LoginAction,
    Reader,
    SeenEnrollment,
    Verdict,
)
from shared.contracts.roles import Role
from tests.support.statements import names, selected, sources, statements, table

_INSERT = re.compile(r"INSERT INTO (plan_row|plan_seen) \(([^)]*)\)\s*(SELECT.*)", re.DOTALL)
_INSERTS = {
    name: found
    for module in (written, written_to_undo)
    for name, text in statements(module).items()
    if (found := _INSERT.search(text))
}
_TABLES = {one.name: one for one in (PLAN_ROW, PLAN_SEEN)}
_WORDS: dict[str, set[str]] = {
    "verdict": set(Verdict),
    "login_action": set(LoginAction),
    "link_role": set(Role),
    "method_kind": set(get_args(MethodKind)),
}
_NAMES = "|".join(_WORDS)
_COMPARED = re.compile(rf"\b({_NAMES}) (?:=|<>|WHEN) '(\w+)'|\b({_NAMES}) IN \(([^)]*)\)")
_DECIDED_ACTION = re.compile(r"CASE((?:(?!\bCASE\b).)*?)END\s+AS login_action", re.DOTALL)


@pytest.mark.parametrize("name", _INSERTS)
def test_what_is_written_stands_under_its_own_name(name: str) -> None:
    table_name, columns, query = _INSERTS[name].groups()
    assert set(names(columns)) <= set(_TABLES[table_name].names())
    for part in query.split("UNION ALL"):
        assert selected(part) == names(columns)


def test_rows_are_staged_in_columns_of_the_plan() -> None:
    """But for what is only compared, what is sealed as hexadecimal digits, and JSON, which is staged as text."""
    staged = table(statements(staging)["_STAGED"].replace(' COLLATE "C"', ""), "staged")
    own = {"ordinal", "raw_cells", "is_stand_in", "identity", "account_sealed"}
    as_text = {"evidence", "for_log"}
    assert {name: kind for name, kind in staged.items() if name not in own | as_text} == {
        name: PLAN_ROW.types[name] for name in staged if name not in own | as_text
    }
    assert {PLAN_ROW.types[name] for name in as_text} == {"jsonb"}


def test_every_column_is_written() -> None:
    assert {found[1] for found in _INSERTS.values()} == set(_TABLES)
    for one in _TABLES.values():
        assert {name for found in _INSERTS.values() if found[1] == one.name for name in names(found[2])} == set(
            one.names()
        )


def test_nothing_else_writes_the_plan() -> None:
    other = re.compile(r"(?:INSERT INTO|UPDATE) (?:validation\.)?(?:plan_row|plan_seen)\b")
    found = {path.name for path, text in sources(*(reader for reader in Reader), "validation") if other.search(text)}
    assert found == {"canary.py", "plan.py", "undo.py"}


def test_the_executor_takes_what_it_reads_into_hand() -> None:
    wanted = [column for column in PLAN_ROW.names(Reader.EXECUTOR) if column != "verdict"]
    [listed] = re.findall(r"INSERT INTO work_row \(([^)]*)\)", statements(work)["_FILL"])
    inserted = names(listed)
    assert sorted(inserted) == sorted(wanted)
    assert selected(statements(work)["_FILL"].split("INSERT INTO work_row", 1)[1]) == inserted
    own = {"customer_made", "login_made", "record_id", "kept_types"}
    made = table(statements(work)["_CREATE"], "work_row")
    assert {name: kind for name, kind in made.items() if name not in own} == {
        name: PLAN_ROW.types[name] for name in wanted
    }


def test_the_executor_reads_columns_of_the_plan_for_results() -> None:
    used = {name for text in statements(results).values() for name in re.findall(r"\bp\.(\w+)", text)}
    assert used <= set(PLAN_ROW.names(Reader.EXECUTOR))


def test_the_executor_takes_what_was_seen_into_hand() -> None:
    wanted = [name for name in PLAN_SEEN.names() if name not in ("import_id", "chunk_no")]
    fill = statements(seen)["_FILL"]
    lists = re.findall(r"work_seen \(([^)]*)\)|unnest\(([^)]*)\)|AS s \(([^)]*)\)", fill)
    assert [names("".join(one)) for one in lists] == [wanted] * 3
    assert selected(fill.split("INSERT INTO work_seen", 1)[1]) == wanted
    made = table(statements(work)["_CREATE"], "work_seen")
    assert made == {name: PLAN_SEEN.types[name].removesuffix("[]") for name in wanted}


def test_the_wizard_reads_what_it_shows() -> None:
    shown = [name for name in PLANNED_ROW.names(Reader.MAPPING) if name != "import_id"]
    assert sorted(PlannedRow.__slots__) == sorted(shown)
    assert selected(read._ALL_ROWS) == list(PlannedRow.__slots__)
    last = "SELECT" + read._SAMPLES.rsplit(")\nSELECT", 1)[1]
    assert selected(last) == [*PlannedRow.__slots__, "kind"]


def test_no_statement_on_the_plan_takes_whatever_columns_there_are() -> None:
    star = re.compile(r"SELECT \*|\b\w+\.\*|RETURNING \*|\(\s*LIKE |ON \([^)]*\) \*")
    plan_files = ("validation/repository/plan.py", "mapping/repository/plan.py", "executor/repository/")
    of_the_crm = "executor/repository/undo/"  # records that are made again as they were
    found = [path for path, text in sources("executor", "mapping", "validation") if star.search(text)]
    assert [path for path in found if any(one in str(path) for one in plan_files) and of_the_crm not in str(path)] == []


def test_statements_know_no_other_words() -> None:
    for path, text in sources(*(reader for reader in Reader), "validation"):
        for column, word, of_list, words in _COMPARED.findall(text):
            said = {word} if word else set(re.findall(r"'(\w+)'", words))
            assert said <= _WORDS[column or of_list], path


def test_every_login_action_is_decided_somewhere() -> None:
    decided = [
        text for module in (autopay, paperless, registration) for text in re.findall(_DECIDED_ACTION, module._DECIDED)
    ]
    words = {word for text in decided for word in re.findall(r"(?:THEN|ELSE) '(\w+)'", text)}
    assert words == set(LoginAction)


def test_facts_are_kept_in_the_plan_and_what_is_kept_of_the_crm_is_a_fact() -> None:
    columns = {f"{table.name}.{name}" for table in (PLAN_ROW, PLAN_SEEN, CHECK) for name in table.names()}
    kept = {column for fact in FACTS for column in fact.kept}
    assert kept <= columns
    keys = {"plan_seen.import_id", "plan_seen.chunk_no", "plan_seen.line_no"}
    seen = {name for name in columns if ".seen_" in name or name.startswith("plan_seen.")} - keys
    assert seen <= kept


def test_verdicts_lead_to_outcomes_and_back() -> None:
    assert [verdict.outcome for verdict in Verdict] == list(Outcome)
    assert [Verdict.leading_to(outcome) for outcome in Outcome] == list(Verdict)


@pytest.mark.parametrize("text", ["active:17", "pending:", "expired:ann@example.com", "active:a:b@example.com"])
def test_a_seen_enrollment_is_read_as_it_is_written(text: str) -> None:
    assert str(SeenEnrollment.parse(text)) == text


def test_impacts_of_earlier_releases_are_read() -> None:
    """As they stand in databases: without customers_missing (0.9), and without what is counted for C207."""
    first = Impact.model_validate({"customers_to_create": 7, "logins_to_create": 1, "enrolments": {"WATER": 3}})
    assert (first.customers_missing, first.enrolments, first.without_second_person) == (7, {"WATER": 3}, None)
    assert first.enrollments == {"WATER": 3}
    later = Impact.model_validate({"customers_to_create": 0, "customers_missing": 30, "of_a_later_release": 1})
    assert (later.customers_to_create, later.customers_missing) == (0, 30)
    alone = Impact.model_validate({"without_second_person": {"customers": 5}}).without_second_person
    assert alone == Amounts(customers=5)
    assert Impact.model_validate({}).stored() == Impact().stored()


def test_an_impact_is_stored_as_it_is_read() -> None:
    impact = Impact(customers_missing=3, enrolments={"WATER": 2}, without_second_person=Amounts(owners=1))
    assert Impact.model_validate(impact.stored()) == impact
    assert "without_second_person" not in Impact().stored()
    assert "enrollments" not in impact.stored()  # what the last release stores and reads is the old name


def test_pages_and_command_have_every_filter_of_the_api() -> None:
    filters = set(signature(show_plan).parameters) - {
        "services",
        "person",
        "import_id",
        "with_result",
        "after",
        "limit",
    }
    assert len(filters) > 6
    assert filters - set(signature(show_whole_plan).parameters) == set(), "services/mapping/pages/plan.py"
    assert filters - {"text"} - set(signature(plan_command).parameters) == set(), "cli/planning.py"
