#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs that bring TLS alone: openssl s_client and gnutls-cli. What is said in it is typed here.

    tls.py MAILSIM  (as TAP)
"""
from interop import GOES_ON, MESSAGE, Refusal, Row, run_rows

# ---- what is typed ----------------------------------------------------------------------------------

SMTP_WORDS = {
    "plain": {"": "AGFuYQBtZWxvY290b24=", "wrong": "AGFuYQBjZXJlemE="},
}
TYPED = {
    "smtp": {
        "": [
            ("", "EHLO laptop.iesgn.example\r\n"),
            ("250 CHUNKING", "AUTH PLAIN {plain}\r\n"),
            ("235 2.7.0", "MAIL FROM:<{address}>\r\n"),
            ("250 2.1.0", "RCPT TO:<{address}>\r\n"),
            ("250 2.1.5", "DATA\r\n"),
            ("354 ", MESSAGE.replace("\r", "").replace("\n.", "\n..") + ".\r\n"),
            ("queued as", "QUIT\r\n"),
        ],
        "wrong": [
            ("", "EHLO laptop.iesgn.example\r\n"),
            ("250 CHUNKING", "AUTH PLAIN {plain}\r\n"),
            ("535 ", "QUIT\r\n"),
        ],
        "nobody": [
            ("", "EHLO laptop.iesgn.example\r\n"),
            ("250 CHUNKING", "MAIL FROM:<{address}>\r\n"),
            ("250 2.1.0", "RCPT TO:<{address}>\r\n"),
            ("554 ", "QUIT\r\n"),
        ],
    },
    "imap": {
        "": [
            ("", "a LOGIN {user} {password}\r\n"),
            ("a OK", "b SELECT INBOX\r\n"),
            ("b OK", "c FETCH 1 BODY[]\r\n"),
            ("c OK", "d LOGOUT\r\n"),
        ],
        "wrong": [("", "a LOGIN {user} {password}\r\n"), ("a NO", "b LOGOUT\r\n")],
    },
    "pop3": {
        "": [
            ("", "USER {user}\r\n"),
            ("+OK", "PASS {password}\r\n"),
            ("+OK Logged in", "RETR 1\r\n"),
            ("\r\n.\r\n", "QUIT\r\n"),
        ],
        "wrong": [("", "USER {user}\r\n"), ("+OK", "PASS {password}\r\n"), ("-ERR", "QUIT\r\n")],
    },
}
REFUSED = {
    "smtp": {
        "wrong": Refusal(0, "535 5.7.8 Error: authentication failed: (reason unavailable)"),
        "nobody": Refusal(0, "554 5.7.1 <ana@iesgn.example>: Recipient address rejected: Access denied"),
    },
    "imap": {"wrong": Refusal(0, "a NO [AUTHENTICATIONFAILED] Authentication failed.")},
    "pop3": {"wrong": Refusal(0, "-ERR [AUTH] Authentication failed.")},
}

# ---- the programs -----------------------------------------------------------------------------------

OPENSSL = (
    "openssl s_client -connect {name}:{port} -servername {name} -verify_hostname {name} -quiet {trust} {tls}"
)
OPENSSL_TRUST = {"": "-verify_return_error -CAfile {root}", "distrusting": "-verify_return_error", "careless": ""}
OPENSSL_ENDS = {
    "distrusting": Refusal(1, "verify error:num=20:unable to get local issuer certificate"),
    "misnamed": Refusal(1, "verify error:num=62:hostname mismatch"),
    "careless": GOES_ON,
}

GNUTLS = "gnutls-cli --port {port} {trust} {tls} {name}"
GNUTLS_TRUST = {"": "--x509cafile {root}", "distrusting": "", "careless": "--insecure"}
GNUTLS_ENDS = {
    "distrusting": Refusal(1, "The certificate is NOT trusted. The certificate issuer is unknown."),
    "misnamed": Refusal(1, "The certificate is NOT trusted. The name in the certificate does not match the expected."),
    "careless": GOES_ON,
}

run_rows([
    Row(
        program, family + wrapped, command, answers=TYPED[family],
        words={**SMTP_WORDS, "trust": trust, "tls": {"": "" if wrapped else start_tls + family}},
        ends={**ends, **REFUSED[family]},
    )
    for program, command, start_tls, trust, ends in (
        ("openssl s_client", OPENSSL, "-starttls ", OPENSSL_TRUST, OPENSSL_ENDS),
        ("gnutls-cli", GNUTLS, "--starttls-proto=", GNUTLS_TRUST, GNUTLS_ENDS),
    )
    for family in ("smtp", "imap", "pop3")
    for wrapped in ("", "s")
])
