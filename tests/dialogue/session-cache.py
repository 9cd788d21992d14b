#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""TLS sessions that are kept and taken up again, line by line, against the logs of two real Postfixes.

    session-cache.py MAILSIM RECORDED

RECORDED is session-cache-logs.md, whose lines about certificates were left out, or session-cache-more.md, which has
them. Each run becomes a scenario of its own; of each delivery every line that smtp(8), smtpd(8) and tlsmgr(8) wrote
about TLS and what became of the message is compared, and whether the session was taken up. In place of process and
queue ids, addresses, digests, times and sizes stand placeholders, there as here.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WORLD = """[scenario]
title = x
[certificate lab-ca]
names = ca.example
cn = Lab CA
issuer = self
ca = yes
key = rsa
[certificate inter-ca]
names = ca.example
cn = Inter CA
issuer = lab-ca
key = rsa
[certificate foreign-ca]
names = ca.example
cn = Foreign CA
issuer = self
ca = yes
key = rsa
[certificate foreign-root]
names = ca.example
cn = Foreign Root
issuer = self
ca = yes
key = rsa
[certificate foreign-inter]
names = ca.example
cn = Foreign Inter
issuer = foreign-root
key = rsa
[certificate shown]
{certificate}
[host mx]
mailname = dest.example
hostname = mx.dest.example
users = u0, u1, u2
certificate = shown
[postfix mx]
mynetworks = 127.0.0.0/8 192.0.2.0/24
smtpd_tls_loglevel = {loglevel}
{receiver}
[host mail]
mailname = sender.example
users = a
[postfix mail]
smtp_tls_loglevel = {loglevel}
smtp_tls_security_level = {level}
smtp_tls_session_cache_database =
smtp_tls_CApath =
smtp_tls_CAfile = /etc/mailsim/lab-ca.pem
smtp_tls_policy_maps = hash:/etc/postfix/tls_policy
{sender}
[file mail /etc/postfix/tls_policy]
1 = elsewhere.example none
"""
NAMES = "names = mx.dest.example, dest.example\ncn = mx.dest.example\nkey = rsa\n"
CERTIFICATES = {
    "ok": NAMES + "issuer = lab-ca",
    "new": NAMES + "issuer = lab-ca\nissued = 2026-01-11",
    "host-only": "names = mx.dest.example\ncn = mx.dest.example\nkey = rsa\nissuer = lab-ca",
    "ec": "names = mx.dest.example, dest.example\ncn = mx.dest.example\nkey = ecdsa\nissuer = lab-ca",
    "other": "names = other.example\ncn = other.example\nkey = rsa\nissuer = lab-ca",
    "expired": NAMES + "issuer = lab-ca\nissued = 2025-01-01\ndays = 30",
    "self": NAMES + "issuer = self\nca = yes",
    "short": NAMES + "issuer = inter-ca\nprofile = no-intermediate",
    "full": NAMES + "issuer = inter-ca",
    "foreign": NAMES + "issuer = foreign-ca\nprofile = no-intermediate",
    "foreign-full": NAMES + "issuer = foreign-inter",
}
# What no scenario can say, or the lab does not do.
BEYOND = {
    "foreign-full": "an unknown root is sent along",
    "The same, may": "a server that asks for a certificate takes anonymous ciphers all the same",
}
HOSTS = {"sender": "mail", "receiver": "mx"}
DELIVERY = "[step d{n}]\ntitle = x\ndo = send\nby = a\nto = u{i}@dest.example\n{more}"

# What the lab's log does not have: why a certificate was refused, which has recordings of its own (recorded/tls).
PASSED_OVER = re.compile(
    r"certificate verification failed for|initializing the server-side|open smtpd TLS|smtpd session cache cleanup"
    r"|connect from|client=|/master\[|script\["
)
CERTIFICATE_LINES = re.compile(r"depth=\d+ verify=|subject_CN=")


def settings(text):
    """“`a = b`, `c = d`”: none of max_use, by which a real daemon reads main.cf again."""
    found = re.findall(r"`([^`]*)`", text)
    return [line for line in found if not line.startswith("max_use")]


