#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What became of mail over time, host by host, against what real servers logged.

    outcomes.py MAILSIM SOURCE_ROOT

Each section of recorded/mail-log.md, mail-log-more.md, bounces.md and policy-maps.md in which a status is logged is
asked here (ASKED says how), and none may be left out; of policy-maps.md the chapter on passwords. Compared is the whole
log of each host that the section shows, line by line (maillog.py), with sizes, and delays where they are recorded.
NOT_SHOWN has what a recording leaves out.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import maillog

# What the recorded clients sent, but for whom it was for.
MESSAGE = ("From: Ana <ana@iesgn.example>", "To: {to}", "Subject: Hola", "Date: Thu, 02 Jul 2026 10:00:00 +0200",
           "Message-ID: <1@laptop.iesgn.example>", "", "Hola, Bob.", ".")
PASSWORD_LINE = "AUTH PLAIN AGFuYQBtZWxvY290b24="


def typed(lines, by, connect, name="s"):
    text = f"[step {name}]\ntitle = x\ndo = talk\nby = {by}\nconnect = {connect}\n"
    return text + "".join(f"{i + 1} = {line}\n" for i, line in enumerate(lines))


def write(to, message=MESSAGE):
    return "\\n".join(message).format(to=to)


def send(to="bob@instituto.example", name="s", message=MESSAGE):
    """Submitted by Ana's laptop, with her password."""
    return talk("MAIL FROM:<ana@iesgn.example>", f"RCPT TO:<{to}>", name=name, message=message)


def talk(*lines, name="s", message=MESSAGE):
    """The same, with more said than mail programs do: NOTIFY, RET, <>."""
    to = re.search(r"RCPT TO:<(.*?)>", lines[-1])[1]
    lines = ["EHLO laptop.iesgn.example", PASSWORD_LINE, *lines, "DATA", write(to, message), "QUIT"]
    return typed(lines, "laptop", "mail:587", name)


