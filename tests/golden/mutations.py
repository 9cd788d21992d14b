#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mutation test of the cases, as TAP: can each of their expectations fail, and is each line of
their worlds noticed?

A mutant is a case with something changed: a line left out, an item of a list, or what CHANGES
and its neighbours say. It is run, and its expectations are read from the JSON. Of each case:

 - every expectation is broken by some mutant; of words, each word. A word is broken by its
   contrary, not by a connection that never came about: password-hidden by password-seen.
 - every line that the case says of its world and of its steps is noticed: without it (or with
   another value, where it may not be missing) some expectation fails, or the scenario is wrong.

Usage: mutations.py MAILSIM FOLDER-OF-SCENARIOS [LESSON...]
"""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

LESSONS = ["case5", "open-relay", "wrong-port", "opportunistic-tls", "secure-failures",
           "may-encrypt-secure", "forgotten-renewal", "encrypt-on-an-mx", "fullchain", "session-cache", "read-the-log",
           "dane", "policy-per-destination", "verify-or-secure", "case4", "imap-three-policies",
           "imap-password-in-clear", "pop-or-imap"]


def make_patient(retry, run):
    """Host mail tries again seldom: a wait is cheap then."""
    return [("postfix mail", key, value) for key, value in (
        ("minimal_backoff_time", retry), ("maximal_backoff_time", retry), ("queue_run_delay", run))]


# A case that waits for days is run in parts, each without the steps named here. What a part
# adds to the world only makes it quick; unchanged, all expectations hold in each part.
PARTS = {
    "secure-failures": [
        ({"two-days", "five-days", "bounces"}, make_patient("1h", "1h")),
        ({"verify", "repaired", "warning"}, make_patient("20h", "4h")),
    ],
    "may-encrypt-secure": [(set(), make_patient("20h", "4h"))],
    "forgotten-renewal": [(set(), make_patient("6h", "1h"))],
}

# Changes that no expectation can notice, and why the line stands there all the same.
UNNOTICED = {
    "read-the-log": {
        **{f"[host {host}] mailname is left out":
               "Debian's default is the host's own domain, which is the same here; the story speaks of it"
           for host in ("ana", "luis", "eva")},
        **{f"[step {step}] show is left out":
               "what is told of a step changes nothing in it; the golden transcripts have it"
           for step in ("ana", "luis", "eva")},
        "[postfix luis] smtp_tls_loglevel is left out":
            "no expectation is held against the log of a step that sends; the golden transcripts have it",
    },
    "session-cache": {
        "[host mail] mailname is left out":
            "whose domain it is does not matter here; the introductions tell of the school",
        "[step ended] to is left out":
            "Eva would get a copy, too, and the story would be longer",
    },
    "case5": {
        "[host mail] users = ana:melocoton, luis":
            "the wrong password is Luis's, says the story; nobody logs in as Luis",
        "[mua laptop] incoming is left out":
            "a whole account, for the cases that include this one; no step fetches mail",
        "[step stranger] from is left out":
            "no rule asks about the sender, and that is the point; the program would make one up",
    },
    "case4": {
        "[host instituto] hostname is left out":
            "what the other server is called does not matter here; the picture shows it",
    },
    "imap-three-policies": {
        "[host mail] mailname is left out":
            "whose domain it is does not matter here; it is that of the other cases",
        "[dovecot mail @required-middling] ssl is left out":
            "to these programs it says no more than Debian's disable_plaintext_auth = yes, and that is the question",
    },
    "imap-password-in-clear": {
        **{f"[step {step}] 2 is left out": "who types says good-bye, or just hangs up: nothing else changes"
           for step in ("refused", "pop3-asks-first")},
        "[host mail] mailname is left out":
            "whose domain it is does not matter here; it is that of the other cases",
    },
    "pop-or-imap": {
        "[host mail] mailname is left out":
            "whose domain it is does not matter here; it is that of the other cases",
        "[step imap-laptop] incoming is left out":
            "POP3 would find the message, too; the golden transcripts have it",
    },
    "dane": {
        "[zone hospital.example] _25._tcp.mail TLSA is left out":
            "a record in a zone that is not signed counts for nothing, and that is the point",
        "[zone instituto.example @dane-only] _25._tcp.mail TLSA is left out":
            "the record of a key that is not used any more does no harm, but to who finds that key",
    },
    "open-relay": {
        "[step spam] from is left out":
            "no rule asks about the sender, and that is the point; the program would make one up",
        "[step hour] for = 1s":
            "the story's hour is for caches; the lab's resolver keeps no answer",
        "[step request] for = 1s":
            "the story's day: what has bounced is not tried again, however long one waits",
    },
    "may-encrypt-secure": {
        "[certificate forged] names = mail.hospital.example, mail.iesgn.example":
            "whoever forges a certificate may write other names into it as well",
        "[postfix mail @impostor] smtp_tls_security_level is left out":
            "at may the impostor gets the letter just as well",
    },
    "forgotten-renewal": {
        "[host academia] users is left out":
            "our server hangs up before it has named Pau: nobody learns whether he is known",
        "[postfix academia @may] smtpd_client_restrictions is left out":
            "for the same reason; but who lets a step renew that certificate, too, needs the line",
    },
}

# --- What is changed besides lines. Each is set for the whole case: in the world, and in every
# @STEP group that says something else; of host mail, and of all the others together. ---

# For Postfix as a whole, and for each service of host mail.
CHANGES = [
    "smtpd_tls_security_level = none",
    "smtpd_tls_security_level = may",
    "smtpd_tls_security_level = encrypt",
    "smtpd_relay_restrictions = reject",
    "smtpd_sasl_auth_enable = yes",
    "smtpd_sasl_auth_enable = no",
    "smtpd_recipient_restrictions = reject",
    "smtpd_tls_protocols = <=TLSv1.2",
    "smtpd_hard_error_limit = 2",
]
# For Postfix as a whole.
MAIN_CHANGES = [
    "smtp_tls_security_level = none",
    "smtp_tls_security_level = may",
    "smtp_tls_security_level = encrypt",
    "smtp_tls_security_level = secure",
    "delay_warning_time = 1h",
    "maximal_queue_lifetime = 1h",
    "minimal_backoff_time = 5d",
    "mynetworks = 0.0.0.0/0",
    "soft_bounce = yes",
    "mydestination =",
    "smtp_tls_CApath =",
    "smtp_tls_session_cache_database =",
]
# For Dovecot, where there is one.
DOVECOT_CHANGES = [
    "ssl = no",
    "ssl = yes",
    "ssl = required",
    "disable_plaintext_auth = no",
    "disable_plaintext_auth = yes",
    "auth_mechanisms = login",
    "protocols = imap",
    "protocols = pop3",
    "ports = 143",
    "ports = 143, 993, 110, 995",
    "mail_location = maildir:~/Maildir",
]
PROFILES = ["letsencrypt", "snakeoil", "expired", "wrong-name", "unknown-ca", "not-yet-valid", "no-intermediate"]
# Of each mail program, and of each step of one.
PROGRAM_CHANGES = [("login", "no"), ("login", "yes"), ("check", "no"), ("check", "yes"), ("password", "wrong")] + [
    ("outgoing", f"mail:{port} {mode}") for port in (25, 587, 465) for mode in ("starttls", "tls", "clear")] + [
    ("incoming", f"mail:{port} {mode}") for port in (143, 993, 110, 995) for mode in ("starttls", "tls", "clear")] + [
    ("keep", "yes"), ("keep", "no")]

TEXTS = re.compile(r"(title|summary|intro|subject|text|language|do|expect\..*)(\[..\])?$")
LISTS = {"users", "to"}
FAMILIES = [set(words.split()) for words in (
    "clear encrypted", "anonymous untrusted trusted verified", "chain-ok chain-bad", "name-ok name-bad",
    "dates-ok dates-bad", "login no-login", "password-seen password-hidden", "text-seen text-hidden",
    "addresses-seen addresses-hidden")]


# --- A scenario: a list of (header, [(key, value)]). It is changed by making another. ---


def read_scenario(text):
    groups = []
    for line in text.splitlines():
        if line.startswith("["):
            groups.append((line[1:line.index("]")], []))
        elif line.strip() and not line.startswith("#"):
            if line[0].isspace() and not line.strip().startswith("-o"):
                raise AssertionError(f"a continued line, which this test does not read: {line}")
            key, _, value = line.partition("=")
            groups[-1][1].append((key.strip(), value.strip()))
    return groups


def write_scenario(groups):
    return "\n".join(f"[{header}]\n" + "".join(f"{key} = {value}\n" for key, value in lines)
                     for header, lines in groups)


def remove_steps(groups, names):
    return [(header, lines) for header, lines in groups
            if not (header.split()[0] == "step" and header.split()[1] in names)
            and not ("@" in header and header.split("@")[1] in names)]


def change_line(groups, header, key, value):
    """The line of this key becomes VALUE; None: it is left out."""
    return [(name, [(k, value if name == header and k == key else v) for k, v in lines
                    if not (name == header and k == key and value is None)])
            for name, lines in groups]


def change_all(groups, header, key, value):
    """In the group, which may be new, and in those of the same name that change it at a step."""
    changed = []
    found = False
    for name, lines in groups:
        if name == header:
            found = True
            lines = [(k, v) for k, v in lines if k != key] + [(key, value)]
        elif name.startswith(header + " @"):
            lines = [(k, value if k == key else v) for k, v in lines]
        changed.append((name, lines))
    return changed if found else changed + [(header, [(key, value)])]


# --- Mutants: (name, groups) ---


def make_line_mutants(groups, added=()):
    """Of each line, what must be noticed; not of those that were ADDED, as (header, key)."""
    hosts = [header.split()[1] for header, _ in groups if re.fullmatch(r"host \S+", header)]
    for index, (header, lines) in enumerate(groups):
        if not lines:
            yield f"[{header}] is left out", groups[:index] + groups[index + 1:]
        for key, value in lines:
            if TEXTS.match(key) or (header, key) in added:
                continue
            yield f"[{header}] {key} is left out", change_line(groups, header, key, None)
            for other in list_other_values(header, key, value, hosts):
                yield f"[{header}] {key} = {other}", change_line(groups, header, key, other)


def list_other_values(header, key, value, hosts):
    if key in LISTS:
        items = re.split(r"[,\s]+", value)
        if len(items) > 1:
            yield from (", ".join(items[:i] + items[i + 1:]) for i in range(len(items)))
        yield from (", ".join(items[:i] + [item.split(":")[0]] + items[i + 1:])
                    for i, item in enumerate(items) if key == "users" and ":" in item)
    if key == "for":
        yield "1s"
    elif key == "connect":
        yield "mail:26"
    elif key == "names":
        yield value + ", mail.iesgn.example"
    elif key == "to" and "," not in value:
        yield "postmaster@" + ("mail" if "@iesgn" in value else "iesgn.example")


def make_other_mutants(groups, world):
    """What may break an expectation; it need not. WORLD: all groups, with those of an include."""
    hosts = sorted({header.split()[1] for header, _ in world if re.fullmatch(r"host \S+", header)})
    programs = sorted({header.split()[1] for header, _ in world if re.fullmatch(r"mua \S+", header)})
    services = sorted({header for header, _ in world if re.fullmatch(r"service \S+ \S+", header)})
    for has_password in (False, True):
        yield ("everything is open, with a password" if has_password else "everything is open",
               open_everything(groups, hosts, programs, services, has_password))
    if "instituto" in hosts:
        yield "our server logs in at the other", log_in_at_the_other(groups)
    others = [host for host in hosts if host != "mail"]
    for profile in PROFILES:
        for some in (["mail"], others):
            yield (f"{some} certificate = {profile}",
                   change_headers(groups, [f"host {host}" for host in some], f"certificate = {profile}"))
        for host in hosts:
            if any(header == f"postfix {host}" and "smtpd_tls_cert_file" in dict(lines) for header, lines in groups):
                yield f"{host} has files of {profile}", use_files(groups, host, profile)
    if programs:
        for key, value in PROGRAM_CHANGES:
            yield f"{key} = {value}", change_programs(groups, programs, key, value)
    readable = [f"dovecot {host}" for host in hosts if any(header == f"dovecot {host}" for header, _ in world)]
    for change in DOVECOT_CHANGES if readable else []:
        yield f"{readable} {change}", change_headers(groups, readable, change)
    if readable:
        yield "no TLS at Dovecot, a password in the clear", read_in_the_clear(groups, readable, programs)
    for change in CHANGES + MAIN_CHANGES:
        for some in (["mail"], others):
            yield f"{some} {change}", change_headers(groups, [f"postfix {host}" for host in some], change)
        for service in services if change in CHANGES else []:
            yield f"[{service}] {change}", change_headers(groups, [service], change)


def read_in_the_clear(groups, readable, programs):
    """Every program gets at its mailbox, and no program has TLS."""
    for change in ("ssl = no", "disable_plaintext_auth = no", "ports = 143, 110"):
        groups = change_headers(groups, readable, change)
    return change_programs(groups, programs, "incoming", "mail:143 clear")


def change_headers(groups, headers, change):
    key, _, value = change.partition(" =")
    for header in headers:
        groups = change_all(groups, header, key, value.strip())
    return groups


def use_files(groups, host, profile):
    """Where main.cf names files, their certificate is of PROFILE."""
    for key in ("smtpd_tls_cert_file", "smtpd_tls_key_file"):
        groups = change_all(groups, f"postfix {host}", key, "/etc/mailsim/mutant.pem")
    return groups + [("certificate mutant", [("profile", profile)])]


def change_programs(groups, programs, key, value):
    for program in programs:
        groups = change_all(groups, f"mua {program}", key, value)
    for header, lines in groups:
        if header.startswith("step ") and key in dict(lines):
            groups = change_line(groups, header, key, value)
    return groups


def open_everything(groups, hosts, programs, services, has_password):
    """No TLS anywhere, and everybody may relay; programs send a password in the clear, or none."""
    for door in [f"postfix {host}" for host in hosts] + services:
        for key, value in (("smtpd_tls_security_level", "none"), ("smtpd_tls_wrappermode", "no"),
                           ("smtpd_tls_auth_only", "no"), ("smtpd_recipient_restrictions", ""),
                           ("smtpd_relay_restrictions", "permit_mynetworks, defer_unauth_destination")):
            groups = change_all(groups, door, key, value)
    for host in hosts:
        groups = change_all(groups, f"postfix {host}", "mynetworks", "0.0.0.0/0")
        groups = change_all(groups, f"postfix {host}", "smtp_tls_security_level", "none")
        groups = change_all(groups, f"postfix {host}", "smtp_tls_policy_maps", "")
    if has_password:
        groups = change_all(groups, "postfix mail", "smtpd_sasl_auth_enable", "yes")
        groups = change_programs(groups, programs, "user", "ana")
        groups = change_programs(groups, programs, "login", "yes")
    for program in programs:
        groups = change_all(groups, f"mua {program}", "outgoing", "mail:25 clear")
    for header, lines in groups:
        values = dict(lines)
        for key in ("outgoing", "connect"):
            if header.startswith("step ") and key in values:
                groups = change_line(groups, header, key, values[key].split()[0] + " clear")
    return groups


def log_in_at_the_other(groups):
    """Our server has a password for the institute's."""
    groups = change_all(groups, "file mail /etc/sasl_passwd", "1", "instituto.example bob:secret")
    for key, value in (("smtp_sasl_auth_enable", "yes"), ("smtp_sasl_security_options", "noanonymous"),
                       ("smtp_sasl_password_maps", "hash:/etc/sasl_passwd")):
        groups = change_all(groups, "postfix mail", key, value)
    for key, value in (("smtpd_sasl_auth_enable", "yes"), ("smtpd_sasl_type", "dovecot"),
                       ("smtpd_sasl_path", "private/auth")):
        groups = change_all(groups, "postfix instituto", key, value)
    groups = change_all(groups, "host instituto", "users", "bob:secret, trampa, eva")
    return change_all(groups, "dovecot instituto", "protocols", "imap")


