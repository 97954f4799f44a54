"""Setups that were written before the suggestions were tuned and not looked at since."""

from typing import Final

from bench.suggestions.setup import Setup, digits, joined, lettered, padded, plain, policy, three

SETUPS: Final[tuple[Setup, ...]] = (
    Setup("digits without separators", three, {"Account": lambda o: f"{o.book}{o.location:04}{o.sequence:02}"}),
    Setup("blanks for hyphens", three, {"Acct No": lambda o: f"{o.book} {o.location:04} {o.sequence:02}"}),
    Setup("letters before each part", padded, {"Cust": lambda o: f"C{o.customer}", "Loc": lambda o: f"L{o.location}"}),
    Setup("hyphen in a number without", joined, {"Account": lambda o: f"{o.customer:07}-{o.location:06}"}),
    Setup("parts without zeros", three, {"Account": lambda o: f"{o.book}-{o.location}-{o.sequence}"}),
    Setup("zeros lost", digits, {"Account No": plain}),
    Setup("zeros too many", plain, {"Account": lambda o: f"{o.customer:08}"}),
    Setup("prefix missing", lettered, {"Account": plain}),
    Setup("slash between", padded, {"Customer/Location": lambda o: f"{o.customer}/{o.location}"}),
    Setup(
        "first two parts, then the last",
        three,
        {"Account": lambda o: f"{o.book}-{o.location:04}", "Seq": lambda o: str(o.sequence)},
    ),
    Setup("check digit behind", digits, {"Account": lambda o: f"{o.customer:09}{o.check_digit}"}),
    Setup("a part more at the end", three, {"Account": lambda o: f"{three(o)}-{o.check_digit}"}),
    Setup("a part more in front", three, {"Account": lambda o: f"W-{three(o)}"}),
    Setup(
        "policy and term", policy, {"Policy": lambda o: f"{o.line}{o.customer:07}", "Term": lambda o: str(o.sequence)}
    ),
    Setup("strangers", three, {"Account": lambda o: f"{o.book}-{o.location + 1}-{o.sequence}"}, exists=False),
)
