"""The wizard makes the account numbers that the check makes, and says the same against those that cannot be used."""

from typing import Any
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from services.mapping.numbers import first_rows
from services.mapping.sample import sample_of
from services.validation.domain.context import Context
from services.validation.domain.interpretation import Interpreter
from services.validation.domain.layout import lay_out
from shared.contracts.definition import ImportDefinition, Reading
from shared.csvfile import CsvOptions, read
from tests.unit.validation.reading_rows import SECRETS, TODAY

TRANSFORMS: list[dict[str, Any]] = [
    {"do": "trim"},
    {"do": "upper"},
    {"do": "digits_only"},
    {"do": "strip_leading_zeros"},
    {"do": "pad_left", "length": 7},
    {"do": "take_first", "count": 3},
    {"do": "take_last", "count": 3},
    {"do": "drop_last", "count": 1},
    {"do": "take_part", "number": 2, "separator": "-"},
    {"do": "remove", "characters": "-."},
    {"do": "replace", "old": "a", "new": "b"},
]
HEADER = ("Kind", "Cust No", "Loc", "Email")
DAMAGED = ["1.23E+11", "1002.0", "3-Dec", "12/3/2026", "N/A", "null", "", "x" * 60, "\u00e912", '="0012"', "'0012"]
CELLS = st.text("0aZ\u00e9-. 1", min_size=1, max_size=8) | st.sampled_from(DAMAGED)
COLUMNS = st.fixed_dictionaries(
    {
        "column": st.sampled_from(["Cust No", "cust no", "Loc", "Email"]),
        "transforms": st.lists(st.sampled_from(TRANSFORMS), max_size=3),
    }
)
PARTS = st.lists(COLUMNS | st.fixed_dictionaries({"literal": st.sampled_from(["W-", "-", "\u00fc"])}), max_size=3)
WHOLE: list[dict[str, Any]] = [{"column": "Cust No"}]


def made_in_the_check(definition: ImportDefinition, file: bytes, *, fold_case: bool) -> dict[int, tuple[str, str]]:
    """By line the number and the code against it."""
    reader = read(iter([file]), CsvOptions(**definition.options.reading.model_dump()))
    layout = lay_out(definition, reader.header, fold_case=fold_case)
    interpreter = Interpreter(definition, layout, Context(TODAY, SECRETS))
    found = {}
    for batch in reader:
        columns = dict(zip(interpreter.columns, interpreter.interpret(batch)[0], strict=True))
        rows = zip(columns["line_no"], columns["account_number"], columns["codes"], strict=True)
        for line, number, codes in rows:
            against = [code for code in ("R101", "R102", "R103") if code in codes]
            found[int(line)] = (number, against[0] if against else "")
    return found


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5),
    parts=st.tuples(COLUMNS, PARTS).map(lambda drawn: [*drawn[1], drawn[0]]),
    kind=st.sampled_from(["autopay", "paperless", "registration"]),
    fold_case=st.booleans(),
)
@example(rows=[("wtr-0001", "1", "a@example.com")], parts=WHOLE, kind="paperless", fold_case=True)
@example(rows=[(cell, "1", "a@example.com") for cell in DAMAGED], parts=WHOLE, kind="autopay", fold_case=False)
@example(rows=[("1", "2", "N/A")], parts=[{"column": "Email"}], kind="paperless", fold_case=False)
@example(rows=[("1", "2", "3")], parts=[{"column": "cust no"}], kind="autopay", fold_case=False)
def test_the_preview_makes_what_the_check_makes(
    rows: list[tuple[str, str, str]], parts: list[dict[str, Any]], kind: str, fold_case: bool
) -> None:
    lines = [HEADER, *(("A", *(cell.replace('"', '""') for cell in row)) for row in rows)]
    file = "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines).encode()
    reading = Reading(delimiter=",", quote='"', encoding="utf-8")
    definition = ImportDefinition.model_validate(
        {
            "biller_id": 1,
            "kind": kind,
            "file": {"id": UUID(int=1), "sha256": "0" * 64, "size": 1},
            "columns": {"email": "Email"},
            "account_number": parts,
            "options": {"effective_date": "2026-04-01", "exclude_lines": [2], "reading": reading},
        }
    )
    sample = sample_of(file, len(file), reading)
    shown = first_rows(sample, 10, left_out=(2,))
    composed = shown.compose(definition.account_number, fold_case=fold_case)
    checked = made_in_the_check(definition, file, fold_case=fold_case)
    for index, line in enumerate(shown.lines):
        assert (composed.usable[index], composed.problems.get(index, "")) == checked.pop(line)
    assert all(number == "" for number, _ in checked.values()), "lines that are left out or unusable"


def test_a_column_that_the_file_lacks_makes_no_number() -> None:
    file = b"Acct,Email\n1,a@example.com\n2,b@example.com\n"
    definition = ImportDefinition.model_validate(
        {
            "biller_id": 1,
            "kind": "paperless",
            "file": {"id": UUID(int=1), "sha256": "0" * 64, "size": 1},
            "columns": {"email": "Email"},
            "account_number": [{"column": "Account"}],
        }
    )
    rows = first_rows(sample_of(file, len(file)), 10)
    assert rows.compose(definition.account_number, fold_case=False).problems == {0: "R101", 1: "R101"}
