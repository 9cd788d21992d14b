# SPDX-License-Identifier: MIT
"""mailsim serve, as a server for programs of the real world: started, read, ended. MAILSIM is the first argument of
whoever runs this; each server listens at a loopback address of its own, so that several runs do not meet."""
import os
import re
import resource
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import threading

MAILSIM = sys.argv[1]
PATIENCE = 60
CLAIM_PORT = 10000
claims = []


def choose_address():
    """One for each server of each run, with room for a hundred hosts behind it: whose UDP port nobody else has bound."""
    first = os.getpid() * 16
    for number in range(first, first + 250 * 250):
        address = f"127.{number // 250 % 250 + 2}.{number % 250 + 2}.1"
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            claim.bind((address, CLAIM_PORT))
        except OSError:
            claim.close()
            continue
        claims.append(claim)
        return address
    raise OSError("every loopback address is taken")


class Server:
    """mailsim serve, and what it prints."""

    def __init__(self, *arguments, case="case5", descriptors=None, ready="Ctrl-C"):
        self.lines = []
        self.news = threading.Condition()

        def limit():
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.process = subprocess.Popen(
            [MAILSIM, "serve", f"--listen={choose_address()}", *arguments, case],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C"},
            preexec_fn=limit,
            text=True,
            encoding="utf-8",
        )
        self.complaints = ""
        self.readers = [
            threading.Thread(target=self.read_output, daemon=True),
            threading.Thread(target=self.read_complaints, daemon=True),
        ]
        for reader in self.readers:
            reader.start()
        self.ready = self.wait_for(ready)
        self.services = {}
        for line in self.snapshot():
            service = re.fullmatch(r"(\S+) (\S+) (127\.\S+):(\d+)", line)
            if service:
                self.services[service[1], service[2]] = (service[3], int(service[4]))

    def read_output(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.lines.append(None)
            self.news.notify_all()

    def read_complaints(self):
        for line in self.process.stderr:
            with self.news:
                self.complaints += line
                self.news.notify_all()

    def snapshot(self):
        """The lines so far."""
        with self.news:
            return [line for line in self.lines if line is not None]

    def wait_until(self, holds):
        with self.news:
            self.news.wait_for(lambda: holds() or None in self.lines, PATIENCE)
            return holds()

    def count(self, text):
        return sum(line is not None and text in line for line in self.lines)

    def wait_for(self, text, times=1):
        return self.wait_until(lambda: self.count(text) >= times)

    def at(self, service, host="mail.iesgn.example"):
        return self.services[host, service]

    def connect(self, service="smtp", host="mail.iesgn.example"):
        return socket.create_connection(self.at(service, host), PATIENCE)

    def is_alive(self):
        with smtplib.SMTP(*self.at("smtp"), timeout=PATIENCE) as program:
            return program.noop()[0] == 250

    def count_kilobytes(self, what="VmRSS"):
        """Of memory, that it holds now; VmHWM: that it held at most."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(what + r":\s+(\d+)", status.read())[1])

    def count_descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self, number=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def __str__(self):
        return "\n".join(line for line in self.lines if line is not None) + self.complaints


def is_sanitized():
    """Is it a build with AddressSanitizer, whose memory says little?"""
    with open(MAILSIM, "rb") as program:
        return b"__asan_init" in program.read()


def trusting():
    """The lab's authority is nobody's: real programs are told not to check."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
