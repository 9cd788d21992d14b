#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What bash offers behind mailsim, with docs/completion/mailsim.bash; and one real TAB. As TAP.

    completion.py MAILSIM SOURCE_ROOT
"""
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

from tap import Tap

# A line up to the cursor, as bash splits it (“=” is a word); what has to be offered; what not.
LINES = [
    ("", "run serve list show check", "case5"),
    ("r", "run", "serve"),
    ("ru", "run", ""),
    ("run ", "case5 talk mine.scenario folder", "notes.txt run --lang="),
    ("run m", "mine.scenario", "case5"),
    ("run case5 t", "talk", "case5"),
    ("run folder/", "folder/other.scenario", "mine.scenario"),
    ("show ", "case5 talk", "mine.scenario"),
    ("check ", "mine.scenario", "case5"),
    ("list ", "", "case5 mine.scenario"),
    ("run --", "--lang= --detail= --quiet --output= --all --help", "--listen= -q"),
    ("run -", "-q -o -h --lang=", "--listen="),
    ("serve --", "--listen= --port-offset= --lang= --all --format= --live --once", "--output="),
    ("check --", "--all --help", "--output= --detail="),
    ("run --lang = ", "es en", "case5"),
    ("run --lang = e", "es en", "auto"),
    ("run --lang e", "es en", "case5"),
    ("run --detail = b", "brief", "full"),
    ("run --detail=b", "--detail=brief", "brief"),
    ("run --color =", "auto always never", "es"),
    ("run --lang = es c", "case5", "es"),
    ("-", "--help --version", "--lang="),
    ("run -o n", "notes.txt", "case5"),
    ("run --quiet c", "case5", "--color="),
    ("explain --", "--lang= --ascii --color= --format= --list", "--detail= --quiet --all"),
    ("explain --color = a", "auto always", "never"),
    ("list --", "--lang= --help", "--all --version"),
    ("show --", "--world --lang= --quiet --all", "--detail="),
    ("new -", "-q -f -h --from= --force --stdout --quiet --lang=", "-o --all"),
    ("new --from = ", "case5 talk mine.scenario", "notes.txt CASE"),
    ("new --from=ta", "--from=talk", "talk"),
    ("certs ", "folder", "case5 mine.scenario notes.txt"),
    ("certs folder ", "case5 talk mine.scenario", "notes.txt --quiet"),
    ("certs -q folder c", "case5", "folder mine.scenario"),
    ("certs -", "-q -h --quiet --all --help", "--lang= --ascii"),
    ("check -", "-q -h --all --quiet", "--lang="),
]


class Bash:
    def __init__(self, mailsim, root, folder):
        self.script = root / "docs/completion/mailsim.bash"
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{pathlib.Path(mailsim).parent}:{os.environ['PATH']}",
                            "PS1": "ready> ", "TERM": "dumb", "LC_ALL": "C.UTF-8"}

    def complete(self, line):
        """What is offered for the last word of LINE."""
        words = ["mailsim"] + line.split(" ")
        script = (
            'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1));'
            '_mailsim "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}";'
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "--norc", "-uc", script, str(self.script), *words], cwd=self.folder,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout.split()

    def type(self, keys, wanted):
        """Type KEYS to a shell of one's own, until WANTED is on its screen; what is there."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], self.environment)
        screen = ""
        os.write(terminal, f"source {self.script}\n".encode())
        deadline = time.monotonic() + 20
        typed = False
        while wanted not in screen and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                screen += os.read(terminal, 4096).decode(errors="replace")
            if not typed and screen.count("ready> ") > 1:
                os.write(terminal, keys.encode())
                typed = True
        os.close(terminal)
        os.waitpid(pid, 0)
        return screen


def main():
    mailsim, root = sys.argv[1], pathlib.Path(sys.argv[2])
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "folder").mkdir()
        for file in ("mine.scenario", "notes.txt", "folder/other.scenario"):
            (folder / file).write_text("")
        bash = Bash(mailsim, root, folder)
        for line, wanted, unwanted in LINES:
            offered = bash.complete(line)
            wrong = [f"lacks {word}" for word in wanted.split() if word not in offered]
            wrong += [f"offers {word}" for word in unwanted.split() if word in offered]
            tap.report(f"mailsim {line}", not wrong, wrong + [f"offered: {' '.join(offered)}"])
        help_text = subprocess.run([mailsim, "--help"], env={**os.environ, "LC_ALL": "C"},
                                   stdout=subprocess.PIPE, text=True).stdout
        options = {word + ("=" if equals else "") for word, equals in re.findall(r"^  (?:-\w, )?(--[\w-]+)(=?)", help_text, re.MULTILINE)}
        offered = {word for command in bash.complete("") for word in bash.complete(f"{command} --")}
        offered |= set(bash.complete("-"))
        tap.report("all options of the help are offered", options <= offered, sorted(options - offered))
        offered = bash.complete("explain smtpd_ban")
        tap.report("a topic of explain", offered == ["smtpd_banner"], offered)
        screen = bash.type("mailsim run --det\tbr\twro\t", "--detail=brief wrong-port")
        tap.report("a real TAB", "mailsim run --detail=brief wrong-port" in screen, [screen])
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
