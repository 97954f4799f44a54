"""Files that meet a state on purpose, with their definitions and the answers to what is found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from tests.support.generators import pools
from tests.support.generators.answers import Answers, draw_answers
from tests.support.generators.drawing import Drawer, drawing, seeded
from tests.support.generators.rows import Cells, RowMaker, Theme
from tests.support.generators.states import BILLER, NUMBERINGS, TYPES, Numbering, StateMaker
from tests.support.model import Circumstances, CrmState, CsvFile, Verdict, check
from tests.support.model.job import Kind, Right

KINDS: tuple[Kind, ...] = ("autopay", "paperless", "registration")
_NEEDED = {"bank_account_type", "email", "routing_number", "bank_account_number", "card_token", "card_expiry"}
_MOST_CHECKS = 4
_THEMES: tuple[Theme, ...] = ("crowd", "shifted", "blocked", "shortened")


@dataclass(frozen=True)
class Case:
    """Everything one import depends on."""

    state: CrmState
    definition: dict[str, Any]
    file: CsvFile
    circumstances: Circumstances
    numbering: Numbering = NUMBERINGS[0]
    answers: Answers | None = None
    """Of a person; None where the definition names them, or nobody ever answers."""

    @cached_property
    def verdict(self) -> Verdict:
        """What the model says."""
        return check(self.state, self.definition, self.file, self.circumstances)

    @cached_property
    def checks(self) -> tuple[tuple["Case", Verdict], ...]:
        """Check after check, as long as the import is held and the person has more to say."""
        return tuple(self._checks())

    def _checks(self) -> Iterator[tuple["Case", Verdict]]:
        case, verdict = self, self.verdict
        yield case, verdict
        for _ in range(_MOST_CHECKS - 1):
            if self.answers is None or verdict.state != "held":
                break
            following = case.answered(verdict.findings)
            if following == case:
                break
            case, verdict = following, following.verdict
            yield case, verdict

    def answered(self, seen: Mapping[str, int]) -> "Case":
        """Confirmed by a person who has seen the findings."""
        return self._confirmed(seen, self._confirmed(seen, 0).verdict.would_create if "C201" in seen else 0)

    def _confirmed(self, seen: Mapping[str, int], would_create: int) -> "Case":
        decisions = self.answers.taken(seen, would_create) if self.answers else {}
        return replace(self, circumstances=replace(self.circumstances, confirmed=True, decisions=decisions))

    def named(self, answers: Answers) -> "Case":
        """With the answers in the definition."""
        bare = replace(self, definition=self.definition | {"decide": answers.named(0)}, answers=None)
        count = bare.verdict.would_create
        return replace(bare, definition=self.definition | {"decide": answers.named(count)}) if count else bare


def _definition(drawer: Drawer, numbering: Numbering, kind: Kind, today: date, fields: Sequence[str]) -> dict[str, Any]:
    mapped = [name for name in fields if name in _NEEDED or drawer.chance(2)]
    options: dict[str, Any] = {}
    if kind != "registration":
        options["attestation"] = "The biller states that these customers agreed."
    if kind == "autopay":
        options["effective_date"] = (today + timedelta(days=drawer.one((0, 30)))).isoformat()
        options["bank_account_type_default"] = drawer.one((None, "checking", "savings"))
        options["method_kind_default"] = drawer.one((None, "ach")) if drawer.chance(6) else None
    if drawer.chance(2):
        options["notify_customers"] = True
    if drawer.chance(8):
        options["exclude_lines"] = sorted({drawer.one(range(2, 9)) for _ in range(drawer.one((1, 2, 3)))})
    values = {name: words for name, words in pools.VALUES.items() if name in mapped and drawer.chance(3)}
    return {
        "values": values,
        "biller_id": BILLER,
        "kind": kind,
        "invoice_types": [] if kind == "registration" else drawer.one((list(TYPES), [TYPES[0]], [TYPES[1]])),
        "columns": {name: f"The {name}" for name in mapped},
        "account_number": list(numbering.parts),
        "options": options,
        "decide": "ask",
    }


def _spoilt(drawer: Drawer, definition: dict[str, Any]) -> dict[str, Any]:
    """Some definitions are refused."""
    if not drawer.chance(20):
        return definition
    columns, options = definition["columns"], definition["options"]
    return definition | drawer.one(
        (
            {"invoice_types": []},
            {"values": {"email": {"a": "b"}}},
            {"values": {"role": {"a": "owner", "b": "king"}}},
            {"values": {"max_amount": {"500 or so": "unlimited"}}},
            {"invoice_types": ["TRASH"]},
            {"invoice_types": ["WATER", "WATER"]},
            {"account_number": [{"literal": "WTR-"}]},
            {"account_number": [{"column": "Nowhere"}]},
            {"columns": columns | {"email": "Nowhere"}},
            {"columns": {name: header for name, header in columns.items() if name not in {"email", "routing_number"}}},
            {"options": options | {"attestation": " "}},
            {"options": options | {"effective_date": "2020-01-01"}},
        )
    )


def _file(
    drawer: Drawer,
    state: CrmState,
    numbering: Numbering,
    rows: list[tuple[tuple[str, ...], Cells]],
    fields: Sequence[str],
) -> CsvFile:
    header = (*numbering.columns, *(f"The {name}" for name in fields), "Unused")
    names = (state.billers[BILLER].name, state.billers[BILLER].name.upper(), "")
    biller_name = [drawer.one(names) for _ in rows]
    if drawer.chance(30):
        biller_name[-1] = "Another Town"
    unused = [drawer.mostly(("so", ""), pools.STOPPING, one_in=80) for _ in rows]
    lines = (
        (*account, *(cells[name] for name in fields[:-1]), town, beside)
        for (account, cells), town, beside in zip(rows, biller_name, unused, strict=True)
    )
    return CsvFile(header, tuple(enumerate(lines, start=2)))


def _circumstances(drawer: Drawer, today: date) -> Circumstances:
    rights: tuple[Right | None, ...] = ("paperless", None)
    return Circumstances(
        today,
        drawer.one(rights) if drawer.chance(30) else "all",
        may_replace_owner=drawer.chance(2),
        directory=drawer.mostly(({},), pools.DIRECTORIES, one_in=3),
    )


def _draw_case(
    drawer: Drawer, state: CrmState, numbering: Numbering, kind: Kind, circumstances: Circumstances, theme: Theme
) -> Case:
    """A file that meets the state, and mostly an answer to everything."""
    says_paper = kind == "paperless" and drawer.chance(4)
    rows = RowMaker(drawer, state, numbering, kind, theme, says_paper=says_paper).rows()
    fields = [*rows[0][1], "biller_name"]
    definition = _definition(drawer, numbering, kind, circumstances.today, fields)
    definition["options"] |= {"paperless_flag_reversed": True} if says_paper else {}
    file = _file(drawer, state, numbering, rows, fields)
    case = Case(state, _spoilt(drawer, definition), file, circumstances, numbering)
    if drawer.chance(12):
        return case
    answers = draw_answers(drawer)
    return case.named(answers) if drawer.chance(2) else replace(case, answers=answers)


@st.composite
def histories(draw: st.DrawFn, kind: Kind, today: date, *, is_large: bool) -> tuple[Case, ...]:
    """An import, and often a second one into what it leaves behind."""
    return draw_history(seeded(draw) if is_large else drawing(draw), kind, today, is_large=is_large)


def draw_history(drawer: Drawer, kind: Kind, today: date, *, is_large: bool) -> tuple[Case, ...]:
    """Large ones have files of up to forty rows."""
    numbering = drawer.one(NUMBERINGS)
    state = StateMaker(drawer, numbering, today, is_large=is_large).make()
    theme = drawer.one(_THEMES) if is_large else "plain"
    first = _draw_case(drawer, state, numbering, kind, _circumstances(drawer, today), theme)
    decided, verdict = first.checks[-1]
    if verdict.state != "approved" or not drawer.chance(2):
        return (first,)
    return first, _second(drawer, decided, verdict)


def _second(drawer: Drawer, first: Case, verdict: Verdict) -> Case:
    """The same file, nearly the same, or another one of any kind; mostly one that is answered."""
    kind: Kind = first.definition["kind"]
    way = drawer.one(("same", "nearly", "other", "other"))
    state = _settled(verdict)
    if way == "other":
        kind = drawer.one((kind, *KINDS))
        bare = replace(first.circumstances, confirmed=False, decisions={})
        second = _draw_case(drawer, state, first.numbering, kind, bare, "plain")
    else:
        second = _once_more(drawer, first, state)
        if way == "nearly" and len(second.file.rows) > 1:
            second = replace(second, file=replace(second.file, rows=second.file.rows[:-1]))
    return replace(second, circumstances=_known(second, first, verdict))


def _settled(verdict: Verdict) -> CrmState:
    """What the import leaves behind; its new logins are not new any more."""
    if verdict.after is None:
        raise ValueError(verdict.state)
    return verdict.after.with_logins_named(aged)


def aged(login: str) -> str:
    """The name of a login after the import that made it."""
    return login.replace("new:", "made:")


def _known(second: Case, first: Case, verdict: Verdict) -> Circumstances:
    is_same_kind = second.definition["kind"] == first.definition["kind"]
    return replace(
        second.circumstances,
        imported_before=is_same_kind and second.file == first.file,
        earlier=(verdict.keys,) if is_same_kind else (),
        touched=frozenset(map(aged, verdict.touched)),
        alone=verdict.alone,
    )


def _once_more(drawer: Drawer, first: Case, state: CrmState) -> Case:
    """The import again, with everything decided in advance as it was before."""
    bare = replace(first, state=state, circumstances=replace(first.circumstances, confirmed=False, decisions={}))
    choices = {code: decision.choice for code, decision in first.circumstances.decisions.items()}
    named = first.definition["decide"]
    choices |= {} if named == "ask" else {code: answer["choice"] for code, answer in named.items()}
    again = drawer.mostly(("continue",), ("stop",), one_in=16)
    return bare.named(Answers(choices | {"C201": "continue", "C203": again}))
