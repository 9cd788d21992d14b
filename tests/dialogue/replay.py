#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a real Postfix was seen to say, against what “mailsim serve” says over TCP.

    replay.py MAILSIM SOURCE_ROOT

Every recorded dialogue, with real TLS and real time, and every cell of the tables. One server
for each address that clients come from.
"""
import contextlib
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time

from recordings import matches, read_folder
from replaying import SECONDS_MAX, Client, Difference, Server, run

WORKERS = 40  # fewer than smtpd_client_connection_count_limit


# ---- one connection --------------------------------------------------------------------------


class SmtpClient(Client):
    """What only the recordings of Postfix ask."""

    n_done = 0  # steps of the dialogue that are done already

    def hear_reply(self):
        """The last line of the next reply; None when the server has closed."""
        line = self.hear_line()
        while line is not None and line[3:4] == b"-":
            line = self.hear_line()
        return line

    def step_hear(self, recorded):
        line = self.hear_line()
        if line is None or not matches(recorded, line):
            raise Difference(f"recorded: S: {recorded.decode('latin-1')}")

    def step_tls(self, version):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.shake_hands(context)
        if self.socket.version() != version:
            raise Difference(f"recorded: {version}")

    def step_wait(self, _):
        self.step_silence(None)

    def step_delays(self, _):
        """As step_after()."""


# ---- replaying -------------------------------------------------------------------------------


def replay_dialogue(client, dialogue):
    for kind, text in dialogue.steps[client.n_done :]:
        getattr(client, "step_" + kind)(text)
    if dialogue.steps[-1][0] not in ("leave", "closed", "silence") and client.pending:
        raise Difference(f"too much: {client.pending}")


def replay_cell(client, cell):
    """The first reply that refuses, else the last."""
    commands = ["EHLO client.example"]
    if cell.authenticated:
        commands.append("AUTH PLAIN AGFsaWNlAGFsaWNlcHc=")
    commands += ["MAIL FROM:<a@sender.example>", f"RCPT TO:<{cell.recipient}>"]
    if not cell.reply:
        client.step_silence(None)
        return
    reply = client.hear_reply()
    for command in commands:
        if reply is None or not reply.startswith(b"2"):
            break
        client.say(command.encode() + b"\r\n")
        reply = client.hear_reply()
    if reply != cell.reply.encode():
        raise Difference(f"recorded: {cell.reply}")


def connect_more(address, n_connections, stack):
    """They have been greeted, and are closed with STACK."""
    for _ in range(n_connections):
        client = SmtpClient(address)
        stack.callback(client.close)
        client.hear_reply()


def connect(entry, address, server):
    """Who speaks first has spoken before a SERVER of its own knows of the connection."""
    if server is None or not hasattr(entry, "steps") or entry.steps[0][0] != "say":
        return SmtpClient(address)
    with server.frozen():
        client = SmtpClient(address)
        client.say(entry.steps[0][1])
    client.n_done = 1
    return client


def replay(entry, address, server=None):
    """None, or what is wrong."""
    with contextlib.ExitStack() as stack:
        try:
            connect_more(address, getattr(entry, "n_more", 0), stack)
            client = connect(entry, address, server)
        except OSError as error:
            return f"no connection: {error}"
        stack.callback(client.close)
        return replay_connected(entry, client)


def replay_connected(entry, client):
    try:
        if hasattr(entry, "steps"):
            replay_dialogue(client, entry)
        else:
            replay_cell(client, entry)
    except Difference as difference:
        return "\n".join(client.told + [f"*** {difference}"])
    return None


def list_chain(entry):
    """ENTRY, behind the dialogues that have left something behind for it."""
    chain = [entry]
    while getattr(chain[0], "before", None):
        chain.insert(0, chain[0].before)
    return chain


def replay_chain(chain, server):
    """With a server of its own: the first thing that is wrong, or None."""
    for entry in chain:
        time.sleep(getattr(entry, "later_s", None) or 0)
        wrong = replay(entry, server.services[entry.service or entry.port], server)
        if wrong:
            return wrong
    return None


def find_reason_to_skip(entry):
    """What cannot be had over TCP, or not in a test's time; None: it can."""
    chain = list_chain(entry)
    seconds = sum(float(text) for part in chain for kind, text in getattr(part, "steps", ()) if kind == "after")
    seconds += sum(getattr(part, "later_s", None) or 0 for part in chain)
    if any(part.client != entry.client for part in chain):
        return "a server has clients from one address alone"
    return f"takes {seconds:.0f} s" if seconds > SECONDS_MAX else None


# ---- the servers -----------------------------------------------------------------------------


def replay_refused(mailsim, name, settings):
    """A service that the language refuses is not in the scenario: None if it does."""
    if settings is None:
        return f"no table describes the service {name}"
    with tempfile.NamedTemporaryFile("w", suffix=".scenario") as file:
        lines = ["[scenario]", "title = x", "[host h]", f"[service h {name}]", "port = 2525"]
        file.write("\n".join(lines + settings) + "\n")
        file.flush()
        process = subprocess.run([mailsim, "check", file.name], capture_output=True, check=False)
    return None if process.returncode == 2 else f"dest.scenario lacks the service {name}"


def is_slow(entry):
    return any(kind in ("delays", "after", "wait") for kind, _ in getattr(entry, "steps", ()))


def needs_own_server(entry):
    """Dovecot remembers who guesses passwords, by address, and lets the next one from there wait; anvil counts who
    comes, by address and service."""
    return getattr(entry, "before", None) or entry.title.startswith("anvil.txt") or any(
        kind == "hear" and b"(reason unavailable)" in text for kind, text in getattr(entry, "steps", ()))


def start_servers(mailsim, scenario, clients, stack):
    """One for each address, stopped with STACK; None when one does not become ready."""
    servers = {}
    for client in sorted(clients):
        servers[client] = Server(mailsim, scenario, client)
        stack.callback(servers[client].stop)
        if not servers[client].services:
            print(f"Bail out! mailsim serve for {client} does not become ready")
            return None
    return servers


def main(mailsim, root):
    scenario = pathlib.Path(root) / "tests" / "dialogue" / "dest.scenario"
    dialogues, cells, settings = read_folder(root)
    entries = sorted(dialogues, key=is_slow, reverse=True) + cells
    with contextlib.ExitStack() as stack:
        servers = start_servers(mailsim, scenario, {entry.client for entry in entries}, stack)
        if servers is None:
            return 1

        def replay_one(entry):
            reason = find_reason_to_skip(entry)
            return (None, reason) if reason else (ask(entry), None)

        def ask(entry):
            name = entry.service or entry.port
            if name not in servers[entry.client].services:
                return replay_refused(mailsim, entry.service, settings.get(entry.service))
            if not needs_own_server(entry):
                return replay(entry, servers[entry.client].services[name])
            server = Server(mailsim, scenario, entry.client)
            try:
                return replay_chain(list_chain(entry), server)
            finally:
                server.stop()

        jobs = [[entry] for entry in entries]
        n_failed = run(jobs, lambda job: [replay_one(job[0])], WORKERS, is_slow)
        for client, server in servers.items():
            status = server.stop()
            if status != 0:
                print(f"Bail out! mailsim serve for {client} ended with status {status}")
                n_failed += 1
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
