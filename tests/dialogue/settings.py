#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Settings that are wrong, old or doubtful: what check says and what the lab then does, against what Postfix did.

    settings.py MAILSIM SOURCE_ROOT

Each section of recorded/bad-settings.md is asked here (SAID has what check says), and none may be left out. Of
smtpd the dialogue is compared line by line, of smtp the status and how well the server was known. What a daemon
died of must be said by check, and the lab must die of it: where check refuses the line, it is given to the lab as a
$reference, which check does not follow. Each line of the logs is compared, or PASSED_OVER has the reason.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import maillog

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
[mua stranger]
address  = 198.51.100.7
outgoing = mail:25
[zone 100.51.198.in-addr.arpa]
"""
STEPS = {
    "smtpd": "[step s]\ntitle = x\ndo = talk\nby = stranger\nconnect = mail:25 clear\n",
    "smtp": "[step s]\ntitle = x\ndo = send\nby = ana\nto = bob@instituto.example\n",
}

CLIENT_LEVEL = ("warning", "is a client level; smtpd has none, may, encrypt Postfix would warn and use “encrypt”")
BAD_LEVEL = ("error", "invalid TLS level")
NO_FINGERPRINT = ("warning", "level fingerprint, and no fingerprint to match all mail would wait, 4.7.5 client TLS "
                  "configuration problem, and no server be called")
FINGERPRINT = ("warning", "mail for servers with any other certificate would wait (4.7.5)")
TLS_454 = "answered 454 4.7.0 TLS not available due to local problem"
FINE = ("ok", "")
NOTHING = ("warning", "matches nothing")
UNREADABLE = "; till then Postfix answers 451 4.3.0 Temporary lookup failure to all"
HOST_BITS = ("warning", "non-null host address bits in “192.168.1.5/24” perhaps you should use “192.168.1.0/24” instead"
             + UNREADABLE)

SAID = {
    "smtpd_tls_security_level = verify": CLIENT_LEVEL,
    "smtpd_tls_security_level = secure": CLIENT_LEVEL,
    "smtpd_tls_security_level = dane": BAD_LEVEL,
    "smtpd_tls_security_level = fingerprint": CLIENT_LEVEL,
    "smtpd_tls_security_level = mandatory": BAD_LEVEL,
    "smtpd_tls_security_level = yes": BAD_LEVEL,
    "smtpd_tls_security_level = May": FINE,
    "smtpd_tls_security_level = encrypt # only TLS": ("error", "a # begins a comment only at the start of a line"),
    "smtpd_tls_security_level = (empty)": FINE,
    "smtpd_use_tls = yes, no level": ("warning", "it means smtpd_tls_security_level = may"),
    "smtpd_use_tls = yes and a level of none": ("warning", "smtpd_tls_security_level = none wins over it"),
    "smtpd_enforce_tls = yes, no level": ("warning", "it means smtpd_tls_security_level = encrypt"),
    "smtpd_tls_wrappermode = yes on port 25 (main.cf)": ("warning", "a client that waits for the greeting waits in vain"),
    "A certificate without key": ("warning", TLS_454),
    "The key of another certificate": ("warning", TLS_454),
    "No certificate at all (smtpd_tls_cert_file empty), level may": ("warning", TLS_454),
    "mynetworks = 192.168.1.0/33": ("warning", "bad mask length in “192.168.1.0/33” at most 32 bits" + UNREADABLE),
    "mynetworks = 192.168.1.5/24": HOST_BITS,
    "mynetworks = 192.168.1.0/255.255.255.0": (
        "warning", "write the number of bits, as in 192.168.1.0/24" + UNREADABLE),
    "mynetworks = 0.0.0.0": ("warning", "is one address, not everybody"),
    "mynetworks = 198.51.100": NOTHING,
    "mynetworks = 198.51.100.7": FINE,
    "mynetworks = localhost": NOTHING,
    "mynetworks = ::1/128": ("error", "write an IPv6 address in brackets"),
    "mynetworks = [::1/128": NOTHING,
    "mynetworks = [::1]/128": FINE,
    "mynetworks = 127.0.0.0/8, 198.51.100.0/24": FINE,
    "mynetworks = 0.0.0.0/0": ("warning", "is everybody: an open relay"),
    "mynetworks = [::]/0": ("warning", "is everybody with IPv6: an open relay"),
    "mynetworks = (empty)": FINE,
    "mynetworks = all": NOTHING,
    "mynetworks = /etc/postfix/redes": ("warning", "without it Postfix answers 451 Temporary lookup failure"),
    "mynetworks = 192.168.1.5/24, a recipient of our own": HOST_BITS,
    "mynetworks = 198.51.100.0/24, 192.168.1.5/24: the client matches before the bad entry": HOST_BITS,
    "An unknown restriction name in smtpd_relay_restrictions": (
        "warning", "unknown smtpd restriction: “permit_mynetwork” did you mean “permit_mynetworks”? "
        "Till then 451 4.3.5 Server configuration error to everybody who gets that far"),
    "reject_rbl_client without a domain": ("warning", "Postfix warns of it, and passes over it"),
    "A parameter that does not exist": ("error", "unknown Postfix parameter “smtpd_tls_seciruty_level”"),
    "A boolean that is not one": ("error", "with anything else Postfix's daemon dies"),
    "A time that is not one": ("error", "write a number and s, m, h, d or w"),
    "A time with a unit": FINE,
    "queue lifetime below the back-off": ("warning", "Postfix warns in the log, and adjusts bounce_queue_lifetime"),
    "minimal_backoff_time above maximal_backoff_time": (
        "warning", "minimal_backoff_time is larger than maximal_backoff_time Postfix says nothing"),
    "queue_run_delay above minimal_backoff_time": (
        "warning", "queue_run_delay is larger than minimal_backoff_time Postfix says nothing"),
    "SASL switched on, nothing else (Debian's smtpd_sasl_type is cyrus)": (
        "warning", "every password answered 535 5.7.8"),
    "SASL of Dovecot, nobody at the socket": ("warning", "smtpd would die of each client"),
    "myhostname = localhost": ("warning", "“localhost” is no full host name"),
    "The domain in mydestination and in relay_domains": ("warning", "mydestination wins, without a word"),
    "smtp_tls_security_level = mandatory": BAD_LEVEL,
    "smtp_tls_security_level = May": FINE,
    "smtp_tls_security_level = verify, secure": BAD_LEVEL,
    "smtp_tls_security_level = encrypt # only TLS": ("error", "a # begins a comment only at the start of a line"),
    "smtp_enforce_tls = yes, no level": ("warning", "it means smtp_tls_security_level = verify"),
    "smtp_enforce_tls = yes and level may": ("warning", "smtp_tls_security_level = may wins over it"),
    "smtp_tls_security_level empty, nothing else": FINE,
    "fingerprint, nothing listed": NO_FINGERPRINT,
    "fingerprint, the right digest": FINGERPRINT,
    "fingerprint, the right digest in lower case": FINGERPRINT,
    "fingerprint, no colons": FINGERPRINT,
    "fingerprint, not hexadecimal": NO_FINGERPRINT,
    "fingerprint, digest unknown": (
        "warning", "digest algorithm “sha257” not found Postfix switches its client's TLS off: where TLS is a must, "
        "all mail waits (4.7.5 TLS is required, but our TLS engine is unavailable)"),
    "dane without dnssec": ("warning", "dane comes to may, which whoever takes STARTTLS away gets round. Write "
                            "smtp_dns_support_level = dnssec"),
    "dane-only without dnssec": ("warning", "all mail would wait, 4.7.5 client TLS configuration problem. Write "
                                 "smtp_dns_support_level = dnssec"),
    "dane, dnssec wanted, lookups by the C library": ("warning", "Write smtp_host_lookup = dns"),
    "may, CAfile does not exist: plaintext": (
        "warning", "Postfix switches TLS off: at level may everything goes out in the clear"),
    "may, CApath does not exist": ("warning", "mail goes out with TLS all the same, and the log says Untrusted"),
    "encrypt, CAfile does not exist": (
        "warning", "all mail would wait, 4.7.5 TLS is required, but our TLS engine is unavailable"),
    "relayhost = smtp.provider.example:smtp25 (no such service)": ("warning", "Postfix's smtp would die of it"),
    "relayhost = 192.0.2.25 without brackets": FINE,
    "relayhost = [mx.instituto.example": ("warning", "Postfix's smtp would die of it"),
    "smtp_tls_mandatory_protocols = SSLv4, level encrypt": ("warning", "Postfix would break off every handshake"),
    "smtp_tls_policy_maps names a file that does not exist": (
        "warning", "without it mail waits, 4.7.5 client TLS configuration problem"),
}

# Postfix says "unused parameter" and goes on; here the line is refused, because it is a slip of the pen.
REFUSED_ALL_THE_SAME = ("A parameter that does not exist",)

# The section shows no lines of main.cf.
SETTINGS = {
    "The key of another certificate": [
        "smtpd_tls_cert_file = /etc/letsencrypt/live/mail.iesgn.example/fullchain.pem",
        "smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key",
    ],
}

# Lines that are compared elsewhere, or that the lab does not write, by whom they are from.
PASSED_OVER = {
    r"smtpd: .*": "test-recorded compares such lines",
    r"smtp: .*(TLS connection established|certificate verification failed|TLS library problem|Invalid TLS protocol|"
    r"TLS policy lookup|disabling TLS support|DNSSEC|dane(-only)? configured|dnssec_probe|fingerprint|Digest|tls_policy)":
        "test-tls-deliveries compares such lines",
    r"cleanup: .*message-id=": "in the smtp half the recording begins behind it; in the other it is of a notice: see below",
    r"pickup: .*": "likewise",
    r"qmgr: .*: removed": "likewise",
    r"qmgr: .*from=<double-bounce@|local: .*orig_to=<postmaster>":
        "the notice of a session's trouble to postmaster is not built",
    r"(qmgr|local|bounce): .*(from=<>|status=sent \(delivered to mailbox\)|notification:)": "of bounces, which were left out",
}
KEYWORDS = "PIPELINING|SIZE 10240000|VRFY|ETRN|*|ENHANCEDSTATUSCODES|8BITMIME|DSN|SMTPUTF8|CHUNKING".split("|")
USUAL = re.compile(r"250 \(the usual keywords, (no|with) STARTTLS(?:, (AUTH .*))?\)")
TRUST = re.compile(r"(\w+) TLS connection established")


def read_sections(path):
    """[(chapter, title, settings, dialogue, log)]; a line that is none of these is prose."""
    sections = []
    chapter = None
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            chapter = line.split()[1]
        elif line.startswith("### "):
            sections.append((chapter, line[4:], [], [], []))
        elif sections and line.startswith("    "):
            sections[-1][2].append(line.strip())
        elif sections and line.startswith(("C: ", "S: ", "-- ")):
            sections[-1][3].append(line)
        elif sections and line.startswith("log: "):
            sections[-1][4].append(line[5:])
    return sections


def write_scenario(folder, chapter, settings, typed):
    lines = "".join(f"{i + 1} = {line}\n" for i, line in enumerate(typed or ["QUIT"])) if chapter == "smtpd" else ""
    path = pathlib.Path(folder, "asked.scenario")
    path.write_text(WORLD + STEPS[chapter] + lines + "[postfix mail @s]\n" + "\n".join(settings) + "\n")
    return path


def read_digest(mailsim, folder):
    """The fingerprint of instituto's certificate, as the lab writes it."""
    settings = ["smtp_tls_security_level = fingerprint", "smtp_tls_fingerprint_cert_match = fingerprint:instituto"]
    path = write_scenario(folder, "smtp", settings, [])
    recording = json.loads(subprocess.run([mailsim, "run", "--format=json", path], capture_output=True, check=True).stdout)
    return next(e["match"] for e in recording["events"] if e["kind"] == "certificate" and e.get("match"))


