# SPDX-License-Identifier: MIT
"""Visitors that no server likes: each comes, does one thing that a server has to bear, and stays with it until all are
let go, or vanishes. They are many in one process, on one loop of events; hostile.py counts what they cost.

VISITS is the table: what they do, the service, the function, and at most how many octets of theirs the server may be
left with besides what an idle connection costs."""
import asyncio
import base64
import random
import socket
import ssl
import struct

PATIENCE = 60
PIECE_BYTES = 65536

# What one visitor says at most: twice what the server reads ahead, so that it has to refuse, to stop or to cut off.
POURED_BYTES = 512 * 1024

# limits.h: MAILSIM_READ_AHEAD_MAX_BYTES and MAILSIM_SAY_AHEAD_MAX_BYTES.
READ_AHEAD_BYTES = 256 * 1024
SAY_AHEAD_BYTES = 64 * 1024

# Nothing has gone on for so long: the other side has stopped reading.
STUCK_SECONDS = 1
DRIP_SECONDS = 0.5

USER, PASSWORD = "eva", "manzana"
PLAIN = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode())

# The head of a TLS record: a handshake, of 16 KiB, which never come.
RECORD_HEAD = b"\x16\x03\x01\x40\x00"


class Refused(Exception):
    """The server did not let a visitor come to what he had in mind."""


