#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What programs do in a mailbox, and what they tell each other by it: Python's imaplib and poplib.

    mailboxes.py MAILSIM  (as TAP)
"""
import imaplib
import poplib

from interop import CASE, NAME, PASSWORD, PATIENCE, TEXT, USER, Server, finish, report, trusting, write_to_ana


# ---- imaplib ------------------------------------------------------------------------------------


def connect_by_imaplib(server):
    return imaplib.IMAP4_SSL(*server.at("imaps", NAME), ssl_context=trusting(), timeout=PATIENCE)


def read_by_imaplib(server):
    with connect_by_imaplib(server) as program:
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


def watch_by_imaplib(server):
    """Two at once: one is told what the other does."""
    with connect_by_imaplib(server) as one, connect_by_imaplib(server) as other:
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
    program = poplib.POP3_SSL(*server.at("pop3s", NAME), context=trusting(), timeout=PATIENCE)
    program.user(USER)
    program.pass_(PASSWORD)
    program.dele(1)
    program.quit()
    program = poplib.POP3_SSL(*server.at("pop3s", NAME), context=trusting(), timeout=PATIENCE)
    program.user(USER)
    program.pass_(PASSWORD)
    left, uidl = program.stat()[0], program.uidl()[1]
    program.quit()
    report(left == 1 and len(uidl) == 1, "poplib, 995: what is deleted is gone with QUIT", (left, uidl))


def main():
    with Server(case=CASE) as server:
        report(write_to_ana(server, "uno"), "a message arrives", server)
        read_by_imaplib(server)
        watch_by_imaplib(server)
        read_by_poplib(server)
        report(
            server.wait_for("imap-login: Login: user=<ana>") and not server.complaints,
            "what they did is told, with Dovecot's log",
            server,
        )
    finish()


main()
