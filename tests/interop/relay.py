#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real Postfix delivers into the lab, and posttls-finger looks at it, at each level of smtp_tls_security_level.

    relay.py MAILSIM  (as TAP)

The steps of relay.scenario are what the lab's own Postfix does: a message to each of its ten servers, at each level;
at two levels once more without an authority to trust, and once more without TLS 1.3. The real one is given the same
parameters, and the same servers by way of `mailsim serve`. Its log, what it says on each connection, and what reaches
a mailbox must be what the lab has said, to the letter, but for names, numbers and times that cannot be the same.
"""
import base64
import collections
import concurrent.futures
import configparser
import hashlib
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).parent
sys.path.append(str(FOLDER.parent / "golden"))
from serving import MAILSIM, PATIENCE, Server  # noqa: E402
from tap import finish, report, skip  # noqa: E402

from postfix import Postfix, find_hindrance, find_other, find_program  # noqa: E402

SCENARIO = str(FOLDER / "relay.scenario")
SENDER, SENDER_IN_LAB = "mail", "192.0.2.10"
SENDER_ADDRESS = "ana@iesgn.example"
DEBIAN_ROOTS = "/etc/ssl/certs"
MESSAGE = "To: {to}\nSubject: Inventario\nFrom: {sender}\n\nHola.\n"
# What the levels compare with the certificate's names: “hostname”, and “nexthop, dot-nexthop”. The real Postfix knows
# the servers by their loopback addresses, and is told.
MATCHES = {"verify": ["mail.{}.example"], "secure": ["{}.example", ".{}.example"]}

TRUST = re.compile(r"(\w+) TLS connection established to")
STATUS = re.compile(r"status=(\w+)")


def read_parameters():
    """Of the sender at each step, as relay.scenario has them."""
    scenario = configparser.ConfigParser(delimiters="=", interpolation=None)
    scenario.optionxform = str
    scenario.read(SCENARIO, encoding="utf-8")
    always = dict(scenario[f"postfix {SENDER}"])
    sections = {section.partition("@")[2]: dict(scenario[section]) for section in scenario if "@" in section}
    return {step: {**always, **parameters} for step, parameters in sections.items()}


def make_recipient(step, host):
    return f"{step}@{host}.example"


# ---- what both say ----------------------------------------------------------------------------------


def neutralize(text):
    """Of a line of the log, what depends on how the servers are called, or on the clock."""
    text = re.sub(r"^[0-9A-F]+: ", "", text)
    text = re.sub(r"\.c:\d+:", ".c:LINE:", text)
    text = re.sub(r"[\w.-]+\[[\d.]+\](:\d+)?", lambda server: "SERVER:PORT" if server[1] else "SERVER", text)
    text = re.sub(r"delay=[\d.]+, delays=[\d./]+", "DELAYS", text)
    return re.sub(r"queued as [0-9A-F]+", "queued as ID", text)


def read_deliveries(lines):
    """For each recipient what smtp(8) has logged of it: a process does one thing after the other."""
    deliveries, under_way = {}, collections.defaultdict(list)
    for line in lines:
        parts = re.fullmatch(r"postfix/smtp\[(\d+)\]: (.*)", line)
        if not parts:
            continue
        process, text = parts.groups()
        under_way[process].append(neutralize(text))
        recipient = re.search(r"\bto=<(.*?)>", text)
        if recipient:
            deliveries[recipient[1]] = under_way.pop(process)
    return deliveries


def settle(said):
    """What a client has said, without the message: only that it ended."""
    said = [re.sub(r"SIZE=\d+", "SIZE", line) for line in said]
    data = next((i for i, line in enumerate(said) if line.endswith(" DATA")), None)
    end = next((i for i, line in enumerate(said) if line.endswith(" .")), None)
    return tuple(said if data is None or end is None else said[: data + 1] + said[end:])


# ---- the lab's own Postfix --------------------------------------------------------------------------


class Lab:
    """Parameters by step, hosts, deliveries by recipient, conversations by host, recipients whose mailbox has it."""

    def __init__(self):
        run = subprocess.run(
            [MAILSIM, "run", "--format=json", SCENARIO],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=True,
        )
        story = json.loads(run.stdout)
        self.parameters = read_parameters()
        self.steps = [step["id"] for step in story["steps"]]
        hops = {hop["hop"]: hop["to"] for step in story["steps"] for hop in step["hops"] if hop["from"] == SENDER}
        self.hosts = list(dict.fromkeys(hops.values()))
        log, said, self.delivered = [], collections.defaultdict(list), set()
        for event in story["events"]:
            if event["kind"] == "log" and event["party"] == SENDER:
                log.append(f"{event['program']}[{event['pid']}]: {event['text']}")
            elif event["kind"] == "line" and event["direction"] == "out" and event["hop"] in hops:
                said[event["hop"]].append(f"{'~>' if event['secured'] else '->'} {event['text']}")
            elif event["kind"] == "status" and event["delivered"] and event["party"] != SENDER:
                self.delivered.add(event["recipient"])
        self.deliveries = read_deliveries(log)
        self.conversations = collections.defaultdict(collections.Counter)
        for hop, host in hops.items():
            self.conversations[host][settle(said[hop])] += 1

    def get_level(self, step):
        return self.parameters[step]["smtp_tls_security_level"]

    def list_matches(self, step, host):
        return [name.format(host) for name in MATCHES.get(self.get_level(step), [])]

    def list_cells(self):
        return [(step, host) for step in self.steps for host in self.hosts]


def check_variety(lab):
    """It is no proof that two logs are the same if they say nothing."""
    lines = [line for delivery in lab.deliveries.values() for line in delivery]
    for pattern, words in (TRUST, {"Anonymous", "Untrusted", "Trusted", "Verified"}), (STATUS, {"sent", "deferred", "bounced"}):
        found = {match[1] for match in map(pattern.search, lines) if match}
        report(found == words, f"in the lab there are all kinds of deliveries: {', '.join(sorted(words))}", found)


# ---- the lab's certificates -------------------------------------------------------------------------


class Certificates:
    """What `mailsim certs` writes: the root, and of each host the certificate that it shows."""

    def __init__(self, folder):
        subprocess.run([MAILSIM, "certs", "--quiet", folder, SCENARIO], check=True, timeout=PATIENCE)
        self.root = pathlib.Path(folder, "lab-root-x1.pem")
        self.folder = pathlib.Path(folder, "relay")

    def read_der(self, host):
        """The server's own, which stands before those of its chain."""
        path = self.folder / f"mail.{host}.example.pem"
        body = re.search("-----BEGIN CERTIFICATE-----(.*?)-----END", path.read_text(), re.DOTALL)
        return base64.b64decode(body[1])

    def shows(self, host):
        return (self.folder / f"mail.{host}.example.pem").exists()

    def digest(self, host):
        return format_digest(self.read_der(host))

    def digest_key(self, host):
        certificate = ["openssl", "x509", "-inform", "DER", "-noout", "-pubkey"]
        pem = subprocess.run(certificate, input=self.read_der(host), stdout=subprocess.PIPE, check=True).stdout
        key = ["openssl", "pkey", "-pubin", "-outform", "DER"]
        return format_digest(subprocess.run(key, input=pem, stdout=subprocess.PIPE, check=True).stdout)

    def list_fingerprints(self):
        """As relay.scenario has them in smtp_tls_fingerprint_cert_match."""
        return [self.digest("trusted"), self.digest_key("selfsigned"), self.digest("expired")]


