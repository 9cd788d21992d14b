#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mailsim run --step and --pace, on a real terminal: tmux is the teacher, and the projector.

    step.py MAILSIM

What is on the screen is read again and again until it is what is awaited: nothing here waits for
a time. Each terminal has a tmux server of its own, so that several runs do not meet. As TAP.
"""
import os
import pathlib
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time

from tap import finish, report

MAILSIM = os.path.abspath(sys.argv[1])
PATIENCE = 60
SAY = "mailsim: run: --step waits for keys"
KEYS = {"en": "? help", "es": "? ayuda"}
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR", "TERM")
} | {"LC_ALL": "C.UTF-8", "SHELL": "/bin/sh"}


class Late(Exception):
    """What was awaited did not happen."""


def wait_for(holds, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.01)
    raise Late(what() if callable(what) else what)


def run(*arguments, **options):
    return subprocess.run(
        [MAILSIM, "run", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=ENVIRONMENT,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        check=False,
        **options,
    )


class Terminal:
    """A terminal in which one command runs, and what was before and after it."""

    def __init__(self, *arguments, rows=24, columns=80, environment="", shell=False):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.command = " ".join(shlex.quote(word) for word in (MAILSIM, "run", *arguments))
        (self.folder / "tmux.conf").write_text(
            "set -g history-limit 100000\nset -g status off\nset -g remain-on-exit on\n"
        )
        # exec: whoever kills the process kills mailsim itself. Ctrl-C is not for the script.
        (self.folder / "run").write_text(
            f"trap : INT QUIT; cd {self.folder}; ulimit -c 0; stty -g >before\n"
            "while [ ! -e go ]; do sleep 0.01; done\n"
            f"({environment} exec sh -c 'echo $$ >pid; exec {self.command}' 2>errors)\n"
            "echo $? >status; stty -g >after; touch over\n"
        )
        self.tmux(
            "new-session", "-d", "-x", str(columns), "-y", str(rows),
            "exec env PS1='$ ' bash --norc --noprofile -i" if shell
            else f"exec sh {self.folder}/run",
        )
        self.tmux("pipe-pane", "-o", f"cat >{self.folder}/raw")
        (self.folder / "go").touch()

    def tmux(self, *arguments):
        return subprocess.run(
            ["tmux", "-S", self.folder / "socket", "-f", self.folder / "tmux.conf", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=ENVIRONMENT,
            timeout=PATIENCE,
            check=False,
        ).stdout

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def get_screen(self):
        """The rows of the screen, without the empty ones below."""
        return self.tmux("capture-pane", "-p").rstrip("\n").split("\n")

    def get_text(self):
        """All that has ever been written and not erased; what tmux says at the end is not."""
        text = self.tmux("capture-pane", "-p", "-J", "-S", "-").split("\nPane is dead")[0]
        return [line.rstrip() for line in text.rstrip("\n").split("\n")]

    def wait_for(self, *texts):
        wait_for(
            lambda: all(text in "\n".join(self.get_screen()) for text in texts),
            lambda: f"{texts} never came:\n" + "\n".join(self.get_screen()),
        )

    def wait_for_prompt(self, text=KEYS["en"]):
        wait_for(
            lambda: text in self.get_screen()[-1],
            lambda: f"{text} never stood at the bottom:\n" + "\n".join(self.get_screen()),
        )

    def press_until(self, key, text):
        """Once for each change, until TEXT is on the screen."""
        while text not in "\n".join(self.get_screen()):
            before = self.get_text()
            self.press(key)
            wait_for(lambda: self.is_over() or self.get_text() != before, f"{key}: no change")
            if self.is_over():
                raise Late(f"{text} has never been on the screen")
            self.wait_for_prompt()

    def is_over(self):
        return (self.folder / "over").exists()

    def read(self, name):
        return (self.folder / name).read_text().strip()

    def read_modes(self):
        """Of termios(3), now."""
        path = self.tmux("display-message", "-p", "#{pane_tty}").strip()
        terminal = os.open(path, os.O_RDONLY | os.O_NOCTTY)
        try:
            return termios.tcgetattr(terminal)
        finally:
            os.close(terminal)

    def get_pid(self):
        wait_for(lambda: (self.folder / "pid").exists() and self.read("pid"), "it has not begun")
        return int(self.read("pid"))

    def end(self):
        """Its exit status. The terminal must be as it was."""
        wait_for(self.is_over, lambda: "it does not end:\n" + "\n".join(self.get_screen()))
        return int(self.read("status"))

    def is_restored(self):
        return self.read("before") == self.read("after") != ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")
        shutil.rmtree(self.folder, ignore_errors=True)


def go_to_the_end(terminal, prompt=KEYS["en"]):
    """A key is pressed only while one is asked for: the terminal itself would show any other."""
    while True:
        wait_for(
            lambda: terminal.is_over() or prompt in terminal.get_screen()[-1],
            f"neither an end nor {prompt}",
        )
        if terminal.is_over():
            return
        before = terminal.get_text()
        terminal.press("Space")
        wait_for(lambda: terminal.is_over() or terminal.get_text() != before, "no change")


def check_whole(case, *arguments):
    """By keys to the end: what has been written is the transcript."""
    language = "es" if "--lang=es" in arguments else "en"
    whole = run(case, *[word for word in arguments if not word.startswith("--step")])
    with Terminal(*arguments, case) as terminal:
        terminal.wait_for_prompt(KEYS[language])
        go_to_the_end(terminal, KEYS[language])
        status = terminal.end()
        seen = terminal.get_text()
        expected = [line.rstrip() for line in whole.stdout.rstrip("\n").split("\n")]
        differing = [pair for pair in zip(seen, expected) if pair[0] != pair[1]]
        report(
            seen == expected,
            f"{' '.join(arguments)} {case}: key by key, it is the transcript",
            f"{len(seen)} lines, {len(expected)} expected; {differing[:3]}",
        )
        report(
            status == whole.returncode == 0 and terminal.is_restored(),
            "the status is that of a run, and the terminal is as it was",
        )


def check_all():
    check_whole("case5", "--step")
    check_whole("wrong-port", "--step=line", "--lang=es")


def check_keys():
    with Terminal("--step=line", "case5") as terminal:
        terminal.wait_for_prompt()
        terminal.press("3", "Enter")
        terminal.wait_for("━━ 3 ·", "step 3/")
        terminal.press_until("Space", "~>  AUTH PLAIN")
        report(
            "235 2.7.0" not in "\n".join(terminal.get_text()),
            "a jump; then it stops between a command and its answer",
        )
        before = terminal.get_text()
        terminal.press("w")
        terminal.wait_for("TLS record application_data", "|.", "What the two ends read")
        terminal.press("w")
        wait_for(lambda: terminal.get_text() == before, "the bytes stay")
        report(True, "the bytes of the cable, and away with them")
        terminal.press("-")
        terminal.wait_for("│ … RFC 4616 §2", "notes: folded")
        terminal.press("Space")
        terminal.wait_for_prompt()
        terminal.wait_for("┃ Password of ana: right")
        terminal.press("+")
        terminal.wait_for("Postfix keeps no passwords")
        report(True, "notes are folded in and out")
        terminal.press("?")
        terminal.wait_for("q, Ctrl-C")
        terminal.press("b")
        wait_for(
            lambda: "Password of ana" not in "\n".join(terminal.get_screen())
            and "q, Ctrl-C" not in "\n".join(terminal.get_screen()),
            "the help, or what was taken back, stays",
        )
        report(True, "back")
        terminal.press("q")
        report(
            terminal.end() == 0 and terminal.is_restored(),
            "q ends it; the terminal is as it was",
            terminal.read("errors"),
        )
        report(
            not any(KEYS["en"] in line for line in terminal.get_text()),
            "nothing of the bottom line is left",
            "\n".join(terminal.get_text()),
        )


def check_clear_text():
    with Terminal("--step=line", "case5") as terminal:
        terminal.wait_for_prompt()
        terminal.press_until("Right", "->  EHLO laptop")
        terminal.press("w")
        terminal.wait_for("|EHLO laptop.iesg|", "45 48 4c 4f 20 6c 61 70")
        report(True, "bytes in the clear")


def check_endings():
    """However it ends: the status, and the terminal as it was."""
    for name, end, status in (
        ("Ctrl-C", lambda terminal: terminal.press("C-c"), 0),
        ("Ctrl-D", lambda terminal: terminal.press("C-d"), 0),
        ("SIGINT", lambda terminal: os.kill(terminal.get_pid(), signal.SIGINT), 0),
        ("SIGTERM", lambda terminal: os.kill(terminal.get_pid(), signal.SIGTERM), 143),
        ("SIGHUP", lambda terminal: os.kill(terminal.get_pid(), signal.SIGHUP), 129),
        ("SIGABRT", lambda terminal: os.kill(terminal.get_pid(), signal.SIGABRT), 134),
        ("Ctrl-\\", lambda terminal: terminal.press("C-\\"), 131),
    ):
        with Terminal("--step", "case5") as terminal:
            terminal.wait_for_prompt()
            end(terminal)
            seen = terminal.end()
            report(
                seen == status and terminal.is_restored(),
                f"{name} ends it with status {status}; the terminal is as it was",
                f"status {seen}; {terminal.read('before')}; {terminal.read('after')}",
            )


def check_modes():
    """While it runs keys are not echoed; if they were, what is compared above would say nothing."""
    with Terminal("--step", "case5") as terminal:
        terminal.wait_for_prompt()
        tty = terminal.tmux("display-message", "-p", "#{pane_tty}").strip()
        modes = subprocess.run(["stty", "-F", tty, "-g"], capture_output=True, text=True)
        report(
            modes.stdout.strip() not in ("", terminal.read("before")),
            "meanwhile the terminal is another",
            modes,
        )
        terminal.press("q")
        terminal.end()


def check_vanished():
    with Terminal("--step", "case5") as terminal:
        terminal.wait_for_prompt()
        pid = terminal.get_pid()
        terminal.tmux("kill-server")

        def is_gone():
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return True
            return False

        wait_for(is_gone, "it lives on without a terminal")
        report(True, "a terminal that is closed ends it")


def check_suspension():
    with Terminal("--step", "case5", shell=True) as terminal:
        terminal.wait_for("$")
        terminal.press(f"stty -g >{terminal.folder}/before; {terminal.command}", "Enter")
        terminal.wait_for_prompt()
        terminal.press("C-z")
        terminal.wait_for("Stopped")
        terminal.press(f"stty -g >{terminal.folder}/stopped; clear", "Enter")
        wait_for(lambda: "Stopped" not in "\n".join(terminal.get_screen()), "no shell")
        terminal.press("fg", "Enter")
        terminal.wait_for_prompt()
        terminal.press("Space")
        terminal.wait_for("━━ 1 ·")
        os.kill(find_child(terminal), signal.SIGSTOP)
        terminal.wait_for("Stopped")
        terminal.press("fg", "Enter")
        terminal.wait_for_prompt()
        terminal.press("Space")
        terminal.wait_for("DNS A mail.iesgn.example")
        terminal.press("q")
        terminal.press(f"stty -g >{terminal.folder}/after; touch {terminal.folder}/over", "Enter")
        wait_for(terminal.is_over, "no shell any more")
        report(
            terminal.is_restored() and terminal.read("stopped") == terminal.read("before"),
            "Ctrl-Z, SIGSTOP and fg: it goes on, and the terminal is the shell's meanwhile",
            [terminal.read(name) for name in ("before", "stopped", "after")],
        )


def find_child(terminal):
    shell = terminal.tmux("display-message", "-p", "#{pane_pid}").strip()
    children = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
    return int(children[0])


def check_background():
    """While the shell has the terminal, its modes of the moment are not taken for ours."""
    with Terminal("--step", "case5", shell=True) as terminal:
        terminal.wait_for("$")
        terminal.press(terminal.command, "Enter")
        terminal.wait_for_prompt()
        pid = find_child(terminal)
        modes = terminal.read_modes()
        terminal.press("C-z")
        terminal.wait_for("Stopped")
        terminal.press("clear", "Enter")
        wait_for(lambda: terminal.get_screen() == ["$"], "no shell")
        # The shell waits for a line, in modes of its own, and SIGCONT comes as from “bg”.
        for _ in range(3):
            rests = count_rests(pid)
            os.kill(pid, signal.SIGCONT)
            wait_for(
                lambda: count_rests(pid) > rests and read_state(pid) == "T",
                "it goes on without a terminal",
            )
        terminal.press("fg", "Enter")
        terminal.wait_for_prompt()
        again = terminal.read_modes()
        report(again == modes, "Ctrl-Z, bg and fg: its modes are the same", [modes, again])
        terminal.press("q")


def read_state(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def count_rests(pid):
    """How often it has waited, or been stopped (proc(5))."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.MULTILINE)[1])


