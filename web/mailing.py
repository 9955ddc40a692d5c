"""Mail: notices go out at least once, always under the same Message-ID.

`LUUTRU_MAIL_URL` names the server. A server that is silent or says no loses nothing: the notice
stays in the inbox, and its mail is tried again.
"""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from archive import clock
from archive.errors import Invalid
from formats.mail_addresses import is_mail_address

SECONDS = 30.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Mail:
    """A mail server and who writes.

    Attributes:
        scheme: `smtp`, `smtp+starttls` or `smtps`.
        host: name or address of the server.
        port: of the server.
        user: empty where it asks for none.
        password: likewise.
        sender: the address that stands in From.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        """A conversation with the server.

        Raises:
            OSError, smtplib.SMTPException: it is silent, or says no.
        """
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        with server:
            if self.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            yield server

    def letter(self, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
        """A plain letter. No line of a name or subject can add a header to it.

        Raises:
            Invalid: `bad_email`.
        """
        if not is_mail_address(to):
            raise Invalid("bad_email", email=to)
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{message_id}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def open_mail(url: str, sender: str = "") -> Mail | None:
    """The server that the address names; None where there is none.

    Raises:
        Invalid: `bad_setting`.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise Invalid("bad_setting", name="LUUTRU_MAIL_URL", wanted="smtp://host:25")
    return Mail(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender or f"luutru@{socket.getfqdn()}",
    )
