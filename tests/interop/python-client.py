#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What somebody writes who sends or reads mail with Python's standard library.

    python-client.py PROTOCOL NAME PORT USER PASSWORD MESSAGE [--root=FILE|--careless] [--clear]

PROTOCOL is smtp, imap or pop3, each with an s behind it for TLS from the first byte. The message of a mailbox is
printed; MESSAGE, a file, is sent. Whatever is wrong is an exception that nobody catches.
"""
import argparse
import imaplib
import pathlib
import poplib
import smtplib
import ssl


def read_arguments():
    parser = argparse.ArgumentParser()
    for name in ("protocol", "name", "port", "user", "password", "message"):
        parser.add_argument(name)
    parser.add_argument("--root")
    parser.add_argument("--careless", action="store_true")
    parser.add_argument("--clear", action="store_true")
    return parser.parse_args()


def make_context(given):
    """None is what these libraries have if they are told nothing: they do not check then."""
    return None if given.careless else ssl.create_default_context(cafile=given.root)


def send(given):
    if given.protocol == "smtps":
        program = smtplib.SMTP_SSL(given.name, given.port, context=make_context(given))
    else:
        program = smtplib.SMTP(given.name, given.port)
    with program:
        if given.protocol == "smtp" and not given.clear:
            program.starttls(context=make_context(given))
        if given.password:
            program.login(given.user, given.password)
        program.sendmail(
            "ana@iesgn.example", ["ana@iesgn.example"], pathlib.Path(given.message).read_bytes()
        )


def read_by_imap(given):
    if given.protocol == "imaps":
        program = imaplib.IMAP4_SSL(given.name, int(given.port), ssl_context=make_context(given))
    else:
        program = imaplib.IMAP4(given.name, int(given.port))
    with program:
        if given.protocol == "imap" and not given.clear:
            program.starttls(make_context(given))
        program.login(given.user, given.password)
        program.select("INBOX")
        print(program.fetch("1", "(BODY[])")[1][0][1].decode())


def read_by_pop3(given):
    if given.protocol == "pop3s":
        program = poplib.POP3_SSL(given.name, int(given.port), context=make_context(given))
    else:
        program = poplib.POP3(given.name, int(given.port))
        if not given.clear:
            program.stls(make_context(given))
    program.user(given.user)
    program.pass_(given.password)
    print(b"\n".join(program.retr(1)[1]).decode())
    program.quit()


def main():
    given = read_arguments()
    {"smtp": send, "imap": read_by_imap, "pop3": read_by_pop3}[given.protocol.removesuffix("s")](given)


main()
