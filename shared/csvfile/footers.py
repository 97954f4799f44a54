"""Records that are totals, footers and page marks of a report rather than rows."""

import re
from collections.abc import Sequence

# What reports make groups of, and name above and below the rows of each.
_GROUPS = (
    r"(?:bill(?:ing)? )?(?:group|section|cycle|route|book|district|zone|branch|office|dep(?:artmen)?t|division|region"
    r"|territory|batch|class|city|town|county|state|company|utility|portfolio|location"
    r"|service(?: type)?|rate(?: class)?)"
)
_TOTAL = re.compile(
    r"\W*(?:(?:grand|page|report|group|overall|running)\s+|sub\s*-?\s*)?totals?"
    r"(?:\s+(?:rows|records|count|lines|accounts|customers|amount|due|balance))?\W*[\d.,]*\W*"
    r"|\W*(?:(?:grand|group)\s+|sub\s*-?\s*)?totals?\s+(?:for|of|by|in)\s[^\n]{1,60}"
    rf"|\W*{_GROUPS}\b[^\n]{{0,40}}\b(?:sub-?)?totals?\W*[\d.,]*\W*",
    re.IGNORECASE,
)
# They are nobody's name, so that a name may stand beside them.
_SUBTOTAL = re.compile(r"\W*(?:sub\s*-?\s*|(?:grand|group|report|page)\s+)totals?\W*", re.IGNORECASE)
_GROUP = re.compile(
    rf"\W*{_GROUPS}(?: (?:header|footer|name|code|number|no\.?|id))?(?: ?#? ?\d+)? ?[:=]([^\n]*)", re.IGNORECASE
)
_GROUP_NAME = re.compile(rf"{_GROUPS}\b[^\n]*|[A-Za-z][\w .#/&'-]{{0,40}}[:=][^\n]*", re.IGNORECASE)
_ROWS = (
    r"\W*(?:[\d.,]+|\d{1,3}(?: \d{3})+) (?:records?|rows?|lines?|accounts?|(?:record|row)\(s\))"
    r"(?: (?:affected|exported|selected|returned|retrieved|fetched|copied|produced|loaded|written|found|listed|in set)"
    r"\W*(?: \d+ warnings?)?(?: ?\(?[\d.]+ ?(?:s|sec|seconds)\W*)?(?:time elapsed: ?[\d.]+ ?s)?)?\W*"
)
_FOOTER = re.compile(
    r"\W*(?:(?:grand |page |report |sub-?)?totals?|(?:record|row|line)s?(?: count)?|count)"
    r"\s*(?:[:=\u2013-]\s*|\s)[\d.,$ ]*\d\W*"
    r"|\W*(?:grand |page |report |sub-?)?totals?\W*"
    rf"|{_ROWS}"
    r"|\W*end of (?:report|file|data|list)\W*|\W*page \d+(?: of \d+)?\W*|[-=_*#~+]{3,}"
    r"|\W*(?:eof|end|fin|trl|tlr|trailer|eot)\W*[\d.,| ]*\W*",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\W*(?:total |number |count )(?:of )?(?:[a-z]+ )?"
    r"(?:records?|rows?|lines?|accounts?|customers?|items?|entries)(?: exported| selected)?\W*[\d., ]+\W*"
    r"|\W*(?:records?|rows?|accounts?|customers?) (?:in|for|of|on) [^\n:=]{1,40}[:=] ?[\d.,]+\W*",
    re.IGNORECASE,
)
# What a report says of itself, with whatever follows: who ran it, when, with which filter, whose it is.
_REMARK = re.compile(
    r"\W*(?:(?:(?:this )?(?:report|file|list|data|export) (?:was )?)?"
    r"(?:generated|printed|exported|created|produced|prepared|extracted|run|as of)\b"
    r"(?: (?:by|on|at|from|date|time|for))?"
    r"(?: ?:| \d|(?<=by) |(?<=on) |(?<=at) )"
    r"|(?:filters?|sort|sorted by|order(?:ed)? by|criteria|parameters?|selection|source|report|user|database)"
    r"(?: id| name)? ?:"
    r"|copyright\b|\(c\) ?\d|\u00a9|all rights reserved|(?:strictly |private (?:and |& ))?confidential\b)[^\n]*",
    re.IGNORECASE,
)
# What clients of databases and Power BI write below the rows: when they were done, what was typed next, filters.
_CLIENT = re.compile(
    r"(?:completion time: ?\d|sql> ?|query ok\b|commands? completed successfully\b|statement processed\b"
    r"|(?:elapsed|time|time taken|time elapsed): ?\d[\d:.]*(?: ms)?(?:$| s)|disconnected from \w|empty set\b|bye$"
    r"|fetched:? [\d.,]+ row)[^\n]*",
    re.IGNORECASE,
)
_WIDE = re.compile(_ROWS, re.IGNORECASE)
_FILTERS = re.compile(r"applied filters?:", re.IGNORECASE)
_FILTER = re.compile(
    r"[^\n]* (?:is|isn't|are|contains?|does not|doesn't|starts with) [^\n]*|(?:included|excluded|top) [^\n]*",
    re.IGNORECASE,
)
# No total is without one of them, so that text without them needs no closer look.
TOTAL_HINTS = ("otal", "OTAL")
GROUP_HINTS = ("roup:", "ROUP:")
MOST_OF_GROUP = 2  # cells of a line that names a group
# Nor is a line that is drawn under a header without one of these.
RULE_HINTS = ("---", "===")
_RULE = re.compile(r"[-=+: ]+")
# Longer cells are no footers, and patterns need not meet what was made to slow them down.
LONGEST_FOOTER = 80


