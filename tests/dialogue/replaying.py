# SPDX-License-Identifier: MIT
"""What replays recordings over TCP: a client, “mailsim serve”, and many dialogues at once, as TAP."""
import concurrent.futures
import contextlib
import random
import re
import signal
import socket
import subprocess
import threading

PATIENCE_S = 60
SILENCE_S = 0.5
SECONDS_MAX = 12
PORT_OFFSET = 10_000
ATTEMPTS = 10  # to find an address that nobody has


class Difference(Exception):
    """The server did not do what was recorded."""


# ---- one connection --------------------------------------------------------------------------


class Client:
    """The recorded client: it says what it said and hears lines. Its methods step_… are named after the kinds of
    steps in a recording, and do what such a step asks."""

    def __init__(self, address, told=None):
        self.socket = socket.create_connection(address, PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.told = [] if told is None else told
        self.drip_s = 0.0  # between the octets of the next packet
        self.drips_on = False  # even when the server speaks

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
                if number and self.hear_something(self.drip_s) and not self.drips_on:
                    break
                self.socket.sendall(piece)
        except OSError:
            self.told.append("-- in vain")
        self.drip_s = 0.0

    def hear_something(self, timeout):
        """Has the server said anything, or closed, before TIMEOUT is over?"""
        more = self.receive(timeout)
        self.pending += more or b""
        return more is not None

    def receive(self, timeout):
        """More octets; none when the server has closed, None when it says nothing."""
        try:
            self.socket.settimeout(timeout)
            return self.socket.recv(65536)
        except TimeoutError:
            return None
        except OSError:
            return b""

    def hear_line(self):
        """The next line, without CR LF; a bare LF shows. None when there is none."""
        while b"\n" not in self.pending:
            more = self.receive(PATIENCE_S)
            if not more:
                return None
            self.pending += more
        line, _, self.pending = self.pending.partition(b"\n")
        line = line[:-1] if line.endswith(b"\r") else line + b"\n"
        self.tell("S", line)
        return line

    def shake_hands(self, context):
        """Nothing was said before."""
        if self.pending:
            raise Difference(f"said before the handshake: {self.pending}")
        self.socket.settimeout(PATIENCE_S)
        try:
            self.socket = context.wrap_socket(self.socket)
        except OSError as error:
            raise Difference(f"no handshake: {error}") from None
        self.told.append(f"-- {self.socket.version()}")

    def step_say(self, octets):
        self.say(octets)

    def step_silence(self, _):
        more = self.pending or self.receive(SILENCE_S)
        if more:
            raise Difference(f"too much: {more}")

    def step_leave(self, _):
        self.close()

    def step_closed(self, _):
        more = self.pending or self.receive(PATIENCE_S)
        if more is None:
            raise Difference("the server does not close the connection")
        if more:
            raise Difference(f"too much: {more}")

    def step_after(self, _):
        """How long the server takes is compared in memory, where no machine is slow."""

    def step_drip(self, seconds):
        self.drip_s = float(seconds)


# ---- many dialogues --------------------------------------------------------------------------


def run(jobs, replay_job, n_workers, is_slow):
    """Replay all entries of all JOBS, print TAP; how many failed. Of each entry of a job replay_job() says what is
    wrong with it, or None, and why it is skipped, or None."""
    n_failed = number = 0
    print(f"1..{sum(map(len, jobs))}")
    with concurrent.futures.ThreadPoolExecutor(n_workers) as pool:
        for job, outcomes in zip(jobs, pool.map(replay_job, jobs)):
            # A machine with too much to do is slower than a server's patience: once more, alone.
            if any(wrong and is_slow(entry) for entry, (wrong, _) in zip(job, outcomes)):
                outcomes = replay_job(job)
            for entry, (wrong, reason) in zip(job, outcomes):
                number += 1
                directive = f" # SKIP {reason}" if reason else ""
                title = entry.title.replace("#", "")
                print(f"{'not ok' if wrong else 'ok'} {number} {title}{directive}", flush=True)
                if wrong:
                    n_failed += 1
                    print("\n".join("# " + line for line in wrong.split("\n")), flush=True)
    return n_failed


# ---- the server ------------------------------------------------------------------------------


class Server:
    """“mailsim serve” for clients from one address, at a loopback address that nobody has. Its services are those of
    the host mx.dest.example."""

    def __init__(self, mailsim, scenario, client):
        for attempt in range(ATTEMPTS):
            self.address = f"127.{random.randrange(2, 252)}.{random.randrange(2, 252)}.1"
            self.process = subprocess.Popen(
                [mailsim, "serve", str(scenario), f"--client-address={client}",
                 f"--listen={self.address}", f"--port-offset={PORT_OFFSET}", "--lang=en"],
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
        """Where it listens, by name and by port; none if it is never ready."""
        services = {}
        for line in self.process.stdout:
            found = re.fullmatch(r"mx\.dest\.example (\S+) (127\.[0-9.]+):(\d+)\n", line)
            if found:
                address = (found[2], int(found[3]))
                services[found[1]] = services[address[1] - PORT_OFFSET] = address
            elif line.startswith("Ready."):
                return services
        return {}

    @contextlib.contextmanager
    def frozen(self):
        """What is done meanwhile it finds done."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)
