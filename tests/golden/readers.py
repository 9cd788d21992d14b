#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The mail of a served case4, read by real programs: Python's imaplib and poplib, curl, mutt.

    readers.py MAILSIM  (as TAP)
"""
import imaplib
import os
import pathlib
import poplib
import pty
import re
import select
import shutil
import smtplib
import subprocess
import tempfile
import time

from serving import PATIENCE, Server, trusting
from tap import finish, report, skip

HOST = "mail.iesgn.example"
USER, PASSWORD = "ana", "melocoton"
TEXT = "El autobus sale a las ocho."


def write_to_ana(server, subject):
    """Through port 25, as another server would; until it is in the mailbox."""
    before = server.count("In the mailbox of ana@iesgn.example")
    with smtplib.SMTP(*server.at("smtp", HOST), timeout=PATIENCE) as program:
        program.ehlo("mx.elsewhere.example")
        program.sendmail(
            "bob@elsewhere.example",
            ["ana@iesgn.example"],
            f"From: bob@elsewhere.example\r\nTo: ana@iesgn.example\r\nSubject: {subject}\r\n\r\n{TEXT}\r\n.dot\r\n",
        )
    return server.wait_for("In the mailbox of ana@iesgn.example", before + 1)


def refused(function, words):
    try:
        function()
    except (imaplib.IMAP4.error, poplib.error_proto) as error:
        return words in str(error)
    return False


# ---- imaplib ------------------------------------------------------------------------------------


def read_by_imaplib(server):
    with imaplib.IMAP4_SSL(*server.at("imaps", HOST), ssl_context=trusting(), timeout=PATIENCE) as program:
        program.login(USER, PASSWORD)
        n_messages = program.select("INBOX")[1]
        body = program.fetch("1", "(FLAGS BODY[])")[1][0][1]
        report(
            n_messages == [b"1"] and b"Subject: uno" in body and TEXT.encode() in body and b"\r\n.dot\r\n" in body,
            "imaplib, 993: login, SELECT, and the whole message",
            body,
        )
        flags = program.fetch("1", "(FLAGS)")[1][0]
        found = program.search(None, "SUBJECT", "uno", "SEEN")[1]
        report(b"\\Seen" in flags and found == [b"1"], "imaplib: the message is seen, and found", (flags, found))
        program.create("Archivo")
        program.copy("1", "Archivo")
        program.append("Archivo", r"(\Draft)", None, b"Subject: borrador\r\n\r\nHola\r\n")
        status = program.status("Archivo", "(MESSAGES UNSEEN)")[1]
        listed = program.list()[1]
        report(
            status == [b"Archivo (MESSAGES 2 UNSEEN 1)"] and any(line.endswith(b"Archivo") for line in listed),
            "imaplib: CREATE, COPY, APPEND, STATUS, LIST",
            (status, listed),
        )


def start_tls_by_imaplib(server):
    with imaplib.IMAP4(*server.at("imap", HOST), timeout=PATIENCE) as program:
        disabled = "LOGINDISABLED" in program.capabilities and "STARTTLS" in program.capabilities
        no = refused(lambda: program.login(USER, PASSWORD), "PRIVACYREQUIRED")
        report(disabled and no, "imaplib, 143: no login in the clear", program.capabilities)
    with imaplib.IMAP4(*server.at("imap", HOST), timeout=PATIENCE) as program:
        program.starttls(trusting())
        wrong = refused(lambda: program.login(USER, "cereza"), "AUTHENTICATIONFAILED")
        program.login(USER, PASSWORD)
        report(
            wrong and program.select("INBOX", readonly=True)[1] == [b"1"],
            "imaplib, 143: after STARTTLS a wrong password is refused, the right one is taken",
        )


def watch_by_imaplib(server):
    """Two at once: one is told what the other does."""
    with imaplib.IMAP4_SSL(*server.at("imaps", HOST), ssl_context=trusting(), timeout=PATIENCE) as one, imaplib.IMAP4_SSL(
        *server.at("imaps", HOST), ssl_context=trusting(), timeout=PATIENCE
    ) as other:
        for program in (one, other):
            program.login(USER, PASSWORD)
            program.select("INBOX")
        one.send(b"x1 IDLE\r\n")
        idling = one.readline()
        write_to_ana(server, "dos")
        told = one.readline() + one.readline()
        one.send(b"DONE\r\n")
        one.readline()
        report(idling.startswith(b"+ ") and b"* 2 EXISTS" in told, "imaplib: IDLE is told of new mail", told)
        other.noop()
        other.store("1", "+FLAGS", r"(\Flagged)")
        one.noop()
        flags = one.fetch("1", "(FLAGS)")[1]
        report(b"\\Flagged" in flags[0], "imaplib: one sees the flag that the other has set", flags)


# ---- poplib -------------------------------------------------------------------------------------


def read_by_poplib(server):
    program = poplib.POP3(*server.at("pop3", HOST), timeout=PATIENCE)
    no = refused(lambda: program.user(USER), "[AUTH]")
    program.stls(trusting())
    program.user(USER)
    program.pass_(PASSWORD)
    lines = program.retr(1)[1]
    report(
        no and program.stat()[0] == 2 and TEXT.encode() in lines and b".dot" in lines,
        "poplib, 110: no USER in the clear; after STLS the mail",
        lines,
    )
    program.quit()
    program = poplib.POP3_SSL(*server.at("pop3s", HOST), context=trusting(), timeout=PATIENCE)
    program.user(USER)
    program.pass_(PASSWORD)
    program.dele(1)
    program.quit()
    program = poplib.POP3_SSL(*server.at("pop3s", HOST), context=trusting(), timeout=PATIENCE)
    program.user(USER)
    program.pass_(PASSWORD)
    left, uidl = program.stat()[0], program.uidl()[1]
    program.quit()
    report(left == 1 and len(uidl) == 1, "poplib, 995: what is deleted is gone with QUIT", (left, uidl))


# ---- curl ---------------------------------------------------------------------------------------


def run_curl(server, scheme, service, path, *options):
    address, port = server.at(service, HOST)
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--insecure", "--max-time", str(PATIENCE), *options]
        + ["--user", f"{USER}:{PASSWORD}", f"{scheme}://{address}:{port}/{path}"],
        capture_output=True,
        text=True,
        errors="replace",
    )


def read_by_curl(server):
    if shutil.which("curl") is None:
        skip("curl reads by IMAP and POP3", "no curl")
        return
    for scheme, service, path, options in [
        ("imaps", "imaps", "INBOX;MAILINDEX=1", []),
        ("imap", "imap", "INBOX;MAILINDEX=1", ["--ssl-reqd"]),
        ("pop3s", "pop3s", "1", []),
        ("pop3", "pop3", "1", ["--ssl-reqd"]),
    ]:
        run = run_curl(server, scheme, service, path, *options)
        report(
            run.returncode == 0 and "Subject: dos" in run.stdout and TEXT in run.stdout,
            f"curl, {scheme}{' '.join(['', *options])}: the message",
            run,
        )
    for scheme, service, path in [("imap", "imap", "INBOX;MAILINDEX=1"), ("pop3", "pop3", "1")]:
        run = run_curl(server, scheme, service, path)
        report(run.returncode != 0 and TEXT not in run.stdout, f"curl, {scheme} in the clear: refused", run)
    checked = run_curl(server, "imaps", "imaps", "INBOX", "--no-insecure")
    report(checked.returncode == 60, "curl that checks does not take the lab's certificate", checked)


# ---- mutt ---------------------------------------------------------------------------------------


def drive(command, environment, answers):
    """COMMAND at a terminal of its own; each of ANSWERS (pattern, keys) is typed when it is asked for."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environment)
    shown, end = b"", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        for pattern, keys in answers:
            if re.search(pattern, shown):
                shown = b""
                os.write(terminal, keys)
                break
    else:
        os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown


