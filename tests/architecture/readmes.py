#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The README.md of a layer names each of its .c files, and none that is not there.

    readmes.py SOURCE_ROOT

`print*.c` names all that fit, and so does `command-NAME.c`: a word in capitals is any. A file of a folder inside the
layer may be named with its folder, `smtpd/smtpd.c`; one of another layer has its layer before it.
"""
import fnmatch
import pathlib
import re
import sys


def read_patterns(text):
    """What stands in backquotes and ends in .c, as globs."""
    return [re.sub(r"[A-Z]+", "*", name) for name in re.findall(r"`([^`\s]+\.c)`", text)]


def find_remarks(text, files):
    """FILES are the paths of the layer's .c files, relative to its folder."""
    patterns = read_patterns(text)
    for file in files:
        if not any(fnmatch.fnmatch(file, p) or fnmatch.fnmatch(file.rpartition("/")[2], p) for p in patterns):
            yield f"{file} is not named"


def find_strays(text, files, everywhere):
    """What is named and is neither in the layer nor, with the layer's name, in another."""
    for pattern in read_patterns(text):
        bare = pattern.removeprefix("../")
        names = files + [file.rpartition("/")[2] for file in files]
        if not fnmatch.filter(names, pattern) and not ("/" in bare and fnmatch.filter(everywhere, bare)):
            yield f"`{pattern}` is no file"


def check_itself():
    files = ["lab.c", "look-queue.c", "smtpd/smtpd.c"]
    everywhere = ["lab/lab.c", "wire/wire.c"]
    complete = "`lab.c`, `look-WHAT.c`, `smtpd/*.c`"
    return (
        not list(find_remarks(complete, files))
        and not list(find_remarks("`l*.c` and `smtpd.c`", files))
        and len(list(find_remarks("lab.c and `look-queue.h`", files))) == 3
        and not list(find_strays(complete + " `../wire/wire.c`, `wire/wire.c`", files, everywhere))
        and len(list(find_strays("`parameters.c`, `wire.c`, `wire/tls.c`", files, everywhere))) == 3
    )


def main():
    sim = pathlib.Path(sys.argv[1], "sim")
    everywhere = [str(path.relative_to(sim)) for path in sim.rglob("*.c")]
    results = [("the check finds what it should", check_itself(), [])]
    for layer in sorted(path for path in sim.iterdir() if path.is_dir()):
        files = sorted(str(path.relative_to(layer)) for path in layer.rglob("*.c"))
        text = (layer / "README.md").read_text(encoding="utf-8")
        remarks = [*find_remarks(text, files), *find_strays(text, files, everywhere)]
        results.append((f"{layer.name} names its files", bool(files) and not remarks, remarks))

    for number, (name, holds, remarks) in enumerate(results, 1):
        print(f"{'ok' if holds else 'not ok'} {number} - {name}")
        for remark in remarks:
            print(f"# {remark}")
    print(f"1..{len(results)}")
    return 0 if all(holds for _, holds, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
