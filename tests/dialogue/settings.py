#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Settings that are wrong, old or doubtful: what check says of them and what the lab then does, against what Postfix did.

    settings.py MAILSIM SOURCE_ROOT

Each section of recorded/bad-settings.md is asked here (SAID), and none may be left out. Of smtpd its dialogue is
compared, line by line; of smtp the status and how well the server was known. Where a daemon died, check must refuse
the setting in the daemon's words, and the lab, to which it is given behind check's back (as a $reference), must die of
it as well. A word of warning in the log is one in check.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WORLD = """[scenario]
title = The recorded host
[host mail]
mailname = iesgn.example
address  = 203.0.113.25
users    = ana:melocoton, carlos:pera
[postfix mail]
inet_protocols = ipv4
smtp_tls_session_cache_database =
[host instituto]
hostname = mx.instituto.example
address  = 192.0.2.25
users    = bob
[postfix instituto]
inet_protocols = ipv4
[zone instituto.example]
[mua stranger]
address  = 198.51.100.7
outgoing = mail:25
[zone 113.51.198.in-addr.arpa]
[zone 100.51.198.in-addr.arpa]
"""
KEYWORDS = ["PIPELINING", "SIZE 10240000", "VRFY", "ETRN", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING"]
USUAL = re.compile(r"250 \(the usual keywords, (?:no STARTTLS|with STARTTLS(?:, (AUTH .*))?)\)$")
STATUS = re.compile(r"(to=<[^>]*>, relay=[^,]*), delay=[^,]*, delays=[^,]*, (dsn=.*)$")


def read_sections(path):
    """[(chapter, title, settings, dialogue, log)], the sections in their order."""
    sections = []
    chapter = None
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            chapter = line[3:].split()[0]
        elif line.startswith("### "):
            sections.append((chapter, line[4:], [], [], []))
        elif not sections:
            continue
        elif line.startswith("    "):
            sections[-1][2].append(line.strip())
        elif line.startswith(("C: ", "S: ", "-- ")):
            sections[-1][3].append(line)
        elif line.startswith("log: "):
            sections[-1][4].append(line[5:])
    return sections


if __name__ == "__main__":
    mailsim, root = sys.argv[1:]
    for chapter, title, settings, dialogue, log in read_sections(pathlib.Path(root, "tests/dialogue/recorded/bad-settings.md")):
        step = "[step s]\ntitle = x\n"
        if chapter == "smtpd":
            step += "do = talk\nby = stranger\nconnect = mail:25 clear\n"
            lines = [l[3:] for l in dialogue if l.startswith("C: ")]
            step += "".join(f"{i+1} = {l}\n" for i, l in enumerate(lines or ["QUIT"]))
        else:
            step += "do = send\nby = ana\nto = bob@instituto.example\n"
        text = WORLD + step + "[postfix mail @s]\n" + "".join(s + "\n" for s in settings)
        path = pathlib.Path("/tmp/probe.scenario"); path.write_text(text)
        print("=====", title, settings)
        r = subprocess.run([mailsim, "check", path], capture_output=True, text=True)
        print("\n".join(l for l in r.stderr.splitlines() if l.startswith("/tmp")or "^" in l))
        hidden = WORLD + step + "[postfix mail @s]\n" + "".join(f"{s.split('=')[0].strip()} = $v{i}\nv{i} = {s.split('=',1)[1].strip()}\n" for i, s in enumerate(settings))
        path.write_text(hidden)
        r = subprocess.run([mailsim, "run", "--format=json", path], capture_output=True, text=True)
        if r.returncode:
            print("RUN", r.returncode, r.stderr)
            continue
        seen = []
        for e in json.loads(r.stdout)["events"]:
            if e["kind"] == "line" and e["direction"] == "in" and chapter == "smtpd": seen.append("S: " + e["text"])
            if e["kind"] in ("finding",): seen.append("finding " + e["text"])
            if e["kind"] in ("timeout","closed"): seen.append("-- "+e["kind"]+" "+str(e["text"]))
            if e["kind"] == "status": seen.append(f"to=<{e['recipient']}>, relay={e['relay']}, dsn={e['dsn']}, status={e['status']} ({e['reason']})")
        hops = json.loads(r.stdout)["steps"][0]["hops"]
        exp = [re.sub(r"postfix/(\w+)\[<pid>\]: ", r"\1: ", l) for l in log if re.search("fatal|warning|error|status=|TLS conn|reject", l)] + [d for d in dialogue if d[0] in "S-"]
        print("EXPECTED", *exp, sep="\n   ")
        print("SEEN", *[s for s in seen if not s.startswith("S: 250-")], [h["tls"] and h["tls"]["trust"] for h in hops], sep="\n   ")
