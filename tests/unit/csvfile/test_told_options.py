"""However a file is said to be read: it is read, or refused with a code. Nothing else comes of it."""

import contextlib
import itertools
from datetime import date
from uuid import UUID

import pytest

from services.mapping.sample import sample_of
from shared.contracts.definition import ImportDefinition, Reading
from shared.contracts.definition_rules import BillerFacts, FileFacts, problems
from shared.csvfile import CsvOptions, FileRefused, UnusableOption, read

_FILE = b'Account,Email\r\n"1",a@example.com\r\n2;x,"b ""c"" d"\r\n\'3\',`e`\r\n'
_SIGNS = [None, *map(chr, range(1, 128)), "", "é", "\u2028", "\ufeff", "٣", "😀"]
_NO_DEFINITION = {"encoding": "klingon"}, {"encoding": "4916338506082832"}, {"encoding": "UTF-7"}, {"encoding": "idna"}
_UNUSABLE = [
    *(({"encoding": one["encoding"]}, "encoding") for one in _NO_DEFINITION),
    ({"delimiter": '"'}, "delimiter"),
    ({"delimiter": "\n"}, "delimiter"),
    ({"delimiter": ",", "quote": ","}, "quote"),
    ({"quote": "\r"}, "quote"),
]


@pytest.mark.parametrize("sign", _SIGNS, ids=repr)
def test_any_delimiter_and_quote_reads_or_refuses(sign: str | None) -> None:
    for delimiter, quote in itertools.chain(
        itertools.product([sign], (None, "", '"', "'", ",", sign)), itertools.product((None, ","), [sign])
    ):
        with contextlib.suppress(FileRefused, UnusableOption):
            list(read([_FILE], CsvOptions(delimiter=delimiter, quote=quote)))


@pytest.mark.parametrize(("reading", "option"), _UNUSABLE, ids=str)
def test_what_cannot_be_read_is_refused_at_the_door(reading: dict[str, str], option: str) -> None:
    definition = ImportDefinition.model_validate(
        {
            "biller_id": 7,
            "kind": "registration",
            "file": {"id": str(UUID(int=1)), "sha256": "0" * 64, "size": 1},
            "columns": {"email": "Email"},
            "account_number": [{"column": "Account"}],
            "options": {"reading": reading},
        }
    )
    facts = BillerFacts(permission="all", invoice_types={}, file=FileFacts("0" * 64, 1))
    found = problems(definition, facts, date(2026, 3, 2))
    code = "F008" if any(value.isdigit() for value in reading.values()) else "F003"
    assert [(one.code, one.place) for one in found] == [(code, f"options.reading.{option}")]
    assert not any(
        value in f"{one.message}{one.remedy}" for one in found for value in reading.values() if len(value) > 1
    )


@pytest.mark.parametrize(("reading", "option"), _UNUSABLE, ids=str)
def test_what_an_earlier_release_kept_is_shown_as_refused(reading: dict[str, str], option: str) -> None:
    shown = sample_of(_FILE, len(_FILE), Reading.model_validate(reading))
    assert shown.refusal is not None
    assert (shown.refusal.code, option in shown.refusal.message) == ("F003", True)
