"""`inspect --definition` finds what the check of that import finds, but for what the CRM and other rows decide."""

from pathlib import Path
from typing import Any, cast

import pytest

from cli.inspection import inspect_file, mapped_by, options_of
from tests.integration.validation.world import TODAY, World

_OF_THE_CRM = {"W320", "W351"}  # no bills, no recipients of the log
_BANK = {"routing_number": "R", "bank_account_number": "B", "bank_account_type": "T"}
_GOOD = "021000021,4455667{0},C"
_AUTOPAY: dict[str, tuple[list[str], dict[str, str]]] = {
    "clean": (["Account,R,B,T", f"A1,{_GOOD}"], {}),
    "masked, damaged, unknown": (
        ["Account,R,B,T", "A1,021000021,XXXX6789,C", "A2,021000021,1.2E+11,C", f"A3,{_GOOD}X", f"1.2E+5,{_GOOD}"],
        {},
    ),
    "last four digits": (["Account,R,B,T", *(f"A{n},021000021,512{n},C" for n in range(1, 5))], {}),
    "a zero lost": (["Account,R,B,T", "A1,21000021,44556671,C", "A2,2100002,44556672,C"], {}),
    "a column that says no": (["Account,R,B,T,State", f"A1,{_GOOD},Revoked", f"A2,{_GOOD},Active"], {}),
    "a column of limits": (["Account,R,B,T,Max Amt", f"A1,{_GOOD},250.00", f"A2,{_GOOD},0"], {}),
    "terms": (
        [
            "Account,R,B,T,Start,End,Max,Day,Signed",
            f"A1,{_GOOD},x,,,,",
            f"A2,{_GOOD},,1/5/2025,,,spring",
            f"A3,{_GOOD},,,,12,",
            f"A4,{_GOOD},,12/30/2027,,,",
            f"A5,{_GOOD},,,much,,",
        ],
        {
            "start_date": "Start",
            "end_date": "End",
            "max_amount": "Max",
            "pay_day": "Day",
            "authorization_date": "Signed",
        },
    ),
    "days first": (
        ["Account,R,B,T,End", f"A1,{_GOOD},25/12/2026", f"A2,{_GOOD},05/02/2025", f"A3,{_GOOD},2027-03-04"],
        {"end_date": "End"},
    ),
    "flags": (
        ["Account,R,B,T,Flag", *(f"A{n},{_GOOD},{flag}" for n, flag in enumerate(("Y", "N", "", "Perhaps"), 1))],
        {"autopay_flag": "Flag"},
    ),
    "kinds of card": (
        [
            "Account,Kind,Token,Exp",
            "A1,Card,tok_8f2k1,05/31",
            "A2,Visa,tok_8f2k2,01/24",
            "A3,Card,PENDING,05/31",
            "A4,Cash,tok_8f2k4,05/31",
            "A5,Barter,tok_8f2k5,05/31",
            "A6,Card,tok_8f2k6,soon",
        ],
        {"method_kind": "Kind", "card_token": "Token", "card_expiry": "Exp"},
    ),
}
_PAPERLESS: dict[str, tuple[list[str], dict[str, str]]] = {
    "emails": (
        [
            "Account,Mail,CC",
            "A1,a@b.example,",
            "A2,ann@gamil.com,",
            "A3,none@none.com,",
            "A4,,",
            "A5,a@x.org,b",
            "A6,a@x.org;b@x.org;c@x.org,",
        ],
        {"email": "Mail", "email_cc": "CC"},
    ),
    "ways of delivery": (
        ["Account,Mail,How", *(f"A{n},a{n}@x.org,{how}" for n, how in enumerate(("E", "Paper", "Both", "Pigeon"), 1))],
        {"email": "Mail", "paperless_flag": "How"},
    ),
    "many that fail": (["Account,Mail", *(f"A{n},nobody" for n in range(1, 12)), "A12,a@x.org"], {"email": "Mail"}),
    "lines that cannot be read": (
        ["Account,Mail,Name", *(f"A{n},a{n}@x.org,Ann" for n in range(1, 12)), "A12,x", "Total,11,", "A13,a@x.org,Jo"],
        {"email": "Mail", "customer_name": "Name"},
    ),
    "a name that is none": (["Account,Mail,Name", "A1,a@x.org,UNKNOWN"], {"email": "Mail", "customer_name": "Name"}),
    "another biller's": (["Account,Mail,Town", "A1,a@x.org,Gotham"], {"email": "Mail", "biller_name": "Town"}),
    "card numbers": (["Account,Mail,Note", "A1,a@x.org,4111.1111.1111.1111"], {"email": "Mail"}),
    "a forbidden column": (["Account,Mail,CVV", "A1,a@x.org,123"], {"email": "Mail"}),
    "a column missing": (["Account,Mail", "A1,a@x.org"], {"email": "Email"}),
}
_REGISTRATION: dict[str, tuple[list[str], dict[str, str]]] = {
    "people": (
        [
            "Account,Mail,User,Role,Phone,First,Last",
            "A1,a@x.org,qj,owner,5551234567,Ann,Lee",
            "A2,b@x.org,,CSR,1111111111,,",
            "A3,c@x.org,,Chief,,,",
            "A4,d@x.org,,Guest,,VACANT,LOT",
        ],
        {
            "email": "Mail",
            "login_name": "User",
            "role": "Role",
            "phone": "Phone",
            "first_name": "First",
            "last_name": "Last",
        },
    ),
    "prefixes": (["Account,Mail", "A1,'a@x.org'", '="A2",b@x.org'], {"email": "Mail"}),
}
_FILES = {"autopay": _AUTOPAY, "paperless": _PAPERLESS, "registration": _REGISTRATION}
_CASES = [(kind, name) for kind, files in _FILES.items() for name in files]


async def _found_by_check(world: World, kind: str, lines: list[str], changes: dict[str, Any]) -> dict[str, int]:
    biller = await world.biller()
    for number in range(1, 15):
        login = None if kind == "registration" else await world.crm.login(biller.realm_id, f"owner{number}@b.example")
        await world.crm.customer(biller, f"A{number}", owner=login)
    done = await world.check(biller, kind, lines, **changes, decide="ask")
    assert done.result is not None
    return {code: count for code, count in done.result.codes.items() if code not in _OF_THE_CRM}


@pytest.mark.parametrize(("kind", "name"), _CASES)
async def test_the_same_codes_with_the_same_counts(
    kind: str,
    name: str,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cli.judgment.us_today", lambda: TODAY)
    lines, columns = _FILES[kind][name]
    lines = [line.format(number) for number, line in enumerate(lines)]
    if kind == "autopay" and "B" in lines[0].split(","):
        columns = _BANK | columns
    by_check = await _found_by_check(world, kind, lines, {"columns": columns})

    path, clean = tmp_path / "file.csv", tmp_path / "clean.csv"
    path.write_text("\n".join(lines) + "\n")
    options = {"attestation": "It carries over.", "effective_date": "2026-04-01"}
    content = {"kind": kind, "columns": columns, "account_number": [{"column": "Account"}], "options": options}
    definition = mapped_by(cast("Any", content))
    found = inspect_file(path, options_of({}, definition), clean, definition, "Riverbend Water")
    refused = [problem["code"] for problem in found["problems"] if problem["code"].startswith("F")]
    by_inspect = {finding["code"]: finding["count"] for finding in found.get("findings", [])} | dict.fromkeys(
        refused, 1
    )
    assert by_inspect == by_check
    assert clean.exists() is not bool(refused)
