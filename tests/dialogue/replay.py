#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a real Postfix was seen to say, against what “mailsim serve” says over TCP.

    replay.py MAILSIM SOURCE_ROOT

Every recorded dialogue, with real TLS and real time, and every cell of the tables. One server
for each address that clients come from.
"""
import concurrent.futures
import contextlib
import pathlib
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from recordings import matches, read_folder

PATIENCE_S = 60
SILENCE_S = 0.5
WORKERS = 100  # most of them wait
SECONDS_MAX = 12
PORT_OFFSET = 10_000
ATTEMPTS = 10  # to find an address that nobody has


class Difference(Exception):
    """The server did not do what was recorded."""


# ---- one connection --------------------------------------------------------------------------


class Client:
    """The recorded client: it says what it said and hears lines."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.told = []
        self.drip_s = 0.0  # between the octets of the next packet

    def close(self):
        self.socket.close()

    def tell(self, speaker, octets):
        shown = octets.decode("latin-1").encode("unicode_escape").decode()
        self.told.append(f"{speaker}: {shown}")

    def say(self, octets):
        self.tell("C", octets)
        pieces = [octets[i : i + 1] for i in range(len(octets))] if self.drip_s else [octets]
        try:
            for number, piece in enumerate(pieces):
                if number and self.hear_something(self.drip_s):
                    break
                self.socket.sendall(piece)
        except (ConnectionError, ssl.SSLError):
            self.told.append("-- in vain")
        self.drip_s = 0.0

    def hear_something(self, timeout):
        """Has the server said anything, or closed, before TIMEOUT is over?"""
        more = self.receive(timeout)
        self.pending += more or b""
        return more is not None

    def receive(self, timeout):
        """More octets; none when the server has closed, None when it says nothing."""
        self.socket.settimeout(timeout)
        try:
            return self.socket.recv(65536)
        except TimeoutError:
            return None
        except (ConnectionError, ssl.SSLError):
            return b""

    def hear_line(self):
        """The next line; None when there is none."""
        while b"\r\n" not in self.pending:
            more = self.receive(PATIENCE_S)
            if not more:
                return None
            self.pending += more
        line, self.pending = self.pending.split(b"\r\n", 1)
        self.tell("S", line)
        return line

    def hear_reply(self):
        """The last line of the next reply; None when the server has closed."""
        line = self.hear_line()
        while line is not None and line[3:4] == b"-":
            line = self.hear_line()
        return line

    # What a step of a recording asks, each named after its kind.

    def step_say(self, octets):
        self.say(octets)

    def step_hear(self, recorded):
        line = self.hear_line()
        if line is None or not matches(recorded, line):
            raise Difference(f"recorded: S: {recorded.decode('latin-1')}")

    def step_tls(self, version):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if self.pending:
            raise Difference(f"said before the handshake: {self.pending}")
        self.socket.settimeout(PATIENCE_S)
        try:
            self.socket = context.wrap_socket(self.socket)
        except OSError as error:
            raise Difference(f"no handshake: {error}") from None
        self.told.append(f"-- {self.socket.version()}")
        if self.socket.version() != version:
            raise Difference(f"recorded: {version}")

    def step_silence(self, _):
        more = self.pending or self.receive(SILENCE_S)
        if more:
            raise Difference(f"too much: {more}")

    def step_wait(self, _):
        self.step_silence(None)

    def step_leave(self, _):
        self.close()

    def step_closed(self, _):
        more = self.pending or self.receive(PATIENCE_S)
        if more is None:
            raise Difference("the server does not close the connection")
        if more:
            raise Difference(f"too much: {more}")

    # How long the server takes is compared in memory, where no machine is slow.

    def step_after(self, _):
        pass

    def step_delays(self, _):
        pass

    def step_drip(self, seconds):
        self.drip_s = float(seconds)


# ---- replaying -------------------------------------------------------------------------------


def replay_dialogue(client, dialogue):
    for kind, text in dialogue.steps:
        getattr(client, "step_" + kind)(text)
    if dialogue.steps[-1][0] not in ("leave", "closed", "silence") and client.pending:
        raise Difference(f"too much: {client.pending}")


def replay_cell(client, cell):
    """The first reply that refuses, else the last."""
    commands = ["EHLO client.example"]
    if cell.authenticated:
        commands.append("AUTH PLAIN AGFsaWNlAGFsaWNlcHc=")
    commands += ["MAIL FROM:<a@sender.example>", f"RCPT TO:<{cell.recipient}>"]
    if not cell.reply:
        client.step_silence(None)
        return
    reply = client.hear_reply()
    for command in commands:
        if reply is None or not reply.startswith(b"2"):
            break
        client.say(command.encode() + b"\r\n")
        reply = client.hear_reply()
    if reply != cell.reply.encode():
        raise Difference(f"recorded: {cell.reply}")


def replay(entry, address):
    """None, or what is wrong."""
    try:
        client = Client(address)
    except OSError as error:
        return f"no connection: {error}"
    try:
        if hasattr(entry, "steps"):
            replay_dialogue(client, entry)
        else:
            replay_cell(client, entry)
    except Difference as difference:
        return "\n".join(client.told + [f"*** {difference}"])
    finally:
        client.close()
    return None


