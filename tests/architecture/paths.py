#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the guides for programmers name exists: each file and folder, and each public function.

    paths.py SOURCE_ROOT

The guides are docs/architecture.md, docs/hacking.md, and the README.md of each layer. A path may leave
out folders before it, in a layer's guide those up to the layer. A word in capitals stands for any name,
as * does.
"""
import fnmatch
import pathlib
import re
import sys

from portable import list_files

ENDINGS = "awk|build|c|expected|h|ini|json|md|py|scenario|sh|txt|vim|xml"
PATH = re.compile(rf"(?<![\w$/.*-])(?:\./)?((?:\.\./|[\w.*-]+/)*[\w.*-]*[\w*-]\.(?:{ENDINGS}))(?![\w/-])"
                  r"|`(?:\./)?([a-z.][\w.*-]*/(?:[\w.*-]+/?)*)`")
FUNCTION = re.compile(r"\bmailsim_[a-z0-9_]+[a-z0-9]")
# What is named and is no part of the repository.
ELSEWHERE = re.compile(r"^(build[\w-]*/|mailsim-world-SEED)")


def find_paths(text):
    for found in PATH.finditer(text):
        path = found[1] or found[2]
        if not ELSEWHERE.match(path):
            yield re.sub(r"^(\.\./)+", "", path.rstrip("/"))


def exists(path, files, below=""):
    """FILES are the paths of all files and folders; BELOW: a file without a folder is in that one."""
    pattern = re.sub(r"\b[A-Z]{2,}\b", "*", path) if path != "README.md" else path
    return any(
        fnmatch.fnmatchcase("/" + file, "*/" + pattern) and ("/" in path or "." not in path or file.startswith(below))
        for file in files
    )


def check_itself():
    files = ["sim", "sim/lab", "sim/lab/host/parameters.c", "sim/cli/command-new.c", "docs/lint.md"]
    text = "`parameters.c` (cli/command-NAME.c), `sim/lab/`; ../lint.md, $x/y.c, `a.b`, `./build/mailsim`, main.cf."
    return (
        list(find_paths(text)) == ["parameters.c", "cli/command-NAME.c", "sim/lab", "lint.md"]
        and all(exists(path, files) for path in ("parameters.c", "host/*.c", "cli/command-NAME.c", "sim/lab"))
        and exists("parameters.c", files, "sim/lab/")
        and not any(exists(path, files) for path in ("lab/parameters.c", "ameters.c", "talk-NAME.c", "lab/sim"))
        and not exists("command-new.c", files, "sim/lab/")
    )


def main():
    root = pathlib.Path(sys.argv[1])
    sources = [path.relative_to(root) for path in list_files(root) if path.is_file()]
    files = {str(part) for path in sources for part in [path, *path.parents]}
    code = "\n".join((root / path).read_text(encoding="utf-8") for path in sources
                     if path.suffix in (".c", ".h") and path.parts[0] in ("include", "sim"))
    guides = ["docs/architecture.md", "docs/hacking.md", *sorted(
        str(path) for path in sources if path.match("sim/*/README.md"))]
    print("ok 1 - the test finds what it should" if check_itself()
          else "not ok 1 - the test finds what it should")
    failed = not check_itself() or len(guides) < 10
    for number, guide in enumerate(guides, 2):
        text = (root / guide).read_text(encoding="utf-8")
        layer = f"{pathlib.Path(guide).parent}/" if guide.startswith("sim/") else ""
        missing = [path for path in find_paths(text) if not exists(path, files, layer)]
        missing += [name for name in FUNCTION.findall(text) if not re.search(rf"\b{name}", code)]
        failed |= bool(missing)
        print(f"{'not ok' if missing else 'ok'} {number} - {guide} names what exists")
        for name in missing:
            print(f"# there is no {name}")
    print(f"1..{len(guides) + 1}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
