#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What smtpd logged of conversations that end without a delivery: recorded/mail-log.md, against what the lab's writes.

    conversations.py MAILSIM SOURCE_ROOT

Each section of the chapters in CHAPTERS in which no status is logged is asked here (those with one: outcomes.py), or
NOT_ASKED has the reason. All lines of smtpd are compared, in order.
"""
import pathlib
import re
import sys

import maillog
from outcomes import run, typed

CHAPTERS = ("Local", "Submission", "Connections that go wrong", "Block lists and other restrictions: reply and log",
            "A few more answers of a fresh smtpd")
HOST66 = "EHLO host66.isp.example"
LAPTOP = "EHLO laptop.iesgn.example"
FROM_ANA = "MAIL FROM:<ana@iesgn.example>"
TO_BOB = "RCPT TO:<bob@instituto.example>"
PASSWORD = "AUTH PLAIN AGFuYQBtZWxvY290b24="
LISTS = """[blocklist dnsbl.example]
listed = 198.51.100.66
[zone dnsbl.example]
66.100.51.198 TXT = "Listed, see https://dnsbl.example/lookup?198.51.100.66"
[zone notxt.example]
66.100.51.198 A = 127.0.0.4
[zone dbl.example]
spammer.example.dbl.example. A = 127.0.0.2
[mua nameless]
address = 198.51.100.8
outgoing = mail:25
"""

# recorded/*.txt have all of these: test-recorded.c.
NOT_ASKED = {
    "A client that says nothing: timeout": "whoever types is not so slow",
    "Implicit TLS spoken to 587 (wrong-port mistake)": "nobody in a scenario begins TLS where the server does not",
    "STARTTLS client on 465: waits for a greeting, gives up after 3 s": "whoever types says something in the end",
    "465: the client says nothing; smtpd_starttls_timeout = 3s (default 300s)": "likewise",
    "A client that vanishes in DATA": "whoever types ends what he has begun",
}


def stranger(*lines, recipient="carlos@iesgn.example", sender="x@spammer.example", hello=HOST66, by="host66"):
    lines = lines or (hello, f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "QUIT")
    return typed(lines, by, "mail:25 clear")


def ana(*lines, connect="mail:587", more="smtpd_tls_loglevel = 1"):
    return typed((LAPTOP, *lines), "laptop", connect) + f"[postfix mail @s]\n{more}\n"


# What is typed; the settings of a section stand in the section.
ASKED = {
    "A stranger, unknown user": stranger(recipient="nadie@iesgn.example"),
    "A stranger tries to relay": stranger(recipient="bob@instituto.example"),
    "Wrong password, AUTH PLAIN, then AUTH LOGIN":
        ana("AUTH PLAIN AGFuYQBwZXJh", "AUTH LOGIN", "YW5h", "cGVyYQ==", FROM_ANA, TO_BOB, "QUIT"),
    "587 without STARTTLS": ana(PASSWORD, FROM_ANA, "QUIT", connect="mail:587 clear"),
    "587 with TLS, no password": ana(FROM_ANA, TO_BOB, "QUIT"),
    "25 with STARTTLS: AUTH is not offered there by the stock settings": ana(PASSWORD, "QUIT", connect="mail:25 starttls"),
    "Plain EHLO sent to 465 without waiting": ana(connect="mail:465 clear"),
    "Message too big: the client announces SIZE=90000":
        ana(PASSWORD, FROM_ANA + " SIZE=90000", "RCPT TO:<carlos@iesgn.example>", "QUIT",
            more="message_size_limit = 2000"),
    "Not listed": stranger(by="nameless"),
    "Client without a name": stranger(by="nameless"),
    "HELO that is not a name": stranger(hello="EHLO laptop"),
    "Unknown sender domain": stranger(sender="x@nosuch.example"),
    "smtpd_relay_restrictions come first: a relay attempt never asks the list":
        stranger(recipient="bob@instituto.example"),
    "ETRN, HELP, EXPN, VRFY":
        stranger(HOST66, "ETRN iesgn.example", "ETRN other.example", "HELP", "EXPN info", "VRFY carlos", "VRFY nadie",
                 "VRFY bob@instituto.example", "QUIT"),
    "Dovecot's auth_mechanisms = plain (Debian's 10-auth.conf): the AUTH line":
        ana("AUTH LOGIN", "QUIT") + "[dovecot mail @s]\nauth_mechanisms = plain\n",
}


def read_sections(path):
    """{title: (settings, lines of smtpd)}, of the sections without a status."""
    sections, chapter, title, with_status = {}, None, None, set()
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            chapter, title = line[3:], None
        elif line.startswith("### "):
            title = line[4:] if chapter in CHAPTERS else None
        elif title and line.startswith("    "):
            sections.setdefault(title, ([], []))[0].append(line.strip())
        elif title and re.match(r"(log: )?postfix/", line):
            lines = sections.setdefault(title, ([], []))[1]
            with_status.update([title] if "status=" in line else [])
            if "/smtpd[" in line:
                lines.append(maillog.split(line.removeprefix("log: ")))
    return {title: section for title, section in sections.items() if title not in with_status}


def ask(mailsim, root, title, settings, recorded):
    snippet = ASKED.get(title, stranger())
    if settings:
        snippet += "[postfix mail @s]\n" + "\n".join(settings) + "\n"
    hosts = run(mailsim, root, LISTS + snippet, [title])
    seen = [(program, text) for program, text in hosts.get("mail", []) if program.endswith("/smtpd")]
    recorded = [(program, re.sub(r"\.c:\d+:", ".c:350:", text)) for program, text in recorded]
    return maillog.find_difference(recorded, seen)


def main():
    mailsim, root = sys.argv[1:]
    sections = read_sections(pathlib.Path(root, "tests/dialogue/recorded/mail-log.md"))
    unknown = (ASKED.keys() | NOT_ASKED.keys()) - sections.keys()
    failures = len(unknown)
    print("not ok" if unknown else "ok", "1 - the sections are those of the recording", *sorted(unknown))
    for number, (title, (settings, recorded)) in enumerate(sections.items(), 2):
        if title in NOT_ASKED:
            print("ok", number, "-", title, "# SKIP", NOT_ASKED[title])
            continue
        try:
            difference = ask(mailsim, root, title, settings, recorded)
        except AssertionError as problem:
            difference = str(problem)
        failures += difference is not None
        print("ok" if difference is None else "not ok", number, "-", title.replace("#", "(hash)"))
        for line in (difference or "").splitlines():
            print("#", line)
    print(f"1..{len(sections) + 1}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
