"""What people did, in words: no names of fields, no codes without their title, no ID where there is a name."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.notifier.audit_views import AuditEntry
from services.notifier.pages.acts import acted, in_words, people_in, told
from services.notifier.views import TrailItem
from shared.audit import Act, Value

NAMES = {"ivy": "Ivy Marsh", "sam": "Sam Okafor"}
START = datetime(2026, 11, 28, 12, tzinfo=UTC)


def entry(act: Act, *, number: int = 1, actor: str = "ivy", minutes: int = 0, **detail: Value) -> AuditEntry:
    return AuditEntry(
        number=number,
        at=START + timedelta(minutes=minutes),
        act=act,
        actor=actor,
        source="pages",
        recorded_by="ci_mapping",
        import_id=None,
        biller_id=None,
        detail=detail,
        hash="00",
    )


def test_a_decision_is_told_by_its_title_and_choice() -> None:
    words = in_words({"code": "C202", "choice": "create", "check_no": 2, "count": 1200}, NAMES)
    assert words.startswith("Account not found (C202): ")
    assert words.endswith(", 1,200 rows, check 2")
    assert "create" not in words.split(": ")[1].split()[0]


def test_fields_people_and_outcomes_have_words() -> None:
    assert in_words({"check_no": 1, "decided_by": "sam"}, NAMES) == "check 1, decided by Sam Okafor"
    assert in_words({"what": "plan", "verdicts": "failed,held"}, NAMES) == "all rows, failed, on hold"
    assert (
        in_words({"kind": "paperless", "file_id": "6f0d0210-0002", "asks": False}, NAMES) == "Paperless, file 6f0d0210"
    )
    assert in_words({"code": "C202", "choice": "skip", "in_advance": True}, NAMES).endswith(", in advance")
    assert in_words({"what": "samples", "count": None}, NAMES) == "sample changes"
    tried = in_words({"line": 1204, "fields": "bank_account_number, email", "tries": 20}, NAMES)
    assert tried == "line 1,204, fields bank account number, email, tries 20"
    compared = in_words({"what": "differences", "count": 50, "against": "6f0d0210-0002"}, NAMES)
    assert compared == "differences, 50 rows, against 6f0d0210"


def test_looking_several_times_in_a_row_is_one_line() -> None:
    looks = [entry(Act.ROWS_SEEN, number=9 - n, minutes=-n, what="plan", count=100) for n in range(4)]
    page = [*looks, entry(Act.DECIDED, minutes=-5), entry(Act.DECIDED, minutes=-6), entry(Act.ROWS_SEEN, minutes=-7)]
    found = told(page, NAMES)
    assert [(one.entry.act, one.times) for one in found] == [
        ("rows_seen", 4),
        ("decided", 1),
        ("decided", 1),
        ("rows_seen", 1),
    ]
    assert found[0].since == START - timedelta(minutes=3)
    assert found[0].details == "all rows, 100 rows"


def test_looks_of_two_people_stay_two_lines() -> None:
    assert len(told([entry(Act.ROWS_SEEN), entry(Act.ROWS_SEEN, actor="sam")], NAMES)) == 2


def test_an_event_is_told_with_who_caused_it() -> None:
    events = [
        TrailItem(event_id=uuid4(), event=name, occurred_at=START + timedelta(minutes=after), detail={})
        for name, after in (
            ("ImportContinued", 5),
            ("ImportAnswered", 1),
            ("ImportAnswered", 3),
            ("CheckProgressed", 0),
        )
    ]
    entries = [
        entry(Act.CONTINUED, minutes=5),
        entry(Act.CONSIDERED, minutes=1, actor="sam"),
        entry(Act.CORRECTED, minutes=3),
    ]
    found = acted(entries, events)
    assert [found.get(event.event_id) for event in events] == ["ivy", "sam", "ivy", None]


def test_names_are_asked_for_everybody_who_is_mentioned() -> None:
    assert people_in([entry(Act.APPROVED, decided_by="sam"), entry(Act.REMOVED, actor="")]) == {"ivy", "sam"}
