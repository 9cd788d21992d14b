#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mailsim serve with Python's smtplib and bare sockets. Other programs: ../interop/.

    serve.py MAILSIM  (as TAP)
"""
import json
import os
import re
import shutil
import signal
import smtplib
import ssl
import subprocess
import tempfile
import time

from serving import MAILSIM, PATIENCE, Server, trusting
from tap import finish, report, skip

MESSAGE = "From: ana@iesgn.example\r\nTo: bob@instituto.example\r\nSubject: Hola\r\n\r\nHola, Bob.\r\n"


def hear_to_end(connection):
    heard = b""
    while piece := connection.recv(512):
        heard += piece
    return heard


def hear_line(connection):
    heard = b""
    while not heard.endswith(b"\n"):
        heard += connection.recv(1)
    return heard


def refuses(function, code):
    try:
        function()
    except smtplib.SMTPRecipientsRefused as refusal:
        return {reply[0] for reply in refusal.recipients.values()} == {code}
    except smtplib.SMTPResponseException as refusal:
        return refusal.smtp_code == code
    return False


# ---- what programs do ---------------------------------------------------------------------------


def check_ready():
    with Server("--port-offset=12000") as server:
        report(
            list(server.services)
            == [
                ("mail.iesgn.example", "smtp"),
                ("mail.iesgn.example", "pop3"),
                ("mail.iesgn.example", "imap"),
                ("mail.iesgn.example", "submissions"),
                ("mail.iesgn.example", "submission"),
                ("mail.iesgn.example", "imaps"),
                ("mail.iesgn.example", "pop3s"),
                ("mx.instituto.example", "smtp"),
            ],
            "every service of every host listens, and the ready lines say where",
            server,
        )
        report(
            server.at("submission")[1] == 12587
            and server.at("smtp", "mx.instituto.example")[0]
            == server.at("smtp")[0].rpartition(".")[0] + ".2",
            "ports are moved by the offset, hosts have addresses one after the other",
            server,
        )


def submit(server):
    with smtplib.SMTP(*server.at("submission"), timeout=PATIENCE) as program:
        program.ehlo("laptop.iesgn.example")
        hidden = not program.has_extn("auth")
        program.starttls(context=trusting())
        program.ehlo("laptop.iesgn.example")
        shown = program.has_extn("auth")
        program.login("ana", "melocoton")
        program.sendmail("ana@iesgn.example", ["bob@instituto.example"], MESSAGE)
    return hidden and shown


def check_submission():
    with Server() as server:
        report(submit(server), "587: STARTTLS, then the password, then the message", server)
        report(
            server.wait_for("In the mailbox of bob@instituto.example"),
            "what is accepted goes on through the lab, and is delivered there",
            server,
        )
        with smtplib.SMTP_SSL(
            *server.at("submissions"), timeout=PATIENCE, context=trusting()
        ) as program:
            wrong = refuses(lambda: program.login("ana", "cereza"), 535)
            program.login("ana", "melocoton")
            program.sendmail("ana@iesgn.example", ["bob@instituto.example"], MESSAGE)
        report(wrong, "465: TLS first; a wrong password is refused, the right one is taken", server)
        with smtplib.SMTP(*server.at("submission"), timeout=PATIENCE) as program:
            program.ehlo("laptop.iesgn.example")
            clear = program.docmd("AUTH", "PLAIN AGFuYQBtZWxvY290b24=")[0]
        report(clear in (502, 503, 530, 538), "587: no password is taken in the clear", clear)
        with smtplib.SMTP(*server.at("smtp"), timeout=PATIENCE) as program:
            program.ehlo("aula.example")
            relay = refuses(
                lambda: program.sendmail("nadie@aula.example", ["bob@instituto.example"], MESSAGE),
                454,
            )
            local = program.sendmail("nadie@aula.example", ["ana@iesgn.example"], MESSAGE)
        report(relay and local == {}, "25: a stranger may write to us, and is refused as relay")
        status = server.stop()
        report(
            status == 0 and server.count("Connections: ") == 1 and not server.complaints,
            "SIGINT ends it, with status 0",
            f"status {status}\n{server}",
        )
        with server.news:
            told = "\n".join(line for line in server.lines if line is not None)
        report(
            "ana, password melocoton" in told
            and "Password of ana: right (PLAIN)." in told
            and "smtpd_relay_restrictions, for bob@instituto.example" in told
            and "only the client knows" in told,
            "passwords are decoded, rules and verdicts told, and nothing guessed",
            told,
        )


def check_dates():
    name = "certificates are valid today"
    if shutil.which("openssl") is None:
        skip(name, "no openssl")
        return
    with Server() as server, server.connect("submissions") as plain:
        with trusting().wrap_socket(plain, server_hostname="mail.iesgn.example") as secured:
            certificate = ssl.DER_cert_to_PEM_cert(secured.getpeercert(True))
    check = subprocess.run(
        ["openssl", "x509", "-noout", "-checkend", "0", "-startdate", "-dateopt", "iso_8601"],
        input=certificate,
        capture_output=True,
        text=True,
    )
    start = check.stdout.partition("=")[2][:10]
    report(check.returncode == 0 and start <= time.strftime("%Y-%m-%d"), name, check.stdout)


# ---- as it happens ------------------------------------------------------------------------------


def check_live():
    with Server("--live") as server:
        first = server.connect()
        shown = server.wait_for("<-  220 mail.iesgn.example")
        first.sendall(b"EHLO one.example\r\n")
        shown = shown and server.wait_for("->  EHLO one.example")
        report(shown, "a line is shown as soon as it is spoken", server)
        with server.connect("smtp", "mx.instituto.example") as second:
            second.sendall(b"EHLO two.example\r\n")
            shown = server.wait_for("->  EHLO two.example")
            first.sendall(b"NOOP\r\n")
            shown = shown and server.wait_for("->  NOOP")
        lines = list(server.lines)
        places = [
            next((i for i, line in enumerate(lines) if text in str(line)), 0)
            for text in ("━ Connection 2 ━", "EHLO two", "Connection 1 goes on", "NOOP")
        ]
        report(
            shown and places == sorted(places) and places[0] > 0,
            "a heading says whose lines they are, where two talk at once",
            server,
        )
        first.sendall(b"MAIL FROM:<x@one.example>\r\nRCPT TO:<ana@iesgn.example>\r\nDATA\r\nhalf")
        first.close()
        report(
            server.wait_for("connection closed by visitor"),
            "a client that vanishes in a message is parted from",
            server,
        )
        alive = server.is_alive()
        report(alive, "and others are served")


def check_blocks():
    """Each conversation in one piece, in the order of their ends; what one has led to comes after it."""
    with Server() as server:
        first = server.connect()
        hear_line(first)
        first.sendall(b"EHLO one.example\r\n")
        with server.connect("smtp", "mx.instituto.example") as second:
            hear_line(second)
            second.sendall(b"EHLO two.example\r\nQUIT\r\n")
            hear_to_end(second)
        shown = server.wait_for("->  EHLO two.example")
        early = server.count("EHLO one.example")
        first.sendall(b"QUIT\r\n")
        hear_to_end(first)
        shown = shown and server.wait_for("->  EHLO one.example")
        headings = [line for line in server.snapshot() if line.startswith("━━ Connection")]
        report(
            shown and early == 0 and [heading.split()[2] for heading in headings] == ["2", "1"],
            "a block for each conversation, in the order of their ends",
            server,
        )
        with smtplib.SMTP_SSL(
            *server.at("submissions"), timeout=PATIENCE, context=trusting()
        ) as program:
            program.login("ana", "melocoton")
            program.sendmail("ana@iesgn.example", ["bob@instituto.example"], MESSAGE)
            program.noop()
            time.sleep(0.5)
            early = server.count("━ Connection 4 ━")
        shown = server.wait_for("━ Connection 4 ━")
        headings = [line.split()[2] for line in server.snapshot() if line.startswith("━━ Connection")]
        report(
            shown and early == 0 and headings == ["2", "1", "3", "4"],
            "what a conversation has led to is told after it",
            server,
        )


def check_json():
    """Each line is an object; what it says of an event is what “run” says."""
    with Server("--format=json", "--once", ready='"kind":"ready"') as server:
        address, port = next(
            (service["address"], service["port"])
            for service in map(json.loads, server.snapshot())
            if service["kind"] == "service" and service["service"] == "smtp"
        )
        with smtplib.SMTP(address, port, timeout=PATIENCE) as program:
            program.ehlo("aula.example")
            program.sendmail("nadie@aula.example", ["ana@iesgn.example"], MESSAGE)
        status = server.process.wait(PATIENCE)
        server.wait_for('"kind":"end"')
        objects = [json.loads(line) for line in server.snapshot()]
        kinds = [each["kind"] for each in objects]
        report(
            status == 0
            and kinds[0] == "serve"
            and kinds[-1] == "end"
            and kinds.count("connection") == 1
            and objects[-1]["connections"] == 1,
            "--format=json: an object a line, from where it is served to how many came; --once ends it",
            (status, kinds),
        )
        lines = [each["text"] for each in objects if each["kind"] == "line"]
        status = [each for each in objects if each["kind"] == "status"]
        connected = next(each for each in objects if each["kind"] == "connected")
        report(
            "ehlo aula.example" in lines
            and [each["delivered"] for each in status] == [True]
            and connected["note"] is not None
            and connected["hop"] == 0,
            "--format=json: the lines, what became of the message, and the notes",
            objects,
        )


def check_step():
    with Server("--step=arrival", "--once", case="case4") as server:
        connection = server.connect("pop3")
        with connection:
            hear_line(connection)
            connection.sendall(b"STLS\r\n")
            hear_line(connection)
            with trusting().wrap_socket(connection, server_hostname="mail.iesgn.example") as client:
                client.sendall(b"USER ana\r\nPASS melocoton\r\nSTAT\r\nQUIT\r\n")
                heard = hear_to_end(client)
        report(
            b"+OK 1 " in heard and server.process.wait(PATIENCE) == 0,
            "--step: what the scenario has done up to there lies in the mailbox",
            heard,
        )
    report(
        "━━ arrival" not in str(server) and server.count("━━ Connection") == 1,
        "--step: the steps themselves are not told",
        server,
    )


def check_clock():
    """Between the hosts time is the lab's, or the real one; a visitor's is always real."""
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        file.write(FAR_AWAY)
        file.flush()
        for option, arrives in (("--lang=en", True), ("--real-time", False)):
            with Server(option, "--client-address=127.0.0.1", "--until-idle=2", case=file.name) as server:
                with smtplib.SMTP(*server.at("smtp", "mail.near.example"), timeout=PATIENCE) as program:
                    program.ehlo("aula.example")
                    program.sendmail("x@aula.example", ["bob@far.example"], MESSAGE)
                    time.sleep(3)
                    alive = program.noop()[0] == 250
                told = server.wait_for("In the mailbox of bob@far.example") if arrives else True
                report(
                    alive and told and server.count("✔ In the mailbox of bob@far") == arrives,
                    f"a link of four seconds takes {'no' if arrives else 'its'} time ({option}), and no visitor is hurried",
                    server,
                )
                server.stop()


FAR_AWAY = """
[scenario]
title = Far away
[host mail]
mailname = near.example
address = 203.0.113.25
[host far]
mailname = far.example
address = 192.0.2.10
users = bob:melocoton
[link mail far]
latency = 4s
"""


def check_address():
    with Server("--client-address=127.0.0.1") as server:
        with smtplib.SMTP(*server.at("smtp"), timeout=PATIENCE) as program:
            program.ehlo("aula.example")
            taken = program.sendmail("x@aula.example", ["bob@instituto.example"], MESSAGE)
        report(taken == {}, "--client-address: an address of mynetworks may relay", server)
    with Server("--client-address=198.51.100.10", "--live") as server:
        with server.connect():
            known = server.wait_for("laptop 198.51.100.10 ─▶ mail.iesgn.example")
        report(known, "--client-address: who has that address in the lab is it", server)


def check_words():
    with Server("--lang=es", "--ascii") as server:
        with smtplib.SMTP(*server.at("smtp"), timeout=PATIENCE) as program:
            program.ehlo("aula.example")
        server.stop()
        report(
            server.ready and server.count("Conexiones: 1.") == 1 and str(server).isascii(),
            "--lang and --ascii hold for all that is printed",
            server,
        )
    with Server("-q") as server:
        with smtplib.SMTP(*server.at("smtp"), timeout=PATIENCE) as program:
            program.ehlo("aula.example")
        server.stop(signal.SIGTERM)
        lines = [line for line in server.lines if line is not None]
        report(len(lines) == 9, "--quiet says where the servers are, and no more", server)


# ---- ends, and troubles -------------------------------------------------------------------------


def check_idle():
    with Server("--until-idle=1") as server:
        with server.connect() as visitor:
            visitor.recv(512)
            time.sleep(2)
            waits = server.process.poll() is None
        began = time.monotonic()
        status = server.process.wait(PATIENCE)
        report(
            waits and status == 0 and time.monotonic() - began > 0.8,
            "--until-idle ends it when nobody has been there for so long",
            f"status {status}, {time.monotonic() - began} s",
        )


def check_flood():
    """A client that never reads is not read from; the others do not notice."""
    with Server("-q") as server:
        flood = server.connect()
        flood.sendall(b"EHLO flood.example\r\n")
        flood.settimeout(1)
        n_sent = 0
        try:
            while n_sent < 64 * 1024 * 1024:
                n_sent += flood.send(b"EHLO flood.example\r\n" * 1000)
        except TimeoutError:
            pass
        alive = server.is_alive()
        flood.close()
        report(
            alive and n_sent < 64 * 1024 * 1024,
            "a client that does not read is not read from, and harms nobody",
            f"{n_sent} bytes taken",
        )


# A server that loses patience soon, and lets whoever errs wait.
IMPATIENT = """
[scenario]
title = Impatient
[host mail]
mailname = iesgn.example
address = 203.0.113.25
certificate = letsencrypt
users = ana:melocoton
[postfix mail]
smtpd_timeout = 10s
smtpd_error_sleep_time = 1s
smtpd_soft_error_limit = 1
smtpd_junk_command_limit = 1000000
"""


def check_impatience():
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        file.write(IMPATIENT)
        file.flush()
        check_deaf(file.name)
        check_read_ahead(file.name)


def check_deaf(case):
    """A client that takes no answer is waited for as long as one that says nothing."""
    with Server("-q", "--until-idle=1", case=case) as server:
        deaf = server.connect()
        deaf.settimeout(1)
        try:
            while True:
                deaf.send(b"EHLO deaf.example\r\n" * 1000)
        except (TimeoutError, ConnectionError):
            pass
        report(
            server.process.wait(PATIENCE) == 0,
            "a client that takes no answer is not waited for for ever",
            server,
        )
        deaf.close()


def check_read_ahead(case):
    """What waits while the server rests is more than it reads ahead, and ends inside a record."""
    with Server("-q", case=case) as server, server.connect() as plain:
        plain.sendall(b"EHLO laptop.example\r\nSTARTTLS\r\n")
        heard = b""
        while b"220 2.0.0" not in heard:
            heard += plain.recv(512)
        with trusting().wrap_socket(plain, server_hostname="mail.iesgn.example") as client:
            client.sendall(
                b"EHLO laptop.example\r\nWRONG\r\nMAIL FROM:<>\r\nRCPT TO:<ana@iesgn.example>\r\n"
                b"DATA\r\n" + b"line\r\n" * 45000 + b".\r\nQUIT\r\n"
            )
            heard = hear_to_end(client)
        report(
            b"queued as" in heard and b"221 2.0.0" in heard,
            "what came while the server rested is heard to its end",
            heard,
        )


MAILBOX = """
[scenario]
title = Mailbox
[host mail]
mailname = iesgn.example
address = 203.0.113.25
certificate = letsencrypt
users = ana:melocoton
[dovecot mail]
ssl = no
disable_plaintext_auth = no
imap_max_line_length = 1M
imap_idle_notify_interval = 1s
"""


def say_imap(connection, command):
    """What is answered to COMMAND, up to the line that ends it."""
    connection.sendall(command + b"\r\n")
    heard = b""
    while not re.search(rb"^" + command.split(b" ")[0] + rb" .*\n", heard, re.MULTILINE):
        piece = connection.recv(65536)
        if not piece:
            break
        heard += piece
    return heard


def log_in(server, text):
    """Somebody who has a message of that text in his mailbox, and has selected it."""
    connection = server.connect("imap")
    say_imap(connection, b"a LOGIN ana melocoton")
    say_imap(connection, b"b APPEND INBOX {%d+}\r\n" % len(text) + text)
    say_imap(connection, b"c SELECT INBOX")
    return connection


def check_mailboxes():
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        file.write(MAILBOX)
        file.flush()
        check_deaf_reader(file.name)
        check_busy_reader(file.name)
        check_long_argument(file.name)
        check_idle_reader(file.name)


def check_deaf_reader(case):
    """What a client does not take of a FETCH is not made."""
    with Server("-q", case=case) as server, log_in(server, (b"x" * 998 + b"\r\n") * 1000) as reader:
        before = server.count_kilobytes()
        reader.sendall(b"d FETCH 1 (" + b" ".join([b"BODY.PEEK[]"] * 400) + b")\r\n")
        alive = server.is_alive()
        time.sleep(2)
        grown = server.count_kilobytes() - before
        report(
            alive and grown < 100000,
            "what a client does not take of its mail is not kept for it",
            f"{grown} KB more",
        )


def check_busy_reader(case):
    """Others are heard while a SEARCH goes on."""
    with Server("-q", case=case) as server, log_in(server, b"line\r\n" * 100000) as reader:
        for copy in range(8):
            say_imap(reader, b"d%d COPY 1:* INBOX" % copy)
        reader.sendall(b"e SEARCH BODY nothing BODY nobody\r\n")
        alive = server.is_alive()
        reader.setblocking(False)
        try:
            answered = reader.recv(512)
        except BlockingIOError:
            answered = b""
        report(alive and b"OK" not in answered, "others get their turn while a mailbox is searched", answered)


def check_long_argument(case):
    """imap_max_line_length may be more than is read ahead."""
    with Server("-q", case=case) as server, server.connect("imap") as reader:
        say_imap(reader, b"a LOGIN ana melocoton")
        reader.settimeout(10)
        try:
            heard = say_imap(reader, b"b SELECT " + b"x" * 1000000)
        except TimeoutError:
            heard = b""
        report(b"b NO Mailbox doesn't exist" in heard, "a line may be long", heard[:80])


def check_idle_reader(case):
    """“Still here” is no time-out."""
    with Server("--live", case=case) as server, log_in(server, b"line\r\n") as reader:
        reader.sendall(b"d IDLE\r\n")
        reader.settimeout(PATIENCE)
        heard = b""
        while b"Still here" not in heard:
            heard += reader.recv(512)
        told = server.wait_for("* OK Still here")
        report(told and server.count("TIMEOUT") == 0, "who idles has not timed out", server)


def check_descriptors():
    with Server("-q", descriptors=48) as server:
        visitors = [server.connect() for _ in range(60)]
        told = server.wait_until(lambda: "too many open files" in server.complaints)
        for visitor in visitors:
            visitor.close()
        alive = server.is_alive()
        report(
            told and alive and server.stop() == 0,
            "without descriptors it says so, and serves on when there are some",
            server,
        )


def check_deliveries():
    """More messages at once than there are descriptors to pass them on with."""
    with Server("-q", "--client-address=127.0.0.1", descriptors=128) as server:
        with server.connect() as visitor:
            visitor.sendall(
                b"EHLO laptop.example\r\n"
                + b"MAIL FROM:<>\r\nRCPT TO:<bob@instituto.example>\r\nBDAT 6 LAST\r\nHola\r\n" * 200
                + b"QUIT\r\n"
            )
            heard = hear_to_end(visitor)
        time.sleep(1)
        report(
            heard.count(b"queued as") == 200 and server.stop() == 0,
            "what cannot be passed on at once is passed on later",
            server,
        )


def check_last_words():
    """A message that comes in one packet with QUIT, and then nobody says anything more."""
    with Server() as server, server.connect() as connection:
        for line in ("", "HELO a", "MAIL FROM:<a@elsewhere.example>", "RCPT TO:<ana@iesgn.example>", "DATA"):
            connection.sendall(f"{line}\r\n".encode() if line else b"")
            connection.recv(512)
        connection.sendall(MESSAGE.encode() + b".\r\nQUIT\r\n")
        heard = hear_to_end(connection)
        told = server.wait_for("In the mailbox of ana@iesgn.example")
        report(heard.endswith(b"221 2.0.0 Bye\r\n") and told, "the last thing that happens is told at once", server)


def run(*arguments):
    return subprocess.run(
        [MAILSIM, "serve", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C"},
        timeout=PATIENCE,
    )


def check_refusals():
    refusals = [
        ("an address of the network", 2, "no IPv4 loopback address", ["--listen=192.0.2.1"]),
        ("any address", 2, "no IPv4 loopback address", ["--listen=0.0.0.0"]),
        ("IPv6", 2, "no IPv4 loopback address", ["--listen=::1"]),
        ("a name", 2, "no IPv4 loopback address", ["--listen=localhost"]),
        ("the last address", 2, "no loopback address is left", ["--listen=127.255.255.254"]),
        ("a client of the real network", 2, "public address", ["--client-address=8.8.8.8"]),
        ("a client without address", 2, "no IP address", ["--client-address=laptop"]),
        ("ports beyond the last", 2, "65535", ["--port-offset=65500"]),
        ("a negative offset", 2, "--port-offset", ["--port-offset=-1"]),
        ("no time at all", 2, "--until-idle", ["--until-idle=0"]),
        ("no seconds", 2, "--until-idle", ["--until-idle=soon"]),
        ("an unknown detail", 2, "brief, normal, full", ["--detail=some"]),
        ("no such step", 2, "did you mean “submit”", ["--step=submitt"]),
        ("an unknown format", 2, "text, json", ["--format=xml"]),
        ("JSON line by line", 2, "choose one", ["--format=json", "--live"]),
        ("two cases", 2, "which case", ["case5"]),
        ("an unknown option", 2, "mailsim serve --help", ["--port=25"]),
    ]
    for name, status, text, arguments in refusals:
        result = run("--until-idle=1", *arguments, "case5")
        report(
            result.returncode == status and text in result.stderr and not result.stdout,
            f"{name}: refused",
            f"status {result.returncode}\n{result.stdout}{result.stderr}",
        )
    result = run("cas5")
    report(
        result.returncode == 2 and "did you mean “case5”" in result.stderr, "an unknown case: refused"
    )
    with Server() as server:
        address = server.at("smtp")[0]
        result = run(f"--listen={address}", "case5")
        report(
            result.returncode == 3
            and f"{address}:10025" in result.stderr
            and "--port-offset" in result.stderr,
            "a taken port: said so, with status 3",
            result.stderr,
        )
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        file.write("[scenario]\ntitle = x\n[hots a]\n")
        file.flush()
        result = run(file.name)
        report(
            result.returncode == 2 and ":3:2: error" in result.stderr and not result.stdout,
            "a scenario with a mistake: refused",
        )


for check in (
    check_ready,
    check_submission,
    check_dates,
    check_live,
    check_blocks,
    check_json,
    check_step,
    check_clock,
    check_address,
    check_words,
    check_idle,
    check_flood,
    check_impatience,
    check_mailboxes,
    check_descriptors,
    check_deliveries,
    check_last_words,
    check_refusals,
):
    try:
        check()
    except (OSError, smtplib.SMTPException, subprocess.TimeoutExpired, KeyError) as error:
        report(False, f"{check.__name__} goes to its end", repr(error))
finish()