def format_digest(octets):
    return hashlib.sha256(octets).digest().hex(":").upper()


# ---- what the door tells ----------------------------------------------------------------------------


def hear(server):
    """What the servers of the lab have heard: conversations by host, and recipients whose mailbox has it. Long lines
    are wrapped; conversations come in blocks, or in pieces between those of others."""
    conversations, hosts, connection = collections.defaultdict(list), {}, None
    for line in server.lines:
        heading = re.match(r"━━ (?:Connection (\d+) )?", line or "")
        client = re.match(r"   \S+ \S+ ─▶ mail\.(\S+)\.example ", line or "")
        said = re.match(r" *[\d.]* *([-~]>) {0,2}(.*)", line or "")
        if heading:
            connection = heading[1]
        elif client:
            hosts[connection] = client[1]
        elif said:
            conversations[connection].append(f"{said[1]} {said[2]}")
        elif re.match(r" {12,}ORCPT=", line or ""):
            conversations[connection][-1] += f" {line.strip()}"
    by_host = collections.defaultdict(collections.Counter)
    for connection, host in hosts.items():
        by_host[host][settle(conversations[connection])] += 1
    text = " ".join(" ".join(line.replace("┃", " ") for line in server.lines if line).split())
    return by_host, set(re.findall(r"In the mailbox of (\S+),", text))


