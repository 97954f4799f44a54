"""Setups that were right when they were written, and have to stay so."""

from typing import Final

from bench.suggestions.setup import Setup, digits, joined, padded, plain, policy

SETUPS: Final[tuple[Setup, ...]] = (
    Setup(
        "digits and a check digit",
        lambda o: f"{o.customer % 90 + 10}-{o.location:04}-{o.sequence}",
        {"Acct": lambda o: f"{o.customer % 90 + 10}{o.location:04}", "Chk": lambda o: str(o.sequence)},
    ),
    Setup(
        "blanks in the number",
        lambda o: f"UB {o.customer} {o.location}",
        {"Account": lambda o: f"{o.customer}-{o.location}"},
    ),
    Setup(
        "behind a name, in brackets", lambda o: f"{o.customer:07}", {"Customer": lambda o: f"ORTIZ, ANA ({o.customer})"}
    ),
    Setup("labels", padded, {"Account": lambda o: f"Acct: {o.customer} / Loc: {o.location}"}),
    Setup(
        "digits of four parts",
        lambda o: f"{o.book % 90 + 10}-{o.sequence + 20}-{o.location:04}-0{o.sequence}",
        {"Account": lambda o: f"{o.book % 90 + 10}{o.sequence + 20}{o.location:04}0{o.sequence}"},
    ),
    Setup(
        "groups of four digits",
        joined,
        {"Account": lambda o: " ".join([joined(o)[i : i + 4] for i in range(0, 13, 4)])},
    ),
    Setup(
        "zeros too many in both parts",
        lambda o: f"{o.customer}-{o.location}",
        {"Account": lambda o: f"{o.customer:07}-{o.location:07}"},
    ),
    Setup(
        "zeros too many in both columns",
        lambda o: f"{o.customer}-{o.location}",
        {"Cust": lambda o: f"{o.customer:07}", "Loc": lambda o: f"{o.location:07}"},
    ),
    Setup("hyphen for dot", lambda o: f"{o.customer}.{o.location}", {"Acct": lambda o: f"{o.customer}-{o.location}"}),
    Setup("hyphen behind the prefix", lambda o: f"WTR{o.customer}", {"Acct": lambda o: f"WTR-{o.customer}"}),
    Setup("prefix at the end", lambda o: f"WTR-{o.customer:07}", {"Acct": lambda o: f"{o.customer:07}-WTR"}),
    Setup(
        "a letter from a word",
        lambda o: f"{'WS'[o.number % 2]}-{o.customer}",
        {"Service Type": lambda o: ("Water", "Sewer")[o.number % 2], "Acct": plain},
    ),
    Setup(
        "a letter at the end",
        lambda o: f"{o.customer}-{'ABC'[o.number % 3]}",
        {"Acct": lambda o: f"{o.customer}{'ABC'[o.number % 3]}"},
    ),
    Setup(
        "a hyphen before the letter",
        lambda o: f"{o.customer}{'ABC'[o.number % 3]}",
        {"Acct": lambda o: f"{o.customer}-{'ABC'[o.number % 3]}"},
    ),
    Setup(
        "zeros and case of the letter",
        lambda o: f"{o.customer:06}{'ABC'[o.number % 3]}",
        {"Acct": lambda o: f"{o.customer}-{'abc'[o.number % 3]}"},
    ),
    Setup(
        "hyphen for slash",
        lambda o: f"{o.customer:07}/{o.sequence:02}",
        {"Acct": lambda o: f"{o.customer}-{o.sequence}"},
    ),
    Setup("thousands in groups", plain, {"Acct": lambda o: f"{o.customer:,}"}),
    Setup("digits in front", lambda o: f"{o.customer:07}", {"Acct": lambda o: f"555{o.customer:07}"}),
    Setup("an occupant too many", lambda o: f"{o.customer:07}", {"Acct": lambda o: f"{o.customer}-0{o.sequence}"}),
    Setup(
        "strangers with row numbers",
        lambda o: str(1 + o.number),
        {"Account": lambda o: str(900_000 + o.number * 7), "Seq": lambda _: "x"},
        exists=False,
    ),
    Setup(
        "location before customer",
        lambda o: f"{o.location:04}-{o.customer:05}",
        {"Cust No": plain, "Loc No": lambda o: str(o.location)},
    ),
    Setup(
        "map and lot, and zeros",
        lambda o: f"{o.book:03}-{o.location:04}-000",
        {"Map": lambda o: str(o.book), "Lot": lambda o: str(o.location)},
    ),
    Setup(
        "map and lot in one", lambda o: f"{o.book:03}-{o.location:04}", {"Map/Lot": lambda o: f"{o.book}/{o.location}"}
    ),
    Setup(
        "book and account with a letter",
        lambda o: f"U{o.book}{o.location:05}",
        {"Book": lambda o: str(o.book), "Account": lambda o: str(o.location)},
    ),
    Setup("blanks and zeros", digits, {"Account": lambda o: f"  {o.customer}  "}),
    Setup("number sign", digits, {"Account #": lambda o: f"#{o.customer}"}),
    Setup(
        "hyphen before the check digit",
        lambda o: f"{o.customer}-{o.check_digit}",
        {"Account": lambda o: f"{o.customer}{o.check_digit}"},
    ),
    Setup(
        "zero lost in front",
        lambda o: f"{o.customer:05}{o.location:04}",
        {"Account": lambda o: str(int(f"{o.customer:05}{o.location:04}"))},
    ),
    Setup(
        "policy with its term",
        lambda o: f"{o.line}{o.customer:07}-0{o.sequence}",
        {"Policy": lambda o: f"{o.line}{o.customer:07}", "Term": lambda o: f"{o.sequence}"},
    ),
    Setup(
        "line, number and term in columns",
        policy,
        {"LOB": lambda o: o.line, "Pol No": plain, "Mod": lambda o: f"{o.sequence:02}"},
    ),
)
