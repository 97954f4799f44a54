"""From a report to a message: plain text and HTML, built with EmailMessage only, which refuses line ends in headers."""

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from pathlib import Path
from typing import Final

import jinja2

from services.notifier.customer_texts import Email
from services.notifier.mailer.attachment import Attachment
from services.notifier.mailer.notice import NoticeText
from services.notifier.mailer.report import Report

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"


class _Address(UnstructuredHeader, BaseHeader):
    """A header that stands as it is: no mail program finds an address that is folded into encoded words."""

    def fold(self, *, policy: Policy) -> str:
        return f"List-Unsubscribe: {self}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Address)
_POLICY: Final = policy.default.clone(header_factory=_HEADERS)


class MessageWriter:
    """Writes the messages of one sender."""

    def __init__(self, sender: str) -> None:
        self._address = sender
        self._sender = Address(display_name="Customer Import", addr_spec=sender)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=jinja2.select_autoescape(enabled_extensions=("html",)),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def write(self, report: Report, recipient: str, message_id: str, log: Attachment | None) -> EmailMessage:
        """The message; raises where the recipient's address cannot stand in a header."""
        message = self._begun(report.subject, recipient, message_id)
        self._fill(message, "mail", report=report)
        if log is not None:
            message.add_attachment(
                log.content,
                maintype=log.maintype,
                subtype=log.subtype,
                filename=_literal(log.name),
                params={"charset": "utf-8"} if log.maintype == "text" else None,
            )
        return message

    def write_notice(self, notice: NoticeText, recipient: str, message_id: str) -> EmailMessage:
        message = self._begun(notice.subject, recipient, message_id)
        if notice.unsubscribe:
            # One click in the mail program is enough (RFC 8058).
            message["List-Unsubscribe"] = f"<{notice.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        self._fill(message, "notice", notice=notice)
        return message

    def write_to_customer(self, email: Email, message_id: str) -> EmailMessage:
        """In the name of the biller; raises where the address cannot be in a header."""
        sender = Address(display_name=_literal(email.sender), addr_spec=self._address)
        message = self._begun(email.text.subject, email.address, message_id, sender)
        self._fill(message, "customer", email=email)
        return message

    def _begun(self, subject: str, recipient: str, message_id: str, sender: Address | None = None) -> EmailMessage:
        message = EmailMessage(_POLICY)
        message["Subject"] = _literal(subject)
        message["From"] = sender or self._sender
        message["To"] = Address(addr_spec=recipient)
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        return message

    def _fill(self, message: EmailMessage, template: str, **values: object) -> None:
        text, html = (self._templates.get_template(f"{template}.{end}").render(values) for end in ("txt", "html"))
        message.set_content(text)
        message.add_alternative(html, subtype="html")


def _literal(text: str) -> str:
    """Text for a header, as it stands: what looks like an encoded word would be decoded, line ends and all.

    Python before 3.11.10 and 3.12.5 writes those line ends, and with them whatever headers follow (CVE-2024-6923).
    """
    return text.replace("=?", "= ?")