def hear_all(server, lab):
    """What the last ones say may come after the real Postfix has closed its books."""
    deadline = time.monotonic() + PATIENCE
    while hear(server) != (lab.conversations, lab.delivered) and time.monotonic() < deadline:
        time.sleep(0.2)
    return hear(server)


# ---- the real Postfix -------------------------------------------------------------------------------


def make_service(lab, step, certificates):
    """The lab's root is no file of this machine's, and names of fingerprints mean nothing to it."""
    parameters = dict(lab.parameters[step])
    parameters["smtp_tls_CAfile"] = certificates.root if parameters.pop("smtp_tls_CApath", DEBIAN_ROOTS) else ""
    parameters["smtp_tls_fingerprint_cert_match"] = ", ".join(certificates.list_fingerprints())
    return parameters


def make_postfix(lab, server, certificates):
    """Each step is a service of its own; the recipient decides which one, and where it goes."""
    servers = {host: "[{}]:{}".format(*server.at("smtp", f"mail.{host}.example")) for host in lab.hosts}
    services = {step: make_service(lab, step, certificates) for step in lab.steps}
    tables = {"transport": {make_recipient(step, host): f"{step}:{servers[host]}" for step, host in lab.list_cells()}}
    tables["transport"][SENDER_ADDRESS.partition("@")[2]] = "discard:"
    for step in lab.steps:
        if lab.get_level(step) in MATCHES:
            services[step]["smtp_tls_policy_maps"] = f"texthash:$config_directory/policy-{step}"
            tables[f"policy-{step}"] = {
                servers[host]: f"{lab.get_level(step)} match={':'.join(lab.list_matches(step, host))}"
                for host in lab.hosts
            }
    parameters = {"myhostname": "mail.iesgn.example", "transport_maps": "texthash:$config_directory/transport"}
    return Postfix(parameters, services, tables)


def deliver(lab, postfix):
    for step in lab.steps:
        recipients = [make_recipient(step, host) for host in lab.hosts]
        postfix.send(SENDER_ADDRESS, recipients, MESSAGE.format(to=", ".join(recipients), sender=SENDER_ADDRESS))
    postfix.wait_for([f"to=<{make_recipient(step, host)}>" for step, host in lab.list_cells()])
    return postfix.read_log()


def describe(delivery):
    """“Untrusted, deferred”, for the name of a test."""
    text = "\n".join(delivery)
    return ", ".join(match[1] for match in (TRUST.search(text), STATUS.search(text)) if match)


def check_postfix(lab, server, certificates):
    hindrance = find_hindrance()
    if hindrance:
        skip("a real Postfix delivers into the lab", hindrance)
        return
    with make_postfix(lab, server, certificates) as postfix:
        log = deliver(lab, postfix)
        conversations, delivered = hear_all(server, lab)
    deliveries = read_deliveries(log)
    for step, host in lab.list_cells():
        recipient = make_recipient(step, host)
        ours, theirs = lab.deliveries[recipient], deliveries.get(recipient, [])
        report(
            ours == theirs and (recipient in delivered) == (recipient in lab.delivered),
            f"Postfix, {step}, to a server {host}: {describe(ours)}",
            "\n".join(["the lab:", *ours, "Postfix:", *theirs, f"in the mailbox: {recipient in delivered}"]),
        )
    for host in lab.hosts:
        report(
            conversations[host] == lab.conversations[host],
            f"the server {host} hears the same {lab.conversations[host].total()} conversations",
            f"the lab: {lab.conversations[host]}\nPostfix: {conversations[host]}",
        )