def read(path):
    """Each run: its head, and its deliveries, with what happened before each and the lines of both sides."""
    runs = []
    for part in re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]:
        head = re.search(
            r"(?m)^sender: (.*); receiver: (.*); both `loglevel = (\d)`; client level `(\w+)`(?:; certificate `(.*)`)?",
            part)
        run = {"name": part.splitlines()[0], "sender": settings(head[1]), "receiver": settings(head[2]),
               "loglevel": head[3], "level": head[4], "certificate": head[5] or "ok", "deliveries": [],
               "renewed": "max_use" in head[1]}
        before = []
        for line in re.search(r"(?s)```\n(.*?)```", part)[1].splitlines():
            if line.startswith("-- between: "):
                before.append(line.removeprefix("-- between: "))
            elif line.startswith("-- delivery"):
                run["deliveries"].append({"before": before, "sender": [], "receiver": []})
                before = []
            else:
                side, text = line.split(None, 1)
                run["deliveries"][-1][side].append(text)
        runs.append(run)
    return runs


def change(before, n):
    """What happened before delivery N, in the language: steps of its own, keys of the delivery, groups that change."""
    steps, keys, groups = "", "", ""
    for words in before:
        if found := re.fullmatch(r"(\d+) seconds", words):
            steps += f"[step w{n}]\ntitle = x\ndo = wait\nfor = {found[1]}s\n"
        elif found := re.fullmatch(r"(\w+) stopped and started", words):
            keys += f"restart = {HOSTS[found[1]]}\n"
        elif found := re.fullmatch(r"(\w+) reloaded(?: with (.*))?", words):
            lines = settings(found[2] or "") or ["smtpd_banner = again"]
            groups += f"[postfix {HOSTS[found[1]]} @d{n}]\n" + "\n".join(lines) + "\n"
        elif found := re.fullmatch(r"receiver's certificate replaced by `(\S+)`(, receiver reloaded)?", words):
            groups += f"[certificate shown @d{n}]\n{CERTIFICATES[found[1]]}\n"
            groups += f"[postfix mx @d{n}]\nsmtpd_banner = again\n" if found[2] else ""
        elif found := re.fullmatch(r"sender not reloaded, `smtp_tls_security_level = (\w+)`(?:, `\w+ = (\S+)`)?", words):
            match = f" match={found[2]}" if found[2] else ""
            groups += f"[file mail /etc/postfix/tls_policy @d{n}]\n1 = dest.example {found[1]}{match}\n"
        else:
            raise ValueError(words)
    return steps, keys, groups


def write(run):
    text = WORLD.format(certificate=CERTIFICATES[run["certificate"]], level=run["level"], loglevel=run["loglevel"],
                        sender="", receiver="")
    for host in ("sender", "receiver"):
        for line in run[host]:
            name = line.split(" = ")[0]
            group = f"[postfix {HOSTS[host]}]\n"
            at = text.index(group) + len(group)
            end = text.index("\n[", at)
            body = re.sub(rf"(?m)^{name} =.*\n", "", text[at:end] + "\n")
            text = text[:at] + body + line + text[end:]
    for i, delivery in enumerate(run["deliveries"]):
        steps, keys, groups = change(delivery["before"], i + 1)
        text += steps + DELIVERY.format(n=i + 1, i=i, more=keys) + groups
    return text


def mask(text, with_certificates):
    """A line with placeholders; None: it is not compared."""
    if PASSED_OVER.search(text) or (not with_certificates and CERTIFICATE_LINES.search(text)):
        return None
    for pattern, stands in (
            (r"^(postfix/\w+)\[(?:\d+|<pid>)\]", r"\1[]"), (r"(unknown|mail\.sender\.example)\[", "client["),
            (r"\[\d+(\.\d+){3}\]", "[<ip>]"), (r"&\d+(\.\d+){3}&", "&<ip>&"), (r"s=\d+(\.\d+){3}:", "s=<ip>:"),
            (r"&[0-9A-F]{64}", "&<hash>"), (r"[0-9A-F]{64}&", "<hash>&"), (r"time=(\d+|<time>)", "time=<time>"),
            (r"expiration: (\d+|<time>)", "expiration: <time>"), (r"data \d+ bytes", "data <n> bytes"),
            (r"\]: ([0-9A-F]{10}|<queue-id>): ", "]: <queue-id>: "), (r"queued as \S+\)", "queued as <queue-id>)"),
            # Ciphers below TLS 1.3, and their names, are compared by the test of the deliveries.
            (r"TLSv1\.2 with cipher \S+ \(256/256 bits\).*", "TLSv1.2 with cipher <cipher>"),
            (r"delay=\S+, delays=\S+, ", ""), (r"fingerprint=[0-9A-F:]{20,}", "fingerprint=<fingerprint>"),
            (r"btree:\S*/(\w+_scache)", r"btree:<dir>/\1")):
        text = re.sub(pattern, stands, text)
    return text