def fill_in(setting, digest):
    """The record has <digest> for what was different on each day."""
    for name, value in {
        "<digest>": digest,
        "<digest in lower case>": digest.lower(),
        "<digest without colons>": digest.replace(":", ""),
        "<31 octets of the digest>": digest[3:],
    }.items():
        setting = setting.replace(name, value)
    return setting


def hide(settings):
    """The same values, each in a parameter of its own that the real one refers to."""
    hidden = []
    for number, setting in enumerate(settings):
        name, value = (part.strip() for part in setting.split("=", 1))
        hidden += [f"{name} = $asked_{number}", f"asked_{number} = {value}"]
    return hidden


# ---- what check says ----


def read_check(mailsim, path):
    """The worst that is said, and all of it in one line, the excerpts of the file left out."""
    result = subprocess.run([mailsim, "check", path], capture_output=True, text=True)
    lines = [re.sub(r"^ +\| +\^* ?|^      \| ?", "", line) for line in result.stderr.splitlines()
             if not re.match(r" *\d+ \| ", line)]
    said = " ".join(" ".join(lines).split())
    worst = "error" if " error: " in said else "warning" if " warning: " in said else "ok"
    if (result.returncode != 0) != (worst == "error"):
        raise AssertionError(f"exit status {result.returncode}: {said}")
    return worst, said


