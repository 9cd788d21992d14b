#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mailsim matrix, cell by cell, against what two Postfixes did.

    matrix.py MAILSIM SOURCE_ROOT

All rows of recorded/smtp-tls-matrix.tsv are asked, and compared in their order: the seven columns that name a row,
what became of the attempt (outcome, channel, trust, code, reason), what the server summed up, and of the notes the
sender's log: what stands before “log:” there is prose of whoever recorded. Lines of OpenSSL's sources do not count, nor
that a line comes twice, which the record leaves out. The unknown authority has another name in the lab, and there its
server sends its certificate along, so that OpenSSL complains of that one. There is no other exception. At last the
comparison is tried itself: a row that is changed, lost or added must be found.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
from tap import finish, report  # noqa: E402

KEY = ["client_level", "server_level", "cert", "nexthop", "tlsa", "zone", "attempt"]
FOUND = ["outcome", "channel", "client_tls_status", "dsn", "reason", "server_saw", "notes"]
ROWS = 649


def read_log(notes, cert):
    """“A zone; log: LINE; LINE” as the lines alone, each once."""
    _, begun, log = notes.rpartition("log: ")
    if cert == "ca-untrusted":
        log = log.replace("/CN=Unknown Root X9", "/CN=Foreign CA").replace("CA certificate", "server certificate")
    return "; ".join(dict.fromkeys(re.sub(r"\.c:\d+:", ".c:<line>:", log).split("; "))) if begun else "-"


def read(text):
    """Rows as pairs: what names one, what was found."""
    names, *lines = [line.split("\t") for line in text.splitlines()]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    for row in rows:
        row["notes"] = read_log(row["notes"], row["cert"])
    return names, [(tuple(row[name] for name in KEY), {name: row[name] for name in FOUND}) for row in rows]


def compare(recorded, seen):
    """What differs, a line each."""
    ours = dict(seen)
    theirs = dict(recorded)
    for key, expected in recorded:
        if key not in ours:
            yield f"{' | '.join(key)}: not there"
            continue
        for name in FOUND:
            if ours[key][name] != expected[name]:
                yield f"{' | '.join(key)}: {name}: recorded “{expected[name]}”, seen “{ours[key][name]}”"
    for key, _ in seen:
        if key not in theirs:
            yield f"{' | '.join(key)}: nobody has recorded it"
    if len(ours) != len(seen) or len(theirs) != len(recorded):
        yield "some rows are there twice"


def check_itself(recorded):
    """Does it find what it should?"""
    key, found = recorded[7]
    report(not list(compare(recorded, list(recorded))), "the same is the same")
    for name in FOUND:
        changed = [*recorded[:7], (key, {**found, name: "other"}), *recorded[8:]]
        report(len(list(compare(recorded, changed))) == 1, f"a changed {name} is found")
    report(len(list(compare(recorded, recorded[:-1]))) == 1, "a lost row is found")
    report(len(list(compare(recorded[1:], recorded))) == 1, "a row too many is found")
    report(bool(list(compare(recorded, [*recorded, recorded[0]]))), "a row that is there twice is found")


def main():
    mailsim, root = sys.argv[1:]
    path = pathlib.Path(root, "tests", "dialogue", "recorded", "smtp-tls-matrix.tsv")
    names, recorded = read(path.read_text(encoding="utf-8"))
    run = subprocess.run([mailsim, "matrix", "--format=tsv"], capture_output=True, text=True, encoding="utf-8")
    report(run.returncode == 0 and not run.stderr, "mailsim matrix --format=tsv", run.stderr)
    our_names, seen = read(run.stdout or "\t".join(names))
    report(our_names == names, "the columns are those of the record", our_names)
    report(len(recorded) == ROWS, f"{ROWS} rows are recorded", len(recorded))
    report([key for key, _ in seen] == [key for key, _ in recorded], "the rows come in the record's order")
    for level in dict.fromkeys(key[0] for key, _ in recorded):
        theirs = [row for row in recorded if row[0][0] == level]
        ours = [row for row in seen if row[0][0] == level]
        differences = list(compare(theirs, ours))
        report(not differences, f"client level {level}: {len(theirs)} rows", "\n".join(differences))
    check_itself(recorded)
    finish()


if __name__ == "__main__":
    main()
