#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mailsim serve under a hostile load: visitors of every kind (visitors.py) all at once, while well-behaved clients
(neighbours.py) go on, of which each must succeed.

    hostile.py MAILSIM [VISITORS]  (as TAP; 348 visitors unless it is said)

What it costs is printed: memory, descriptors, how long the well-behaved had to wait. Times are never judged, nor is
memory under a sanitizer, which keeps its own.
"""
import asyncio
import itertools
import multiprocessing
import pathlib
import random
import resource
import smtplib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))

from neighbours import FAILURES, Clients, choose_addresses
from serving import Server, is_sanitized, trusting
from tap import finish, report, skip
from visitors import KINDS, Refused, Visitor

SCENARIO = str(pathlib.Path(__file__).parent / "load.scenario")
HOST = "mail.iesgn.example"
N_VISITORS = int(sys.argv[2]) if len(sys.argv) > 2 else 348
PATIENCE = 170

# So many are on their way in at a time: the queue of connections that nobody has accepted yet is no part of this.
N_COMING = 200

# An open conversation inside TLS, logged in, with a mailbox selected and what is recorded of it until it is told, takes
# up to 112 KiB of memory (docs/benchmark.md); what visitors may pour in besides is in visitors.py.
CONVERSATION_BYTES = 128 * 1024

# Events of all conversations together that wait to be told (HELD_MAX_OCTETS in render-live.c), as much again for what
# malloc keeps in pieces, and mail that the well-behaved have in mailboxes for a moment.
HELD_BYTES = (2 * 64 + 16) * 1024 * 1024

# postconf -d smtpd_client_connection_count_limit
CONNECTIONS_MAX = 50

# Conversations of each well-behaved client while everybody is there, and how long they rest in between.
N_AMIDST = 3
PAUSE_SECONDS = 0.01


# ---- the well-behaved, in a process of their own -------------------------------------------------


def behave(addresses, start, stop, results):
    """One conversation after the other, until it is over; then what is left of the mail is read."""
    start.wait()
    clients = Clients(addresses, trusting())
    ways = [clients.submit, clients.read_by_imap, clients.read_by_pop3]
    while not stop.is_set():
        for way in ways:
            behave_once(way, results)
    behave_once(clients.read_the_rest, results)
    results.put(("books", 0, clients.balance()))


def behave_once(way, results):
    began = time.monotonic()
    try:
        way()
        failure = None
    except FAILURES as error:
        failure = repr(error)
    results.put((way.__name__, time.monotonic() - began, failure))
    time.sleep(PAUSE_SECONDS)


class Neighbours:
    """What became of the well-behaved so far. They are there before the crowd, whose sockets are none of theirs."""

    def __init__(self, server):
        context = multiprocessing.get_context("fork")
        self.start, self.stop = context.Event(), context.Event()
        self.queue = context.Queue()
        arguments = (choose_addresses(server), self.start, self.stop, self.queue)
        self.process = context.Process(target=behave, args=arguments, daemon=True)
        self.process.start()
        self.results = []

    def take(self):
        while not self.queue.empty():
            self.results.append(self.queue.get())
        return len(self.results)

    def wait_for(self, count):
        """COUNT more conversations."""
        self.start.set()
        count += self.take()
        end = time.monotonic() + PATIENCE
        while self.take() < count and time.monotonic() < end:
            time.sleep(0.05)

    def end(self):
        """Their last words are about the books."""
        self.stop.set()
        end = time.monotonic() + PATIENCE
        while not (self.take() and self.results[-1][0] == "books") and time.monotonic() < end:
            time.sleep(0.05)

    def list_failures(self):
        failures = [f"{name}: {failure}" for name, _, failure in self.results if failure]
        return failures if self.results[-1][0] == "books" else [*failures, "they do not come to their end"]

    def describe(self, since=0, until=None):
        rows = self.results[since:until]
        words = []
        for way in dict.fromkeys(name for name, _, _ in rows):
            times = [seconds * 1000 for name, seconds, _ in rows if name == way]
            words.append(f"{way} {statistics.median(times):.0f} ms, at most {max(times):.0f} ms ({len(times)})")
        return "; ".join(words)


# ---- the others ----------------------------------------------------------------------------------


def list_visits(kinds):
    """Every kind at every service of its, round after round; those who pour in what they can come every fifth time,
    or all time were theirs."""
    for number in itertools.count():
        for kind in kinds:
            if kind[3] == 0 or number % 5 == 0:
                yield from ((kind, service) for service in kind[1])


class Crowd:
    """All visitors, on one loop."""

    def __init__(self, server, n_visitors, kinds=KINDS):
        self.server = server
        self.context = trusting()
        self.plan = list(itertools.islice(list_visits(kinds), n_visitors))
        random.Random(1).shuffle(self.plan)  # that no kind comes in one heap
        self.kept_bytes = sum(kind[3] for kind, _ in self.plan)
        self.complaints = []
        self.n_held = 0

    async def visit(self, number, kind, service, places, release):
        what, _, function, _ = kind
        visitor = Visitor(self.server.at(service, HOST), self.context, number, release)
        stays = ...
        try:
            async with places:
                stays = await function(visitor, service)
            self.arrived(stays)
            if callable(stays):
                await stays()
            elif stays is None:
                await release.wait()
        except (OSError, asyncio.TimeoutError, Refused) as error:
            if not release.is_set():
                self.complaints.append(f"{what}, {service}: {error!r}")
            if stays is ...:
                self.arrived(False)
        finally:
            visitor.close()

    def arrived(self, stays):
        self.n_held += stays is not False
        self.n_coming -= 1
        if self.n_coming == 0:
            self.all_here.set()

    def gather(self, when_all_are_here):
        """All come; when each has come as far as he wanted, that is called; then they go."""
        asyncio.run(self.come_and_go(when_all_are_here))

    async def come_and_go(self, when_all_are_here):
        places, release = asyncio.Semaphore(N_COMING), asyncio.Event()
        self.all_here = asyncio.Event()
        self.n_coming = len(self.plan)
        visits = [
            asyncio.ensure_future(self.visit(number, kind, service, places, release))
            for number, (kind, service) in enumerate(self.plan)
        ]
        try:
            await asyncio.wait_for(self.all_here.wait(), PATIENCE)
            await asyncio.get_running_loop().run_in_executor(None, when_all_are_here)
        finally:
            release.set()
            await asyncio.wait_for(asyncio.gather(*visits), PATIENCE)


# ---- what it costs -------------------------------------------------------------------------------


def tell(text):
    print(f"# {text}", flush=True)


def allow_descriptors(count):
    """As many as this process and its server each need; FALSE: nobody may have so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
    return True


