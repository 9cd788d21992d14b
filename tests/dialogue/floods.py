#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Clients of IMAP and POP3 that never end what they say, against “mailsim serve”.

    floods.py MAILSIM SOURCE_ROOT

Each is answered as Dovecot answers (recorded/imap/lines.txt, before-login.txt and the like), costs little memory, and
does not keep the next client waiting. Two differ: Dovecot takes messages of any size, and after IDLE it does not wait
for the end of a line that is too long.
"""
import pathlib
import sys
import tempfile

from replaying import Client, Server

FLOOD_BYTES = 32_000_000
GROWTH_MAX_KB = 8_000
LOGIN = {143: (b"a LOGIN alice alicepw\r\n", 1), 110: (b"USER alice\r\nPASS alicepw\r\n", 2)}
BYE_FULL = b"* BYE Input buffer full, aborting"
BYE_LITERAL = b"* BYE Literal size too large"
BYE_BAD = b"* BYE Too many invalid IMAP commands."

# What floods, port, is alice logged in, what comes first, what then comes again and again; what the server says
# last, up to where time is told; does it close.
FLOODS = [
    ("a line before the login", 143, False, b"", b"x" * 65536, BYE_FULL, True),
    ("empty lines before the login", 143, False, b"", b"\r\n" * 32768, BYE_BAD, True),
    ("a literal before the login", 143, False, b"b LOGIN {4000000000+}\r\n", b"x" * 65536, BYE_LITERAL, True),
    ("plain text where a handshake is due", 143, False, b"b STARTTLS\r\n", b"x" * 65536, b"b OK Begin TLS", True),
    ("no handshake", 993, False, b"", b"x" * 65536, b"", True),
    ("a tag", 143, True, b"", b"x" * 65536, b"* BAD Error in IMAP tag: Too long argument", False),
    ("an unknown command", 143, True, b"b FOO ", b"x" * 65536, b"b BAD Error in IMAP command FOO: Unknown", False),
    ("a string", 143, True, b'b SELECT "', b"x" * 65536, b"b BAD Error in IMAP command SELECT: Too long", False),
    ("parentheses", 143, True, b"b SEARCH ", b"(" * 65536, b"b BAD Error in IMAP command SEARCH: Too many '('", False),
    ("empty lines", 143, True, b"", b"\r\n" * 32768, BYE_BAD, True),
    ("a literal", 143, True, b"b SELECT {4000000000}\r\n", b"x" * 65536, BYE_LITERAL, True),
    ("a literal without waiting", 143, True, b"b SELECT {4000000000+}\r\n", b"x" * 65536, BYE_LITERAL, True),
    ("a message", 143, True, b"b APPEND INBOX {4000000000+}\r\n", b"x" * 65536, b"b NO [LIMIT] Mail size", False),
    ("no DONE", 143, True, b"b IDLE\r\n", b"x" * 65536, b"+ idling", False),
    ("a line before the login, POP3", 110, False, b"", b"x" * 65536, b"-ERR Input buffer full, aborting", True),
    ("a line, POP3", 110, True, b"", b"x" * 65536, b"-ERR Input line too long.", True),
    ("plain text where a handshake is due, POP3", 110, False, b"STLS\r\n", b"x" * 65536, b"+OK Begin TLS", True),
]


class Flooder(Client):
    """What it says is not told."""

    def tell(self, speaker, octets):
        pass

    def pour(self, octets, n_bytes):
        """Until the server has closed."""
        try:
            for _ in range(n_bytes // len(octets)):
                self.socket.sendall(octets)
        except OSError:
            pass

    def hear_all(self):
        """The last line; has the server closed?"""
        while more := self.receive(1):
            self.pending += more
        return self.pending.split(b"\r\n")[:-1][-1:], more is not None


def connect(server, port, logged_in):
    client = Flooder(server.services[port])
    if port != 993:
        client.hear_line()
    if logged_in:
        command, n_lines = LOGIN[port]
        client.say(command)
        for _ in range(n_lines):
            client.hear_line()
    return client


def measure_kb(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def flood(server, row):
    """None, or what is wrong."""
    _, port, logged_in, first, octets, answer, closes = row
    before_kb = measure_kb(server)
    client = connect(server, port, logged_in)
    client.say(first)
    client.pour(octets, FLOOD_BYTES)
    last, closed = client.hear_all()
    grown_kb = measure_kb(server) - before_kb
    other = connect(server, 143, True)
    other.say(b"c NOOP\r\n")
    heard = other.hear_line()
    other.close()
    client.close()
    # Who closes with octets unread may take back what was said.
    if not (last[0].startswith(answer) if last else closes):
        return f"the answer is {last}"
    if closed != closes:
        return "the server closes" if closed else "the server does not close"
    if grown_kb > GROWTH_MAX_KB:
        return f"{grown_kb} kB more"
    return None if heard.startswith(b"c OK") else f"the next client is told {heard}"


def main(mailsim, root):
    template = pathlib.Path(root, "tests", "dialogue", "dovecot.scenario").read_text()
    n_failed = 0
    print(f"1..{len(FLOODS)}")
    for number, row in enumerate(FLOODS, 1):
        with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
            file.write(template + "disable_plaintext_auth = no\n")
            file.flush()
            server = Server(mailsim, file.name, "127.0.0.9")
            wrong = flood(server, row)
            status = server.stop()
        wrong = wrong or (f"it ended with status {status}" if status else None)
        n_failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {number} {row[0]}", flush=True)
        if wrong:
            print(f"# {wrong}")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
