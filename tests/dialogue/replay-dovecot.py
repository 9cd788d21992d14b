#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a real Dovecot was seen to say, against what “mailsim serve” says over TCP.

    replay-dovecot.py MAILSIM SOURCE_ROOT [PART OF A TITLE]

Every recorded dialogue of IMAP and POP3, with real TLS and real time, each with a server of its own that has the
recorded settings; dialogues of one group in the .md files share one. Mailboxes are filled by APPEND beforehand.
"""
import contextlib
import pathlib
import re
import smtplib
import ssl
import sys
import tempfile
import time

from dovecot import matches, read_dialogues, read_messages
from replaying import PATIENCE_S, PORT_OFFSET, SECONDS_MAX, Client, Difference, Server, run

WORKERS = 24  # most of them wait
ALICE = b"LOGIN alice alicepw"
PREPARED = {
    "logged in": [],
    "INBOX selected": [b"x2 SELECT INBOX"],
    "INBOX examined": [b"x2 EXAMINE INBOX"],
}

# Settings of the recorded machine's, which the lab has not, or which the scenario says in its own way.
PASSED_OVER = ("listen", "ssl_cert", "log_path", "mail_location")


# ---- the scenario ----------------------------------------------------------------------------


def list_lines(settings):
    """The settings as the last lines of the scenario."""
    lines, ports = [], {"imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}
    for name, value in settings.items():
        closed = re.fullmatch(r"service \S+ { inet_listener (\S+) { port = 0 } }", name)
        if closed:
            del ports[closed[1]]
            lines.append("ports = " + ", ".join(map(str, ports.values())))
        elif re.fullmatch(r"service imap-login { inet_listener \S+ { port = 1?143 } }", name):
            pass  # find_port()
        elif value.startswith("mbox:"):
            lines.append("mail_location = mbox:~/mail:INBOX=/var/mail/%u")
        elif name not in PASSED_OVER and not re.match("(pass|user)db ", name):
            lines.append(f"{name} = {value}" if value else name)
    return lines


def find_port(dialogue):
    """In the scenarios' language a port has TLS at once, or it has not, by its number."""
    swapped = "service imap-login { inet_listener imaps { port = 143 } }" in dialogue.settings
    return 993 if swapped else dialogue.port


def write_scenario(root, settings, file):
    template = pathlib.Path(root, "tests", "dialogue", "dovecot.scenario").read_text()
    lines = list_lines(settings)
    if any(line.startswith("mail_location") for line in lines):
        template = template.replace("mail_location = maildir:~/Maildir\n", "").replace("home_mailbox  = Maildir/\n", "")
    file.write("\n".join([template.rstrip("\n"), *lines, ""]))
    file.flush()


# ---- one connection --------------------------------------------------------------------------