def find_reason_to_skip(entry):
    """What cannot be had over TCP, or not in a test's time; None: it can."""
    steps = getattr(entry, "steps", ())
    seconds = sum(float(text) for kind, text in steps if kind == "after")
    if getattr(entry, "later_s", None) is not None:
        return "a server has clients from one address alone"
    return f"takes {seconds:.0f} s" if seconds > SECONDS_MAX else None


def run(entries, replay_one):
    """Replay all, print TAP; how many failed."""
    n_failed = 0
    print(f"1..{len(entries)}")
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        skipped = [find_reason_to_skip(entry) for entry in entries]
        results = pool.map(
            lambda entry, reason: None if reason else replay_one(entry), entries, skipped
        )
        for number, (entry, reason, wrong) in enumerate(zip(entries, skipped, results), 1):
            # A machine with too much to do is slower than a server's patience: once more, alone.
            if wrong and is_slow(entry):
                wrong = replay_one(entry)
            directive = f" # SKIP {reason}" if reason else ""
            title = entry.title.replace("#", "")
            print(f"{'not ok' if wrong else 'ok'} {number} {title}{directive}", flush=True)
            if wrong:
                n_failed += 1
                print("\n".join("# " + line for line in wrong.split("\n")), flush=True)
    return n_failed


# ---- the servers -----------------------------------------------------------------------------


class Server:
    """“mailsim serve” for clients from one address, at a loopback address that nobody has."""

    def __init__(self, mailsim, scenario, client):
        for attempt in range(ATTEMPTS):
            listen = f"127.{random.randrange(2, 252)}.{random.randrange(2, 252)}.1"
            self.process = subprocess.Popen(
                [mailsim, "serve", str(scenario), f"--client-address={client}",
                 f"--listen={listen}", f"--port-offset={PORT_OFFSET}", "--lang=en"],
                stdout=subprocess.PIPE, text=True,
                stderr=None if attempt == ATTEMPTS - 1 else subprocess.DEVNULL,
            )
            self.services = self.read_services()
            if self.services:
                break
            self.process.wait(PATIENCE_S)
        # The transcript is not looked at here; it must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def read_services(self):
        """Where mx.dest.example listens, by name and by port; none if it is never ready."""
        services = {}
        for line in self.process.stdout:
            found = re.fullmatch(r"mx\.dest\.example (\S+) (127\.[0-9.]+):(\d+)\n", line)
            if found:
                address = (found[2], int(found[3]))
                services[found[1]] = services[address[1] - PORT_OFFSET] = address
            elif line.startswith("Ready."):
                return services
        return {}

    def stop(self):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


def replay_refused(mailsim, name, settings):
    """A service that the language refuses is not in the scenario: None if it does."""
    if settings is None:
        return f"no table describes the service {name}"
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        lines = ["[scenario]", "title = x", "[host h]", f"[service h {name}]", "port = 2525"]
        file.write("\n".join(lines + settings) + "\n")
        file.flush()
        process = subprocess.run([mailsim, "check", file.name], capture_output=True, check=False)
    return None if process.returncode == 2 else f"dest.scenario lacks the service {name}"


def is_slow(entry):
    return any(kind in ("delays", "after", "wait") for kind, _ in getattr(entry, "steps", ()))


def guesses_passwords(entry):
    """Dovecot remembers who does, by address, and lets the next one from there wait."""
    return any(kind == "hear" and b"(reason unavailable)" in text
               for kind, text in getattr(entry, "steps", ()))


def start_servers(mailsim, scenario, clients, stack):
    """One for each address, stopped with STACK; None when one does not become ready."""
    servers = {}
    for client in sorted(clients):
        servers[client] = Server(mailsim, scenario, client)
        stack.callback(servers[client].stop)
        if not servers[client].services:
            print(f"Bail out! mailsim serve for {client} does not become ready")
            return None
    return servers


def main(mailsim, root):
    scenario = pathlib.Path(root) / "tests" / "dialogue" / "dest.scenario"
    dialogues, cells, settings = read_folder(root)
    entries = sorted(dialogues, key=is_slow, reverse=True) + cells
    with contextlib.ExitStack() as stack:
        servers = start_servers(mailsim, scenario, {entry.client for entry in entries}, stack)
        if servers is None:
            return 1

        def replay_one(entry):
            name = entry.service or entry.port
            if name not in servers[entry.client].services:
                return replay_refused(mailsim, entry.service, settings.get(entry.service))
            if not guesses_passwords(entry):
                return replay(entry, servers[entry.client].services[name])
            server = Server(mailsim, scenario, entry.client)
            try:
                return replay(entry, server.services[name])
            finally:
                server.stop()

        n_failed = run(entries, replay_one)
        for client, server in servers.items():
            status = server.stop()
            if status != 0:
                print(f"Bail out! mailsim serve for {client} ended with status {status}")
                n_failed += 1
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
