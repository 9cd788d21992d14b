#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The bar of mailsim matrix, on a terminal for standard error: it comes when the work takes longer than a second, goes
when it is over, and Ctrl-C leaves nothing behind.

    progress.py MAILSIM FOLDER
"""
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from tap import finish, report  # noqa: E402

PATIENCE_S = 120
ALL = [f"--{axis}=all" for axis in ("client-level", "server-level", "cert", "nexthop", "tlsa", "zone")]
SOME = ALL[:3] + ["--tlsa=none,match,wrong"]  # 837 cells: more than a second, whatever the machine
GONE = b"\r\033[K"


class Run:
    """mailsim with a terminal for standard error alone."""

    def __init__(self, mailsim, arguments, term="xterm"):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [mailsim, "matrix", *arguments], stdout=subprocess.PIPE, stderr=slave, stdin=slave,
            env={**os.environ, "TERM": term})
        os.close(slave)
        self.said = b""

    def read_until(self, wanted):
        """All that stands on the terminal, up to where WANTED says that it is enough."""
        end = time.monotonic() + PATIENCE_S
        while not wanted(self.said) and time.monotonic() < end:
            if select.select([self.master], [], [], 1)[0]:
                try:
                    self.said += os.read(self.master, 4096)
                except OSError:  # nobody is there any more
                    return

    def finish(self):
        out = self.process.communicate(timeout=PATIENCE_S)[0]
        self.read_until(lambda _: False)
        return out


def try_whole(mailsim, ascii_only):
    options = ["--ascii"] if ascii_only else []
    run = Run(mailsim, ["--format=tsv", *SOME, *options])
    out = run.finish()
    what = "in ASCII" if ascii_only else "in UTF-8"
    report(run.process.returncode == 0 and out.startswith(b"client_level\t"), f"{what}: it succeeds", run.said)
    report(b" %" in run.said and (b"#" if ascii_only else "█".encode()) in run.said, f"{what}: a bar", run.said[:200])
    report(run.said.endswith(GONE), f"{what}: which is gone", run.said[-80:])
    report(not ascii_only or max(run.said) < 0x80, f"{what}: no other character")


def try_interrupt(mailsim, number):
    with tempfile.TemporaryDirectory() as folder:
        run = Run(mailsim, ["--format=tsv", f"--output={folder}/out", *ALL])
        run.read_until(lambda said: b" %" in said)
        run.process.send_signal(number)
        run.finish()
        report(run.process.returncode == -number, f"{number.name} ends it", run.process.returncode)
        report(run.said.endswith(GONE), f"{number.name}: the bar is gone", run.said[-80:])
        report(not os.listdir(folder), f"{number.name}: nothing is left", os.listdir(folder))


def try_quiet(mailsim):
    run = Run(mailsim, ["--client-level=may", "--cert=ca-ok"])
    run.finish()
    report(run.said == b"", "a single cell needs none", run.said)
    run = Run(mailsim, ["--format=tsv", *SOME], term="dumb")
    run.finish()
    report(run.said == b"", "a terminal that cannot erase gets none", run.said)
    piped = subprocess.run([mailsim, "matrix", "--format=tsv"], capture_output=True)
    report(piped.stderr == b"", "nor does a pipe", piped.stderr)


def main():
    mailsim = sys.argv[1]
    for ascii_only in False, True:
        try_whole(mailsim, ascii_only)
    for number in signal.SIGINT, signal.SIGTERM:
        try_interrupt(mailsim, number)
    try_quiet(mailsim)
    finish()


if __name__ == "__main__":
    main()
