#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What became of mail over time, host by host, against what real servers logged.

    outcomes.py MAILSIM SOURCE_ROOT

Each section of recorded/mail-log.md, bounces.md and policy-maps.md in which a status is logged is asked here (ASKED
says how), and none may be left out; of policy-maps.md the chapter on passwords. Compared are, for each host, the
addresses, relays, codes and reasons of every attempt in order, the notifications, and delays where they are recorded
(policy-maps.md shows the lines of smtp(8) alone).
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SEND = """[step s]
title = x
do    = send
by    = {by}
to    = {to}
subject = Hola
"""


def send(to="bob@instituto.example", by="laptop", more=""):
    return SEND.format(by=by, to=to) + more


def wait(duration, name="w", more=""):
    return f"[step {name}]\ntitle = x\ndo = wait\nfor = {duration}\n{more}"


def talk(*lines, by="laptop", login=True):
    """A client that says more than mail programs do: NOTIFY, RET, <>."""
    typed = ["EHLO laptop.iesgn.example"] + ["AUTH PLAIN AGFuYQBtZWxvY290b24="] * login + list(lines)
    typed += ["DATA", "From: Ana <ana@iesgn.example>\\nTo: x\\nSubject: Hola\\n\\nHola, Bob.\\n.", "QUIT"]
    mode = "mail:587" if login else "mail:25 clear"
    text = f"[step s]\ntitle = x\ndo = talk\nby = {by}\nconnect = {mode}\n"
    return text + "".join(f"{i + 1} = {line}\n" for i, line in enumerate(typed))


def mail_cf(*lines):
    return "[postfix mail @s]\n" + "".join(line + "\n" for line in lines)


# A queue run stands for the flush; what came before it is another section's.
FLUSH = "flush"
FAST = ("minimal_backoff_time = 4s", "maximal_backoff_time = 16s", "queue_run_delay = 1s")
BLOCKED = """[blocklist dnsbl.example]
listed = 203.0.113.25
[zone dnsbl.example]
25.113.0.203 TXT = "Open relay, see https://dnsbl.example/?203.0.113.25"
[postfix instituto @s]
smtpd_recipient_restrictions = reject_rbl_client dnsbl.example
"""
RELAYHOST = "relayhost = [smtp.provider.example]:587"
PASSWORD = (RELAYHOST, "smtp_sasl_auth_enable = yes", "smtp_sasl_password_maps = texthash:/etc/sasl_passwd")
NOANONYMOUS = "smtp_sasl_security_options = noanonymous"
OPEN_587 = "[service provider submission @s]\nsmtpd_tls_security_level = {}\nsmtpd_tls_auth_only = no\n"
NO_CERTIFICATE = "smtpd_tls_cert_file = /no/such/file\nsmtpd_tls_key_file = /no/such/file\n"
OLD_TLS = "smtp_tls_protocols = <=TLSv1.2"
NEW_TLS = "[postfix {} @s]\nsmtpd_tls_protocols = >=TLSv1.3\n"
TALK_FROM = "MAIL FROM:<ana@iesgn.example>"
NOBODY = "nadie@instituto.example"
NOTHING_OF_IT = "relayhost = \nsmtp_tls_security_level = none\n"


def secret(line):
    return f"[file mail /etc/sasl_passwd @s]\n1 = {line}\n"


