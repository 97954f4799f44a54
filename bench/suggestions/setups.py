"""Setups on which the suggestions are tuned."""

from typing import Final

from bench.suggestions.setup import (
    Setup,
    digits,
    dotted,
    joined,
    lettered,
    padded,
    plain,
    policy,
    three,
)

SETUPS: Final[tuple[Setup, ...]] = (
    Setup("two columns without zeros", padded, {"Cust No": plain, "Loc": lambda o: str(o.location)}),
    Setup("the whole number", padded, {"Account": padded, "Loc": lambda o: str(o.location)}),
    Setup("lower case", padded, {"Account": lambda o: padded(o).lower()}),
    Setup("without the prefix", padded, {"Account": lambda o: padded(o).removeprefix("WTR-")}),
    Setup("without prefix and zeros", padded, {"Account": lambda o: f"{o.customer}-{o.location}"}),
    Setup("digits only", padded, {"Account": joined}),
    Setup("digits only, zeros lost", padded, {"Account": lambda o: f"{o.customer}{o.location:06}"}),
    Setup("blanks for hyphens, with a prefix", padded, {"Account": lambda o: padded(o).replace("-", " ")}),
    Setup("underscores", padded, {"Account": lambda o: padded(o).replace("-", "_")}),
    Setup("dots for hyphens", three, {"Account": lambda o: three(o).replace("-", ".")}),
    Setup(
        "first two parts, then a number",
        three,
        {"Acct": lambda o: three(o)[:-3], "Name": lambda _: "ORTIZ, ANA", "Suffix": lambda o: f"{o.sequence:02}"},
    ),
    Setup(
        "three columns",
        three,
        {"Book": lambda o: str(o.book), "Acct": lambda o: str(o.location), "Occ": lambda o: str(o.sequence)},
    ),
    Setup(
        "digits and a number",
        three,
        {"Account": lambda o: f"{o.book}{o.location:04}", "Seq": lambda o: str(o.sequence)},
    ),
    Setup(
        "columns the other way round",
        three,
        {"Loc": lambda o: str(o.location), "Book": lambda o: str(o.book), "Seq": lambda o: f"{o.sequence:02}"},
    ),
    Setup("parts the other way round", padded, {"Account": lambda o: f"{o.location}-{o.customer}"}),
    Setup("blanks around the hyphen", padded, {"Account": lambda o: f"{o.customer} - {o.location}"}),
    Setup("brackets", three, {"Account": lambda o: f"({o.book}) {o.location:04}-{o.sequence:02}"}),
    Setup("hyphens in digits", digits, {"Account": lambda o: f"{digits(o)[:3]}-{digits(o)[3:6]}-{digits(o)[6:]}"}),
    Setup("a word in front", digits, {"Account": lambda o: f"ACCT {digits(o)}"}),
    Setup("a letter in front of plain numbers", plain, {"Customer ID": lambda o: f"C-{o.customer}"}),
    Setup("lower case letter", lettered, {"Account": lambda o: lettered(o).lower()}),
    Setup("a hyphen too many", lettered, {"Account": lambda o: f"W-{o.customer}"}),
    Setup("two columns without separator", joined, {"Cust": plain, "Loc": lambda o: f"{o.location:06}"}),
    Setup("a dot in a number without", joined, {"Account": lambda o: f"{o.customer}.{o.location}"}),
    Setup("digits for dots", dotted, {"Account": lambda o: f"{o.customer:05}{o.location:04}"}),
    Setup("policy in one", policy, {"Policy No": lambda o: policy(o).replace("-", "")}),
    Setup("policy with a term of one digit", policy, {"Policy": lambda o: f"{o.line}-{o.customer:07}-{o.sequence}"}),
    Setup(
        "a part more at the end, without zeros",
        three,
        {"Account": lambda o: f"{o.book}-{o.location}-{o.sequence}-{o.check_digit}"},
    ),
    Setup("check digit behind, zeros lost", digits, {"Account": lambda o: f"{o.customer}{o.check_digit}"}),
    Setup("strangers among plain numbers", plain, {"Account": lambda o: str(900_000 + o.customer)}, exists=False),
    Setup(
        "another column that looks like a number",
        plain,
        {"Meter": lambda o: str(900_000 + o.customer), "Cust No": lambda o: f"{o.customer:07}"},
    ),
    Setup("the occupant is not in the file", three, {"Account": lambda o: three(o)[:-3]}, exists=False),
)