def read_by_mutt(server):
    name = "mutt, 993: the mailbox is opened, and the message saved to a file"
    if shutil.which("mutt") is None:
        skip(name, "no mutt")
        return
    address, port = server.at("imaps", HOST)
    with tempfile.TemporaryDirectory() as home:
        saved = pathlib.Path(home, "saved")
        pathlib.Path(home, "muttrc").write_text(
            f'set imap_user="{USER}"\nset imap_pass="{PASSWORD}"\nset folder="{home}"\nset confirmappend=no\n'
            'set wait_key=no\nset mark_old=no\nset ssl_verify_host=no\nset record=""\nset sort=date\n'
            f'push "<copy-message><kill-line>{saved}<enter>y<exit>"\n'
        )
        shown = drive(
            ["mutt", "-F", f"{home}/muttrc", "-f", f"imaps://{address}:{port}/INBOX"],
            {**os.environ, "HOME": home, "TERM": "vt100", "LC_ALL": "C"},
            [(rb"\(o\)nce", b"o")],
        )
        text = saved.read_text(errors="replace") if saved.exists() else ""
        report("Subject: dos" in text and TEXT in text, name, text or shown)


def main():
    with Server(case="case4") as server:
        report(write_to_ana(server, "uno"), "a message arrives", server)
        read_by_imaplib(server)
        start_tls_by_imaplib(server)
        watch_by_imaplib(server)
        read_by_poplib(server)
        read_by_curl(server)
        read_by_mutt(server)
        told = [line for line in list(server.lines) if line is not None]
        report(
            any("imap-login: Login: user=<ana>" in line for line in told) and not server.complaints,
            "what they did is told, with Dovecot's log",
            server,
        )
    finish()


main()