ASKED = {
    "mail-log.md": {
        "Local: `sendmail` on the server to a user of the server": send("carlos", by="ana"),
        "Local: an alias with two users": send("info", by="ana"),
        "Local: user unknown, handed in with `sendmail`": send("nadie", by="ana"),
        "Local: over SMTP from a stranger to a user of the server": send(
            "carlos@iesgn.example", by="host66", more="from = x@spammer.example\n"),
        "Submission on 587 with password, relayed onward": send(),
        "The same with `smtpd_tls_loglevel = 1`, `smtp_tls_loglevel = 1`, `smtpd_tls_received_header = yes`":
            send() + mail_cf("smtpd_tls_received_header = yes"),
        "Submission with no Message-ID, Date or From in the message": send("carlos@iesgn.example"),
        "Open relay: `mynetworks = 0.0.0.0/0`, a stranger sends through us": send(
            by="host66", more="from = ofertas@spammer.example\n") + mail_cf("mynetworks = 0.0.0.0/0"),
        "Once our address is on a block list that the other side asks": send() + BLOCKED,
        "Deferral by the other side (450), a retry, delivered":
            send("gris@instituto.example") + mail_cf(*FAST) + wait("4s") + wait("6s", "w2") +
            "[postfix instituto @s]\nsmtpd_recipient_restrictions = check_recipient_access inline:{"
            "{gris@instituto.example=450 4.2.0 Greylisted, try again in 5 minutes}}\n"
            "[postfix instituto @w2]\nsmtpd_recipient_restrictions =\n",
        "Permanent refusal by the other side (550), the bounce": send(NOBODY),
        "Deferral: connection refused": send("x@dead.example"),
        "Deferral: MX host has no address": send("x@broken.example"),
        "No such domain": send("x@nosuch.example"),
        "Null MX": send("x@nullmx.example"),
        "MX points back to us, not in mydestination": send("x@loop.example"),
        "`postqueue -f`": send("x@dead.example") + send("x@nomx.example").replace("[step s]", "[step t]") +
            wait("300s", FLUSH),
        "Backup MX: mail for a relay_domains domain passes through mx.provider.example": send(
            "bob@hosted.example", by="host66",
            more="from = x@spammer.example\noutgoing = provider:25\n") +
            "[postfix provider @s]\nrelay_domains = hosted.example\n"
            "[postfix instituto @s]\nmydestination = instituto.example, hosted.example\n",
        "`relayhost = [smtp.provider.example]:25`": send() + mail_cf("relayhost = [smtp.provider.example]:25") +
            "[postfix provider @s]\nmynetworks = 203.0.113.25\n",
        "A host without TLS; level `may`": send("bob@old.example"),
        "A host without TLS; level `encrypt`": send("bob@old.example") + mail_cf("smtp_tls_security_level = encrypt"),
        "Snakeoil certificate; level `encrypt`": send() + mail_cf("smtp_tls_security_level = encrypt"),
        "Snakeoil certificate; level `secure`": send() + mail_cf("smtp_tls_security_level = secure"),
        "Client level `none`, the other side demands TLS (`encrypt` on an MX)":
            send() + mail_cf("smtp_tls_security_level = none") +
            "[postfix instituto @s]\nsmtpd_tls_security_level = encrypt\n",
        "Handshake fails at `may`: deferred, later plaintext":
            send() + mail_cf(*FAST, OLD_TLS) + NEW_TLS.format("instituto") + wait("10s"),
        "TLS 1.3, level `secure`": send() + mail_cf("smtp_tls_security_level = secure") +
            "[host instituto @s]\ncertificate = letsencrypt\n",
        "TLS 1.3, level `may`, certificate not trusted": send(),
        "TLS 1.2, level `secure`": send() + mail_cf("smtp_tls_security_level = secure") +
            "[host instituto @s]\ncertificate = letsencrypt\n",
    },
    "bounces.md": {
        "Refused by the other server (550)": send(NOBODY),
        "Unknown user of our own domain, handed in with `sendmail`": send("nadie", by="ana"),
        "Unknown user of our own domain, submitted on 587 with the stock block": send("nadie@iesgn.example"),
        "No such domain": send("x@nosuch.example"),
        "The MX host has no address": send("x@broken.example"),
        "We are on a block list": send() + BLOCKED,
        "TLS demanded, client level `none`": send() + mail_cf("smtp_tls_security_level = none") +
            "[postfix instituto @s]\nsmtpd_tls_security_level = encrypt\n",
        "Success notification asked for (`NOTIFY=SUCCESS`), other side is Postfix too": talk(
            TALK_FROM + " ENVID=lab1", "RCPT TO:<bob@instituto.example> NOTIFY=SUCCESS"),
        "`NOTIFY=SUCCESS` for a local user": talk(TALK_FROM, "RCPT TO:<carlos@iesgn.example> NOTIFY=SUCCESS"),
        "`RET=HDRS`, refused by the other server": talk(TALK_FROM + " RET=HDRS", f"RCPT TO:<{NOBODY}>"),
        "Null sender, refused: no bounce of a bounce": talk("MAIL FROM:<>", f"RCPT TO:<{NOBODY}>"),
        "Sender address that does not exist: the bounce cannot be delivered": talk(
            "MAIL FROM:<nobody@iesgn.example>", f"RCPT TO:<{NOBODY}>"),
        "The same with `notify_classes = resource, software, bounce, 2bounce, policy`": talk(
            "MAIL FROM:<nobody@iesgn.example>", f"RCPT TO:<{NOBODY}>") +
            mail_cf("notify_classes = resource, software, bounce, 2bounce, policy"),
        "Delay warning, then the bounce when the time is up: nobody answers there":
            send("x@dead.example") + wait("2m") +
            mail_cf(*FAST, "delay_warning_time = 6s", "maximal_queue_lifetime = 60s"),
        "Delay warning off (Debian's default, `delay_warning_time = 0h`): only the bounce":
            send("x@dead.example") + wait("2m") + mail_cf(*FAST, "maximal_queue_lifetime = 10s"),
        "`encrypt`, the other side has no TLS; time is up": send("bob@old.example") + wait("2m") +
            mail_cf(*FAST, "maximal_queue_lifetime = 10s", "smtp_tls_security_level = encrypt"),
        "`secure`, self-signed certificate; time is up": send() + wait("2m") +
            mail_cf(*FAST, "maximal_queue_lifetime = 10s", "smtp_tls_security_level = secure"),
        "`maximal_queue_lifetime = 0`: a single try": send("x@dead.example") + mail_cf("maximal_queue_lifetime = 0"),
    },
    "policy-maps.md": {
        "Debian's defaults: smtp_sasl_security_options = noplaintext, noanonymous": send() + mail_cf(*PASSWORD),
        "smtp_sasl_security_options = noanonymous": send() + mail_cf(*PASSWORD, NOANONYMOUS),
        "smtp_sasl_tls_security_options = noanonymous (only inside TLS)":
            send() + mail_cf(*PASSWORD, "smtp_sasl_tls_security_options = noanonymous"),
        "Wrong password": send() + mail_cf(*PASSWORD, NOANONYMOUS) +
            secret("[smtp.provider.example]:587 escuela:malo"),
        "Key is the host's name alone: found too": send() + mail_cf(*PASSWORD, NOANONYMOUS) +
            secret("smtp.provider.example escuela:secreto"),
        "The relay offers no STARTTLS but AUTH in the clear, `noanonymous`":
            send() + mail_cf(*PASSWORD, NOANONYMOUS) + OPEN_587.format("none"),
        "The same with the options left at Debian's defaults": send() + mail_cf(*PASSWORD) + OPEN_587.format("none"),
        "The same relay without STARTTLS, level encrypt":
            send() + mail_cf(*PASSWORD, NOANONYMOUS, "smtp_tls_security_level = encrypt") + OPEN_587.format("none"),
        "Handshake fails at `may`, password for this relay: no fall-back to plaintext, however long it waits":
            send() + mail_cf(*PASSWORD, NOANONYMOUS, OLD_TLS, "minimal_backoff_time = 4s",
                             "maximal_backoff_time = 8s", "queue_run_delay = 1s") +
            OPEN_587.format("may") + NEW_TLS.format("provider") + wait("15s"),
        "The same without a password for this relay: plaintext once it has waited minimal_backoff_time":
            send() + mail_cf(RELAYHOST, OLD_TLS, "minimal_backoff_time = 4s", "maximal_backoff_time = 8s",
                             "queue_run_delay = 1s") +
            OPEN_587.format("may") + NEW_TLS.format("provider") + wait("15s"),
        "454 to STARTTLS at `may`, with a password": send() + mail_cf(*PASSWORD, NOANONYMOUS) +
            OPEN_587.format("may") + "[postfix provider @s]\n" + NO_CERTIFICATE,
        "relayhost on 465 without smtp_tls_wrappermode": send() +
            mail_cf("relayhost = [smtp.provider.example]:465", "smtp_helo_timeout = 5s"),
        "relayhost on 465 with smtp_tls_wrappermode = yes, level encrypt": send() +
            mail_cf("relayhost = [smtp.provider.example]:465", *PASSWORD[1:], NOANONYMOUS,
                    "smtp_tls_wrappermode = yes", "smtp_tls_security_level = encrypt") +
            secret("[smtp.provider.example]:465 escuela:secreto"),
        "Service 465 with a certificate that cannot be read": send() +
            mail_cf("relayhost = [smtp.provider.example]:465", *PASSWORD[1:], NOANONYMOUS,
                    "smtp_tls_wrappermode = yes", "smtp_tls_security_level = encrypt") +
            secret("[smtp.provider.example]:465 escuela:secreto") + "[postfix provider @s]\n" + NO_CERTIFICATE,
        "smtp_tls_wrappermode = yes with level may": send() +
            mail_cf("relayhost = [smtp.provider.example]:465", *PASSWORD[1:], NOANONYMOUS,
                    "smtp_tls_wrappermode = yes") + secret("[smtp.provider.example]:465 escuela:secreto"),
        "smtp_tls_wrappermode = yes towards 587": send() +
            mail_cf(*PASSWORD, NOANONYMOUS, "smtp_tls_wrappermode = yes", "smtp_tls_security_level = encrypt"),
    },
}

