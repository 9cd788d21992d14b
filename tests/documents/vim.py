#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Vim sees in a scenario what mailsim sees: headers, keys, values, and what is wrong. As TAP.

    vim.py MAILSIM SOURCE_ROOT

Without a Vim that knows syntax (Debian's package vim; vim-tiny does not) it is skipped.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from tap import Tap

SAMPLE = """\
# Of everything something
[scenario]
title     = What is “title”? clear
title[es] = Un escenario
start     = 2026-01-12
[host mail @later]
users     = ana:melocoton
user      = ana
[postfix mail]
#smtpd_banner = a comment
smtpd_tls_security_level = may
lab.keeps_plaintext_buffer = yes
[service mail submission]
-o smtpd_tls_auth_only=no
[zone iesgn.example]
@ MX      = 10 mail
dnssec    = yes
[link a b]
latency   = 20ms
attack    = listen
[step later]
10        = EHLO laptop
expect.10.lacks = AUTH\\n
expect.hop.mail.reply = Relay
expect.hop.mail = encrypted, nonsense, 454
expect.hops.mail = encrypted
[hots mail]
[question why]
ask       = Why?
"""
# Line, a text in it, what Vim calls its first letter.
WANTED = [
    (1, "#", "mailsimComment"), (2, "[", "mailsimHeader"), (2, "]", "mailsimHeaderEnd"),
    (3, "title", "mailsimKey"), (3, "= What", "mailsimText"), (3, "clear", "mailsimText"),
    (4, "title", "mailsimKey"), (4, "[es]", "mailsimLanguage"), (4, "Un", "mailsimText"),
    (5, "2026", "mailsimNumber"), (6, "@later", "mailsimStep"), (6, "]", "mailsimHeaderEnd"),
    (7, "users", "mailsimKey"), (8, "user ", "mailsimUnknownKey"), (10, "#", "mailsimComment"),
    (10, "smtpd", "mailsimComment"), (11, "smtpd", "mailsimKey"), (12, "lab", "mailsimPlanned"),
    (14, "smtpd", "mailsimKey"), (16, "@ MX", "mailsimKey"), (17, "dnssec", "mailsimKey"),
    (19, "latency", "mailsimKey"), (19, "20ms", "mailsimNumber"), (20, "attack", "mailsimPlanned"),
    (22, "10", "mailsimKey"), (23, "expect", "mailsimKey"), (23, "\\n", "mailsimEscape"),
    (24, "Relay", "mailsimText"), (25, "expect", "mailsimKey"), (25, "encrypted", "mailsimWord"),
    (25, "nonsense", "mailsimValue"), (25, "454", "mailsimNumber"), (26, "expect", "mailsimUnknownKey"),
    (27, "[hots", "mailsimUnknown"), (28, "[question", "mailsimPlanned"), (29, "ask", "mailsimPlanned"),
]
MISTAKES = {"mailsimUnknown", "mailsimUnknownKey", "mailsimPlanned"}


class Vim:
    def __init__(self, mailsim, root, folder):
        self.command = ["vim", "-Nes", "-u", "NONE", "-i", "NONE", "--cmd", f"set rtp^={root}/docs/vim",
                        "--cmd", "filetype plugin on", "--cmd", "syntax on"]
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{pathlib.Path(mailsim).parent}:{os.environ['PATH']}",
                            "LC_ALL": "C.UTF-8"}

    def run(self, file, script):
        """What the list “seen” holds after SCRIPT."""
        path = self.folder / "script.vim"
        path.write_text(f"let seen = []\n{script}\ncall writefile(seen, 'seen')\nqall!\n", encoding="utf-8")
        (self.folder / "seen").unlink(missing_ok=True)
        subprocess.run([*self.command, str(file), "-S", str(path)], cwd=self.folder, env=self.environment,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)
        seen = self.folder / "seen"
        return seen.read_text(encoding="utf-8").splitlines() if seen.exists() else []

    def name(self, file, places):
        """The names of what stands at PLACES, lines and columns (in bytes, from 1)."""
        return self.run(file, "\n".join(
            f"call add(seen, synIDattr(synID({line}, {column}, 1), 'name'))" for line, column in places))


def check_sample(tap, vim):
    path = vim.folder / "sample.scenario"
    path.write_text(SAMPLE, encoding="utf-8")
    lines = SAMPLE.splitlines()
    places = [(line, len(lines[line - 1].split(text)[0].encode()) + 1) for line, text, _ in WANTED]
    names = vim.name(path, places)
    wrong = [
        f"line {line}, {text}: {name}, not {wanted}"
        for (line, text, wanted), name in zip(WANTED, names) if name != wanted
    ]
    tap.report("what is what", len(names) == len(WANTED) and not wrong, wrong)


def check_story(tap, vim, path):
    """No mistake in a scenario that has none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [(number, 1) for number, line in enumerate(lines, 1) if line]
    names = vim.name(path, places)
    wrong = [f"{line}: {name}" for (line, _), name in zip(places, names) if name in MISTAKES or not name]
    tap.report(path.name, len(names) == len(places) > 10 and not wrong, wrong[:10])


def main():
    mailsim, root = sys.argv[1], pathlib.Path(sys.argv[2])
    tap = Tap()
    version = subprocess.run(["vim", "--version"], stdout=subprocess.PIPE, text=True).stdout if shutil.which("vim") else ""
    if "+syntax" not in version:
        tap.skip("syntax", "there is no Vim here that knows syntax")
        return tap.finish()
    with tempfile.TemporaryDirectory() as name:
        vim = Vim(mailsim, root, pathlib.Path(name))
        check_sample(tap, vim)
        for path in sorted((root / "scenarios").glob("*.scenario")):
            check_story(tap, vim, path)
        sample = vim.folder / "sample.scenario"
        seen = vim.run(sample, "let seen = [&filetype, &commentstring]")
        tap.report("the type of the file", seen == ["mailsim", "# %s"], seen)
        sample.write_text("[scenario]\ntitle = x\n[hots a]\n")
        seen = vim.run(sample, "silent make\nfor e in getqflist() | call add(seen, e.lnum . ':' . e.col . ':' . e.type) | endfor")
        tap.report(":make finds the mistakes", "3:2:e" in seen, seen)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