# ---- posttls-finger ---------------------------------------------------------------------------------


# What it says besides, as it begins; and what it must say of which outcome.
REMARKS = {
    "peer name": "SERVER:PORT: matched peername: ",
    "fingerprint": "SERVER:PORT: Matched fingerprint: ",
    "certificate": "SERVER:PORT: subject_CN=",
    "anonymous": "Server is anonymous",
    "rejected": "STARTTLS rejected: 454 4.7.0 ",
}


def point(lab, step, host, server, certificates):
    """What posttls-finger says, as lines of a log."""
    level, service = lab.get_level(step), make_service(lab, step, certificates)
    matches = certificates.list_fingerprints() if level == "fingerprint" else lab.list_matches(step, host)
    options = ["-c", "-l", level, "-d", "sha256", "-t", str(PATIENCE), "-T", str(PATIENCE)]
    if service["smtp_tls_CAfile"]:
        options += ["-F", service["smtp_tls_CAfile"]]
    if "smtp_tls_protocols" in service:
        options += ["-p", service["smtp_tls_protocols"]]
    run = subprocess.run(
        [find_program("posttls-finger"), *options, "[{}]:{}".format(*server.at("smtp", f"mail.{host}.example")), *matches],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    return [neutralize(line.removeprefix("posttls-finger: ")) for line in (run.stdout + run.stderr).splitlines()]


def expect_remarks(lab, step, host, delivery):
    """Which of its own remarks posttls-finger must make of what the lab's Postfix has found."""
    level, trust = lab.get_level(step), TRUST.search("\n".join(delivery))
    if trust is None:
        return {"rejected"} if host == "broken" and level != "none" else set()
    if trust[1] == "Anonymous":
        return {"anonymous"}
    proof = "fingerprint" if level == "fingerprint" else "peer name"
    return {"certificate", proof} if trust[1] == "Verified" else {"certificate"}


def check_pointed(said, words, remarks, digest):
    """The same words as in the log; its own remarks, each once; the right fingerprint in one of them."""
    own = {line: name for name, start in REMARKS.items() for line in said if line.startswith(start)}
    return (
        [line for line in said if line not in own] == words
        and sorted(own.values()) == sorted(remarks)
        and all(f" fingerprint={digest}, " in line for line, name in own.items() if name == "certificate")
    )


def check_finger(lab, server, certificates):
    hindrance = find_other("posttls-finger")
    if hindrance:
        skip("posttls-finger looks at the lab", hindrance)
        return
    cells = lab.list_cells()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        everything = list(pool.map(lambda cell: point(lab, *cell, server, certificates), cells))
    for (step, host), said in zip(cells, everything, strict=True):
        ours = lab.deliveries[make_recipient(step, host)]
        words = [line for line in ours if "to=<" not in line]
        remarks = expect_remarks(lab, step, host, ours)
        digest = certificates.digest(host) if certificates.shows(host) else None
        report(
            check_pointed(said, words, remarks, digest),
            f"posttls-finger, {step}, at a server {host}: {describe(words) or 'no TLS'}",
            "\n".join(["the lab:", *words, *remarks, "posttls-finger:", *said, f"the certificate: {digest}"]),
        )


# ---- all of it --------------------------------------------------------------------------------------


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # and Postfix with it
    lab = Lab()
    check_variety(lab)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        with Server(f"--client-address={SENDER_IN_LAB}", "--lang=en", case=SCENARIO) as server:
            certificates = Certificates(folder)
            check_postfix(lab, server, certificates)
            check_finger(lab, server, certificates)
            report(not server.complaints, "mailsim has nothing to complain of", server.complaints)
    finish()


main()