NOTIFICATIONS = {
    "sender non-delivery notification": "bounce",
    "sender delay notification": "delay",
    "sender delivery status notification": "success",
    "postmaster non-delivery notification": "postmaster",
}
HOSTS = {"mail.iesgn.example": "mail", "mx.old.example": "old", "mx.instituto.example": "instituto",
         "mx.provider.example": "provider"}
STATUS = re.compile(r": (to=<[^>]*>, (?:orig_to=<[^>]*>, )?relay=[^,]*), delay=([^,]*), delays=[^,]*, (dsn=.*)$")
QUEUE_ID = re.compile(r"<id\d+>|\b[0-9A-F]{5}4[0-9A-F]{4}\b")


def mask(text):
    return QUEUE_ID.sub("<id>", text)


def read_line(line):
    """What a log line says of a delivery: (local or not, words, delay or None); None: nothing."""
    status = STATUS.search(line)
    if status:
        delay = None if status[2].startswith("<") else float(status[2])
        return ("local" if "postfix/local[" in line else "sent", mask(f"{status[1]}, {status[3]}"), delay)
    if "status=expired" in line:
        return ("sent", "expired", None)
    for words, kind in NOTIFICATIONS.items():
        if f": {words}: " in line:
            return ("told", kind, None)
    return None


