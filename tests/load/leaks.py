#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does mailsim serve keep what it no longer needs? Whole conversations of every protocol, one after the other; all mail
is read and deleted again, so that nothing of it is left. Of a build with AddressSanitizer the end says what is leaked;
of any other its memory after a third of them and after all says what is not leaked, and yet never let go.

    leaks.py MAILSIM [CONVERSATIONS]  (as TAP; 240 conversations unless it is said)
"""
import os
import pathlib
import smtplib
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))

# What is freed is to be given back: a sanitizer keeps 256 MiB of it otherwise, to see who still uses it, and malloc
# what lies at the end of its heap. Set before anything that starts a server.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "detect_leaks=1") + ":quarantine_size_mb=1"
os.environ["MALLOC_TRIM_THRESHOLD_"] = "0"

from neighbours import FAILURES, IMAP_USER, PATIENCE, Clients, choose_addresses, demand
from serving import Server, is_sanitized, trusting
from tap import finish, report, skip

SCENARIO = str(pathlib.Path(__file__).parent / "load.scenario")
N_CONVERSATIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 240


# A transcript compares a message that is fetched with those that were seen before: so many are remembered
# (MESSAGES_HELD_MAX in conversation-message.c). They come before anything is measured.
N_REMEMBERED = 64

# What may be left of a conversation for good, in memory that its end does not give back: counters, and a cell of malloc
# here and there; and what a heap that is used by many varies by, however long it is used.
LEFT_BYTES = 256
VARIED_BYTES = 2 * 1024 * 1024


class Program(Clients):
    """Not only well-behaved: it mistakes passwords, distrusts certificates, and leaves in the middle."""

    def __init__(self, server):
        super().__init__(choose_addresses(server), trusting())
        self.ways = [
            self.submit,
            self.read_by_imap,
            self.read_by_pop3,
            self.submit_by_implicit_tls,
            self.read_by_imap_with_starttls,
            self.read_by_pop3_with_stls,
            self.distrust,
            self.leave_in_message,
        ]

    def fill_memory(self):
        """Of a transcript: messages that are seen twice."""
        with smtplib.SMTP_SSL(*self.addresses["submissions"], timeout=PATIENCE, context=self.context) as program:
            program.login(*IMAP_USER)
            for _ in range(N_REMEMBERED + 1):
                self.send(program)
        self.read_the_rest()

    def converse(self, count):
        """COUNT conversations; what failed."""
        failures = []
        for number in range(count):
            way = self.ways[number % len(self.ways)]
            try:
                way()
            except FAILURES as error:
                failures.append(f"{way.__name__}: {error!r}")
        return failures

    def mistake_password(self):
        """Dovecot lets whoever comes from that address wait for seconds."""
        with smtplib.SMTP_SSL(*self.addresses["submissions"], timeout=PATIENCE, context=self.context) as program:
            try:
                program.login("ana", "naranja")
            except smtplib.SMTPAuthenticationError:
                return
            demand(False, "a wrong password is taken")

    def distrust(self):
        with smtplib.SMTP(*self.addresses["submission"], timeout=PATIENCE) as program:
            try:
                program.starttls(context=ssl.create_default_context())
            except ssl.SSLCertVerificationError:
                return
            demand(False, "a certificate of nobody's is trusted")

    def leave_in_message(self):
        with smtplib.SMTP_SSL(*self.addresses["submissions"], timeout=PATIENCE, context=self.context) as program:
            program.login(*IMAP_USER)
            program.mail("ana@iesgn.example")
            program.rcpt("bob@instituto.example")
            demand(program.docmd("DATA")[0] == 354, "DATA")
            program.send("Subject: half of it\r\n\r\nhal")
            program.close()


def main():
    with Server("-q", "--client-address=127.0.0.1", case=SCENARIO) as server:
        program = Program(server)
        third = N_CONVERSATIONS // 3
        failures, kilobytes = [], []
        began = time.monotonic()
        program.mistake_password()
        program.fill_memory()
        for _ in range(3):
            failures += program.converse(third)
            program.read_the_rest()
            kilobytes.append(server.count_kilobytes())
        seconds = time.monotonic() - began
        grown_bytes = (kilobytes[2] - kilobytes[0]) * 1024
        print(f"# {3 * third} conversations in {seconds:.0f} s; memory after each third of them: {kilobytes} kB, that"
              f" is {grown_bytes / (2 * third):.0f} bytes more for each of the last two")
        wrong = program.balance()
        remarks = "\n".join([*failures, str(wrong)])
        report(not failures and wrong is None, "all conversations come to their end", remarks)
        name = "memory does not grow with them"
        if is_sanitized():
            skip(name, "a sanitizer has its own")
        else:
            report(grown_bytes <= 2 * third * LEFT_BYTES + VARIED_BYTES, name, kilobytes)
        status = server.stop()
        report(status == 0 and not server.complaints, "nothing is leaked", f"status {status}\n{server.complaints}")
    finish()


main()
