#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A real Postfix delivers into the lab, and posttls-finger looks at it, at each level of smtp_tls_security_level.

    relay.py MAILSIM  (as TAP)

The steps of relay.scenario are what the lab's own Postfix does: a message to each of its ten servers, at each level;
at two levels once more without an authority to trust, and once more without TLS 1.3. Those of provider.scenario are
deliveries with a password, as one must and as one must not. The real one is given the same parameters, and the same
servers by way of `mailsim serve`. Its log, what it says on each connection, and what reaches a mailbox must be what the
lab has said, to the letter, but for names, numbers and times that cannot be the same.
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

SCENARIOS = ["relay.scenario", "provider.scenario"]
SENDER, SENDER_IN_LAB = "mail", "192.0.2.10"
SENDER_ADDRESS = "ana@iesgn.example"
FINGERPRINTS, PASSWORDS = "smtp_tls_fingerprint_cert_match", "smtp_sasl_password_maps"
DEBIAN_ROOTS = "/etc/ssl/certs"
MESSAGE = "To: {to}\nSubject: Inventario\nFrom: {sender}\n\nHola.\n"
# What the levels compare with the certificate's names: “hostname”, and “nexthop, dot-nexthop”. The real Postfix knows
# the servers by their loopback addresses, and is told.
MATCHES = {"verify": "mail.{host}.example", "secure": "{next_hop}:.{next_hop}"}
PORTS = {"25": "smtp", "465": "submissions", "587": "submission"}

TRUST = re.compile(r"(\w+) TLS connection established to")
STATUS = re.compile(r"status=(\w+)")


def read_scenario(path):
    """Of the sender: its parameters at each step, and its files."""
    scenario = configparser.ConfigParser(delimiters="=", interpolation=None)
    scenario.optionxform = str
    scenario.read(path, encoding="utf-8")
    always = dict(scenario[f"postfix {SENDER}"])
    parameters, files = {}, {}
    for section in scenario:
        kind, _, name = section.partition(f" {SENDER} ")
        if kind == "postfix" and name:
            parameters[name.removeprefix("@")] = {**always, **scenario[section]}
        elif kind == "file":
            files[name] = [line.split() for line in scenario[section].values()]
    return parameters, files


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


def is_comparable(text):
    """Of port 465 Postfix knows by the number alone, and the door's are others."""
    return not text.startswith("SMTPS wrappermode (TCP port 465) requires ")


def read_deliveries(lines):
    """For each recipient what smtp(8) has logged of it: a process does one thing after the other."""
    deliveries, under_way = {}, collections.defaultdict(list)
    for line in lines:
        parts = re.fullmatch(r"postfix/smtp\[(\d+)\]: (.*)", line)
        if not parts:
            continue
        process, text = parts.groups()
        if is_comparable(text):
            under_way[process].append(neutralize(text))
        recipient = re.search(r"\bto=<(.*?)>", text)
        if recipient:
            deliveries[recipient[1]] = under_way.pop(process)
    return deliveries


def settle(said):
    """What a client has said, without the message: only that it ended. A ClientHello is no words, though a server that
    waits for a command takes it for some."""
    hello = next((i for i, line in enumerate(said) if line.startswith(r"-> \x16\x03")), None)
    said = [re.sub(r"SIZE=\d+", "SIZE", line) for line in said[:hello]]
    data = next((i for i, line in enumerate(said) if line.endswith(" DATA")), None)
    end = next((i for i, line in enumerate(said) if line.endswith(" .")), None)
    return tuple(said if data is None or end is None else said[: data + 1] + said[end:])


# ---- the lab's own Postfix --------------------------------------------------------------------------


class Lab:
    """A scenario: parameters by step, and files; hosts. And what comes of it: deliveries by recipient, conversations by
    host, recipients whose mailbox has it."""

    def __init__(self, path):
        self.path = path
        self.parameters, self.files = read_scenario(path)
        run = subprocess.run(
            [MAILSIM, "run", "--format=json", path],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=True,
        )
        story = json.loads(run.stdout)
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
        relay = re.match(r"\[(.*)\]", self.parameters[step].get("relayhost", ""))
        match = MATCHES.get(self.get_level(step), "")
        return match.format(host=host, next_hop=relay[1] if relay else f"{host}.example").split(":") if match else []

    def find_server(self, step, host, server):
        """Where the door has what the lab's Postfix goes to."""
        port = self.parameters[step].get("relayhost", ":25").rpartition(":")[2]
        return "[{}]:{}".format(*server.at(PORTS[port], f"mail.{host}.example"))

    def list_cells(self):
        return [(step, host) for step in self.steps for host in self.hosts]


def check_variety(labs):
    """It is no proof that two logs are the same if they say nothing."""
    lines = [line for lab in labs for delivery in lab.deliveries.values() for line in delivery]
    trusts, statuses = {"Anonymous", "Untrusted", "Trusted", "Verified"}, {"sent", "deferred", "bounced"}
    for pattern, words in (TRUST, trusts), (STATUS, statuses):
        found = {match[1] for match in map(pattern.search, lines) if match}
        report(found == words, f"in the lab there are all kinds of deliveries: {', '.join(sorted(words))}", found)


# ---- the lab's certificates -------------------------------------------------------------------------


