#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What mailsim costs: one table of figures, each beside what it is measured against.

    benchmark.py MAILSIM BENCHMARK_CONVERSATIONS [serve]

“serve” measures only what real programs find. Times are of the processor, not of the clock on the wall, and what is compared is measured by
turns in this one run: the machine may do other things besides. docs/benchmark.md says what the
figures mean.
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

MESSAGE_BYTES = 1000
MESSAGES = 2000
TURNS = 5
SESSIONS = 20  # of smtp-source at once: below smtpd_client_connection_count_limit
IDLE = 4000


def print_row(what, figure, remark=""):
    print(f"{what:<44}{figure:>14}  {remark}".rstrip(), flush=True)


def print_head(title):
    print(f"\n{title}\n", flush=True)


def measure_child(arguments):
    """CPU seconds, and the most memory in KiB, of a program that must succeed."""
    with open(os.devnull, "w") as nowhere:
        child = subprocess.Popen(arguments, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"benchmark.py: {' '.join(arguments)}: status {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def measure_lessons(mailsim):
    print_head("Start-up, and `run` of each lesson (the least of five)")
    runs = {"start-up (--version)": [mailsim, "--version"]}
    listed = subprocess.run([mailsim, "list"], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        name = line.split()[0] if line.split() else ""
        if subprocess.run([mailsim, "show", name], capture_output=True).returncode == 0:
            runs[f"run {name}"] = [mailsim, "run", name]
    seconds = {what: [] for what in runs}
    memory = {}
    for _ in range(TURNS):
        for what, arguments in runs.items():
            cpu, memory[what] = measure_child(arguments)
            seconds[what].append(cpu)
    for what in runs:
        print_row(what, f"{min(seconds[what]) * 1000:.0f} ms", f"{memory[what] / 1024:.0f} MiB")


class Conversations:
    """The program that holds conversations in its own process."""

    def __init__(self, program):
        self.program = program

    def ask(self, *arguments):
        """What it prints, by name; None: it says that it cannot."""
        said = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, check=True
        ).stdout
        if said.startswith("skipped"):
            print_row(" ".join(map(str, arguments)), "-", said.strip())
            return None
        return {line.split()[0]: float(line.split()[1]) for line in said.splitlines()}


def measure_tls(conversations):
    print_head("A conversation inside TLS, beside a bare GnuTLS handshake (CPU)")
    figures = conversations.ask("handshakes", 15)
    bare = figures["handshake"]
    print_row("bare handshake", f"{bare:.0f} us")
    print_row("and a message in the clear, by turns", f"{figures['apart']:.0f} us",
              f"{figures['apart'] / bare:.2f} times")
    print_row("conversation, one after the other", f"{figures['alone']:.0f} us",
              f"{figures['alone'] / bare:.2f} times")
    print_row("conversation, twenty at once", f"{figures['together']:.0f} us",
              f"{figures['together'] / bare:.2f} times (aim: 1.15)")
    return bare


def find_tcp_place(_):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = probe.getsockname()
    return socket.AF_INET, address, f"{address[0]}:{address[1]}"


def find_unix_place(folder):
    address = os.path.join(folder, "sink")
    return socket.AF_UNIX, address, f"unix:{address}"


def read_cpu_seconds(pid):
    """proc(5): utime and stime."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Sink:
    """Postfix's smtp-sink, which takes all mail and throws it away; no Postfix runs."""

    def __init__(self, find_place):
        self.find_place = find_place

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        os.chmod(self.folder.name, 0o777)
        family, address, self.place = self.find_place(self.folder.name)
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(["smtp-sink", *user, self.place, "100"])
        for _ in range(100):
            with socket.socket(family) as probe:
                if probe.connect_ex(address) == 0:
                    return self
            time.sleep(0.05)
        sys.exit("benchmark.py: smtp-sink does not listen")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def measure(self, n):
        """CPU seconds of both ends for N messages, each on a connection of its own."""
        _, source, sink = pour(self, n, 1)
        return source + sink


def pour(server, n, n_sessions):
    """N messages of smtp-source: seconds of the clock on the wall, CPU seconds of smtp-source, of the server."""
    before, began = read_cpu_seconds(server.process.pid), time.monotonic()
    source, _ = measure_child(
        ["smtp-source", "-s", str(n_sessions), "-m", str(n), "-l", str(MESSAGE_BYTES), "-f", "luis@iesgn.example",
         "-t", "luis@iesgn.example", server.place])
    return time.monotonic() - began, source, read_cpu_seconds(server.process.pid) - before


# Its limits are lifted where the measurement itself would meet them.
SERVED = """
[scenario]
title = Benchmark
[host mail]
mailname = iesgn.example
users = luis:cereza
certificate = letsencrypt
[postfix mail]
mailbox_size_limit = 0
[service mail submissions]
[dovecot mail]
"""


class Served:
    """mailsim serve, printing nothing but where it listens."""

    def __init__(self, mailsim):
        self.mailsim = mailsim

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".scenario")
        self.file.write(SERVED)
        self.file.flush()
        number = os.getpid() % (250 * 250)
        self.process = subprocess.Popen(
            [self.mailsim, "serve", "-q", "--client-address=127.0.0.1",
             f"--listen=127.{number // 250 + 2}.{number % 250 + 2}.1", self.file.name],
            stdout=subprocess.PIPE, text=True)
        self.services = {}
        for line in self.process.stdout:
            service = re.fullmatch(r"\S+ (\S+) (127\.\S+):(\d+)\n", line)
            if service:
                self.services[service[1]] = (service[2], int(service[3]))
            elif self.services:
                break
        self.place = "{}:{}".format(*self.services["smtp"])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        if self.process.wait() != 0:
            sys.exit("benchmark.py: mailsim serve fails")
        self.file.close()

    def count_bytes(self):
        """Of memory: proc(5)."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()


def measure_transactions(conversations):
    print_head(f"Messages of {MESSAGE_BYTES} bytes in the clear, for each CPU second")
    os.environ["PATH"] += ":/usr/sbin"
    postfix = shutil.which("smtp-sink") and shutil.which("smtp-source")
    kinds = {
        "sessions": "client and server, taking all (smtp-sink's work)",
        "transactions": "through the lab (rules, queue, mailbox, record)",
    }
    places = {
        "smtp-source against smtp-sink, TCP": find_tcp_place,
        "smtp-source against smtp-sink, Unix sockets": find_unix_place,
    }
    figures = {kind: [] for kind in [*kinds, *places]}
    for _ in range(TURNS):
        for kind in kinds:
            figures[kind].append(conversations.ask(kind, MESSAGES, MESSAGE_BYTES)["transaction"])
        for what, find_place in places.items() if postfix else ():
            with Sink(find_place) as sink:
                figures[what].append(sink.measure(MESSAGES) / MESSAGES * 1e6)
    middle = {kind: statistics.median(turns) for kind, turns in figures.items() if turns}
    if not postfix:
        print("smtp-source and smtp-sink are not installed (Debian: postfix): nothing to compare")
    for what in places if postfix else ():
        print_row(what, f"{1e6 / middle[what]:.0f} /s")
    for kind, what in kinds.items():
        beside = " and ".join(f"{middle[place] / middle[kind]:.1f}" for place in places if postfix)
        print_row(what, f"{1e6 / middle[kind]:.0f} /s",
                  f"{beside} times" + (" (aim: 5)" if kind == "sessions" else "") if beside else "")


def measure_serve(mailsim):
    print_head(f"smtp-source with {SESSIONS} sessions at once against mailsim serve and smtp-sink, TCP")
    os.environ["PATH"] += ":/usr/sbin"
    if not (shutil.which("smtp-sink") and shutil.which("smtp-source")):
        print("smtp-source and smtp-sink are not installed (Debian: postfix): nothing to compare")
        return
    turns = {"serve": [], "smtp-sink": []}
    for _ in range(TURNS):
        with Served(mailsim) as served:
            turns["serve"].append(pour(served, MESSAGES, SESSIONS))
        with Sink(find_tcp_place) as sink:
            turns["smtp-sink"].append(pour(sink, MESSAGES, SESSIONS))
    wall = {server: statistics.median(turn[0] for turn in rows) / MESSAGES for server, rows in turns.items()}
    cpu = {server: statistics.median(turn[2] for turn in rows) / MESSAGES for server, rows in turns.items()}
    print_row("smtp-sink, messages a second of the wall", f"{1 / wall['smtp-sink']:.0f} /s")
    print_row("mailsim serve, the same", f"{1 / wall['serve']:.0f} /s", f"{wall['smtp-sink'] / wall['serve']:.2f} times")
    print_row("smtp-sink, CPU of the server for each", f"{cpu['smtp-sink'] * 1e6:.0f} us")
    print_row("mailsim serve, the same", f"{cpu['serve'] * 1e6:.0f} us", f"{cpu['serve'] / cpu['smtp-sink']:.1f} times")


# Service, what is said, what the answer ends with.
IDLE_KINDS = [("smtp", b"EHLO laptop.example\r\n", b"\n250 "), ("imap", b"a CAPABILITY\r\n", b"a OK")]


def come_in(address, first, end):
    visitor = socket.create_connection(address)
    visitor.recv(4096)
    return ask(visitor, first, end)


def ask(visitor, said, end):
    visitor.sendall(said)
    heard = b""
    while end not in heard:
        heard += visitor.recv(4096)
    return visitor


def measure_idle(mailsim):
    print_head(f"mailsim serve with {IDLE} idle connections, after their first command")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + 200
    if hard != resource.RLIM_INFINITY and hard < wanted:
        print(f"skipped: they need {wanted} file descriptors (ulimit -n)")
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    for service, first, end in IDLE_KINDS:
        with Served(mailsim) as served:
            address = served.services[service]
            come_in(address, first, end).close()
            alone = measure_commands(served)
            before = served.count_bytes()
            visitors = [come_in(address, first, end) for _ in range(IDLE)]
            print_row(f"{service}: memory of each", f"{(served.count_bytes() - before) / IDLE / 1024:.1f} KiB")
            print_row(f"{service}: CPU of a command among them", f"{measure_commands(served):.0f} us",
                      f"alone {alone:.0f} us")
            for visitor in visitors:
                visitor.close()


def measure_commands(served, n=400):
    """CPU microseconds of one EHLO, in sessions that are shorter than smtpd_junk_command_limit."""
    visitors = [come_in(served.services["smtp"], *IDLE_KINDS[0][1:]) for _ in range(n // 80)]
    before = read_cpu_seconds(served.process.pid)
    for visitor in visitors:
        for _ in range(80):
            ask(visitor, *IDLE_KINDS[0][1:])
    spent = read_cpu_seconds(served.process.pid) - before
    for visitor in visitors:
        visitor.close()
    return spent / n * 1e6


def measure_matrix(mailsim, bare):
    print_head("mailsim matrix: a lab for each cell, all in one process (CPU)")
    listed = subprocess.run([mailsim, "matrix", "--format=tsv"], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in listed.splitlines()[1:]]
    cells = sum(row[6] == "1" for row in rows)
    handshakes = sum("starttls=" in row[13] for row in rows)
    start = min(measure_child([mailsim, "--version"])[0] for _ in range(TURNS))
    turns = [measure_child([mailsim, "matrix", "--format=tsv"]) for _ in range(TURNS)]
    middle = statistics.median(cpu for cpu, _ in turns) - start
    print_row(f"all {cells} cells", f"{middle:.2f} s", f"{turns[0][1] / 1024:.0f} MiB  (aim: 3 s)")
    print_row("each", f"{middle / cells * 1e6:.0f} us", f"{middle / cells * 1e6 / bare:.2f} bare handshakes")
    print_row("handshakes among them", f"{handshakes}", f"{handshakes * bare / 1e6:.2f} s bare")


def measure_growth(conversations):
    print_head("Conversations inside TLS that begin at the same moment (CPU of each)")
    for n in 1, 10, 100, 1000, 4000:
        turns = [conversations.ask("growth", n) for _ in range(TURNS if n <= 100 else 1)]
        if turns[0] is not None:
            middle = statistics.median(turn["conversation"] for turn in turns)
            print_row(f"{n} at once", f"{middle:.0f} us")


def measure_memory(conversations):
    print_head("Memory of each open conversation inside TLS, both ends and its record")
    for n in 4000, 9000:
        figures = conversations.ask("open", n)
        if figures is not None:
            print_row(f"{n} open at once", f"{figures['open'] / 1024:.1f} KiB",
                      "(aim: 40)" if n == 4000 else "")


def main():
    mailsim, program, *only = sys.argv[1:]
    conversations = Conversations(program)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, load {load}: where others work too, all is dearer")
    if only == ["serve"]:
        measure_serve(mailsim)
        measure_idle(mailsim)
        return
    measure_lessons(mailsim)
    bare = measure_tls(conversations)
    measure_matrix(mailsim, bare)
    measure_transactions(conversations)
    measure_growth(conversations)
    measure_memory(conversations)
    measure_serve(mailsim)
    measure_idle(mailsim)


if __name__ == "__main__":
    main()