def count_memory_max_kb(crowd, before_kb):
    """What the server may hold at most with that crowd inside."""
    return before_kb + (len(crowd.plan) * CONVERSATION_BYTES + crowd.kept_bytes + HELD_BYTES) // 1024


def wait_for_descriptors(server, count):
    """Until no more are open than there were; how many are."""
    end = time.monotonic() + PATIENCE
    while server.count_descriptors() > count and time.monotonic() < end:
        time.sleep(0.1)
    return server.count_descriptors()


# ---- checks --------------------------------------------------------------------------------------


def check_crowd():
    """Everybody at once, where no limit keeps them out."""
    with Server("-q", "--client-address=127.0.0.1", case=SCENARIO) as server:
        before, before_kb = server.count_descriptors(), server.count_kilobytes()
        neighbours = Neighbours(server)
        neighbours.wait_for(N_AMIDST * 3)
        n_alone = neighbours.take()
        crowd = Crowd(server, N_VISITORS)
        amidst = {}

        def look():
            amidst.update(descriptors=server.count_descriptors(), kb=server.count_kilobytes(), first=neighbours.take())
            neighbours.wait_for(N_AMIDST * 3)
            amidst.update(last=neighbours.take())

        crowd.gather(look)
        neighbours.end()
        after = wait_for_descriptors(server, before)
        most_kb, most_kb_max = server.count_kilobytes("VmHWM"), count_memory_max_kb(crowd, before_kb)
        tell(f"{N_VISITORS} visitors, of which {crowd.n_held} stayed")
        tell(f"descriptors: {before} before, {amidst['descriptors']} with all inside, {after} after")
        tell(f"memory: {before_kb} kB before, {amidst['kb']} kB with all inside, {most_kb} kB at most ({most_kb_max} kB"
             f" would be allowed), {server.count_kilobytes()} kB after")
        tell(f"alone: {neighbours.describe(0, n_alone)}")
        tell(f"while they come: {neighbours.describe(n_alone, amidst['first'])}")
        tell(f"with all inside: {neighbours.describe(amidst['first'], amidst['last'])}")
        report(not crowd.complaints, "every visitor comes as far as he wants", "\n".join(crowd.complaints))
        report_neighbours(neighbours, "the well-behaved succeed meanwhile")
        report(after == before, "no descriptor is left open", f"{before} before, {after} after")
        name = "memory stays within what the visitors may take"
        if is_sanitized():
            skip(name, "a sanitizer has its own")
        else:
            report(most_kb <= most_kb_max, name, f"{most_kb} kB, where {most_kb_max} kB are allowed")
        report_end(server, "the server lives, and ends properly")


