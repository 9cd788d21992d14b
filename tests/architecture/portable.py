#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nothing in the repository knows the machine on which it was written: no folder of it, no host
from which it gets its packages.

    portable.py SOURCE_ROOT
"""
import pathlib
import re
import shutil
import subprocess
import sys

# Each is written in two halves, so that this file does not find itself.
FOLDERS = ("/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/tm" + "p/", "/mn" + "t/", "/Us" + "ers/")
HOSTS = ("deb.deb" + "ian.org", "pyp" + "i.org", "artifac" + "tory", "mir" + "ror.", "mir" + "rors.")
PATTERN = re.compile(
    r"(?<![\w./-])(?:" + "|".join(map(re.escape, FOLDERS)) + r")\w|"
    + "|".join(map(re.escape, HOSTS))
)


# The users of a lab, or of a server that was recorded, have homes.
TESTS = "tests/"


def find_traces(text, name=""):
    for number, line in enumerate(text.splitlines(), 1):
        found = PATTERN.search(line)
        if found and not (name.startswith(TESTS) and found[0].startswith("/ho" + "me/")):
            yield number, found[0]


def list_files(root):
    """What is or could be in the repository; without git, all but the build folders."""
    if (root / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-C", str(root), "-c", "safe.directory=*", "ls-files", "-z", "--cached",
             "--others", "--exclude-standard"],
            stdout=subprocess.PIPE, text=True, check=True,
        ).stdout
        return [root / name for name in listed.split("\0") if name]
    return [
        path
        for path in root.rglob("*")
        if path.is_file() and not path.relative_to(root).parts[0].startswith(("build", ".git"))
    ]


def check_itself():
    guilty = ["see /wo" + "rk/main", "'/tm" + "p/x.log'", "http://deb.deb" + "ian.org/x"]
    innocent = ["the /wo" + "rk/ done", "sim/wo" + "rk/x", "/proc/tm" + "p/"]
    return all(list(find_traces(line)) for line in guilty) and not any(
        list(find_traces(line)) for line in innocent
    ) and not list(find_traces("in /ho" + "me/ana/Maildir", TESTS + "x.txt"))


def main():
    root = pathlib.Path(sys.argv[1])
    files = [path for path in list_files(root) if path.is_file()]
    remarks = []
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        name = path.relative_to(root).as_posix()
        remarks += [f"{name}:{number}: {what}" for number, what in find_traces(text, name)]
    results = [
        ("the check finds what it should", check_itself(), []),
        ("there is something to check", len(files) > 50, []),
        ("no file names a folder or a package host of this machine", not remarks, remarks),
    ]
    for number, (name, holds, found) in enumerate(results, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {name}")
        for remark in found:
            print(f"# {remark}")
    print(f"1..{len(results)}")
    return 0 if all(holds for _, holds, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
