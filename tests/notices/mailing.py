"""A real SMTP server on a free port, and the configuration that leads to it."""

import asyncio
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import pytest

ON = {
    "MAIL_TLS": "none",
    "MAIL_USER": "",
    "MAIL_PASSWORD": "",
    "MAIL_FROM": "tumen@example.test",
    "PUBLIC_URL": "https://tumen.example.test",
}


class Handler:
    """Keeps what it is given; *answers* says what else to answer, by recipient."""

    def __init__(self):
        self.mails, self.answers, self.before = [], {}, lambda _address: None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.before(envelope.rcpt_tos[0])
        if envelope.rcpt_tos[0] in self.answers.get("data", ()):
            return self.answers["data"][envelope.rcpt_tos[0]]
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"

    def to(self):
        return sorted(address for addresses, _message in self.mails for address in addresses)

    def message_to(self, address):
        [found] = [message for addresses, message in self.mails if addresses == [address]]
        return found


@contextmanager
def smtp_server(handler):
    """The port of a server that runs until the end."""
    smtp = pytest.importorskip("aiosmtpd.smtp")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin():
        return await loop.create_server(lambda: smtp.SMTP(handler, loop=loop), "127.0.0.1", 0)

    async def end():
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
