#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Libraries of programming languages: Python's own, nodemailer and imapflow.

    libraries.py MAILSIM  (as TAP)

The last two come with `npm ci` in node/.
"""
from interop import GOES_ON, Refusal, Row, run_rows

ARGUMENTS = " {protocol} {name} {port} {user} '{login}' {message} {trust} {tls}"
WORDS = {
    "login": {"": "{password}", "nobody": ""},
    "trust": {"": "--root={root}", "distrusting": "", "careless": "--careless"},
    "tls": {"": "", "clear": "--clear"},
}


def make_row(program, protocol, command, ends, needs=()):
    if protocol.endswith("s"):
        ends = {attempt: end for attempt, end in ends.items() if attempt != "clear"}
    return Row(
        program, protocol, command + ARGUMENTS, words={**WORDS, "protocol": {"": protocol}}, ends=ends, needs=needs
    )


# ---- Python: what is given no context does not check ------------------------------------------------

PYTHON = "python3 {folder}/python-client.py"
PYTHON_TRUST = {
    "distrusting": Refusal(
        1, "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed:"
        " unable to get local issuer certificate"
    ),
    "misnamed": Refusal(1, "Hostname mismatch, certificate is not valid for 'correo.iesgn.example'."),
    "careless": GOES_ON,
}
SMTPLIB = {
    **PYTHON_TRUST,
    "clear": Refusal(
        1, "smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server.", "ehlo=1 quit=1 commands=2"
    ),
    "wrong": Refusal(1, "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed"),
    "nobody": Refusal(1, "smtplib.SMTPRecipientsRefused: {'ana@iesgn.example': (554, b'5.7.1 <ana@iesgn.example>"),
}
# imaplib heeds no LOGINDISABLED.
IMAPLIB = {
    **PYTHON_TRUST,
    "clear": Refusal(
        1, "imaplib.IMAP4.error: b'[PRIVACYREQUIRED] Plaintext authentication disallowed",
        "If anyone was listening, the password was exposed.", exposes=True,
    ),
    "wrong": Refusal(1, "imaplib.IMAP4.error: b'[AUTHENTICATIONFAILED] Authentication failed.'"),
}
POPLIB = {
    **PYTHON_TRUST,
    "clear": Refusal(
        1, "poplib.error_proto: b'-ERR [AUTH] Plaintext authentication disallowed", "-ERR [AUTH] Plaintext"
    ),
    "wrong": Refusal(1, "poplib.error_proto: b'-ERR [AUTH] Authentication failed.'"),
}

# ---- Node.js ----------------------------------------------------------------------------------------

HUNG_UP = "TLS failed: the other side hung up"
NODE = "node {folder}/node/client.js"
NODEMAILER = {
    "distrusting": Refusal(1, "unable to get local issuer certificate", HUNG_UP),
    "misnamed": Refusal(1, "Hostname/IP does not match certificate's altnames", "lost connection after"),
    "careless": GOES_ON,
    "clear": Refusal(1, "EENVELOPE: 530 5.7.0 Must issue a STARTTLS command first"),
    "wrong": Refusal(1, "EAUTH: 535 5.7.8 Error: authentication failed"),
    "nobody": Refusal(1, "EENVELOPE: 554 5.7.1 <ana@iesgn.example>: Recipient address rejected: Access denied"),
}
IMAPFLOW = {
    "distrusting": Refusal(1, "unable to get local issuer certificate", HUNG_UP),
    "misnamed": Refusal(1, "Hostname/IP does not match certificate's altnames", "(no auth attempts"),
    "careless": GOES_ON,
    "clear": Refusal(1, "Error: Login is disabled"),
    "wrong": Refusal(1, "Authentication failed."),
}


def needs_library(name):
    script = f"require('{{folder}}/node/node_modules/{name}'); console.log('there')"
    return f'node -e "{script}"', "there", f"no {name} (npm ci in tests/interop/node)"


run_rows([
    *(make_row("smtplib", protocol, PYTHON, SMTPLIB) for protocol in ("smtp", "smtps")),
    *(make_row("imaplib", protocol, PYTHON, IMAPLIB) for protocol in ("imap", "imaps")),
    *(make_row("poplib", protocol, PYTHON, POPLIB) for protocol in ("pop3", "pop3s")),
    *(
        make_row(library, protocol, NODE, ends, needs_library(library))
        for library, protocols, ends in (
            ("nodemailer", ("smtp", "smtps"), NODEMAILER),
            ("imapflow", ("imap", "imaps"), IMAPFLOW),
        )
        for protocol in protocols
    ),
])