# --- Running them ---


class Laboratory:
    def __init__(self, mailsim, folder):
        self.mailsim = mailsim
        self.folder = folder
        self.runs = 0
        self.pool = concurrent.futures.ThreadPoolExecutor(2)

    def run_one(self, number, groups):
        path = pathlib.Path(self.folder, f"mutant-{number}.scenario")
        path.write_text(write_scenario(groups))
        result = subprocess.run([self.mailsim, "run", "--format=json", path], capture_output=True, text=True)
        path.unlink()
        if result.returncode not in (0, 1, 2):
            raise AssertionError(f"exit status {result.returncode}\n{result.stderr}")
        steps = json.loads(result.stdout)["steps"] if result.returncode < 2 else []
        return result.returncode, steps, result.stderr

    def run(self, mutants):
        """As many as there are: [(name, exit status, steps, errors)], in their order."""
        numbers = range(self.runs, self.runs + len(mutants))
        self.runs += len(mutants)
        answers = self.pool.map(self.run_one, numbers, [groups for _, groups in mutants])
        return [(name, *answer) for (name, _), answer in zip(mutants, answers)]


def split_claims(step, expectation):
    """What an expectation claims, one by one: {(step, key, word): whether it is broken}."""
    key, actual, expected = expectation["key"], expectation["actual"], expectation["expected"]
    if not re.fullmatch(r"expect\.(outcome|to\..*|hop\.[^.]*(\.1)?)", key):
        is_cut_off = re.fullmatch(r"expect\.\d+", key) and has_begun(step)
        return {(step["id"], key, expected): not expectation["holds"] and (actual is not None or bool(is_cut_off))}
    words = re.split(r"[,\s]+", expected.lower())
    seen = set((actual or "").lower().split(", "))
    if expectation["holds"] != seen.issuperset(words):
        raise AssertionError(f"{step['id']}: {key}: {expected}: {actual}")
    return {(step["id"], key, word): word not in seen and is_contradicted(word, seen) for word in words}


