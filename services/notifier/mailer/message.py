"""From a report to a message: plain text and HTML, built with EmailMessage only, which refuses line ends in headers."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import jinja2

from services.notifier.mailer.attachment import Attachment
from services.notifier.mailer.report import Report

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"


class MessageWriter:
    """Writes the messages of one sender."""

    def __init__(self, sender: str) -> None:
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
        message = EmailMessage()
        message["Subject"] = report.subject
        message["From"] = self._sender
        message["To"] = Address(addr_spec=recipient)
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._render("mail.txt", report))
        message.add_alternative(self._render("mail.html", report), subtype="html")
        if log is not None:
            message.add_attachment(
                log.content,
                maintype=log.maintype,
                subtype=log.subtype,
                filename=log.name,
                params={"charset": "utf-8"} if log.maintype == "text" else None,
            )
        return message

    def _render(self, template: str, report: Report) -> str:
        return self._templates.get_template(template).render(report=report)
