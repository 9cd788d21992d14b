#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What mailsim costs: one table of figures, each beside what it is measured against.

    benchmark.py MAILSIM BENCHMARK_CONVERSATIONS

Times are of the processor, not of the clock on the wall, and what is compared is measured by
turns in this one run: the machine may do other things besides. docs/benchmark.md says what the
figures mean.
"""
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

MESSAGE_BYTES = 1000
MESSAGES = 2000
TURNS = 5


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
        before = read_cpu_seconds(self.process.pid)
        source, _ = measure_child(
            ["smtp-source", "-m", str(n), "-l", str(MESSAGE_BYTES), "-f", "luis@iesgn.example",
             "-t", "luis@iesgn.example", self.place])
        return source + read_cpu_seconds(self.process.pid) - before


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
    mailsim, program = sys.argv[1:]
    conversations = Conversations(program)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, load {load}: where others work too, all is dearer")
    measure_lessons(mailsim)
    bare = measure_tls(conversations)
    measure_matrix(mailsim, bare)
    measure_transactions(conversations)
    measure_growth(conversations)
    measure_memory(conversations)


if __name__ == "__main__":
    main()