def has_begun(step):
    """A reply that is missing proves something only if there were others."""
    return any(expectation["actual"] is not None for expectation in step["expectations"])


def is_contradicted(word, seen):
    families = [family for family in FAMILIES if word in family]
    return "no connection" not in seen and all(family & seen for family in families)


def collect_claims(steps):
    claims = {}
    for step in steps:
        for expectation in step["expectations"]:
            claims.update(split_claims(step, expectation))
    return claims


def collect_broken(steps):
    return {claim for claim, broken in collect_claims(steps).items() if broken}


# --- A case ---


def read_world(scenarios, groups):
    include = dict(groups[0][1]).get("include")
    if not include:
        return groups
    return groups + read_scenario(pathlib.Path(scenarios, include + ".scenario").read_text())


def examine(laboratory, name, groups, world):
    """Problems: what does not hold, the claims that nothing breaks, the lines that nothing notices."""
    wrong, claims, broken, unnoticed, noticed = [], {}, set(), {}, set()
    parts = []
    for dropped, added in PARTS.get(name, [(set(), [])]):
        part = remove_steps(groups, dropped)
        for line in added:
            part = change_all(part, *line)
        [(_, status, steps, errors)] = laboratory.run([(name, part)])
        if status != 0:
            wrong.append(f"as it stands: exit status {status}\n{errors}")
        parts.append((part, collect_claims(steps), {(header, key) for header, key, _ in added}))
        claims.update(parts[-1][1])
    for part, _, added in parts:
        mutants = [mutant for mutant in make_line_mutants(part, added) if mutant[0] not in noticed]
        for mutant, status, steps, _ in laboratory.run(mutants):
            unnoticed[mutant] = True
            broken |= collect_broken(steps)
            if status != 0:
                noticed.add(mutant)
    for part, own, _ in parts:
        mutants = [mutant for mutant in make_other_mutants(part, world) if mutant[1] != part]
        while mutants and not broken.issuperset(own):
            for _, _, steps, _ in laboratory.run(mutants[:8]):
                broken |= collect_broken(steps)
            mutants = mutants[8:]
    return (wrong, [": ".join(claim) for claim in claims if claim not in broken],
            [mutant for mutant in unnoticed if mutant not in noticed], len(claims), len(unnoticed))


