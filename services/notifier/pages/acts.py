"""What people did, as entries of the audit trail tell it, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from services.notifier.audit_views import AuditEntry
from services.notifier.pages.words import KINDS
from services.notifier.views import TrailItem
from shared.audit import Act, Value
from shared.contracts.codes import CODES, choice_words
from shared.contracts.kinds import ImportKind
from shared.contracts.plan import Verdict

WORDS: Final = {act.value: act.words for act in Act}
_FOLDED: Final = frozenset(
    {Act.ROWS_SEEN, Act.FILE_SEEN, Act.CELLS_TRIED, Act.CUSTOMER_SEEN, Act.DOWNLOADED, Act.AUDIT_SEEN}
)
_WHAT: Final = {
    "plan": "all rows",
    "samples": "sample changes",
    "log": "the log",
    "corrections": "corrected cells",
    "results": "results of rows",
    "email preview": "the preview of an email",
}
_CAUSES: Final = {
    "ImportAnswered": (Act.CONSIDERED, Act.CORRECTED),
    "ImportReturned": (Act.RETURNED,),
    "ImportContinued": (Act.CONTINUED,),
    "ImportCancelled": (Act.CANCELED, Act.DECIDED),
    "ImportResumed": (Act.RESUMED,),
}
CAUSING: Final = frozenset(act for acts in _CAUSES.values() for act in acts)
_SHORT: Final = 8
_NAMES: Final = {
    "file_id": "file",
    "sha256": "fingerprint of the file",
    "recipe_id": "recipe",
    "recipient_id": "log recipient",
    "letter_id": "dead letter",
    "check_no": "check",
    "undoes": "undo of",
    "retries": "round of",
    "decided_by": "decided by",
    "asks": "asks before it starts",
    "how": "sign-in",
    "which": "rows",
    "kept_days": "kept for days",
    "route": "address",
    "may_approve": "may approve",
    "is_default": "back to the default",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An entry, or several of the same person one after the other that only looked at something."""

    entries: Sequence[AuditEntry]
    details: str

    @property
    def entry(self) -> AuditEntry:
        return self.entries[0]

    @property
    def times(self) -> int:
        return len(self.entries)

    @property
    def since(self) -> datetime:
        return self.entries[-1].at


def told(entries: Sequence[AuditEntry], names: Mapping[str, str]) -> list[Told]:
    """Newest first, as they come."""
    found = []
    for _, group in groupby(enumerate(entries), key=lambda one: _alike(*one)):
        same = [entry for _, entry in group]
        details = dict.fromkeys(filter(None, (in_words(one.detail, names) for one in same)))
        found.append(Told(same, "; ".join(details)))
    return found


def _alike(place: int, entry: AuditEntry) -> tuple[str, ...]:
    own = () if entry.act in _FOLDED else (str(place),)
    return (entry.act, entry.actor, entry.source, str(entry.import_id), *own)


def in_words(detail: Mapping[str, Value], names: Mapping[str, str]) -> str:
    """What an entry tells beside act and actor: words in the place of the names of fields, codes, and IDs."""
    rest = dict(detail)
    parts = [*_decision(rest), *_rows(rest)]
    parts += [_one(name, value, names) for name, value in rest.items() if value not in (None, False, "")]
    return ", ".join(parts)


def _decision(rest: dict[str, Value]) -> Iterable[str]:
    code = str(rest.get("code") or "")
    if code not in CODES:
        return
    del rest["code"]
    choice = rest.pop("choice", None)
    yield f"{CODES[code].title} ({code}){f': {choice_words(code, str(choice))}' if choice else ''}"


def _rows(rest: dict[str, Value]) -> Iterable[str]:
    if what := rest.pop("what", None):
        yield _WHAT.get(str(what), str(what).replace("_", " "))
    count = rest.pop("count", None)
    if isinstance(count, int) and count:
        yield f"{count:,} row{'' if count == 1 else 's'}"


def _one(name: str, value: Value, names: Mapping[str, str]) -> str:
    label = _NAMES.get(name, name.replace("_", " "))
    if value is True:
        return label
    text = f"{value:,}" if isinstance(value, int) else str(value)
    match name:
        case "verdicts":
            return ", ".join(Verdict(one).outcome.words.lower() for one in text.split(",") if one in set(Verdict))
        case "kind":
            return KINDS[ImportKind(text)] if text in set(ImportKind) else text
        case "decided_by" | "subject" | "about":
            return f"{label} {names.get(text, text)}"
        case _ if name.endswith("_id") or name in ("sha256", "undoes", "retries", "against"):
            return f"{label} {text[:_SHORT]}"
        case _:
            return f"{label} {text.replace('_', ' ')}"


def acted(entries: Iterable[AuditEntry], events: Iterable[TrailItem]) -> dict[UUID, str]:
    """Who caused an event, which tells no person: the entry that was made nearest to it."""
    found = {}
    made = list(entries)
    for event in events:
        fitting = [entry for entry in made if entry.act in _CAUSES.get(event.event, ())]
        if fitting:
            nearest = min(fitting, key=lambda entry: abs(entry.at - event.occurred_at))
            found[event.event_id] = nearest.actor
    return found


def people_in(entries: Iterable[AuditEntry]) -> set[str]:
    """Whose names the entries need."""
    found = set()
    for entry in entries:
        found |= {entry.actor, *(str(entry.detail.get(name) or "") for name in ("decided_by", "subject", "about"))}
    return found - {""}
