"""The rows of a file as they are staged, read on their own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.validation.domain.context import Context, Secrets
from services.validation.domain.interpretation import Interpreter
from services.validation.domain.layout import lay_out
from shared.contracts.definition import ImportDefinition
from shared.csvfile import Batch, RowProblem

TODAY = date(2026, 3, 2)
SECRETS = Secrets(
    seal_each=lambda texts: list(map(str.encode, texts)), identify=lambda *parts: "|".join(parts).encode()
)
BANK = {"routing_number": "021000021", "bank_account_number": "98745678", "bank_account_type": "c"}


class Read:
    def __init__(self, interpreter: Interpreter, batch: Batch) -> None:
        columns, self.billers = interpreter.interpret(batch)
        self.interpreter = interpreter
        self.rows = [dict(zip(interpreter.columns, row, strict=True)) for row in zip(*columns, strict=True)]

    def says(self, index: int = 0) -> tuple[str, list[str]]:
        codes = self.rows[index]["codes"].strip("{}")
        return self.rows[index]["verdict"], codes.split(",") if codes else []


def read(
    kind: str,
    rows: Sequence[Mapping[str, str]],
    options: Mapping[str, Any] | None = None,
    bad: Sequence[RowProblem] = (),
    values: Mapping[str, Mapping[str, str]] | None = None,
    parts: Sequence[str] = ("Account",),
    **context: Any,
) -> Read:
    """Rows by field; the account number is A1, A2 and so on."""
    fields = sorted({name for row in rows for name in row} | {"email"})
    definition = ImportDefinition.model_validate(
        {
            "biller_id": 1,
            "kind": kind,
            "file": {"id": UUID(int=1), "sha256": "0" * 64, "size": 1},
            "columns": {name: name for name in fields},
            "values": values or {},
            "account_number": [{"column": part} for part in parts],
            "options": {"effective_date": "2026-04-01"} | dict(options or {}),
        }
    )
    layout = lay_out(definition, ["Account", *fields], fold_case=False)
    cells = [[f"A{number}", *(row.get(name, "") for name in fields)] for number, row in enumerate(rows, start=1)]
    batch = Batch(list(range(2, 2 + len(rows))), [list(column) for column in zip(*cells, strict=True)], list(bad))
    return Read(Interpreter(definition, layout, Context(TODAY, SECRETS, **context)), batch)


def autopay(*rows: Mapping[str, str], **given: Any) -> Read:
    return read("autopay", [BANK | dict(row) for row in rows], **given)


def paperless(*rows: Mapping[str, str], **given: Any) -> Read:
    return read("paperless", [{"email": "ann@example.com"} | dict(row) for row in rows], **given)


def registration(*rows: Mapping[str, str], **given: Any) -> Read:
    return read("registration", [{"email": "ann@example.com"} | dict(row) for row in rows], **given)
