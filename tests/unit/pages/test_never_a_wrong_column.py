"""Columns that only seem to be for a field: nothing is suggested rather than a wrong one."""

import pytest

from services.mapping.suggestions.columns import columns_of, suggest
from shared.contracts.kinds import ImportKind

_ROWS = 12
_CELLS = {
    "account": [str(1_000_000 + n * 37) for n in range(_ROWS)],
    "email": [f"ann{n}@example.com" for n in range(_ROWS)],
    "guid": [f"{n:08x}-12ab-4cd3-9ef0-{n:012x}" for n in range(_ROWS)],
    "number": [str(4_000 + n) for n in range(_ROWS)],
    "user": [f"ann{n}" for n in range(_ROWS)],
    "name": [("Ann Lee", "Bob Cruz", "Kim Otis", "Dee Ray")[n % 4] for n in range(_ROWS)],
    "y/n": ["YN"[n % 2] for n in range(_ROWS)],
    "yes/no": [("Yes", "No")[n % 2] for n in range(_ROWS)],
    "true/false": [("True", "False")[n % 2] for n in range(_ROWS)],
    "owner/guest": [("Owner", "Guest")[n % 2] for n in range(_ROWS)],
    "routing": [("021000021", "011000015", "122105155")[n % 3] for n in range(_ROWS)],
    "bank": [str(83_914_407 * (n + 3) ** 2)[: 8 + n % 4] for n in range(_ROWS)],
    "date": [f"{n % 12 + 1:02}/{13 + n}/2025" for n in range(_ROWS)],
    "last 4": [f"{1_111 + n * 37}" for n in range(_ROWS)],
    "mm/yy": [f"{n % 12 + 1:02}/29" for n in range(_ROWS)],
    "ach/card": [("ACH", "Card")[n % 2] for n in range(_ROWS)],
}
_BANK = "Routing=routing Bank_Acct=bank"


def _found(kind: str, columns: str) -> dict[str, str]:
    """`columns` are pairs such as ``Old_Email=email``."""
    pairs = [pair.split("=") for pair in columns.split()]
    header = [name.replace("_", " ") for name, _ in pairs]
    rows = list(zip(*(_CELLS[cells] for _, cells in pairs), strict=True))
    found = suggest(ImportKind(kind), columns_of(header, rows))
    known = ("routing_number", "bank_account_number")
    return {field.value: one.header for field, one in found.items() if field.value not in known}


_CASES = [
    *(
        ("registration", f"{key}={cells} {name}=user", {"login_name": name.replace("_", " ")})
        for cells in ("guid", "number", "user")
        for key, name in (("UserId", "UserName"), ("user_id", "login"), ("User_ID", "User_Name"), ("Login_ID", "User"))
    ),
    ("registration", "UserId=guid", {}),
    ("registration", "user_id=number", {}),
    ("registration", "User_ID=user", {"login_name": "User ID"}),
    ("registration", "User_Name=name Login=user", {"login_name": "Login"}),
    ("registration", "Login_Name=email", {"login_name": "Login Name"}),
    *(
        ("paperless", f"{old}=email {new}=email", {"email": new.replace("_", " ")})
        for old, new in (
            ("OldEmail", "NewEmail"),
            ("Email_(old)", "Email_(new)"),
            ("Before", "After"),
            ("Previous_Email", "Current_Email"),
            ("Email_From", "Email_To"),
            ("Prior_E-mail", "E-mail"),
            ("Former_Address", "Address_Now"),
        )
    ),
    *(
        ("paperless", f"{name}=email", {})
        for name in (
            "Created_By",
            "Modified_By",
            "last_updated_by",
            "Entered_By",
            "Sender",
            "Bounced_Address",
            "Invalid_Email",
            "Undeliverable",
            "Assigned_To",
            "Requester",
        )
    ),
    *(
        ("autopay", f"{policy}=account {_BANK} {start}=date {end}=date", {})
        for policy in ("Policy", "Policy_Number", "Lease_ID", "Acct")
        for start, end in (("Effective_Date", "Expiration_Date"), ("Eff_Date", "Exp_Date"), ("Effective", "Expires"))
    ),
    ("autopay", f"Policy=account {_BANK} ACH_Start_Date=date", {"start_date": "ACH Start Date"}),
    ("autopay", f"Acct=account {_BANK} Start_Date=date", {"start_date": "Start Date"}),
    *(("registration", f"Acct=account Owner={cells}", {}) for cells in ("y/n", "yes/no", "true/false", "owner/guest")),
    ("registration", "Acct=account Owner=name", {"customer_name": "Owner"}),
]


@pytest.mark.parametrize(("kind", "columns", "wanted"), _CASES)
def test_nothing_rather_than_a_wrong_column(kind: str, columns: str, wanted: dict[str, str]) -> None:
    assert _found(kind, columns) == wanted


@pytest.mark.parametrize("name", ["Last 4", "Last Four", "Last4"])
@pytest.mark.parametrize(
    ("beside", "of_a_card"),
    [("", False), ("date", False), ("mm/yy", True), ("ach/card", True)],
)
def test_last_digits_are_of_a_card_where_the_file_has_any(name: str, beside: str, *, of_a_card: bool) -> None:
    header = ["Acct", "Routing", "Bank Acct", name, *(["Column"] if beside else [])]
    cells = [_CELLS[one] for one in ("account", "routing", "bank", "last 4", *([beside] if beside else []))]
    found = suggest(ImportKind.AUTOPAY, columns_of(header, list(zip(*cells, strict=True))))
    assert ("card_last4" in found) is of_a_card
