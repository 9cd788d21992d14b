# SPDX-License-Identifier: MIT
"""Clients that behave well, with real programs' libraries, at the hosts of load.scenario: whole conversations that
leave nothing behind. What is submitted for two is read, and deleted, by Ana with IMAP at the same host, and by Bob, to
whose host it is relayed, with POP3.

They know nothing of the server but its addresses, so that they can run in a process of their own."""
import imaplib
import poplib
import smtplib
import ssl
import time

PATIENCE = 60
TEXT_LINES = 12
MESSAGE = (
    "From: ana@iesgn.example\r\nTo: ana@iesgn.example, bob@instituto.example\r\nSubject: {}\r\n\r\n"
    + "A line of a message that somebody wrote to somebody.\r\n" * TEXT_LINES
)
SUBMITTED_AT = IMAP_AT = "mail.iesgn.example"
POP3_AT = "mx.instituto.example"
IMAP_USER = ("ana", "melocoton")
POP3_USER = ("bob", "cereza")


class Unexpected(Exception):
    """A server that answered, and not what it had to."""


def demand(holds, what):
    if not holds:
        raise Unexpected(what)


def choose_addresses(server):
    """Of the services that are asked: by name, each at its host."""
    places = {"submission": SUBMITTED_AT, "submissions": SUBMITTED_AT, "imap": IMAP_AT, "imaps": IMAP_AT}
    places |= {"pop3": POP3_AT, "pop3s": POP3_AT}
    return {service: server.at(service, host) for service, host in places.items()}


class Clients:
    """Who speaks to the services at ADDRESSES, whose certificates CONTEXT judges."""

    def __init__(self, addresses, context):
        self.addresses = addresses
        self.context = context
        self.n_sent = self.n_read_by_imap = self.n_read_by_pop3 = 0

    def close(self, program):
        """A connection that failed is not spoken to again."""
        if program.sock is not None:
            program.sock.close()

    def send(self, program):
        refused = program.sendmail(
            "ana@iesgn.example", ["ana@iesgn.example", "bob@instituto.example"], MESSAGE.format(self.n_sent)
        )
        demand(not refused, refused)
        self.n_sent += 1

    def submit(self):
        """Port 587: EHLO, STARTTLS, password, a message to two."""
        with smtplib.SMTP(*self.addresses["submission"], timeout=PATIENCE) as program:
            program.starttls(context=self.context)
            program.login(*IMAP_USER)
            self.send(program)

    def submit_by_implicit_tls(self):
        with smtplib.SMTP_SSL(*self.addresses["submissions"], timeout=PATIENCE, context=self.context) as program:
            program.login(*IMAP_USER)
            self.send(program)

    def fetch(self, program):
        """Everything in the mailbox, which is empty afterwards."""
        program.login(*IMAP_USER)
        count = int(program.select("INBOX")[1][0])
        if count > 0:
            fetched = program.fetch("1:*", "(FLAGS BODY.PEEK[])")[1]
            texts = [part[1] for part in fetched if isinstance(part, tuple)]
            demand(len(texts) == count, f"{len(texts)} of {count} messages")
            demand(all(text.count(b"somebody wrote") == TEXT_LINES for text in texts), "texts of other length")
            program.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
            demand(len(program.expunge()[1]) == count, "expunged")
        self.n_read_by_imap += count
        program.logout()

    def read_by_imap(self):
        """Port 993."""
        program = imaplib.IMAP4_SSL(*self.addresses["imaps"], ssl_context=self.context, timeout=PATIENCE)
        try:
            self.fetch(program)
        finally:
            self.close(program)

    def read_by_imap_with_starttls(self):
        program = imaplib.IMAP4(*self.addresses["imap"], timeout=PATIENCE)
        try:
            program.starttls(self.context)
            self.fetch(program)
        finally:
            self.close(program)

    def drop(self, program):
        """The same with POP3."""
        program.user(POP3_USER[0])
        program.pass_(POP3_USER[1])
        count = program.stat()[0]
        for number in range(1, count + 1):
            demand(b"\n".join(program.retr(number)[1]).count(b"somebody wrote") == TEXT_LINES, "another text")
            program.dele(number)
        program.quit()
        self.n_read_by_pop3 += count

    def read_by_pop3(self):
        """Port 995."""
        program = poplib.POP3_SSL(*self.addresses["pop3s"], context=self.context, timeout=PATIENCE)
        try:
            self.drop(program)
        finally:
            self.close(program)

    def read_by_pop3_with_stls(self):
        program = poplib.POP3(*self.addresses["pop3"], timeout=PATIENCE)
        try:
            program.stls(self.context)
            self.drop(program)
        finally:
            self.close(program)

    def read_the_rest(self):
        """All that is still on its way."""
        end = time.monotonic() + PATIENCE
        while min(self.n_read_by_imap, self.n_read_by_pop3) < self.n_sent and time.monotonic() < end:
            time.sleep(0.1)
            self.read_by_imap()
            self.read_by_pop3()

    def balance(self):
        """None, or what is wrong with the books: nothing is lost, nothing comes twice."""
        if self.n_sent > 0 and self.n_sent == self.n_read_by_imap == self.n_read_by_pop3:
            return None
        return f"{self.n_sent} sent, {self.n_read_by_imap} read by IMAP, {self.n_read_by_pop3} by POP3"


FAILURES = (OSError, smtplib.SMTPException, imaplib.IMAP4.error, poplib.error_proto, Unexpected, ssl.SSLError)