_FORMS = (_FOOTER, _COUNT, _REMARK, _CLIENT, _GROUP)
_WIDEST_WITHOUT_GROUPS = 3  # cells


def is_total(row: Sequence[str]) -> bool:
    """A customer may be called Total: only a cell that says nothing else, and no name or address beside it."""
    return any(hint in cell for cell in row for hint in TOTAL_HINTS) and _begins_with(_TOTAL, row)


def is_of_report(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or len(filled[0]) > LONGEST_FOOTER:
        return False
    if len(filled) == 1 and len(row) >= _WIDEST_WITHOUT_GROUPS:
        return _GROUP_NAME.fullmatch(filled[0]) is not None or is_footer(row)
    group = _GROUP.fullmatch(filled[0])
    if group and not group[1].strip():
        return len(filled) == MOST_OF_GROUP
    return _SUBTOTAL.fullmatch(filled[0]) is not None or is_wide_footer(row)


def is_wide_footer(row: Sequence[str]) -> bool:
    text = _text(row)
    return len(text) <= LONGEST_FOOTER and (_WIDE.fullmatch(text) or _CLIENT.fullmatch(text)) is not None


def is_footer(row: Sequence[str]) -> bool:
    """Also counts, page numbers, remarks and lines of dashes, which no row as wide as the header is taken for."""
    if _begins_with(_FOOTER, row) or _begins_with(_TOTAL, row) or begins_filters(row):
        return True
    text = _text(row)
    return len(text) <= LONGEST_FOOTER and any(form.fullmatch(text) for form in _FORMS)


def begins_filters(row: Sequence[str]) -> bool:
    """Whether it says which filters were applied, as Power BI does: here, or in the lines below, one each."""
    return _FILTERS.match(_text(row)) is not None


def is_filter(row: Sequence[str]) -> bool:
    """Such a line, as in "Status is Active"; elsewhere it may be anything."""
    text = _text(row)
    return len(text) <= LONGEST_FOOTER and _FILTER.fullmatch(text) is not None


def _text(row: Sequence[str]) -> str:
    return " ".join(cell.strip() for cell in row if cell.strip())


def _begins_with(pattern: re.Pattern[str], row: Sequence[str]) -> bool:
    first, *others = [cell for cell in row if cell.strip()] or [""]
    if len(first) > LONGEST_FOOTER or pattern.fullmatch(first) is None:
        return False
    return not any(letter.isalpha() for cell in others for letter in cell)


def is_rule(row: Sequence[str]) -> bool:
    """A line drawn between header and rows, as database clients write it."""
    filled = [cell for cell in row if cell.strip()]
    return any(hint in cell for cell in filled for hint in RULE_HINTS) and all(map(_RULE.fullmatch, filled))
