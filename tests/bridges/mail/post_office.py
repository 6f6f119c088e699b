"""A mail server that keeps what it takes: post_office.py FOLDER starttls|tls|plain [USER PASSWORD].

Prints "ready PORT". A mail is FOLDER/N.eml, byte for byte, and its envelope FOLDER/N.envelope.
"""
import asyncio
import json
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, how = pathlib.Path(sys.argv[1]), sys.argv[2]
login = sys.argv[3:5]


class Keeper:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        kept = folder / str(self.count)
        kept.with_suffix(".envelope").write_text(
            json.dumps([session.host_name, envelope.mail_from, envelope.rcpt_tos]))
        partial = kept.with_suffix(".part")
        partial.write_bytes(envelope.original_content)
        partial.rename(kept.with_suffix(".eml"))
        return "250 2.0.0 kept as %d" % self.count


def certificate():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem",
         "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def authenticate(server, session, envelope, mechanism, data):
    known = [data.login.decode(), data.password.decode()] == login
    return AuthResult(success=known, handled=False)


async def serve():
    keeper = Keeper()
    context = certificate() if how != "plain" else None
    options = dict(hostname="post.example", auth_require_tls=how != "plain")
    if how == "starttls":
        options.update(tls_context=context, require_starttls=True)
    if login:
        options.update(authenticator=authenticate, auth_required=True)
        if how == "tls":
            # It stands already; aiosmtpd only knows of the one that it began itself.
            options.update(auth_require_tls=False)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keeper, **options), "127.0.0.1", 0, ssl=context if how == "tls" else None)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