# --- The test itself: told of a claim that nothing can break, and of a line that nobody needs, does
# it say so, and say no more? ---

IDLE_CLAIM = "by-hand-587: expect.3.lacks: 1984"
IDLE_LINE = "[certificate spare] is left out"


def examine_idle(laboratory, groups, world):
    names = {header.split()[1] for header, _ in groups if header.startswith("step ")} - {"by-hand-587"}
    groups = remove_steps(groups, names) + [("certificate spare", [])]
    step, key, text = IDLE_CLAIM.split(": ")
    groups = change_all(groups, f"step {step}", key, text)
    wrong, unbroken, unnoticed, _, _ = examine(laboratory, "idle", groups, world)
    return wrong + [f"reported: {problem}" for problem in unbroken + unnoticed
                    if unbroken != [IDLE_CLAIM] or unnoticed != [IDLE_LINE]] + (
        [] if unbroken and unnoticed else ["not reported: what was made to be reported"])


def main():
    mailsim, scenarios, *names = sys.argv[1:]
    number = failures = 0

    def report(problems, title):
        nonlocal number, failures
        number += 1
        failures += bool(problems)
        print("not ok" if problems else "ok", number, "-", title)
        for line in "\n".join(problems).splitlines():
            print("#", line)
        sys.stdout.flush()

    with tempfile.TemporaryDirectory() as folder:
        laboratory = Laboratory(mailsim, folder)
        for name in names or LESSONS:
            groups = read_scenario(pathlib.Path(scenarios, name + ".scenario").read_text())
            wrong, unbroken, unnoticed, n_claims, n_lines = examine(
                laboratory, name, groups, read_world(scenarios, groups))
            if name == "wrong-port":
                report(examine_idle(laboratory, groups, read_world(scenarios, groups)),
                       "an idle claim and an idle line are reported")
            known = UNNOTICED.get(name, {})
            report(wrong, f"{name}: holds as it stands, and in parts")
            report(unbroken, f"{name}: each of its {n_claims} expectations can fail")
            report([line for line in unnoticed if line not in known] +
                   [f"noticed after all: {line}" for line in known if line not in unnoticed],
                   f"{name}: each of {n_lines} changes of its lines is noticed")
    print(f"1..{number}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