def plain(text):
    return re.sub("[“”\"]", "'", text).lower()


def find_wrong_word(title, log, worst, said):
    wanted, phrase = SAID[title]
    if worst != wanted or phrase not in said:
        return f"expected {wanted}: {phrase}\nseen {worst}: {said}"
    for line in log:
        fatal = re.search(r"/smtpd?\[<pid>\]: fatal: (?:open dictionary: )?(.*)", line)
        if fatal and plain(fatal[1]) not in plain(said):
            return f"check does not say “{fatal[1]}”: {said}"
        if ": warning: " in line and worst == "ok" and "TLS library problem" not in line:
            return f"check does not warn, and Postfix does: {line}"
    return None


# ---- what the lab does ----


def expand(dialogue):
    lines = []
    for line in (d[3:] for d in dialogue if d.startswith("S: ")):
        usual = USUAL.fullmatch(line)
        if not usual:
            lines.append(line)
            continue
        offered = ["STARTTLS"] * (usual[1] == "with") + [usual[2]] * bool(usual[2])
        words = [w for k in KEYWORDS for w in (offered if k == "*" else [k])]
        lines += ["250-" + word for word in words[:-1]] + ["250 " + words[-1]]
    return lines


def is_compared(program, text):
    return not any(re.match(pattern, f"{program.removeprefix('postfix/')}: {text}") for pattern in PASSED_OVER)


