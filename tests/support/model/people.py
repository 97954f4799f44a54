"""Names: taken apart, put together, compared."""

import re
import unicodedata

_COMPANY = re.compile(
    "LLC|LLP|LP|INC|INCORPORATED|CORP|CORPORATION|CO|COMPANY|LTD|LIMITED|CITY|TOWN|VILLAGE|COUNTY|STATE|CHURCH|TRUST"
    "|ESTATE|BANK|SCHOOL|DISTRICT|UNIVERSITY|COLLEGE|ASSOCIATION|ASSN|ASSOC|FOUNDATION|PROPERTIES|APARTMENTS"
    "|ENTERPRISES|PARTNERS|GROUP|HOA"
)
_AGREE = 0.6

FirstLast = tuple[str | None, str | None]


def split_name(name: str, first: str, last: str) -> FirstLast:
    """First and last name from the three cells of a row."""
    if first or last:
        return first or None, last or None
    if not name:
        return None, None
    if any(_COMPANY.fullmatch(re.sub(r"[^\w]", "", word).upper()) for word in name.split()):
        return None, name
    if "," in name:
        surname, _, given = name.partition(",")
        return given.strip() or None, surname.strip() or None
    given, _, surname = name.rpartition(" ")
    return given.strip() or None, surname


def customer_name(name: str, first: str | None, last: str | None) -> str | None:
    """The name of a customer to be created; None where the row has none."""
    return name or " ".join(part for part in (first, last) if part) or None


def names_agree(one: FirstLast, other: FirstLast) -> bool:
    """Whether most of the words are common."""
    these, those = _words(one), _words(other)
    if not these or not those:
        return False
    return len(these & those) / len(these | those) >= _AGREE


def _words(name: FirstLast) -> set[str]:
    letters = unicodedata.normalize("NFKD", " ".join(part for part in name if part).casefold())
    return set(re.findall(r"[^\W_]+", re.sub(r"[\u0300-\u036f]", "", letters)))
