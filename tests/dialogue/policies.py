#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lines of smtp_tls_policy_maps: what check says of each, against what Postfix's log said.

    policies.py MAILSIM SOURCE_ROOT

Each section of recorded/tls/policies.txt whose table is a file of keys and values is given to check. What smtp(8)
warned of must be said in the same words. A key that check calls useless must not have had any effect there, and one
that was obeyed must not be warned of. KEYS names the sections whose key no next hop has, and what is said of it.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

WORLD = """[scenario]
title = As it was recorded
[host mail]
mailname = sender.example
address  = 203.0.113.25
users    = ana
[host dest]
hostname = mx.dest.example
mailname = dest.example
address  = 192.0.2.10
[step s]
title = x
do = send
by = ana
to = root@dest.example
"""
ADDRESSES = {"second": "192.0.2.20"}

NOT_SO = "is not as relayhost writes it"
NOBODY = "no mail goes to"
KEYS = {
    "key *": "stands for no domain",
    "key .": "stands for no domain",
    "key is the recipient's address": "is no next hop",
    "key is the MX host": "is a server of dest.example, and no domain",
    "key is the MX host's address": NOBODY,
    "recipient at an address, key without brackets": NOBODY,
    "relayhost = [mx.dest.example], key mx.dest.example": NOT_SO,
    "relayhost = [mx.dest.example], key [mx.dest.example]:25": NOT_SO,
    "relayhost = [mx.dest.example], key dest.example": NOBODY,
    "relayhost = [mx.dest.example], key .dest.example": NOBODY,
    "relayhost = [mx.dest.example]:587, key [mx.dest.example]": NOT_SO,
    "relayhost = [mx.dest.example]:587, key mx.dest.example:587": NOT_SO,
    "relayhost = [mx.dest.example]:587, key [mx.dest.example]:submission": NOT_SO,
    "relayhost = [mx.dest.example]:587, key .dest.example": NOBODY,
    "relayhost = [mx.dest.example]:submission, key [mx.dest.example]:587": NOT_SO,
    "relayhost = dest.example:587, key dest.example": NOT_SO,
    "relayhost = dest.example:587, key [dest.example]:587": NOT_SO,
    "relayhost = dest.example:587, key .example": NOBODY,
    "relayhost = dest.example, key elsewhere.example": NOBODY,
    "relayhost = mx.dest.example, key dest.example": NOBODY,
    "relayhost = [192.0.2.10], key 192.0.2.10": NOT_SO,
}
USELESS = re.compile(f"{NOT_SO}|{NOBODY}|stands for no domain|is no next hop|and no domain")
WARNED = re.compile(r'warning: smtp_tls_policy_maps, next-hop destination "[^"]*": (.*)|warning: (malformed .*)')

# The lab has no file there, or another one, and says so otherwise.
PASSED_OVER = ("policy table lookup error",)


def read_sections(path):
    """[(title, groups, what was seen)]"""
    for section in path.read_text().split("\n=== ")[1:]:
        title, _, body = section.partition("\n")
        groups, _, seen = body.partition("\n---\n")
        yield title, groups, seen


def is_asked(groups):
    return re.search(r"^smtp_tls_policy_maps = (texthash|hash):/etc/postfix/tls_policy$", groups, re.M) and (
        "[file /etc/postfix/tls_policy]" in groups)


def write_scenario(path, groups):
    """Files are mail's; profiles of old, and PEM, are no matter here."""
    groups = re.sub(r"^\[file (\S+)\]", r"[file mail \1]", groups, flags=re.M)
    groups = re.sub(r"^\[host (second)\]", lambda m: m[0] + "\naddress = " + ADDRESSES[m[1]], groups, flags=re.M)
    certificates = set(re.findall(r"^\[certificate (\w+)\]", groups, re.M))
    missing = set(re.findall(r"(?:fingerprint|public-key|digest):(\w+)", groups)) - certificates
    postfix = "" if "[postfix dest]" in groups else "[postfix dest]\n"
    path.write_text(WORLD + postfix + groups + "\n" + "".join(f"[certificate {name}]\n" for name in sorted(missing)))


def read_check(mailsim, path):
    result = subprocess.run([mailsim, "check", path], capture_output=True, text=True)
    return " ".join(line for line in result.stderr.splitlines() if re.match(r"\S+:\d+:\d+: ", line))


def find_difference(title, seen, said):
    for match in WARNED.finditer(seen):
        words = match[1] or match[2].replace(": ", " “", 1) + "”"
        if words not in said and words not in PASSED_OVER:
            return f"check does not say “{words}”: {said}"
    if KEYS.get(title, "") not in said:
        return f"expected “{KEYS[title]}”, seen: {said}"
    if USELESS.search(said) and title not in KEYS:
        return f"a key that Postfix obeyed, or might have: {said}"
    if " error: " in said and "not built yet" not in said:
        return said
    obeyed = re.search(r"^(status: deferred|tls: -)$", seen, re.M)
    return f"Postfix obeyed the line: {seen}" if title in KEYS and obeyed else None


def main():
    mailsim, root = sys.argv[1:]
    sections = list(read_sections(pathlib.Path(root, "tests/dialogue/recorded/tls/policies.txt")))
    asked = [section for section in sections if is_asked(section[1])]
    missing = KEYS.keys() - {title for title, *_ in asked}
    failures = 1 if missing or len(asked) < 100 else 0
    print("not ok" if failures else "ok", "1 - there is something to ask", *sorted(missing))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "asked.scenario")
        for number, (title, groups, seen) in enumerate(asked, 2):
            write_scenario(path, groups)
            difference = find_difference(title, seen, read_check(mailsim, path))
            failures += difference is not None
            print("ok" if difference is None else "not ok", number, "-", title.replace("#", "(hash)"))
            for line in (difference or "").splitlines():
                print("#", line)
    print(f"1..{len(asked) + 1}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
