#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs that fetch mail: mbsync, fetchmail, mutt.

    fetching.py MAILSIM  (as TAP)
"""
from interop import GOES_ON, Refusal, Row, run_rows

# Who looks at the certificate when the handshake is over just leaves.
LEFT = "(no auth attempts"

# ---- mbsync: IMAP into a Maildir --------------------------------------------------------------------

MBSYNC = "mbsync --config {settings} inbox"
MBSYNC_SETTINGS = """
IMAPAccount school
Host {name}
Port {port}
User {user}
Pass {password}
SSLType {tls}
Timeout {patience}
{trust}

IMAPStore far
Account school

MaildirStore near
Inbox {home}/inbox

Channel inbox
Far :far:
Near :near:
Sync Pull
Create Near
SyncState *
"""
MBSYNC_WORDS = {"trust": {"": "CertificateFile {root}", "distrusting": ""}}
MBSYNC_ENDS = {
    "distrusting": Refusal(1, "unable to get local issuer certificate", LEFT),
    "misnamed": Refusal(1, "certificate owner does not match hostname correo.iesgn.example", LEFT),
    "wrong": Refusal(1, "returned an error: NO [AUTHENTICATIONFAILED] Authentication failed."),
}

# ---- fetchmail --------------------------------------------------------------------------------------

FETCHMAIL = "fetchmail --fetchmailrc {settings} --pidfile {home}/pid --nosyslog"
FETCHMAIL_SETTINGS = """
poll {name} protocol {protocol} port {port}
    user {user} password {password} {tls} {trust}
    keep fetchall mda "cat >> {home}/mail"
"""
FETCHMAIL_WORDS = {
    "trust": {
        "": "sslcertck sslcertfile {root}",
        "distrusting": "sslcertck",
        "careless": "no sslcertck",
    },
}
FETCHMAIL_ENDS = {
    "distrusting": Refusal(2, "Server certificate verification error: unable to get local issuer certificate"),
    "misnamed": Refusal(2, "Server CommonName mismatch: mail.iesgn.example != correo.iesgn.example"),
    "careless": GOES_ON,
    "wrong": Refusal(3, "Authorization failure on ana@mail.iesgn.example"),
}

# ---- mutt, at a terminal ----------------------------------------------------------------------------

MUTT = "mutt -F {settings} -f {scheme}://{user}@{name}:{port}/"
MUTT_SETTINGS = """
set imap_pass="{password}" pop_pass="{password}" folder="{home}" confirmappend=no wait_key=no mark_old=no
set ssl_force_tls={tls} ssl_starttls={tls} certificate_file={home}/accepted record="" sleep_time=0 connect_timeout={patience}
{trust}
push "<copy-message><kill-line>{home}/saved<enter>y<exit>"
"""
MUTT_WORDS = {
    "tls": {"": "yes", "clear": "no"},
    "trust": {"": "set ssl_ca_certificates_file={root}", "distrusting": "", "careless": ""},
}
# It shows one certificate of the chain after the other, and asks.
MUTT_ANSWERS = {
    "distrusting": [("(r)eject", "r")],
    "misnamed": [("(r)eject", "r")],
    "careless": [("(o)nce", "o")] * 3,
}
MUTT_ENDS = {
    "distrusting": Refusal(0, "SSL Certificate check (certificate 1 of 2 in chain)", LEFT),
    "misnamed": Refusal(0, "WARNING: Server hostname does not match certificate", LEFT),
    "careless": GOES_ON,
}

run_rows([
    # First what takes longest: mutt lets its messages be read.
    *(
        Row(
            "mutt", protocol, MUTT, settings=MUTT_SETTINGS, terminal=True, answers=MUTT_ANSWERS,
            words={**MUTT_WORDS, "scheme": {"": scheme}},
            ends={**MUTT_ENDS, "wrong": Refusal(0, wrong), **clear},
        )
        for protocol, scheme, wrong, clear in (
            ("imap", "imap", "SASL authentication failed.", {"clear": Refusal(0, "LOGIN disabled on this server.")}),
            ("imaps", "imaps", "SASL authentication failed.", {}),
            ("pop3", "pop", "SASL authentication failed.", {"clear": Refusal(0, "x")}),
            ("pop3s", "pops", "SASL authentication failed.", {}),
        )
    ),
    Row(
        "mbsync", "imap", MBSYNC, settings=MBSYNC_SETTINGS,
        words={**MBSYNC_WORDS, "tls": {"": "STARTTLS", "clear": "None"}},
        ends={**MBSYNC_ENDS, "clear": Refusal(1, "server supports no acceptable authentication mechanism")},
    ),
    Row(
        "mbsync", "imaps", MBSYNC, settings=MBSYNC_SETTINGS,
        words={**MBSYNC_WORDS, "tls": {"": "IMAPS"}}, ends=MBSYNC_ENDS,
    ),
    *(
        Row(
            "fetchmail", protocol, FETCHMAIL, settings=FETCHMAIL_SETTINGS,
            words={
                **FETCHMAIL_WORDS,
                "protocol": {"": protocol},
                "tls": {"": "sslproto 'auto'", "clear": "sslproto ''"},
            },
            ends={**FETCHMAIL_ENDS, "clear": Refusal(3, "Authorization failure on ana@mail.iesgn.example", told)},
        )
        for protocol, told in (("imap", None), ("pop3", "-ERR [AUTH] Plaintext authentication disallowed"))
    ),
    *(
        Row(
            "fetchmail", protocol + "s", FETCHMAIL, settings=FETCHMAIL_SETTINGS,
            words={**FETCHMAIL_WORDS, "protocol": {"": protocol}, "tls": {"": "ssl"}}, ends=FETCHMAIL_ENDS,
        )
        for protocol in ("imap", "pop3")
    ),
])
