#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual pages can be read, name the commands and options that there are, and their examples work.

    manual.py MAILSIM SOURCE_ROOT

mailsim(1) is made from docs/source/mailsim.1 and --help, in two languages, mailsim-scenario(5) by the
test “reference”. Without mandoc(1) or man(1) that part is skipped. As TAP.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap
import write_help


# mandoc knows sections by their English names.
NAME_IS_TRANSLATED = re.compile('first section is not "NAME"|outside NAME section')


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          encoding="utf-8", errors="replace", **more)
    return done.returncode, done.stdout


def read_help(mailsim, locale):
    return run([mailsim, "--help"], env={**os.environ, "LC_ALL": locale})[1]


def check_written(tap, mailsim, root):
    """What is written from templates and the help."""
    for source, target, locale, option in (
        ("mailsim.1", "mailsim.1", "C", "option"), ("mailsim.es.1", "es/mailsim.1", "es_ES.UTF-8", "opción"),
    ):
        writer = write_help.Writer(read_help(mailsim, locale), option)
        text = writer.write((root / "docs/source" / source).read_text(encoding="utf-8"))
        page = root / "docs/man" / target
        if "MAILSIM_UPDATE_GOLDEN" in os.environ:
            page.write_text(text, encoding="utf-8")
        found = page.read_text(encoding="utf-8")
        tap.report(f"{target} is what the help says", text == found, ["MAILSIM_UPDATE_GOLDEN=1 writes it anew"])
        commands, options = read_page(found)
        said = writer.help
        report_same(tap, f"{target}: the commands", {name for name, _, _ in said.commands}, commands)
        report_same(tap, f"{target}: the options", said.list_options(), options)
        listed = re.findall(r"(?<![\w-])--\w[\w-]*", read_help(mailsim, locale))
        missing = [option for option in listed if not any(known.split("=")[0] == option for known in options)]
        tap.report(f"{target}: no option is overlooked", not missing, missing)


def read_page(text):
    """The same, from the items of a page."""
    commands, options = set(), set()
    for item in re.findall(r"^\.It (.*)$", text, re.MULTILINE):
        command = re.match(r"Cm (\w+)", item)
        commands |= {command[1]} if command else set()
        for option in re.findall(r"Fl (.*?)(?= , |$)", item):
            options.add("-" + re.sub(r" Ns | Ar | Cm |Ar |Cm ", "", option.replace(" Ns", "")).replace(" ", ""))
    return commands, options


def report_same(tap, name, said, written):
    wrong = [f"only --help has {word}" for word in sorted(said - written)]
    wrong += [f"only the page has {word}" for word in sorted(written - said)]
    tap.report(name, not wrong and said, wrong)


def check_form(tap, root, page):
    name = page.relative_to(root / "docs/man")
    translated = len(name.parts) > 1
    if shutil.which("mandoc"):
        status, said = run(["mandoc", "-T", "lint", "-W", "warning", str(page)])
        wrong = [line for line in said.splitlines() if not (translated and NAME_IS_TRANSLATED.search(line))]
        tap.report(f"{name}: mandoc finds nothing wrong", not wrong, wrong)
    else:
        tap.skip(f"{name}: mandoc", "there is no mandoc here")
    if shutil.which("man"):
        status, said = run(["man", "--warnings", "-E", "UTF-8", "-l", str(page)],
                           env={**os.environ, "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
        lines = [re.sub(r".\x08|\x1b\[[0-9;]*m", "", line) for line in said.splitlines()]
        wrong = [line for line in lines if "warning:" in line or "error:" in line]
        wrong += [f"{len(line)} columns: {line}" for line in lines if len(line) > 80]
        tap.report(f"{name}: man shows it in 80 columns", status == 0 and len(lines) > 50 and not wrong, wrong)
    else:
        tap.skip(f"{name}: man", "there is no man here")


def check_examples(tap, mailsim, name, text):
    """Each .Dl and .Bd -literal, in order and in one folder; a page's own world is a scenario."""
    blocks = re.findall(r"^\.Dl (.*)$|^\.Bd -literal.*\n((?:.*\n)*?)^\.Ed$", text, re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        for tool in ("editor", "less"):
            path = pathlib.Path(folder) / tool
            path.write_text("#!/bin/sh\n[ $# -gt 0 ] || exec cat\n")
            path.chmod(0o755)
        path = f"{pathlib.Path(mailsim).parent}:{folder}:{os.environ['PATH']}"
        for line, block in blocks:
            text = (line or block).replace("\\e", "\\").replace("\\-", "-")
            if text.startswith("["):
                (pathlib.Path(folder) / "page.scenario").write_text(text)
                text = "mailsim run --quiet page.scenario"
            status, said = run(["bash", "-eo", "pipefail", "-c", text], cwd=folder, env={**os.environ, "PATH": path})
            first = text.split("\n", 1)[0]
            failed = status != 0 or re.search(r": [123]$", said, re.MULTILINE)
            tap.report(f"{name}: {first}", not failed, [said])
        tap.report(f"{name}: there are examples", bool(blocks))


def check_itself():
    page = ".It Cm run Ar X | Y ...\n.It Fl q , Fl -quiet\n.It Fl -lang Ns = Ns Cm es Ns | Ns Cm en\n.It Fl -to Ns = Ns Ar FILE\n"
    return read_page(page) == ({"run"}, {"-q", "--quiet", "--lang=es|en", "--to=FILE"})


def main():
    mailsim, root = sys.argv[1], pathlib.Path(sys.argv[2])
    tap = Tap()
    tap.report("the test finds what it should", check_itself())
    check_written(tap, mailsim, root)
    for page in sorted((root / "docs/man").rglob("mailsim*.[15]")):
        text = page.read_text(encoding="utf-8")
        name = str(page.relative_to(root / "docs/man"))
        check_form(tap, root, page)
        check_examples(tap, mailsim, name, text)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
