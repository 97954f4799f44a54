from datetime import date
from uuid import uuid4

from services.mapping.draft import ChosenFile, Content, first_open, next_step, steps_of
from services.mapping.pages.account_number import reordered, setup_problem
from services.mapping.pages.columns import mapping_problems
from services.mapping.pages.words import field_word
from shared.contracts.definition import ColumnPart, LiteralPart
from shared.contracts.definition_rules import account_number_problems, column_problems
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind

FILE = ChosenFile(id=uuid4(), name="a.csv", size=3, sha256="0" * 64)
PARTS = (LiteralPart(literal="W"), ColumnPart(column="A"), LiteralPart(literal="-"))


def test_a_registration_has_no_invoice_types_and_no_permission() -> None:
    keys = [step.key for step in steps_of(Content(kind=ImportKind.REGISTRATION))]
    assert keys == ["biller", "kind", "file", "columns", "account-number", "check", "review"]


def test_an_enrollment_has_its_settings_on_one_page() -> None:
    steps = {step.key: step for step in steps_of(Content(kind=ImportKind.AUTOPAY, attestation="They agreed"))}
    assert steps["settings"].title == "Autopay settings"
    assert not steps["settings"].done  # no invoice type is chosen
    assert steps_of(Content(kind=ImportKind.PAPERLESS, attestation="a", invoice_types=("WATER",)))[4].done


def test_a_draft_goes_on_where_something_is_missing() -> None:
    assert first_open(Content()) == "kind"
    assert first_open(Content(kind=ImportKind.PAPERLESS, file=FILE)) == "columns"
    assert next_step(Content(kind=ImportKind.REGISTRATION), "file") == "columns"


def test_a_draft_survives_the_database() -> None:
    content = Content(kind=ImportKind.AUTOPAY, file=FILE, parts=PARTS, columns={FieldName.EMAIL: "E"})
    assert Content.model_validate(content.model_dump(mode="json")) == content


def test_the_definition_asks_before_anything_is_written() -> None:
    content = Content(
        kind=ImportKind.AUTOPAY,
        file=FILE,
        invoice_types=("WATER",),
        columns={},
        parts=PARTS,
        effective_date=date(2030, 1, 1),
        attestation="yes",
    )
    definition = content.definition(7)
    assert definition.decide == "ask"
    assert definition.options.effective_date == date(2030, 1, 1)
    assert definition.account_number == PARTS


def test_a_registration_takes_no_invoice_types_along() -> None:
    content = Content(kind=ImportKind.REGISTRATION, file=FILE, invoice_types=("WATER",), attestation="left over")
    definition = content.definition(7)
    assert definition.invoice_types == ()
    assert definition.options.attestation is None


def test_what_is_missing_among_the_columns_is_told() -> None:
    assert not mapping_problems(ImportKind.PAPERLESS, {FieldName.EMAIL: "E"})
    assert mapping_problems(ImportKind.PAPERLESS, {})[0].code == "F007"
    assert mapping_problems(ImportKind.AUTOPAY, {FieldName.ROUTING_NUMBER: "R"})[0].code == "F007"
    double = {FieldName.EMAIL: "E", FieldName.EMAIL_CC: "E"}
    assert "mapped twice" in mapping_problems(ImportKind.PAPERLESS, double)[0].message


def test_parts_move_and_nonsense_changes_nothing() -> None:
    a, b, c = PARTS
    assert reordered(PARTS, "down", "0") == (b, a, c)
    assert reordered(PARTS, "up", "2") == (a, c, b)
    assert reordered(PARTS, "order", "2,0,1") == (c, a, b)
    for action, argument in (("up", "0"), ("down", "2"), ("order", "0,0,1"), ("order", "x"), ("up", "-1")):
        assert reordered(PARTS, action, argument) is None


def test_pages_say_what_the_rules_of_definitions_say() -> None:
    double = {FieldName.EMAIL: "E", FieldName.EMAIL_CC: "e"}
    shown = mapping_problems(ImportKind.PAPERLESS, double)
    said = list(column_problems(ImportKind.PAPERLESS, double, field_word))
    assert [one.message for one in shown] == [one.message for one in said]
    assert [one.place for one in shown] == ["#f-email_cc"]
    for parts in ((), (LiteralPart(literal="W"),), (ColumnPart(column="Bank Account"),)):
        problem = setup_problem(parts)
        assert problem is not None
        assert problem.model_copy(update={"place": ""}) == next(account_number_problems(parts)).model_copy(
            update={"place": ""}
        )


def test_an_account_number_needs_a_column() -> None:
    assert setup_problem(()) is not None
    assert setup_problem((LiteralPart(literal="W"),)) is not None
    assert setup_problem(PARTS) is None
