import sys
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from stack.mail import caught
from stack.ports import free_port
from stack.processes import listens, spawn

_RECIPIENTS = ["a@example.com", "b@example.com"]


async def test_a_message_is_kept_with_its_recipients_and_subject(tmp_path: Path) -> None:
    port, mails = free_port(), tmp_path / "mails"
    command = [sys.executable, "-m", "stack.mail", "--port", str(port), "--directory", str(mails)]
    child = spawn("mail", command, tmp_path / "mail.log")
    try:
        await child.wait_until(lambda: listens("127.0.0.1", port), limit=30)
        await aiosmtplib.send(_message(), hostname="127.0.0.1", port=port, recipients=_RECIPIENTS)
    finally:
        await child.stop()
    (mail,) = caught(mails)
    assert mail.recipients == tuple(_RECIPIENTS)
    assert mail.subject == "Import finished: Größe"
    assert mail.message_id == "<1@example.com>"


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "import@example.com"
    message["To"] = "a@example.com"
    message["Subject"] = "Import finished: Größe"
    message["Message-ID"] = "<1@example.com>"
    message.set_content("All rows are in.")
    return message