def drop_cleanup(lines):
    """tlsmgr(8) looks through a cache that is as old as its timeout; the lab's does not. What it reads then, nobody
    has looked up."""
    kept = []
    opened = False
    for line in lines:
        if "session cache cleanup" in line and not opened:
            continue
        if re.match(r"postfix/tlsmgr\[\]: read ", line) and not re.match(r"postfix/tlsmgr\[\]: lookup ", (kept or [""])[-1]):
            continue
        opened = "TLS cache btree" in line
        kept.append(line)
    return kept


def mask_all(lines, with_certificates):
    masked = [mask(line, with_certificates) for line in lines]
    return drop_cleanup([line for line in masked if line is not None])


def ask(mailsim, run):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "run.scenario")
        path.write_text(write(run), encoding="utf-8")
        told = subprocess.run([mailsim, "run", "--format=json", str(path)], capture_output=True, text=True, check=False)
    if not told.stdout:
        raise RuntimeError(told.stderr)
    return json.loads(told.stdout)


def collect(recording, step, host):
    programs = {"mail": ("postfix/smtp", "postfix/tlsmgr"), "mx": ("postfix/smtpd", "postfix/tlsmgr")}[host]
    lines = []
    for event in recording["events"]:
        if event["kind"] == "log" and event["step"] == step and event["party"] == host and event["program"] in programs:
            lines.append(f"{event['program']}[{event['pid']}]: {event['text']}")
    return lines


def is_resumed(lines):
    """None: nothing of it is in the log."""
    for line in lines:
        if "TLS connection established" in line:
            return "TLSv1.3" in line and "server-digest" not in line or "Reusing old session" in "".join(lines)
    return None


def compare(mailsim, run, with_certificates):
    recording = ask(mailsim, run)
    problems = []
    ids = [step["id"] for step in recording["steps"]]
    for i, delivery in enumerate(run["deliveries"]):
        step = ids.index(f"d{i + 1}")
        for side, host in HOSTS.items():
            recorded = mask_all(delivery[side], with_certificates)
            if run["renewed"] and side == "sender" and i > 0:
                recorded = [line for line in recorded if "initializing the client-side" not in line]
            seen = mask_all(collect(recording, f"d{i + 1}", host), with_certificates)
            if recorded != seen:
                at = next((n for n, pair in enumerate(zip(recorded, seen)) if pair[0] != pair[1]),
                          min(len(recorded), len(seen)))
                there, here = (lines[at] if at < len(lines) else "-" for lines in (recorded, seen))
                problems.append(f"delivery {i + 1}, {side}, line {at + 1}: recorded\n{there}\nhere\n{here}")
        expected = is_resumed(delivery["sender"])
        resumed = [bool(hop["tls"] and hop["tls"]["resumed"]) for hop in recording["steps"][step]["hops"]]
        if expected is not None and resumed != [expected]:
            problems.append(f"delivery {i + 1}: resumed {resumed}, recorded {expected}")
    return problems


def main():
    mailsim, path = sys.argv[1], pathlib.Path(sys.argv[2])
    runs = read(path)
    with_certificates = path.name != "session-cache-logs.md"
    failed = False
    print(f"1..{len(runs)}")
    for n, run in enumerate(runs, 1):
        beyond = BEYOND.get(run["certificate"]) or BEYOND.get(run["name"].split(". ", 1)[1])
        if beyond:
            print(f"ok {n} - {run['name']} # SKIP {beyond}")
            continue
        problems = compare(mailsim, run, with_certificates)
        print(f"{'not ' if problems else ''}ok {n} - {run['name']}")
        for problem in problems:
            print("# " + problem.replace("\n", "\n#   "))
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
