#!/usr/bin/python3
"""A submission server that takes mail only after STARTTLS (Debian's python3-aiosmtpd).

  --port 0 --cert FILE --key FILE [--log FILE] [--user NAME --password-file FILE]
  --mode accept | refuse | busy | hang | drop-after-data | mute-at-quit | no-starttls
    refuse: 550 to RCPT; busy: 451 to RCPT; hang: takes the message and never answers;
    drop-after-data: takes the message and closes without an answer;
    mute-at-quit: takes the message, answers, and says nothing to QUIT
  --delay-ms N    takes a message only N ms after it was read (a slow server)
"""
import argparse
import asyncio
import datetime
import email
import email.policy
import json
import signal
import ssl
import sys
import uuid

from aiosmtpd.smtp import SMTP, AuthResult


class Receiver:
    def __init__(self, options):
        self.options = options

    def log(self, entry):
        if not self.options.log:
            return
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        with open(self.options.log, "a", encoding="utf-8") as log:
            log.write(json.dumps({"at": now, **entry}) + "\n")

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.options.mode == "refuse":
            return "550 5.1.1 no such mailbox"
        if self.options.mode == "busy":
            return "451 4.3.2 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        if self.options.delay_ms:
            self.log({"kind": "reading"})
            await asyncio.sleep(self.options.delay_ms / 1000)
        queue_id = uuid.uuid4().hex[:12].upper()
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.log({
            "kind": "email",
            "queue_id": queue_id,
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "helo": session.host_name,
            "user": session.auth_data,
            "headers": [[name, str(value)] for name, value in message.items()],
            "body": message.get_content() if message.get_content_maintype() == "text" else None,
        })
        if self.options.mode == "hang":
            await asyncio.sleep(3600)
        if self.options.mode == "drop-after-data":
            server.transport.abort()
        return f"250 2.0.0 Ok: queued as {queue_id}"

    async def handle_QUIT(self, server, session, envelope):
        if self.options.mode == "mute-at-quit":
            await asyncio.sleep(3600)
        return "221 2.0.0 Bye"


def read_password(path):
    with open(path, encoding="utf-8") as file:
        return file.read().rstrip("\r\n")


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--log")
    parser.add_argument("--user")
    parser.add_argument("--password-file")
    parser.add_argument("--delay-ms", type=int, default=0)
    parser.add_argument("--mode", default="accept",
                        choices=["accept", "refuse", "busy", "hang", "drop-after-data",
                                 "mute-at-quit", "no-starttls"])
    options = parser.parse_args()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.cert, options.key)
    if options.mode == "no-starttls":
        context = None

    def authenticate(server, session, envelope, mechanism, data):
        login = getattr(data, "login", b"").decode("utf-8", "replace")
        password = getattr(data, "password", b"").decode("utf-8", "replace")
        good = login == options.user and password == read_password(options.password_file)
        return AuthResult(success=good, auth_data=login, handled=False)

    receiver = Receiver(options)

    def connection():
        return SMTP(receiver, hostname="receiver.example", tls_context=context,
                    require_starttls=context is not None, data_size_limit=4 * 1024 * 1024,
                    authenticator=authenticate if options.user else None,
                    auth_required=bool(options.user), loop=loop)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, options.host, options.port)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    print(json.dumps({"ready": True, "port": server.sockets[0].getsockname()[1]}), flush=True)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
