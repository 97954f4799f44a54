"""Any text as the rows of an import: what the pure part of the check promises about them."""

import json
import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from services.validation.domain.context import Context, Secrets
from services.validation.domain.interpretation import Interpreter
from services.validation.domain.layout import Layout, lay_out
from services.validation.reading import encode
from shared.contracts.codes import CODES, Level
from shared.contracts.definition import ColumnPart, FileReference, ImportDefinition, LiteralPart, Options, PadLeft, Trim
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from shared.csvfile import Batch, CsvOptions, FileRefused, read

_TODAY = date(2026, 1, 15)
_TOLD = CsvOptions(encoding="utf-8", delimiter=",", header_line=1, max_ragged_share=1.0)
_LONGEST_NUMBER = 50
_ACCOUNT = "Account"
_PEOPLE = (FieldName.CUSTOMER_NAME, FieldName.BILLER_NAME, FieldName.LEGACY_ID)
_NOT_OF_A_ROW = frozenset(("ordinal", "line_no"))
_FIELDS = {
    ImportKind.AUTOPAY: (
        *(FieldName.METHOD_KIND, FieldName.ROUTING_NUMBER, FieldName.BANK_ACCOUNT_NUMBER, FieldName.BANK_ACCOUNT_TYPE),
        *(FieldName.ACCOUNT_HOLDER_NAME, FieldName.CARD_TOKEN, FieldName.TOKEN_VAULT, FieldName.CARD_BRAND),
        *(FieldName.CARD_LAST4, FieldName.CARD_EXPIRY, FieldName.CARD_EXPIRY_MONTH, FieldName.CARD_EXPIRY_YEAR),
        *(FieldName.AUTOPAY_FLAG, FieldName.END_DATE, FieldName.MAX_AMOUNT, FieldName.AUTHORIZATION_DATE, *_PEOPLE),
        *(FieldName.AUTHORIZATION_CHANNEL, FieldName.AUTHORIZATION_REFERENCE, FieldName.EMAIL, FieldName.EMAIL_CC),
        *(FieldName.START_DATE, FieldName.PAY_DAY, FieldName.FIXED_AMOUNT, FieldName.SEC_CODE, FieldName.NAMES_PARTY),
        FieldName.PRIOR_LAST_DEBIT_DATE,
    ),
    ImportKind.PAPERLESS: (
        *(FieldName.EMAIL, FieldName.EMAIL_CC, FieldName.PAPERLESS_FLAG),
        *(FieldName.CONSENT_DATE, FieldName.CONSENT_CHANNEL, *_PEOPLE),
        *(FieldName.CONSENT_TEXT_VERSION, FieldName.CONSENT_IP),
    ),
    ImportKind.REGISTRATION: (
        *(FieldName.EMAIL, FieldName.LOGIN_NAME, FieldName.FIRST_NAME, FieldName.LAST_NAME, FieldName.PHONE),
        *(FieldName.ADDRESS1, FieldName.ADDRESS2, FieldName.CITY, FieldName.STATE, FieldName.ZIP, *_PEOPLE),
        FieldName.ROLE,
    ),
}
_KINDS = tuple(_FIELDS)


def _definition(kind: ImportKind) -> ImportDefinition:
    return ImportDefinition(
        biller_id=7,
        kind=kind,
        file=FileReference(id=UUID(int=1), sha256="0" * 64, size=1),
        invoice_types=() if kind is ImportKind.REGISTRATION else ("WATER",),
        columns={field: field.value for field in _FIELDS[kind]},
        account_number=(
            LiteralPart(literal="WTR-"),
            ColumnPart(column=_ACCOUNT, transforms=(Trim(do="trim"), PadLeft(do="pad_left", length=7))),
        ),
        options=Options(effective_date=_TODAY, attestation="They agreed."),
    )


_DEFINITIONS = {kind: _definition(kind) for kind in _KINDS}
_HEADERS = {kind: [_ACCOUNT, *(field.value for field in _FIELDS[kind])] for kind in _KINDS}


def _digest(*parts: object) -> bytes:
    return sha256(repr(parts).encode()).digest()