class Certificates:
    """What `mailsim certs` writes: the root, and of each host the certificate that it shows."""

    def __init__(self, folder, scenario):
        subprocess.run([MAILSIM, "certs", "--quiet", folder, scenario], check=True, timeout=PATIENCE)
        self.root = pathlib.Path(folder, "lab-root-x1.pem")
        self.folder = pathlib.Path(folder, pathlib.Path(scenario).stem)

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

    def translate(self, words):
        """“fingerprint:trusted, public-key:selfsigned”, as a list of digests."""
        kinds = {"fingerprint": self.digest, "public-key": self.digest_key}
        pairs = [word.split(":") for word in words.replace(",", " ").split()]
        return [kinds[kind](host) for kind, host in pairs]


def format_digest(octets):
    return hashlib.sha256(octets).digest().hex(":").upper()


# ---- what the door tells ----------------------------------------------------------------------------


def hear(server):
    """What the servers of the lab have heard: conversations by host, and recipients whose mailbox has it. Long lines
    are wrapped; conversations come in blocks, or in pieces between those of others."""
    conversations, hosts, connection = collections.defaultdict(list), {}, None
    for line in server.lines:
        heading = re.match(r"━━ (?:Connection (\d+) )?", line or "")
        client = re.match(r"   .*─▶ mail\.(\S+)\.example ", line or "")
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


def make_parameters(lab, step, certificates):
    """The lab's root is no file of this machine's, and names of fingerprints mean nothing to it."""
    parameters = {name: value for name, value in lab.parameters[step].items() if name != "relayhost"}
    parameters["smtp_tls_CAfile"] = certificates.root if parameters.pop("smtp_tls_CApath", DEBIAN_ROOTS) else ""
    if FINGERPRINTS in parameters:
        parameters[FINGERPRINTS] = ", ".join(certificates.translate(parameters[FINGERPRINTS]))
    if PASSWORDS in parameters:
        parameters[PASSWORDS] = f"texthash:$config_directory/{pathlib.Path(parameters[PASSWORDS]).name}"
    return parameters


def make_passwords(lab, server):
    """“[mail.provider.example]:587” is at another address, and port, of this machine."""
    tables = {}
    for path, rows in lab.files.items():
        names = [(re.fullmatch(r"\[(.*)\]:(\d+)", next_hop), secret) for next_hop, secret in rows]
        tables[pathlib.Path(path).name] = {
            "[{}]:{}".format(*server.at(PORTS[name[2]], name[1])): secret for name, secret in names
        }
    return tables


def make_postfix(lab, server, certificates):
    """Each step is a service of its own; the recipient decides which one, and where it goes."""
    services, tables = {}, make_passwords(lab, server)
    tables["transport"] = {SENDER_ADDRESS.partition("@")[2]: "discard:"}
    for step in lab.steps:
        servers = {host: lab.find_server(step, host, server) for host in lab.hosts}
        services[step] = make_parameters(lab, step, certificates)
        tables["transport"].update({make_recipient(step, host): f"{step}:{servers[host]}" for host in lab.hosts})
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
            "\n".join(
                f"{who}: {' | '.join(said)}"
                for who, heard in (("the lab", lab.conversations[host]), ("Postfix", conversations[host]))
                for said in heard.elements()
            ),
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
    level, parameters = lab.get_level(step), make_parameters(lab, step, certificates)
    options = ["-c", "-l", level, "-d", "sha256", "-t", str(PATIENCE), "-T", str(PATIENCE)]
    if parameters["smtp_tls_CAfile"]:
        options += ["-F", parameters["smtp_tls_CAfile"]]
    if "smtp_tls_protocols" in parameters:
        options += ["-p", parameters["smtp_tls_protocols"]]
    matches = lab.list_matches(step, host)
    if level == "fingerprint":
        matches = certificates.translate(lab.parameters[step][FINGERPRINTS])
    run = subprocess.run(
        [find_program("posttls-finger"), *options, lab.find_server(step, host, server), *matches],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    return [neutralize(line.removeprefix("posttls-finger: ")) for line in (run.stdout + run.stderr).splitlines()]


def check_reconnecting(lab, server):
    address = lab.find_server("may", "trusted", server)
    run = subprocess.run(
        [find_program("posttls-finger"), "-c", "-l", "may", "-r", "1", address],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    said = run.stdout + run.stderr
    report(
        "Reusing old session" in said and server.wait_for("Session resumed with a ticket."),
        "posttls-finger comes again, and goes on with the session of its ticket",
        said,
    )


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
    check_reconnecting(lab, server)


# ---- all of it --------------------------------------------------------------------------------------


def check_scenario(lab, folder):
    with Server(f"--client-address={SENDER_IN_LAB}", "--lang=en", case=lab.path) as server:
        certificates = Certificates(folder, lab.path)
        check_postfix(lab, server, certificates)
        if not lab.files:  # it has no passwords to show
            check_finger(lab, server, certificates)
        report(not server.complaints, "mailsim has nothing to complain of", server.complaints)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # and Postfix with it
    labs = [Lab(str(FOLDER / name)) for name in SCENARIOS]
    check_variety(labs)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        for lab in labs:
            check_scenario(lab, folder)
    finish()


main()
