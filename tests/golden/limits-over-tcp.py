#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mailsim serve and clients that are many, slow or rude: the limits and the patience of Postfix and Dovecot, over TCP.

    limits-over-tcp.py MAILSIM  (as TAP)
"""
import contextlib
import smtplib
import socket
import ssl
import tempfile
import time

from serving import PATIENCE, Server, trusting
from tap import finish, report

# Whom the limits of Debian's Postfix and Dovecot hold for, and a server that soon loses patience.
WORLD = """
[scenario]
title = Limits
[host mail]
mailname = iesgn.example
address = 203.0.113.25
certificate = letsencrypt
users = ana:melocoton, luis:cereza
[postfix mail]
mynetworks = 127.0.0.0/8
[service mail submissions]
[service mail impatient]
port = 2525
smtpd_timeout = 2s
smtpd_starttls_timeout = 2s
smtpd_junk_command_limit = 1000000
[service mail impatients]
port = 2465
smtpd_tls_wrappermode = yes
smtpd_starttls_timeout = 2s
smtpd_client_connection_count_limit = 1
[dovecot mail]
disable_plaintext_auth = no
"""

LIMIT = 50
MAILBOX_LIMIT = 10


def hear_line(connection):
    heard = b""
    while not heard.endswith(b"\n"):
        piece = connection.recv(1)
        if not piece:
            break
        heard += piece
    return heard


def hear_to_end(connection):
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            heard += piece
    return heard


def connect_many(server, number, service, stack):
    """So many that have heard a line."""
    connections = [stack.enter_context(server.connect(service)) for _ in range(number)]
    return connections, [hear_line(connection) for connection in connections]


# ---- how many -----------------------------------------------------------------------------------


def check_fifty(case):
    with Server(case=case) as server, contextlib.ExitStack() as stack:
        connections, heard = connect_many(server, LIMIT, "smtp", stack)
        with server.connect() as late:
            refusal = hear_to_end(late)
        report(
            all(line.startswith(b"220 ") for line in heard)
            and refusal.startswith(b"421 4.7.0 mail.iesgn.example Error: too many connections from 198.51.100."),
            "the fifty-first connection of an address is refused with 421, and closed",
            f"{heard}\n{refusal}",
        )
        report(
            server.wait_for("Connection concurrency limit") and server.wait_for("exceeded: 51 from"),
            "the log says how many there were",
            server,
        )
        with smtplib.SMTP_SSL(*server.at("submissions"), timeout=PATIENCE, context=trusting()) as program:
            other = program.noop()[0]
        report(other == 250, "services are counted apart", other)
        connections[0].sendall(b"QUIT\r\n")
        hear_to_end(connections[0])
        with server.connect() as next_one:
            greeting = hear_line(next_one)
        report(greeting.startswith(b"220 "), "when one has left there is room for another", greeting)


def check_mynetworks(case):
    with Server("-q", "--client-address=127.0.0.1", case=case) as server, contextlib.ExitStack() as stack:
        heard = connect_many(server, LIMIT + 10, "smtp", stack)[1]
        report(all(line.startswith(b"220 ") for line in heard), "mynetworks is not counted", heard)


def check_wrapped(case):
    """Those that have not shaken hands are not counted, as Postfix does not."""
    with Server("-q", case=case) as server, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(server.connect("impatients")) for _ in range(3)]
        with smtplib.SMTP_SSL(*server.at("impatients"), timeout=PATIENCE, context=trusting()) as program:
            first = program.noop()[0]
            with trusting().wrap_socket(server.connect("impatients")) as second:
                refusal = hear_line(second)
        report(
            first == 250 and refusal.startswith(b"421 4.7.0 ") and len(idle) == 3,
            "in wrapper mode connections are counted once TLS stands, and refused inside it",
            f"{first} {refusal}",
        )


def log_in(server, service, stack):
    connection = stack.enter_context(server.connect(service))
    hear_line(connection)
    if service == "imap":
        connection.sendall(b"a LOGIN ana melocoton\r\n")
        return hear_line(connection)
    connection.sendall(b"USER ana\r\n")
    hear_line(connection)
    connection.sendall(b"PASS melocoton\r\n")
    return hear_line(connection)


def check_readers(case):
    with Server("-q", case=case) as server, contextlib.ExitStack() as stack:
        for service, right, wrong in (
            ("imap", b"a OK ", b"a NO [LIMIT] Maximum number of connections from user+IP exceeded"),
            ("pop3", b"+OK ", b"-ERR [IN-USE] Maximum number of connections from user+IP exceeded"),
        ):
            heard = [log_in(server, service, stack) for _ in range(MAILBOX_LIMIT + 1)]
            report(
                all(line.startswith(right) for line in heard[:-1]) and heard[-1].startswith(wrong),
                f"the eleventh login of a user by {service} is refused; the protocols are counted apart",
                heard,
            )
        other = stack.enter_context(server.connect("imap"))
        hear_line(other)
        other.sendall(b"a LOGIN luis cereza\r\n")
        answer = hear_line(other)
        report(answer.startswith(b"a OK "), "another user is not concerned", answer)


# ---- how slow -----------------------------------------------------------------------------------


def check_stalls(case):
    with Server(case=case) as server, contextlib.ExitStack() as stack:
        silent = stack.enter_context(server.connect("impatient"))
        stalled = stack.enter_context(server.connect("impatient"))
        begun = stack.enter_context(server.connect("impatient"))
        wrapped = stack.enter_context(server.connect("impatients"))
        for connection in (stalled, begun):
            hear_line(connection)
            connection.sendall(b"STARTTLS\r\n")
            hear_line(connection)
        begun.sendall(b"\x16\x03\x01\x02\x00\x01")
        heard = hear_to_end(silent)
        report(
            heard.endswith(b"421 4.4.2 mail.iesgn.example Error: timeout exceeded\r\n"),
            "who says nothing is told so, and parted from",
            heard,
        )
        silences = [hear_to_end(connection) for connection in (stalled, begun, wrapped)]
        report(silences == [b"", b"", b""], "who stalls in a handshake is parted from without a word", silences)
        report(server.is_alive(), "and others are served", server)


def check_dripping(case):
    """A handshake that goes on is waited for: smtpd_starttls_timeout holds for each piece."""
    with Server("-q", case=case) as server, server.connect("impatients") as plain:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = trusting().wrap_bio(incoming, outgoing)
        with contextlib.suppress(ssl.SSLWantReadError):
            client.do_handshake()
        hello = outgoing.read()
        for octet in hello[:6]:
            plain.sendall(bytes([octet]))
            time.sleep(0.5)
        plain.sendall(hello[6:])
        answer = plain.recv(65536)
        report(answer.startswith(b"\x16\x03"), "a handshake in small pieces takes as long as it takes", answer)


def check_deaf(case):
    """Long answers, so that few of them are more than the machine keeps for a client."""
    with Server("--client-address=127.0.0.1", "--detail=full", case=case) as server, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(server.at("impatient"))
        deaf.settimeout(PATIENCE)
        with contextlib.suppress(TimeoutError, ConnectionError):
            while True:
                deaf.send((b"VRFY " + b"x" * 1800 + b"@far.example\r\n") * 10)
        report(
            server.wait_for("timeout after VRFY from") and server.wait_for("disconnect from"),
            "who takes no answer is parted from, and the log says so",
            str(server)[-2000:],
        )


# ---- how rude -----------------------------------------------------------------------------------


def say(server, service, octets):
    with server.connect(service) as connection:
        connection.sendall(octets)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        return hear_to_end(connection)


def check_rude(case):
    with Server(case=case) as server:
        giant = say(server, "smtp", b"EHLO " + b"x" * 1_000_000 + b"\r\nQUIT\r\n")
        report(
            giant.startswith(b"220 ") and b"250 CHUNKING" in giant and server.wait_for("longer than 2048"),
            "a giant line is cut into commands of 2048 octets",
            giant[:300],
        )
        nul = say(server, "smtp", b"EHLO laptop.example\r\nNO\0OP\r\nQUIT\r\n")
        report(nul.endswith(b"221 2.0.0 Bye\r\n"), "a NUL ends nothing: what follows is heard", nul)
        garbage = say(server, "submissions", b"EHLO laptop.example\r\n" * 100)
        report(
            b"220 " not in garbage and server.wait_for("SSL_accept error from"),
            "who speaks plain text where TLS is due hears no greeting; the log names the error",
            garbage,
        )
        broken = say(server, "submissions", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff" + b"\xff" * 10_000)
        report(
            b"220 " not in broken and server.is_alive(),
            "what only looks like TLS is refused; others are served",
            broken,
        )


def main():
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        file.write(WORLD)
        file.flush()
        for check in (check_fifty, check_mynetworks, check_wrapped, check_readers, check_stalls, check_dripping,
                      check_deaf, check_rude):
            check(file.name)
    finish()


main()