_SECRETS = Secrets(seal_each=lambda texts: [_digest("seal", text) for text in texts], identify=_digest)
# Nothing is answered, or everything so that rows go on.
_CONTEXTS = (
    Context(_TODAY, _SECRETS),
    Context(
        _TODAY,
        _SECRETS,
        choices=dict.fromkeys(("C212", "C213", "C214", "C216", "C218", "C221", "C241"), "replace"),
        directory={"021000021": None, "122105155": "021000021"},
        mail_domain="example.com",
    ),
)


def fuzz(data: bytes) -> None:
    """The first byte chooses the kind of import, the second the size of batches; the rest are rows below a header."""
    if len(data) < 3:
        return
    kind = _KINDS[data[0] % len(_KINDS)]
    header = _HEADERS[kind]
    # Few rows are as wide as the header by chance: a line feed is as good as the blank cells that are missing.
    lines = data[2:].decode("utf-8", "replace").replace("\0", "").split("\n")
    text = "".join(line + "," * max(len(header) - 1 - line.count(","), 0) + "\n" for line in lines)
    definition = _DEFINITIONS[kind]
    layout = lay_out(definition, header, fold_case=bool(data[1] & 1))
    try:
        batches = list(read([(",".join(header) + "\n" + text).encode()], _TOLD))
    except FileRefused:
        return
    for batch in batches:
        _check(definition, layout, batch, _CONTEXTS[data[1] >> 1 & 1])


def _check(definition: ImportDefinition, layout: Layout, batch: Batch, context: Context) -> None:
    interpreter = Interpreter(definition, layout, context)
    columns, _ = interpreter.interpret(batch)
    staged = [dict(zip(interpreter.columns, row, strict=True)) for row in zip(*columns, strict=True)]
    assert len(staged) == len(batch.rows) + len(batch.bad)
    assert sorted(int(row["ordinal"]) for row in staged) == list(range(len(staged)))
    for row in staged:
        _check_row(row, context)
    assert _decoded(encode(columns)) == [list(row.values()) for row in staged], "COPY reads other cells"
    alone = [
        _alone(definition, layout, context, line, row) for line, row in zip(batch.line_nos, batch.rows, strict=True)
    ]
    assert [_of_row(row) for row in staged[: len(batch.rows)]] == alone, "a row depends on its neighbours"


def _alone(definition: ImportDefinition, layout: Layout, context: Context, line: int, row: list[str]) -> dict[str, str]:
    interpreter = Interpreter(definition, layout, context)
    columns, _ = interpreter.interpret(Batch([line], [[cell] for cell in row]))
    return _of_row(dict(zip(interpreter.columns, (column[0] for column in columns), strict=True)))


def _of_row(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in _NOT_OF_A_ROW}


def _check_row(row: dict[str, str], context: Context) -> None:
    codes = row["codes"].strip("{}").split(",") if row["codes"] else []
    levels = {CODES[code].level for code in codes}
    assert Level.FILE not in levels
    assert row["verdict"] in ("", *Outcome)
    if not row["verdict"]:
        assert levels <= {Level.WARNING} or (levels <= {Level.WARNING, Level.CONTINUABLE} and context.choices)
        assert not row.get("evidence") or json.loads(row["evidence"])
        assert 0 < len(row["account_number"]) <= _LONGEST_NUMBER
        assert row["account_number"].isascii()
        assert row["account_number"].isprintable()
    assert not row["for_log"] or json.loads(row["for_log"])
    if row["verdict"] == Outcome.FAILED:
        assert Level.ROW in levels
    assert all("\0" not in value for value in row.values())


_ESCAPE = re.compile(r"\\(.)")
_UNESCAPED = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def _decoded(text: bytes) -> list[list[str]]:
    """Lines of COPY as Postgres reads them."""
    return [[_unescaped(cell) for cell in line.split("\t")] for line in text.decode().removesuffix("\n").split("\n")]


def _unescaped(cell: str) -> str:
    return _ESCAPE.sub(lambda match: _UNESCAPED[match[1]], cell)


def headers() -> dict[str, Sequence[str]]:
    """The columns of each kind."""
    return {kind.value: header for kind, header in _HEADERS.items()}