def report_neighbours(neighbours, name):
    failures = neighbours.list_failures()
    report(not failures, name, "\n".join(failures))


def report_end(server, name):
    alive = server.is_alive()
    status = server.stop()
    report(alive and status == 0, name, f"alive: {alive}, status {status}\n{server.complaints}")


def check_sudden_end():
    """Ctrl-C with everybody inside: each is parted from, and what a sanitizer calls leaked is said."""
    with Server("-q", "--client-address=127.0.0.1", case=SCENARIO) as server:
        crowd = Crowd(server, len(KINDS) * 4)
        statuses = []
        crowd.gather(lambda: statuses.append(server.stop()))
        report(
            statuses == [0] and crowd.n_held > 0 and not server.complaints,
            "it ends properly with visitors inside, too",
            f"status {statuses}, {crowd.n_held} visitors\n{server.complaints}",
        )


def check_full():
    """More visitors than descriptors: who is inside is served, who comes has to wait, and nobody is forgotten."""
    silent = [kind for kind in KINDS if kind[0] == "silent before the greeting"]
    with Server("-q", "--client-address=127.0.0.1", case=SCENARIO, descriptors=128) as server:
        before = server.count_descriptors()
        neighbours = Neighbours(server)
        crowd = Crowd(server, 256, silent)
        found = {}
        with smtplib.SMTP(*server.at("smtp", HOST), timeout=60) as early:

            def look():
                found["told"] = server.wait_until(lambda: "too many open files" in server.complaints)
                found["descriptors"] = server.count_descriptors()
                found["served"] = early.noop()[0] == 250
                neighbours.start.set()

            crowd.gather(look)
        neighbours.wait_for(N_AMIDST * 3)
        neighbours.end()
        after = wait_for_descriptors(server, before)
        report(found["told"] and found["descriptors"] < 128 and found["served"],
               "at its descriptor limit it says so, and serves who is inside", f"{found}\n{server.complaints}")
        report_neighbours(neighbours, "who comes meanwhile is let in when there is room")
        report(after == before, "and no descriptor is left open", f"{before} before, {after} after")
        report_end(server, "then it lives on as before")


def check_limits():
    """From an address that is no exception: beyond its limit each service says so, and the others do not notice."""
    services = ("smtp", "submissions")
    with Server("-q", case=SCENARIO) as server:
        before = server.count_descriptors()
        neighbours = Neighbours(server)
        waiting = next(kind[2] for kind in KINDS if kind[0] == "idle after the first command")
        crowd = Crowd(server, (CONNECTIONS_MAX + 10) * 2, [("idle", services, waiting, 0)])
        crowd.gather(lambda: neighbours.wait_for(N_AMIDST * 3))
        neighbours.end()
        after = wait_for_descriptors(server, before)
        refused = [said for said in crowd.complaints if "too many connections" in said]
        told = {service: sum(f"idle, {service}: " in said for said in refused) for service in services}
        report(told == dict.fromkeys(services, 10) and crowd.n_held == CONNECTIONS_MAX * 2,
               "with the limit on, each service lets in as many as it allows, and tells the others",
               "\n".join([f"{crowd.n_held} inside", *crowd.complaints]))
        report_neighbours(neighbours, "whoever comes from there to another service does not notice")
        report(after == before, "and no descriptor is left open", f"{before} before, {after} after")
        report_end(server, "then there is room again")


def main():
    if not allow_descriptors(N_VISITORS + 256):
        skip("a hostile load", f"“ulimit -Hn” allows no {N_VISITORS + 256} descriptors")
        finish()
    for check in (check_crowd, check_sudden_end, check_full, check_limits):
        check()
    finish()


main()
