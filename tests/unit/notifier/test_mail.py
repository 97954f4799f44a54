import csv
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

import aiosmtplib
import pytest

from services.notifier import domain
from services.notifier.customer_texts import Email, Text
from services.notifier.domain import Overview, State
from services.notifier.mailer.attachment import Attachment, attachment_of
from services.notifier.mailer.message import MessageWriter
from services.notifier.mailer.post_office import is_for_ever, problem_of
from services.notifier.mailer.report import Report, report_of
from services.notifier.records import Finding, Row
from shared.contracts.codes import CODES
from shared.contracts.events import Counts
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome

ID = UUID("5b6f0c55-2e5e-4a86-8ef5-3c3b1f6c1a11")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def overview(state: State = State.COMPLETED_WITH_ERRORS, counts: Counts | None = None) -> Overview:
    return Overview(
        import_id=ID,
        biller_id=7,
        kind=ImportKind.AUTOPAY,
        state=state,
        phase=domain.FINISHED,
        verdict_phase=domain.approved(1),
        check_no=1,
        progress_check=1,
        rows_read=3,
        bytes_read=9,
        bytes_total=9,
        planned=None,
        codes={"R101": 1200},
        undecided=(),
        chunks=1,
        chunks_done=1,
        counts=counts or Counts(applied=1000, failed=1200),
        defined_at=NOON,
        started_at=NOON,
        finished_at=NOON,
        revision=1,
        updated_at=NOON,
        waiting_since=None,
        waiting_reason=None,
        biller_name="Riverbend\r\nBcc: x@example.com <Water>",
        file_name="for ann@example.com <b>.csv",
        requester_name="Iris",
        requester_subject="iris",
    )


def report(state: State = State.COMPLETED_WITH_ERRORS) -> Report:
    rows = [Row(5, Outcome.FAILED, ["R101"], "WTR-0012345", None, None, {})]
    return report_of(overview(state), rows, [], "note", "https://import.example.com/status/imports/1")


def test_the_report_conserves_rows_and_masks_accounts() -> None:
    made = report()
    assert made.conservation == ("2,200 rows = 1,000 applied + 0 no change + 0 skipped + 0 on hold + 1,200 failed")
    assert made.against_plan == "All 2,200 rows ended as planned"
    assert made.failures[0].account == "****2345"
    assert made.failures_left == 1199
    assert made.link == "https://import.example.com/status/imports/1"


def test_a_rejected_file_is_explained_in_the_words_of_the_reader() -> None:
    one = replace(overview(State.REJECTED, Counts()), codes={"F001": 1, "F018": 1})
    detail = {"line": 1200, "column": 2, "message": "The file has 1 <odd> sign", "remedy": "Choose the delimiter"}
    findings = [Finding("F001", 1, detail, []), Finding("F018", 1, {"line": 3}, [])]
    made = report_of(one, [], [], "note", "", findings)
    assert (made.codes[0].title, made.codes[0].remedy) == (
        "The file has 1 <odd> sign (line 1,200, column 2)",
        "Choose the delimiter",
    )
    assert made.codes[1].title == CODES["F018"].title
    message = MessageWriter("import@example.com").write(made, "ann@example.org", f"<{ID}@example.com>", None)
    html = message.get_body(("html",))
    assert html is not None
    assert "&lt;odd&gt;" in html.get_content()


def test_what_changed_for_the_whole_import_is_said_with_its_remedy() -> None:
    rows = [Row(5, Outcome.HELD, ["R198"], "WTR-0012345", None, None, {}, ["biller closed"])]
    made = report_of(overview(State.COMPLETED_WITH_ERRORS), rows, ["biller closed"], "note", "")
    assert made.failures[0].reason.endswith("What changed since the check: biller closed")
    message = MessageWriter("import@example.com").write(made, "ann@example.org", f"<{ID}@example.com>", None)
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert "Biller closed." in body.get_content()
        assert "Have the biller opened first" in " ".join(body.get_content().split())


def test_no_name_can_add_a_header_or_markup() -> None:
    message = MessageWriter("import@example.com").write(report(), "ann@example.org", f"<{ID}@example.com>", None)
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert parsed["Bcc"] is None
    assert "x@example.com" not in str(parsed["Subject"])
    html = parsed.get_body(("html",))
    text = parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "&lt;Water&gt;" in html.get_content()
    assert "<b>" not in html.get_content()
    for part in (html.get_content(), text.get_content()):
        assert "a***@example.com" in part
        assert "2,200 rows = " in part
        assert "The account number is blank" in part


@pytest.mark.parametrize(
    ("state", "counts", "subject"),
    [
        (State.COMPLETED, Counts(applied=160), "160 of 160 applied"),
        (
            State.COMPLETED_WITH_ERRORS,
            Counts(applied=112, skipped=11, held=1, failed=36),
            "112 of 160 applied, 37 to fix",
        ),
        (State.CANCELLED, Counts(applied=30, skipped=130), "import canceled, 30 of 160 applied"),
        (State.CANCELLED, Counts(), "import canceled"),
        (State.FAILED, Counts(), "import failed"),
        (State.REJECTED, Counts(), "file rejected"),
    ],
)
def test_the_subject_says_what_came_of_it(state: State, counts: Counts, subject: str) -> None:
    one = replace(overview(state, counts), biller_name="Riverbend Water")
    assert report_of(one, [], [], "note", "").subject == f"Riverbend Water autopay: {subject}"