def relay(to="bob@instituto.example", sender="x@spammer.example", connect="mail:25 clear"):
    """Sent by a stranger, without TLS."""
    lines = ["EHLO host66.isp.example", f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA", write(to), "QUIT"]
    return typed(lines, "host66", connect)


def typed_relay(to, name="s", message=MESSAGE):
    """From a host that we relay for; in the lab, everybody types at that pace."""
    lines = ["EHLO host66.isp.example", "MAIL FROM:<ana@iesgn.example>", f"RCPT TO:<{to}>", "DATA", write(to, message), "QUIT"]
    return typed(lines, "host66", "mail:25 clear", name)


def sendmail(to):
    return f"[step s]\ntitle = x\ndo = send\nby = ana\nto = {to}\nsubject = Hola\ntext = Hola.\n"


class ByProgram(str):
    """A scenario in which a mail program writes the message, without a person's pauses: not the recorded one."""

    def __add__(self, more):
        return ByProgram(str(self) + more)


def send_at_once(to="bob@instituto.example"):
    return ByProgram(f"[step s]\ntitle = x\ndo = send\nby = laptop\nto = {to}\nsubject = Hola\n")


def wait(duration, name="w", more=""):
    return f"[step {name}]\ntitle = x\ndo = wait\nfor = {duration}\n{more}"


def mail_cf(*lines):
    return "[postfix mail @s]\n" + "".join(line + "\n" for line in lines)


# A queue run stands for the flush; what came before it is another section's.
FLUSH = "flush"
FAST = ("minimal_backoff_time = 4s", "maximal_backoff_time = 16s", "queue_run_delay = 1s")
QUICK = ("minimal_backoff_time = 1s", "maximal_backoff_time = 60s", "queue_run_delay = 1s")
TRUSTED = "mynetworks = 127.0.0.0/8 198.51.100.66"
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


def secret(line):
    return f"[file mail /etc/sasl_passwd @s]\n1 = {line}\n"


ASKED = {
    "mail-log.md": {
        "Local: `sendmail` on the server to a user of the server": sendmail("carlos"),
        "Local: an alias with two users": sendmail("info"),
        "Local: user unknown, handed in with `sendmail`": sendmail("nadie"),
        "Local: over SMTP from a stranger to a user of the server": relay("carlos@iesgn.example"),
        "Submission on 587 with password, relayed onward": send(),
        "The same with `smtpd_tls_loglevel = 1`, `smtp_tls_loglevel = 1`, `smtpd_tls_received_header = yes`":
            send() + mail_cf("smtpd_tls_received_header = yes") +
            "[postfix instituto @s]\nsmtpd_tls_received_header = yes\n",
        "Submission with no Message-ID, Date or From in the message":
            send("carlos@iesgn.example", message=("Subject: nada", "", "x", ".")) +
            mail_cf("smtpd_tls_received_header = yes"),
        "Open relay: `mynetworks = 0.0.0.0/0`, a stranger sends through us": relay(
            sender="ofertas@spammer.example") + mail_cf("mynetworks = 0.0.0.0/0"),
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
        "`postqueue -f`": send("x@dead.example") + send("x@nomx.example", "t") +
            wait("600s", FLUSH),
        "Backup MX: mail for a relay_domains domain passes through mx.provider.example": relay(
            "bob@hosted.example", connect="provider:25 clear") +
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
            send_at_once() + mail_cf(*FAST, OLD_TLS) + NEW_TLS.format("instituto") + wait("10s"),
        "TLS 1.3, level `secure`": send() + mail_cf("smtp_tls_security_level = secure") +
            "[host instituto @s]\ncertificate = letsencrypt\n",
        "TLS 1.3, level `may`, certificate not trusted": send() + "[host instituto @s]\ncertificate = elliptic\n",
        "TLS 1.2, level `secure`": send() +
            mail_cf("smtp_tls_security_level = secure", "smtp_tls_mandatory_protocols = TLSv1.2") +
            "[host instituto @s]\ncertificate = letsencrypt\n",
    },
    "mail-log-more.md": {
        "Typed: to a user of the server": typed_relay("carlos@iesgn.example"),
        "Typed: nobody answers there": typed_relay("x@dead.example") +
            mail_cf(TRUSTED, *QUICK, "delay_warning_time = 10s") + wait("22s"),
        "Typed: the time is up": typed_relay("x@dead.example") +
            mail_cf(TRUSTED, *QUICK, "maximal_queue_lifetime = 5s", "bounce_queue_lifetime = 5s") + wait("12s"),
        "A transport that master.cf does not have, twice in a minute":
            typed_relay("x@dead.example") + typed_relay("y@dead.example", "t") +
            mail_cf(TRUSTED, "default_transport = nosuch:"),
        "A code of another class for discard": typed_relay("x@dead.example") +
            mail_cf(TRUSTED, "default_transport = discard:5.1.1 no"),
        "Too many hops": typed_relay("carlos@iesgn.example", message=(
            "Received: 1", "Received: 2", "Message-ID: <1@laptop.iesgn.example>", "Subject: Hola", "", "Hola.", ".")) +
            mail_cf("hopcount_limit = 2"),
        "A mailbox that is smaller than a message: local(8) does not start":
            typed_relay("carlos@iesgn.example") + mail_cf("mailbox_size_limit = $asked", "asked = 1000"),
    },
    "bounces.md": {
        "Refused by the other server (550)": send(NOBODY),
        "Unknown user of our own domain, handed in with `sendmail`": sendmail("nadie"),
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
            send_at_once("x@dead.example") + wait("2m") +
            mail_cf(*FAST, "delay_warning_time = 6s", "maximal_queue_lifetime = 60s"),
        "Delay warning off (Debian's default, `delay_warning_time = 0h`): only the bounce":
            send_at_once("x@dead.example") + wait("2m") + mail_cf(*FAST, "maximal_queue_lifetime = 10s"),
        "`encrypt`, the other side has no TLS; time is up": send_at_once("bob@old.example") + wait("2m") +
            mail_cf(*FAST, "maximal_queue_lifetime = 10s", "smtp_tls_security_level = encrypt"),
        "`secure`, self-signed certificate; time is up": send_at_once() + wait("2m") +
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
            send_at_once() + mail_cf(*PASSWORD, NOANONYMOUS, OLD_TLS, "minimal_backoff_time = 4s",
                             "maximal_backoff_time = 8s", "queue_run_delay = 1s") +
            OPEN_587.format("may") + NEW_TLS.format("provider") + wait("15s"),
        "The same without a password for this relay: plaintext once it has waited minimal_backoff_time":
            send_at_once() + mail_cf(RELAYHOST, OLD_TLS, "minimal_backoff_time = 4s", "maximal_backoff_time = 8s",
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

HOSTS = {"mail.iesgn.example": "mail", "mx.old.example": "old", "mx.instituto.example": "instituto",
         "mx.provider.example": "provider"}

# Where smtp(8), or smtpd(8), was asked to tell of its handshakes: smtp_tls_loglevel = 1, smtpd_tls_loglevel = 1.
ECDSA = "With an ECDSA certificate (prime256v1)"
CLIENT_TELLS = ("Levels of the client", ECDSA, "Client password (smtp_sasl_auth_enable) towards a relayhost",
                "The same with `smtpd_tls_loglevel = 1`, `smtp_tls_loglevel = 1`, `smtpd_tls_received_header = yes`",
                "Submission with no Message-ID, Date or From in the message")
SERVER_TELLS = (*CLIENT_TELLS[-2:], "relayhost on 465 with smtp_tls_wrappermode = yes, level encrypt")

# What smtpd(8) says of failed handshakes is not compared yet.
BY_SMTPD = re.compile("smtpd: (SSL_accept error|warning: (TLS library problem|cannot get RSA|Wrapper-mode request))")

# Which lines the recording leaves out.
NOT_SHOWN = {
    # The greylist was lifted without a word; the lab says so of main.cf.
    "mail-log.md": re.compile("postfix/(master: reload|postfix-script: refreshing)"),
    "mail-log-more.md": re.compile("(?!)"),
    "bounces.md": re.compile("postfix/(submission/)?smtpd: ((dis)?connect from|NOQUEUE)|"
                             "postfix/qmgr: warning: bounce_queue_lifetime is larger"),
    "policy-maps.md": re.compile("(?!postfix/smtp: )"),
}
# The recorded machine's users were counted from 2001.
USER_ID = (" uid=2001 ", " uid=1000 ")


def read_sections(path):
    """{title: {host: [(program, text)]}}, of the sections with a status; {title: chapter}."""
    sections, chapters = {}, {}
    chapter = title = None
    host = "mail"
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            chapter = line[3:]
        elif line.startswith("### "):
            title, host = line[4:], "mail"
            chapters[title] = chapter
        elif re.match(r"(On|Log on) `", line):
            host = HOSTS[line.split("`")[1]]
        elif title and line.startswith("postfix/") and not (path.name == "policy-maps.md" and "password" not in chapter):
            program, text = maillog.split(line.replace(*USER_ID))
            if chapter != ECDSA or program == "postfix/smtp":
                sections.setdefault(title, {}).setdefault(host, []).append((program, text))
    return chapters, {title: hosts for title, hosts in sections.items() if any("status=" in t or "hopcount" in t or "fatal" in t
            for h in hosts.values() for _, t in h)}


def tell(world, titles):
    """The hosts of WORLD, as talkative as they were in that chapter and section."""
    for parameter, talkative in ("smtp_tls_loglevel", CLIENT_TELLS), ("smtpd_tls_loglevel", SERVER_TELLS):
        if any(title in talkative for title in titles):
            hosts = "mail" if parameter.startswith("smtp_") else r"\w+"
            world = re.sub(rf"(\[postfix {hosts}\]\n)", rf"\1{parameter} = 1\n", world)
    return world


def run(mailsim, root, snippet, titles):
    """{host: [(program, text)]}"""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "asked.scenario")
        world = pathlib.Path(root, "tests/dialogue/outcomes.scenario").read_text()
        path.write_text(tell(world, titles) + "\n" + snippet)
        result = subprocess.run([mailsim, "run", "--format=json", path], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"exit status {result.returncode}\n{result.stderr}")
    hosts = {}
    events = [event for event in json.loads(result.stdout)["events"] if event["kind"] == "log"]
    flushed = [event for event in events if event["step"] == FLUSH]
    for event in flushed or events:
        hosts.setdefault(event["party"], []).append((event["program"], event["text"]))
    return hosts


def choose(lines, name, only_smtp):
    """Of the lab's log, the lines that the recording would show."""
    return [(program, text) for program, text in lines
            if not BY_SMTPD.search(f"{program}: {text}") and not NOT_SHOWN[name].match(f"{program}: {text}")
            and not (only_smtp and program != "postfix/smtp")]


# ---- sizes ----

# The recorded ids have so many digits, the lab's one less: a message's size says how many ids there are in it.
# In a notification, beside those of the header that it brings back: Received:, Message-Id:, X-Postfix-Queue-ID:,
# and five times the boundary.
NOTIFICATION_IDS = 8


def count_ids(hosts):
    """{id: how many ids the message has in it}"""
    counts, brought, told = {}, {}, {}
    for lines in hosts.values():
        for program, text in lines:
            queued = re.match(r"<(id\d+)>: to=.*queued as <(id\d+)>\)", text)
            notice = re.match(r"<(id\d+)>: .* notification: <(id\d+)>", text)
            made = re.match(r"<(id\d+)>: message-id=(.*)", text)
            if queued:
                brought[queued[2]] = queued[1]
            elif notice:
                told[notice[2]] = notice[1]
            elif made:
                counts[made[1]] = 1 + (f"<{made[1]}>" in made[2])

    def count(name):
        if name in told:
            return NOTIFICATION_IDS + count(told[name])
        return counts.get(name, 1) + (count(brought[name]) - counts.get(name, 1) + 1 if name in brought else 0)

    return {name: count(name) for name in counts}


def shorten(hosts, difference):
    """The recorded sizes, as they would be with the lab's ids."""
    counts = count_ids(hosts)

    def correct(match):
        return f"{match[1]}{int(match[3]) - difference * counts.get(match[2], 1)},"

    return {host: [(program, re.sub(r"(<(id\d+)>: from=<.*>, size=)(\d+),", correct, text)) for program, text in lines]
            for host, lines in hosts.items()}


def blur(hosts):
    """Without what depends on the message."""
    return {host: [(program, re.sub(r"message-id=.*|size=\d+", "", text)) for program, text in lines]
            for host, lines in hosts.items()}


def find_difference(name, expected, seen, by_program):
    ids = maillog.Ids()
    only_smtp = {program for lines in expected.values() for program, _ in lines} == {"postfix/smtp"}
    if by_program:
        expected, seen = blur(expected), blur(seen)
    else:
        expected = shorten(expected, 1)
    shown = {host: choose(lines, name, False) for host, lines in expected.items()}
    if not any(shown.values()):
        return "nothing is compared"
    for host, lines in shown.items():
        if not lines:
            continue
        difference = maillog.find_difference(lines, choose(seen.get(host, []), name, only_smtp), ids)
        if difference:
            return f"on {host}: {difference}"
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
        chapters, sections = read_sections(pathlib.Path(root, "tests/dialogue/recorded", name))
        missing = sections.keys() ^ asked.keys()
        report("\n".join(sorted(missing)) if missing else None, f"{name}: every section with a status is asked")
        for title, expected in sections.items():
            if title not in asked:
                continue
            try:
                difference = find_difference(name, expected, run(mailsim, root, asked[title], (chapters[title], title)),
                                             isinstance(asked[title], ByProgram))
            except AssertionError as problem:
                difference = str(problem)
            report(difference, f"{name}: {title}")
    print(f"1..{number}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