def check_sizes():
    with Terminal("--step=line", "--lang=es", "case5") as terminal:
        terminal.wait_for_prompt(KEYS["es"])
        for columns, rows in ((40, 12), (100, 40), (20, 5), (80, 24)):
            terminal.tmux("resize-window", "-x", str(columns), "-y", str(rows))
            terminal.wait_for_prompt("Espacio sigue" if columns > 20 else "inicio")
            fits = len(terminal.get_screen()[-1]) < columns
            prompts = sum("Espacio sigue" in line for line in terminal.get_screen())
            report(
                fits and prompts <= 1,
                f"{columns} columns: the bottom line fits, and there is one",
                "\n".join(terminal.get_screen()),
            )
        terminal.press("Space")
        terminal.wait_for("━━ 1 ·")
        terminal.press("q")
        report(terminal.end() == 0 and terminal.is_restored(), "resized, it ends as ever")


def check_plain_terminals():
    for name, environment, awaited, forbidden in (
        ("a terminal with colours", "TERM=xterm", b"\x1b[7m", None),
        ("NO_COLOR", "TERM=xterm NO_COLOR=1", b"\x1b[J", b"m"),
        ("TERM=dumb", "TERM=dumb", b"step 1/", b""),
        ("no TERM", "TERM=", b"step 1/", b""),
    ):
        with Terminal("--step", "case5", environment=environment) as terminal:
            terminal.wait_for_prompt()
            terminal.press("Space")
            terminal.wait_for_prompt("step 1/")
            terminal.press("q")
            terminal.end()
            raw = (terminal.folder / "raw").read_bytes()
            codes = re.findall(rb"\x1b\[?[0-9;]*(.)", raw)
            report(
                awaited in raw
                and (forbidden is None or (forbidden not in codes if forbidden else not codes)),
                f"{name}: no escape sequence that it has not",
                codes,
            )