def test_codes_and_rows_are_said_in_words_with_the_code_last() -> None:
    one = replace(overview(), codes={"C205": 1200, "R101": 1})
    row = Row(5, Outcome.HELD, ["R132"], "WTR-0012345", None, None, {})
    made = report_of(one, [row], [], "note", "")
    message = MessageWriter("import@example.com").write(made, "ann@example.org", f"<{ID}@example.com>", None)
    body = message.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "Requested Mar 2, 2026, 12:00 PM UTC" in text
    assert "Over 10% of rows have errors (C205). Ask for a better export, or continue with the other rows." in text
    assert "1 row: The account number is blank (R101)." in text
    assert "Line 5: On hold. Account ****2345. Rows of the same account have different emails (R132)." in text


def test_a_refused_import_says_why_and_counts_nothing() -> None:
    message = MessageWriter("import@example.com").write(report(State.REJECTED), "a@example.org", "<x@y>", None)
    text = message.get_body(("plain",))
    assert text is not None
    assert "file rejected, nothing was imported" in text.get_content()
    assert " rows =" not in text.get_content()


def test_a_recipient_that_would_add_a_header_is_refused() -> None:
    with pytest.raises(Exception, match=r"."):
        MessageWriter("import@example.com").write(report(), "a@example.org\r\nBcc: b@example.org", "<x@y>", None)


def test_the_log_is_a_file_of_the_message() -> None:
    log = Attachment("log.csv", "text", "csv", "né\r\n".encode())
    message = MessageWriter("import@example.com").write(report(), "a@example.org", "<x@y>", log)
    (file,) = message_from_bytes(message.as_bytes(), policy=policy.default).iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("log.csv", "text/csv")
    assert file.get_payload(decode=True) == "né\r\n".encode()


async def pieces(count: int) -> AsyncIterator[bytes]:
    for number in range(count):
        yield f"{number},row\r\n".encode()


async def test_a_small_log_is_attached_as_it_is() -> None:
    made = await attachment_of(pieces(3), "log")
    assert made == Attachment("log.csv", "text", "csv", b"0,row\r\n1,row\r\n2,row\r\n")


async def test_a_large_log_is_zipped_whole() -> None:
    made = await attachment_of(pieces(5000), "log", large=1000)
    assert made is not None
    assert made.name == "log.zip"
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive, archive.open("log.csv") as file:
        rows = list(csv.reader(io.TextIOWrapper(file, "utf-8", newline="")))
    assert [row[0] for row in rows] == [str(number) for number in range(5000)]


async def test_a_log_that_stays_too_large_is_left_out() -> None:
    assert await attachment_of(pieces(5000), "log", large=1000, too_large=2000) is None


def test_problems_are_codes_or_types_and_never_texts() -> None:
    refused = aiosmtplib.SMTPRecipientRefused(550, "no ann@example.com here", "ann@example.com")
    assert problem_of(aiosmtplib.SMTPRecipientsRefused([refused])) == "550"
    assert problem_of(aiosmtplib.SMTPDataError(451, "later, ann@example.com")) == "451"
    assert problem_of(ConnectionRefusedError("mail.example.com")) == "ConnectionRefusedError"


def test_only_a_refused_recipient_is_given_up_at_once() -> None:
    for code, for_ever in ((550, True), (450, False)):
        refused = aiosmtplib.SMTPRecipientRefused(code, "", "ann@example.com")
        assert is_for_ever(aiosmtplib.SMTPRecipientsRefused([refused])) is for_ever
    assert not is_for_ever(aiosmtplib.SMTPAuthenticationError(535, ""))
    assert not is_for_ever(aiosmtplib.SMTPDataError(554, ""))


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?Q?Bill=0D=0ABcc:=20x@example.org=0D=0A=0D=0ANo_text_of_ours?=",
        "Bill =?utf-8?B?QmlsbA0KQmNjOiB4QGV4YW1wbGUub3JnDQoNCk5v?=",
        "=?=?utf-8?Q?=0D=0ABcc:=20x@example.org?=",
    ],
)
def test_what_looks_like_an_encoded_word_stays_text_in_every_header(text: str) -> None:
    writer = MessageWriter("imports@example.com")
    log = Attachment(f"{text}.csv", "text", "csv", b"line\r\n")
    to_customer = Email("ann@example.com", text, Text(text, "Your bills come by email."))
    for message in (
        writer.write(replace(report(), subject=text), "ops@example.com", "<1@example.com>", log),
        writer.write_to_customer(to_customer, "<2@example.com>"),
    ):
        read = message_from_bytes(message.as_bytes(), policy=policy.default)
        assert read["Bcc"] is None
        assert read["Subject"].strip() == text.replace("=?", "= ?")
        assert read.is_multipart()
        assert b"Bcc: x@example.org" not in message.as_bytes()