class Visitor(Client):
    """A client of Dovecot's; several may take part in a dialogue."""

    def __init__(self, address, number, told, dialogue=None):
        super().__init__(address, told)
        self.drips_on = True
        self.number = number
        self.dialogue = dialogue
        self.over = False

    def tell(self, speaker, octets):
        super().tell(f"{speaker}{self.number}", octets)

    def receive(self, timeout):
        more = super().receive(timeout)
        self.over = self.over or more == b""
        return more

    def close(self):
        self.over, self.pending = True, b""
        super().close()

    def begin_tls(self, distrust=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        if not distrust:
            context.verify_mode = ssl.CERT_NONE
        if self.dialogue and self.dialogue.old_tls:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.shake_hands(context)

    def step_tls(self, version):
        self.begin_tls()
        if version and self.socket.version() != version:
            raise Difference(f"recorded: {version}")

    def step_tls_fails(self, error):
        self.pending = b""
        try:
            self.begin_tls(self.dialogue.distrust or error == "CERTIFICATE_VERIFY_FAILED")
        except Difference:
            self.over = True
            return
        raise Difference("the handshake succeeds")

    def step_leave(self, _):
        """What comes next may be another client's, and quicker than the news."""
        super().step_leave(None)
        time.sleep(0.1)

    def step_come(self, _):
        """It has."""

    def ask(self, command, end=b"x"):
        """What a client does before the dialogue begins is not told; its last line."""
        n_told = len(self.told)
        self.say(command + b"\r\n")
        line = self.hear_line()
        while line is not None and not line.startswith(end):
            line = self.hear_line()
        if line is None or not re.match(rb"x\d+ OK|\+", line):
            raise Difference(f"before the dialogue, {command[:60]}: {line}")
        del self.told[n_told:]
        return line


# ---- mailboxes -------------------------------------------------------------------------------


def append(client, mailbox, message, messages):
    date, octets = messages[message.name]
    quoted = f' "{date}"' if date else ""
    head = f'x3 APPEND "{mailbox}" ({" ".join(message.flags)}){quoted} {{{len(octets)}+}}\r\n'
    client.ask(head.encode() + octets)


def log_in(server, told):
    """As alice, in IMAP, as safely as it can be done."""
    implicit = 993 in server.services
    client = Visitor(server.services[993 if implicit else 143], 0, told)
    if implicit:
        client.begin_tls()
    greeting = client.hear_line()
    if b"STARTTLS" in greeting:
        client.ask(b"x1 STARTTLS")
        client.begin_tls()
    client.ask(b"x1 " + ALICE)
    return client


def fill(server, dialogue, messages):
    """All mailboxes of the dialogue; what is \\Recent comes after a session has seen the others."""
    client = log_in(server, [])
    for name, contents in dialogue.mailboxes:
        seen = [message for message in contents if not message.recent]
        if name != "INBOX":
            client.ask(f'x2 CREATE "{name}"'.encode())
        for message in seen:
            append(client, name, message, messages)
        if seen:
            client.ask(f'x4 SELECT "{name}"'.encode())
            client.ask(b"x5 UNSELECT")
        for message in contents[len(seen):]:
            append(client, name, message, messages)
    client.ask(b"x6 LOGOUT")
    client.step_closed(None)
    client.close()


# ---- a dialogue ------------------------------------------------------------------------------


class Conversation:
    """A dialogue that is held."""

    def __init__(self, dialogue, server, messages):
        self.dialogue = dialogue
        self.server = server
        self.messages = messages
        self.clients = {}
        self.told = []

    def get(self, number):
        """Who is not connected yet connects."""
        if number not in self.clients:
            port = self.dialogue.clients[number][0] or find_port(self.dialogue)
            address = self.server.services.get(port) or (self.server.address, port + PORT_OFFSET)
            self.clients[number] = Visitor(address, number, self.told, self.dialogue)
        return self.clients[number]

    def prepare(self):
        for number, (port, state) in sorted(self.dialogue.clients.items()):
            if state == "not connected":
                continue
            try:
                client = self.get(number)
            except ConnectionRefusedError:
                continue  # as the recording says, or the first step fails
            if state in PREPARED:
                client.hear_line()
                pop3 = (port or self.dialogue.port) == 110
                for command in [b"USER alice", b"PASS alicepw"] if pop3 else [b"x1 " + ALICE, *PREPARED[state]]:
                    client.ask(command, b"+" if pop3 else b"x")

    def play(self):
        steps = self.dialogue.steps
        if steps[0] == ("closed", 1, "ConnectionRefusedError"):
            if self.clients:
                raise Difference("the connection is not refused")
            return
        while steps:
            kind, number, text = steps[0]
            n_taken = 1
            if kind == "hear":
                n_taken = self.hear(steps)
            elif hasattr(self, "all_" + kind):
                getattr(self, "all_" + kind)(text)
            else:
                getattr(self.get(number), "step_" + kind)(text)
            steps = steps[n_taken:]
        self.expect_nothing()

    def hear(self, steps):
        """One line, or all of a list: directories have no order. How many steps that were."""
        kind, number, recorded = steps[0]
        n_lines = 0
        while re.match(rb"\* (LIST|LSUB) ", steps[n_lines][2] or b"") and steps[n_lines][:2] == (kind, number):
            n_lines += 1
            if n_lines == len(steps):
                break
        n_lines = max(n_lines, 1)
        expected = [text for _, _, text in steps[:n_lines]]
        for _ in range(n_lines):
            line = self.get(number).hear_line()
            found = [text for text in expected if line is not None and matches(text, line)]
            if not found:
                raise Difference(f"recorded: S{number}: {expected[0].decode('latin-1')}")
            expected.remove(found[0])
        return n_lines

    def expect_nothing(self):
        for client in self.clients.values():
            if client.pending:
                raise Difference(f"too much: S{client.number}: {client.pending}")

    # What a step asks of all clients.

    def all_wait(self, seconds):
        until = time.monotonic() + float(seconds)
        while (left := until - time.monotonic()) > 0 and not all(c.over for c in self.clients.values()):
            for client in self.clients.values():
                if not client.over:
                    client.hear_something(min(left, 0.02))

    def all_silence(self, _):
        self.all_wait(0.5)
        self.expect_nothing()

    def all_arrive(self, name):
        """By SMTP, as far as there is no sign that it was here before."""
        octets = self.messages[name][1].replace(b"\r\nDelivered-To: alice@dest.example", b"")
        with smtplib.SMTP(*self.server.services["smtp"], timeout=PATIENCE_S) as program:
            program.sendmail("bob@instituto.example", "alice@dest.example", octets)

    def close(self):
        for client in self.clients.values():
            client.close()


def replay(dialogue, server, messages):
    """None, or what is wrong."""
    conversation = Conversation(dialogue, server, messages)
    try:
        conversation.prepare()
        conversation.play()
    except (Difference, OSError) as difference:
        return "\n".join(conversation.told + [f"*** {difference!r}"])
    finally:
        conversation.close()
    return None


# ---- all of them -----------------------------------------------------------------------------


def count_seconds(dialogue):
    """How long it takes, at least, as far as the recording says."""
    seconds = 0.0
    for kind, _, text in dialogue.steps:
        if kind in ("wait", "after"):
            seconds += float(text)
        elif kind == "silence":
            seconds += 0.5
    return seconds


def nobody_logs_in(dialogue):
    settings = dialogue.settings
    return (settings.get("ssl"), settings["disable_plaintext_auth"]) == ("no", "yes") and dialogue.address == "127.0.0.9"


def list_jobs(dialogues):
    """What continues another dialogue, and asks from the same address, is held with the same server."""
    jobs, group = [], {}
    for dialogue in dialogues:
        if not dialogue.continues:
            group = {}
        if dialogue.address not in group:
            group[dialogue.address] = []
            jobs.append(group[dialogue.address])
        group[dialogue.address].append(dialogue)
    return sorted(jobs, key=lambda job: sum(count_seconds(each) for each in job) + 10 * len(job), reverse=True)


def read_left_out(root):
    """Reasons by title."""
    lines = pathlib.Path(root, "tests", "dialogue", "dovecot-left-out.txt").read_text().splitlines()
    rows = [line.split(" | ", 2) for line in lines if " | " in line]
    return {title: reason for kinds, title, reason in rows if "tcp" in kinds.split(", ")}


class Replayer:
    def __init__(self, mailsim, root):
        self.mailsim = mailsim
        self.root = root
        self.messages = read_messages(pathlib.Path(root, "tests", "dialogue", "recorded"))
        self.left_out = read_left_out(root)

    def start(self, dialogue, stack):
        """Its server, with its mail."""
        file = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".scenario"))
        write_scenario(self.root, dialogue.settings, file)
        server = Server(self.mailsim, file.name, dialogue.address)
        stack.callback(server.stop)
        if not server.services:
            raise Difference("mailsim serve does not become ready")
        if dialogue.mailboxes and not nobody_logs_in(dialogue):
            fill(server, dialogue, self.messages)
        return server

    def replay_job(self, job):
        outcomes = []
        with contextlib.ExitStack() as stack:
            server = None
            for dialogue in job:
                if count_seconds(dialogue) > SECONDS_MAX:
                    outcomes.append((None, f"takes {count_seconds(dialogue):.0f} s"))
                    continue
                try:
                    server = server or self.start(dialogue, stack)
                    wrong = replay(dialogue, server, self.messages)
                except (Difference, OSError) as difference:
                    wrong = f"*** {difference!r}"
                outcomes.append(self.judge(dialogue, wrong))
        return outcomes

    def judge(self, dialogue, wrong):
        reason = self.left_out.get(dialogue.title)
        if reason and wrong:
            return None, reason
        return (f"it is left out: {reason}" if reason else wrong), None


def main(mailsim, root, part=""):
    dialogues = read_dialogues(pathlib.Path(root, "tests", "dialogue", "recorded"))
    jobs = list_jobs([dialogue for dialogue in dialogues if part in dialogue.title])
    replayer = Replayer(mailsim, root)
    unknown = replayer.left_out.keys() - {dialogue.title for dialogue in dialogues}
    if unknown:
        print(f"Bail out! there are no dialogues {unknown}")
        return 1
    return 1 if run(jobs, replayer.replay_job, WORKERS, lambda dialogue: count_seconds(dialogue) > 0) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