def check_ascii():
    with Terminal("--step", "--ascii", "--lang=es", "case5") as terminal:
        terminal.wait_for_prompt(KEYS["es"])
        terminal.press("?")
        terminal.wait_for("q, Ctrl-C")
        text = "\n".join(terminal.get_text())
        report(text.isascii() and "b atras" in text, "--ascii holds for the bottom line, too", text)
        terminal.press("q")
        terminal.end()


def check_several():
    with Terminal("--step", "--quiet", "case5", "no-such-case", "talk") as terminal:
        terminal.wait_for_prompt()
        go_to_the_end(terminal)
        whole = run("--quiet", "case5", "talk").stdout.rstrip("\n").split("\n")
        report(
            terminal.end() == 2 and terminal.get_text() == [line.rstrip() for line in whole],
            "several cases, one after the other; one that cannot be is said and counts",
            terminal.read("errors"),
        )


def check_failure():
    """What does not hold is said when all has been seen: it would give the story away."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "fails.scenario"
        path.write_text(
            "[scenario]\ntitle = x\ninclude = case5\n[step a]\ntitle = y\ndo = send\n"
            "by = laptop\nto = bob@instituto.example\nexpect.outcome = deferred\n"
        )
        with Terminal("--step", str(path)) as terminal:
            terminal.wait_for_prompt()
            early = terminal.read("errors")
            terminal.press("q")
            status = terminal.end()
            report(
                status == 1 and early == "" and "fails.scenario:9:18: error" in
                terminal.read("errors"),
                "an expectation that does not hold: said afterwards, and status 1",
                early,
            )


def check_refusals():
    refused = (
        ("no terminal", ["--step", "case5"], SAY),
        ("no terminal, lines", ["--step=line", "case5"], "standard input is no terminal"),
        ("another unit", ["--step=word", "case5"], "--step=word: there is step, line"),
        ("an empty unit", ["--step=", "case5"], "there is step, line"),
        ("with JSON", ["--step", "--format=json", "case5"], "--format=json is written at once"),
        ("into a file", ["--pace=1", "-o", "x", "case5"], "--output is written at once"),
        ("both", ["--step", "--pace=1", "case5"], "choose one"),
        ("no case", ["--pace=1"], "which case"),
    )
    for name, arguments, hint in refused:
        result = run(*arguments)
        report(
            result.returncode == 2 and hint in result.stderr and not result.stdout,
            f"{name}: refused with a hint",
            result.stderr,
        )
    for pace in ("0", "-1", "nan", "inf", "fast", "1s", "", "1,5", "1e-9"):
        result = run(f"--pace={pace}", "case5")
        report(
            result.returncode == 2 and f"mailsim: run: --pace={pace}: how fast? 1 is" in result.stderr
            and not result.stdout,
            f"--pace={pace}: refused with a hint",
            result.stderr,
        )


def check_lost_output():
    """Keys from one terminal, text to another that goes away."""
    keys, keys_of_it = pty.openpty()
    screen, screen_of_it = pty.openpty()
    with subprocess.Popen(
        [MAILSIM, "run", "--step", "case5"], stdin=keys_of_it, stdout=screen_of_it,
        stderr=subprocess.PIPE, env={**ENVIRONMENT, "TERM": "dumb"}, text=True,
    ) as process:
        shown = b""
        while KEYS["en"].encode() not in shown:
            shown += os.read(screen, 4096)
        os.close(screen_of_it)
        os.close(screen)
        os.write(keys, b" ")
        said = process.communicate(timeout=PATIENCE)[1]
    for descriptor in (keys, keys_of_it):
        os.close(descriptor)
    report(
        process.returncode == 3 and said.count("cannot write to standard output") == 1,
        "what cannot be shown is said once, and status 3",
        f"status {process.returncode}: {said}",
    )


def check_pipe_from_terminal():
    with Terminal("--step", "case5", shell=True) as terminal:
        terminal.wait_for("$")
        terminal.press(f"{terminal.command} | cat", "Enter")
        terminal.wait_for("standard output is no terminal")
        report(True, "keys, but standard output is a pipe: it says so")


def check_pace():
    whole = run("case5")
    begin = time.monotonic()
    paced = run("--pace=20", "case5")
    took = time.monotonic() - begin
    report(
        paced.stdout == whole.stdout and paced.returncode == 0 and not paced.stderr,
        "--pace to a pipe is the transcript",
    )
    report(took > 0.4, "and takes its time", f"{took} s")
    with subprocess.Popen(
        [MAILSIM, "run", "--pace=2", "case5"], stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        first = process.stdout.readline()
        process.stdout.close()
        status = process.wait(PATIENCE)
    report(
        first != b"" and status == -signal.SIGPIPE, "a reader that goes away ends it", status
    )


def check_pace_on_terminal():
    with Terminal("--pace=0.01", "case5") as terminal:
        terminal.wait_for("━━ 1 ·")
        terminal.press("C-c")
        report(
            terminal.end() == 130 and terminal.is_restored(),
            "--pace on a terminal: Ctrl-C ends it, and the terminal is as it was",
        )


def main():
    if shutil.which("tmux") is None:
        print("1..0 # SKIP tmux is not installed: step mode is tried on its terminals")
        return
    for check in (
        check_all,
        check_keys,
        check_clear_text,
        check_endings,
        check_modes,
        check_vanished,
        check_suspension,
        check_background,
        check_sizes,
        check_plain_terminals,
        check_ascii,
        check_several,
        check_failure,
        check_lost_output,
        check_refusals,
        check_pipe_from_terminal,
        check_pace,
        check_pace_on_terminal,
    ):
        try:
            check()
        except (Late, OSError, subprocess.TimeoutExpired, ValueError) as error:
            report(False, f"{check.__name__} goes to its end", error)
    finish()


main()