def choose(lines):
    return [(program, text) for program, text in lines if is_compared(program, text)]


def read_log(log):
    """The recorded lines. The path of the daemons, and how long the message is, were the recorded machine's own."""
    lines = [maillog.split(line.replace("<daemon_directory>", "/usr/lib/postfix/sbin")) for line in log]
    return choose([(program, re.sub(r"size=\d+", "", text)) for program, text in lines])


def list_log(events):
    return choose([(event["program"], re.sub(r"size=\d+", "", event["text"])) for event in events
                   if event["kind"] == "log" and event["party"] == "mail"])


def find_difference(chapter, dialogue, log, recording):
    events = recording["events"]
    wanted, seen = [], []
    for line in log:
        fatal = re.search(r"/smtpd\[<pid>\]: (fatal: .*)", line)
        if fatal:
            wanted.append(fatal[1])
    seen += [event["text"] for event in events if event["kind"] == "finding" and event["text"].startswith("fatal: ")]
    if chapter == "smtpd":
        wanted += expand(dialogue)
        seen += [e["text"] for e in events if e["kind"] == "line" and e["direction"] == "in"]
    else:
        wanted += [TRUST.search(line)[1] for line in log if TRUST.search(line)]
        seen += [hop["tls"]["trust"] for step in recording["steps"] for hop in step["hops"]
                 if hop["tls"] and hop["tls"]["trust"]]
    if "-- server closed the connection" in dialogue:
        wanted.append("closed by mail")
        seen += [f"closed by {e['by']}" for e in events if e["kind"] == "closed"]
    if wanted != seen:
        return "expected " + "\n  ".join(wanted) + "\nseen " + "\n  ".join(seen)
    return maillog.find_difference(read_log(log), list_log(events))


def ask(mailsim, folder, section, digest):
    chapter, title, settings, dialogue, log = section
    settings = [fill_in(setting, digest) for setting in settings or SETTINGS[title]]
    typed = [line[3:] for line in dialogue if line.startswith("C: ")]
    path = write_scenario(folder, chapter, settings, typed)
    worst, said = read_check(mailsim, path)
    wrong = find_wrong_word(title, log, worst, said)
    if wrong or title in REFUSED_ALL_THE_SAME:
        return wrong
    if worst == "error":
        path = write_scenario(folder, chapter, hide(settings), typed)
    result = subprocess.run([mailsim, "run", "--format=json", path], capture_output=True, text=True)
    if result.returncode != 0:
        return f"exit status {result.returncode}: {result.stderr}"
    return find_difference(chapter, dialogue, log, json.loads(result.stdout))


def main():
    mailsim, root = sys.argv[1:]
    sections = read_sections(pathlib.Path(root, "tests/dialogue/recorded/bad-settings.md"))
    missing = SAID.keys() ^ {title for _, title, *_ in sections}
    failures = 1 if missing else 0
    print("not ok" if missing else "ok", "1 - every section is asked")
    for title in sorted(missing):
        print("#", title)
    with tempfile.TemporaryDirectory() as folder:
        digest = read_digest(mailsim, folder)
        for number, section in enumerate(sections, 2):
            title = section[1]
            difference = ask(mailsim, folder, section, digest) if title in SAID else "not asked"
            failures += difference is not None
            print("ok" if difference is None else "not ok", number, "-", title.replace("#", "(hash)"))
            for line in (difference or "").splitlines():
                print("#", line)
    print(f"1..{len(sections) + 1}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