def read_sections(path):
    """{title: {host: [what was logged]}}, of the sections with a status."""
    sections = {}
    chapter = title = None
    host = "mail"
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            chapter = line[3:]
        elif line.startswith("### "):
            title, host = line[4:], "mail"
        elif re.match(r"(On|Log on) `", line):
            host = HOSTS[line.split("`")[1]]
        elif title and line.startswith("postfix/") and not (path.name == "policy-maps.md" and "password" not in chapter):
            entry = read_line(line)
            if entry:
                sections.setdefault(title, {}).setdefault(host, []).append(entry)
    return {title: hosts for title, hosts in sections.items() if any(e[0] != "told" for h in hosts.values() for e in h)}


def write_status(event):
    original = f"orig_to=<{event['original']}>, " if event["original"] else ""
    words = (f"to=<{event['recipient']}>, {original}relay={event['relay']}, dsn={event['dsn']}, "
             f"status={event['status']} ({event['reason']})")
    return ("local" if event["relay"] == "local" else "sent", mask(words), event["delay_us"] / 1e6)


def run(mailsim, root, snippet):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "asked.scenario")
        world = pathlib.Path(root, "tests/dialogue/outcomes.scenario").read_text()
        path.write_text(world + "\n" + snippet)
        result = subprocess.run([mailsim, "run", "--format=json", path], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"exit status {result.returncode}\n{result.stderr}")
    hosts = {}
    events = json.loads(result.stdout)["events"]
    flushed = [event for event in events if event["step"] == FLUSH]
    for event in flushed or events:
        entry = None
        if event["kind"] == "status" and event["queue_id"]:
            entry = write_status(event)
        elif event["kind"] == "queue" and event["action"] == "expired":
            entry = ("sent", "expired", None)
        elif event["kind"] == "notification":
            entry = ("told", event["notification"], None)
        if entry:
            hosts.setdefault(event["party"], []).append(entry)
    return hosts


def is_same(expected, seen):
    """Delays to the second: real queue runs do not keep to fractions."""
    return expected[:2] == seen[:2] and (expected[2] is None or abs(expected[2] - seen[2]) <= 1.1)


def find_difference(expected, seen, only_sent):
    for host, entries in expected.items():
        for kind in ("sent",) if only_sent else ("sent", "local", "told"):
            wanted = [e for e in entries if e[0] == kind]
            found = [e for e in seen.get(host, []) if e[0] == kind]
            if len(wanted) != len(found) or not all(map(is_same, wanted, found)):
                return f"{host}, {kind}:\nexpected " + "\n  ".join(map(str, wanted)) + "\nseen " + "\n  ".join(map(str, found))
    return None


def main():
    mailsim, root = sys.argv[1:]
    number = failures = 0

    def report(difference, title):
        nonlocal number, failures
        number += 1
        failures += difference is not None
        print("ok" if difference is None else "not ok", number, "-", title)
        for line in (difference or "").splitlines():
            print("#", line)

    for name, asked in ASKED.items():
        sections = read_sections(pathlib.Path(root, "tests/dialogue/recorded", name))
        missing = sections.keys() ^ asked.keys()
        report("\n".join(sorted(missing)) if missing else None, f"{name}: every section with a status is asked")
        for title, expected in sections.items():
            if title not in asked:
                continue
            try:
                difference = find_difference(expected, run(mailsim, root, asked[title]), name == "policy-maps.md")
            except AssertionError as problem:
                difference = str(problem)
            report(difference, f"{name}: {title}")
    print(f"1..{number}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