class Visitor:
    """One connection, and TLS over it where it is asked for. Octets come and go through memory, so that what goes
    over the wire can be cut off anywhere."""

    def __init__(self, address, context, number, let_go):
        self.address = address
        self.let_go = let_go
        self.context = context
        self.random = random.Random(number)
        self.loop = asyncio.get_running_loop()
        self.socket = None
        self.tls = None

    async def come(self, receive_bytes=None):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if receive_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        await self.loop.sock_connect(self.socket, self.address)

    async def send(self, octets):
        await asyncio.wait_for(self.loop.sock_sendall(self.socket, octets), PATIENCE)

    async def receive(self):
        return await asyncio.wait_for(self.loop.sock_recv(self.socket, PIECE_BYTES), PATIENCE)

    async def say(self, octets):
        if self.tls is not None:
            self.tls.write(octets)
            octets = self.outgoing.read()
        await self.send(octets)

    async def hear(self):
        """What has come; nothing: the other side has closed."""
        while self.tls is not None:
            try:
                return self.tls.read(PIECE_BYTES)
            except ssl.SSLWantReadError:
                octets = await self.receive()
                if not octets:
                    return b""
                self.incoming.write(octets)
        return await self.receive()

    async def hear_until(self, end):
        heard = b""
        while end not in heard:
            octets = await self.hear()
            if not octets:
                raise Refused(f"closed after {heard[-200:]}")
            heard += octets
        return heard

    async def ask(self, octets, end=b"\n"):
        await self.say(octets)
        return await self.hear_until(end)

    # ---- TLS -------------------------------------------------------------------------------

    def begin_tls(self):
        """The client's hello."""
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = self.context.wrap_bio(self.incoming, self.outgoing)
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.outgoing.read()

    async def shake_hands(self):
        await self.send(self.begin_tls())
        while True:
            octets = await self.receive()
            if not octets:
                raise Refused("no handshake")
            self.incoming.write(octets)
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                continue
            finally:
                rest = self.outgoing.read()
                if rest:
                    await self.send(rest)
            return

    # ---- ends ------------------------------------------------------------------------------

    def close(self):
        if self.socket is not None:
            self.socket.close()

    def vanish(self):
        """With RST, as after a crash."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    async def pour(self, octets):
        """Until the server takes no more, or has closed."""
        try:
            for _ in range(POURED_BYTES // len(octets)):
                await asyncio.wait_for(self.loop.sock_sendall(self.socket, octets), STUCK_SECONDS)
        except (TimeoutError, asyncio.TimeoutError, OSError):
            pass

    async def linger(self):
        """FALSE: all are let go."""
        try:
            await asyncio.wait_for(self.let_go.wait(), DRIP_SECONDS)
        except asyncio.TimeoutError:
            pass
        return not self.let_go.is_set()

    async def hear_to_end(self):
        """TRUE: the server has closed; what it says before is not looked at."""
        try:
            while await self.hear():
                pass
        except OSError:
            pass


# ---- how conversations begin --------------------------------------------------------------------


IMPLICIT = ("submissions", "imaps", "pop3s")
STARTTLS = {"smtp": b"STARTTLS\r\n", "submission": b"STARTTLS\r\n", "imap": b"a STARTTLS\r\n", "pop3": b"STLS\r\n"}
FIRST = {
    "smtp": (b"EHLO visitor.example\r\n", b"\n250 "),
    "submission": (b"EHLO visitor.example\r\n", b"\n250 "),
    "submissions": (b"EHLO visitor.example\r\n", b"\n250 "),
    "imap": (b"b CAPABILITY\r\n", b"b OK"),
    "imaps": (b"b CAPABILITY\r\n", b"b OK"),
    "pop3": (b"CAPA\r\n", b"\n.\r\n"),
    "pop3s": (b"CAPA\r\n", b"\n.\r\n"),
}


async def enter(visitor, service, receive_bytes=None):
    """Up to the greeting, inside TLS where it comes first."""
    await visitor.come(receive_bytes)
    if service in IMPLICIT:
        await visitor.shake_hands()
    greeting = await visitor.hear_until(b"\n")
    if greeting.startswith(b"421 "):
        raise Refused(greeting)


async def begin(visitor, service, receive_bytes=None):
    """Up to the answer to the first command."""
    await enter(visitor, service, receive_bytes)
    await visitor.ask(*FIRST[service])


async def secure(visitor, service):
    """As far as the server lets a password be given."""
    await begin(visitor, service)
    if service in STARTTLS:
        await visitor.ask(STARTTLS[service])
        await visitor.shake_hands()


async def log_in(visitor, service):
    await secure(visitor, service)
    if service.startswith("imap"):
        await visitor.ask(b"c LOGIN %s %s\r\n" % (USER.encode(), PASSWORD.encode()), b"c OK")
        await visitor.ask(b"d SELECT INBOX\r\n", b"d OK")
    elif service.startswith("pop3"):
        await visitor.ask(b"USER %s\r\n" % USER.encode(), b"+OK")
        await visitor.ask(b"PASS %s\r\n" % PASSWORD.encode(), b"+OK")
    else:
        await visitor.ask(b"EHLO visitor.example\r\n", b"\n250 ")
        await visitor.ask(b"AUTH PLAIN %s\r\n" % PLAIN, b"235 ")


# ---- what they do -------------------------------------------------------------------------------
# Each function returns when its visitor has come to what it is about, with what it does until all are let go, if that
# is more than nothing; FALSE: it is gone.


async def wait_silently(visitor, _):
    """Not even the greeting is read."""
    await visitor.come()


async def wait_after_first_command(visitor, service):
    await begin(visitor, service)


async def wait_logged_in(visitor, service):
    await log_in(visitor, service)


async def write_slowly(visitor, service):
    """An octet now and then, of a line that does not end."""
    await begin(visitor, service)

    async def drip():
        while await visitor.linger():
            await visitor.say(b"x")

    return drip


async def read_slowly(visitor, service):
    """Much is asked for at once, and hardly taken."""
    await enter(visitor, service, receive_bytes=4096)
    await visitor.say(FIRST[service][0] * 50)

    async def sip():
        while await visitor.linger():
            await asyncio.wait_for(visitor.loop.sock_recv(visitor.socket, 1), PATIENCE)

    return sip


async def close_half(visitor, service):
    """“That was all”, and then waiting: the server leaves."""
    await begin(visitor, service)
    visitor.socket.shutdown(socket.SHUT_WR)
    await visitor.hear_to_end()
    return False


async def close_half_in_handshake(visitor, service):
    await visitor.come()
    await visitor.send(visitor.begin_tls())
    visitor.socket.shutdown(socket.SHUT_WR)
    visitor.tls = None
    await visitor.hear_to_end()
    return False


async def flood(visitor, service):
    """Commands, whose answers are never read."""
    await enter(visitor, service, receive_bytes=4096)
    await visitor.pour(FIRST[service][0] * 1000)


async def flood_with_nothing(visitor, service):
    await enter(visitor, service, receive_bytes=4096)
    await visitor.pour(b"\r\n" * 10000)


async def never_end_a_line(visitor, service):
    await begin(visitor, service)
    await visitor.pour(b"x" * PIECE_BYTES)


async def send_nulls(visitor, service):
    await enter(visitor, service)
    await visitor.pour(b"\0\r\nEHLO \0\0\r\n" * 20 + bytes(PIECE_BYTES))


async def never_end_a_message(visitor, service):
    await begin(visitor, service)
    await visitor.ask(b"MAIL FROM:<x@visitor.example>\r\n", b"250 ")
    await visitor.ask(b"RCPT TO:<eva@iesgn.example>\r\n", b"250 ")
    await visitor.ask(b"DATA\r\n", b"354 ")
    await visitor.pour(b"and so on\r\n" * 5000)


async def talk_garbage(visitor, service):
    """Where a handshake is due."""
    await visitor.come()
    if service in STARTTLS:
        await visitor.hear_until(b"\n")
        await visitor.ask(*FIRST[service])
        await visitor.ask(STARTTLS[service])
    await visitor.pour(visitor.random.randbytes(20000))
    await visitor.hear_to_end()
    return False


async def stop_in_record(visitor, service):
    """The head of a record says how much is to come, and it does not come."""
    await visitor.come()
    if service in STARTTLS:
        await visitor.hear_until(b"\n")
        await visitor.ask(*FIRST[service])
        await visitor.ask(STARTTLS[service])
    await visitor.send(RECORD_HEAD + bytes(1000))


async def talk_garbage_inside(visitor, service):
    """After a handshake, what is no record."""
    await secure(visitor, service)
    await visitor.send(visitor.random.randbytes(20000))
    visitor.tls = None
    await visitor.hear_to_end()
    return False


async def vanish_at_once(visitor, _):
    await visitor.come()
    visitor.vanish()
    return False


async def vanish_before_handshake(visitor, service):
    await begin(visitor, service)
    await visitor.ask(STARTTLS[service])
    visitor.vanish()
    return False


async def vanish_in_handshake(visitor, service):
    await visitor.come()
    hello = visitor.begin_tls()
    await visitor.send(hello[: visitor.random.randrange(1, len(hello) + 1)])
    visitor.vanish()
    return False


async def vanish_after_handshake(visitor, service):
    await secure(visitor, service)
    visitor.vanish()
    return False


async def vanish_in_data(visitor, service):
    await begin(visitor, service)
    await visitor.ask(b"MAIL FROM:<x@visitor.example>\r\nRCPT TO:<eva@iesgn.example>\r\nDATA\r\n", b"354 ")
    await visitor.say(b"Subject: half of it\r\n\r\nhal")
    visitor.vanish()
    return False


async def vanish_in_chunk(visitor, service):
    await begin(visitor, service)
    await visitor.say(
        b"MAIL FROM:<x@visitor.example>\r\nRCPT TO:<eva@iesgn.example>\r\nBDAT 1000000\r\n" + b"x" * 10000
    )
    visitor.vanish()
    return False


async def vanish_in_auth(visitor, service):
    await secure(visitor, service)
    if service.startswith("sub"):
        await visitor.ask(b"EHLO visitor.example\r\n", b"\n250 ")
        await visitor.ask(b"AUTH PLAIN\r\n", b"334 ")
    elif service.startswith("imap"):
        await visitor.ask(b"c AUTHENTICATE PLAIN\r\n", b"+ ")
    else:
        await visitor.ask(b"AUTH PLAIN\r\n", b"+ ")
    visitor.vanish()
    return False


async def vanish_in_literal(visitor, service):
    await log_in(visitor, service)
    await visitor.ask(b"e APPEND INBOX {100000}\r\n", b"+ ")
    await visitor.say(b"Subject: half of it\r\n\r\nhal")
    visitor.vanish()
    return False


async def idle(visitor, service):
    await log_in(visitor, service)
    await visitor.ask(b"e IDLE\r\n", b"+ ")


async def vanish_in_idle(visitor, service):
    await idle(visitor, service)
    visitor.vanish()
    return False


async def stay_in_literal(visitor, service):
    await log_in(visitor, service)
    await visitor.ask(b"e APPEND INBOX {100000}\r\n", b"+ ")
    await visitor.say(b"Subject: half of it\r\n\r\n" + b"x" * 1000)


ALL = tuple(FIRST)
CLEAR = tuple(STARTTLS)
SMTP = ("smtp", "submission", "submissions")
AHEAD_BYTES = READ_AHEAD_BYTES + SAY_AHEAD_BYTES

# What, services, function, octets that the server may be left with.
KINDS = [
    ("silent before the greeting", ALL, wait_silently, 0),
    ("idle after the first command", ALL, wait_after_first_command, 0),
    ("idle, logged in", ("submission", "imap", "imaps"), wait_logged_in, 0),
    ("slow writer", ALL, write_slowly, 0),
    ("slow reader", ALL, read_slowly, AHEAD_BYTES),
    ("half-closed", ALL, close_half, 0),
    ("half-closed in the handshake", IMPLICIT, close_half_in_handshake, 0),
    ("flood", CLEAR, flood, AHEAD_BYTES),
    ("flood of empty lines", CLEAR, flood_with_nothing, AHEAD_BYTES),
    ("line without end", CLEAR, never_end_a_line, AHEAD_BYTES),
    ("NULs", CLEAR, send_nulls, AHEAD_BYTES),
    ("message without end", ("smtp",), never_end_a_message, POURED_BYTES),
    ("garbage for a handshake", ALL, talk_garbage, 0),
    ("a record that does not come", ALL, stop_in_record, 0),
    ("garbage after the handshake", ALL, talk_garbage_inside, 0),
    ("gone at once", ALL, vanish_at_once, 0),
    ("gone before the handshake", CLEAR, vanish_before_handshake, 0),
    ("gone in the handshake", IMPLICIT, vanish_in_handshake, 0),
    ("gone after the handshake", ALL, vanish_after_handshake, 0),
    ("gone in DATA", ("smtp",), vanish_in_data, 0),
    ("gone in BDAT", ("smtp",), vanish_in_chunk, 0),
    ("gone in AUTH", ("submission", "submissions", "imap", "imaps", "pop3", "pop3s"), vanish_in_auth, 0),
    ("gone in a literal", ("imap", "imaps"), vanish_in_literal, 0),
    ("gone in IDLE", ("imap", "imaps"), vanish_in_idle, 0),
    ("idle in IDLE", ("imap", "imaps"), idle, 0),
    ("idle in a literal", ("imap", "imaps"), stay_in_literal, 0),
]
