/* SPDX-License-Identifier: MIT
 *
 * Mail that is read, as scripts. */
#include "sample-reading.h"

#include <string.h>

#include "recording-script.h"

/* The scripts keep a line of text on a line of C. */
/* clang-format off */

/* A handshake that begins at SENT, and is answered and over at HEARD. */
#define HANDSHAKE(SENT, HEARD, CERTIFICATE) \
    SENT " => ClientHello|server_name mail.iesgn.example\n" \
    HEARD " =< ServerHello|TLSv1.3, X25519, TLS_AES_256_GCM_SHA384\n" \
    HEARD " =< EncryptedExtensions\n" \
    HEARD " =< Certificate\n" \
    HEARD " =< CertificateVerify\n" \
    HEARD " certificate mail.iesgn.example|" CERTIFICATE "\n" \
    HEARD " =< Finished\n" \
    HEARD " => Finished\n" \
    HEARD " secured\n"
#define PROVED \
    "Lab Encrypt R1, Lab Root X1|mail.iesgn.example|2026-03-30|y|y|y||y|Verified"
#define NO_CHAIN "Lab Encrypt R1|mail.iesgn.example|2026-03-30||y|y||y|Untrusted"

static const char starttls_143[] =
    "0 @laptop dns A mail.iesgn.example|203.0.113.25\n"
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\n"
    "80 -> a1 STARTTLS\n"
    "120 <- a1 OK Begin TLS negotiation now.\n"
    HANDSHAKE("120", "160", PROVED)
    "160 ~> a2 CAPABILITY\n"
    "200 <~ * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN\n"
    "200 <~ a2 OK Pre-login capabilities listed, post-login capabilities have more.\n"
    "200 ~> a7 AUTHENTICATE PLAIN AGFuYQBtZWxvY290b24=\n"
    "240 login ana|PLAIN|y\n"
    "240 log dovecot|0|imap-login: Login: user=<ana>, method=PLAIN, rip=198.51.100.10, "
      "lip=203.0.113.25, mpid=1240, TLS, session=<abc>\n"
    "240 <~ * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY "
      "THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE "
      "UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH "
      "ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY "
      "PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY\n"
    "240 <~ a7 OK Logged in\n"
    "240 ~> a3 SELECT INBOX\n"
    "280 <~ * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n"
    "280 <~ * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags "
      "permitted.\n"
    "280 <~ * 1 EXISTS\n"
    "280 <~ * 1 RECENT\n"
    "280 <~ * OK [UNSEEN 1] First unseen.\n"
    "280 <~ * OK [UIDVALIDITY 1768208400] UIDs valid\n"
    "280 <~ * OK [UIDNEXT 2] Predicted next UID\n"
    "280 <~ a3 OK [READ-WRITE] Select completed (0.001 + 0.000 secs).\n"
    "280 ~> a4 FETCH 1:* (UID FLAGS RFC822.SIZE)\n"
    "320 <~ * 1 FETCH (UID 1 FLAGS (\\Recent) RFC822.SIZE 434)\n"
    "320 <~ a4 OK Fetch completed (0.001 + 0.000 secs).\n"
    "320 ~> a5 UID FETCH 1 (BODY[])\n"
    "360 <~ * 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) BODY[] {434}\n"
    "360 <~ Return-Path: <bob@instituto.example>\n"
    "360 <~ X-Original-To: ana@iesgn.example\n"
    "360 <~ Delivered-To: ana@iesgn.example\n"
    "360 <~ Received: from mx.instituto.example (mx.instituto.example [192.0.2.10])\n"
    "360 <~ \tby mail.iesgn.example (Postfix) with ESMTPS id 4C1A7B0009\n"
    "360 <~ \tfor <ana@iesgn.example>; Mon, 12 Jan 2026 09:00:10 +0000 (UTC)\n"
    "360 <~ From: bob@instituto.example\n"
    "360 <~ To: ana@iesgn.example\n"
    "360 <~ Subject: Hola\n"
    "360 <~ Message-ID: <7@mx.instituto.example>\n"
    "360 <~ \n"
    "360 <~ Hola, Ana.\n"
    "360 <~ .Un punto.\n"
    "360 <~ )\n"
    "360 <~ a5 OK Fetch completed (0.001 + 0.000 secs).\n"
    "360 ~> a6 LOGOUT\n"
    "400 <~ * BYE Logging out\n"
    "400 <~ a6 OK Logout completed (0.001 + 0.000 secs).\n"
    "400 log dovecot|0|imap(ana)<1240><abc>: Disconnected: Logged out in=90 out=1200 "
      "deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=1 body_bytes=434\n"
    "400 closed mail\n"
    "400 fetched fetched||1|1\n";

static const char login_993[] =
    "0 @laptop dns A mail.iesgn.example|203.0.113.25\n"
    "40 connected\n"
    HANDSHAKE("40", "80", PROVED)
    "80 <~ * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "AUTH=PLAIN] Dovecot (Debian) ready.\n"
    "80 ~> a1 LOGIN \"ana\" \"pera\"\n"
    "2120 login ana|PLAIN|\n"
    "2120 <~ a1 NO [AUTHENTICATIONFAILED] Authentication failed.\n"
    "2120 ~> a2 LOGIN {3}\n"
    "2160 <~ + OK\n"
    "2160 ~> ana \"melocoton\"\n"
    "2200 login ana|PLAIN|y\n"
    "2200 log dovecot|0|imap-login: Login: user=<ana>, method=PLAIN, rip=198.51.100.10, "
      "lip=203.0.113.25, mpid=1240, TLS, session=<abc>\n"
    "2200 <~ a2 OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT "
      "SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND "
      "URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 "
      "CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE "
      "SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY] Logged in\n"
    "2200 ~> a3 SELECT INBOX\n"
    "2240 <~ * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n"
    "2240 <~ * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags "
      "permitted.\n"
    "2240 <~ * 1 EXISTS\n"
    "2240 <~ * 1 RECENT\n"
    "2240 <~ * OK [UNSEEN 1] First unseen.\n"
    "2240 <~ * OK [UIDVALIDITY 1768208400] UIDs valid\n"
    "2240 <~ * OK [UIDNEXT 2] Predicted next UID\n"
    "2240 <~ a3 OK [READ-WRITE] Select completed (0.001 + 0.000 secs).\n"
    "2240 ~> a4 FETCH 1:* (UID FLAGS RFC822.SIZE)\n"
    "2280 <~ * 1 FETCH (UID 1 FLAGS (\\Recent) RFC822.SIZE 434)\n"
    "2280 <~ a4 OK Fetch completed (0.001 + 0.000 secs).\n"
    "2280 ~> a5 UID FETCH 1 (BODY[])\n"
    "2320 <~ * 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) BODY[] {434}\n"
    "2320 <~ Return-Path: <bob@instituto.example>\n"
    "2320 <~ X-Original-To: ana@iesgn.example\n"
    "2320 <~ Delivered-To: ana@iesgn.example\n"
    "2320 <~ Received: from mx.instituto.example (mx.instituto.example [192.0.2.10])\n"
    "2320 <~ \tby mail.iesgn.example (Postfix) with ESMTPS id 4C1A7B0009\n"
    "2320 <~ \tfor <ana@iesgn.example>; Mon, 12 Jan 2026 09:00:10 +0000 (UTC)\n"
    "2320 <~ From: bob@instituto.example\n"
    "2320 <~ To: ana@iesgn.example\n"
    "2320 <~ Subject: Hola\n"
    "2320 <~ Message-ID: <7@mx.instituto.example>\n"
    "2320 <~ \n"
    "2320 <~ Hola, Ana.\n"
    "2320 <~ .Un punto.\n"
    "2320 <~ )\n"
    "2320 <~ a5 OK Fetch completed (0.001 + 0.000 secs).\n"
    "2320 ~> a6 LOGOUT\n"
    "2360 <~ * BYE Logging out\n"
    "2360 <~ a6 OK Logout completed (0.001 + 0.000 secs).\n"
    "2360 log dovecot|0|imap(ana)<1240><abc>: Disconnected: Logged out in=90 out=1200 "
      "deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=1 body_bytes=434\n"
    "2360 closed mail\n"
    "2360 fetched fetched||1|1\n";

static const char typed_143[] =
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\n"
    "100 -> a0 CAPABILITY\n"
    "140 <- * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
      "LOGINDISABLED\n"
    "140 <- a0 OK Pre-login capabilities listed, post-login capabilities have more.\n"
    "1080 -> a1 LOGIN ana melocoton\n"
    "1120 <- * BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but your "
      "client did it anyway. If anyone was listening, the password was exposed.\n"
    "1120 <- a1 NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure "
      "(SSL/TLS) connections.\n"
    "1200 -> LOGIN ana melocoton\n"
    "1240 <- LOGIN BAD Error in IMAP command received by server.\n"
    "1300 -> x\n"
    "1340 <- x BAD Error in IMAP command received by server.\n"
    "1400 -> y\n"
    "1440 <- * BYE Too many invalid IMAP commands.\n"
    "1440 log dovecot|0|imap-login: Disconnected: Too many invalid commands (auth failed, 1 "
      "attempts in 1 secs): user=<ana>, rip=198.51.100.10, lip=203.0.113.25, session=<abd>\n"
    "1440 closed mail\n";

static const char disabled[] =
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\n"
    "80 -> a1 LOGOUT\n"
    "120 <- * BYE Logging out\n"
    "120 <- a1 OK Logout completed.\n"
    "120 closed mail\n"
    "120 fetched failed|the server takes no password here, and none was sent||\n";

static const char open_143[] =
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "STARTTLS AUTH=PLAIN] Dovecot (Debian) ready.\n"
    "80 -> a1 AUTHENTICATE PLAIN\n"
    "120 <- + \n"
    "120 -> AGFuYQBwZXJh\n"
    "2160 login ana|PLAIN|\n"
    "2160 <- a1 NO [AUTHENTICATIONFAILED] Authentication failed.\n"
    "2160 -> a2 LOGOUT\n"
    "2200 <- * BYE Logging out\n"
    "2200 <- a2 OK Logout completed.\n"
    "2200 log dovecot|0|imap-login: Disconnected: Aborted login by logging out (auth failed, "
      "1 attempts in 2 secs): user=<ana>, method=PLAIN, rip=198.51.100.10, lip=203.0.113.25, "
      "session=<abe>\n"
    "2200 closed mail\n"
    "2200 fetched rejected|NO [AUTHENTICATIONFAILED] Authentication failed.||\n";

static const char no_tls[] =
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "AUTH=PLAIN] Dovecot (Debian) ready.\n"
    "80 -> a1 LOGOUT\n"
    "120 <- * BYE Logging out\n"
    "120 <- a1 OK Logout completed.\n"
    "120 closed mail\n"
    "120 fetched failed|the server does not offer TLS||\n";

static const char idle_993[] =
    "40 connected\n"
    HANDSHAKE("40", "80", PROVED)
    "80 <~ * PREAUTH ready\n"
    "80 ~> a1 IDLE\n"
    "120 <~ + idling\n"
    "900 <~ * 2 EXISTS\n"
    "900 <~ * 1 RECENT\n"
    "1500 <~ * 1 FETCH (FLAGS (\\Seen))\n"
    "1600 ~> DONE\n"
    "1640 <~ a1 OK Idle completed (0.001 + 0.000 secs).\n"
    "1640 ~> a2 STORE 1 +FLAGS (\\Deleted)\n"
    "1680 <~ * 1 FETCH (FLAGS (\\Deleted \\Seen))\n"
    "1680 <~ a2 OK Store completed (0.001 + 0.000 secs).\n"
    "1700 ~> a3 APPEND Sent {4}\n"
    "1740 <~ + OK\n"
    "1740 ~> a: b\n"
    "1780 <~ a3 NO [TRYCREATE] Mailbox doesn't exist: Sent (0.001 + 0.000 secs).\n"
    "1800 ~> a4 STARTTLS\n"
    "1840 <~ a4 BAD Error in IMAP command STARTTLS: Unknown command (0.001 + 0.000 secs).\n"
    "1840 closed laptop\n"
    "1840 fetched fetched||2|\n";

static const char empty[] =
    "40 connected\n"
    HANDSHAKE("40", "80", PROVED)
    "80 <~ * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "AUTH=PLAIN] Dovecot (Debian) ready.\n"
    "80 fetched fetched||0|0\n";

static const char stls_110[] =
    "40 connected\n"
    "80 <- +OK Dovecot (Debian) ready.\n"
    "80 -> CAPA\n"
    "120 <- +OK\n"
    "120 <- CAPA\n"
    "120 <- TOP\n"
    "120 <- UIDL\n"
    "120 <- RESP-CODES\n"
    "120 <- PIPELINING\n"
    "120 <- AUTH-RESP-CODE\n"
    "120 <- STLS\n"
    "120 <- SASL\n"
    "120 <- .\n"
    "120 -> STLS\n"
    "160 <- +OK Begin TLS negotiation now.\n"
    HANDSHAKE("160", "200", PROVED)
    "200 ~> CAPA\n"
    "240 <~ +OK\n"
    "240 <~ CAPA\n"
    "240 <~ TOP\n"
    "240 <~ UIDL\n"
    "240 <~ RESP-CODES\n"
    "240 <~ PIPELINING\n"
    "240 <~ AUTH-RESP-CODE\n"
    "240 <~ USER\n"
    "240 <~ SASL PLAIN\n"
    "240 <~ .\n"
    "240 ~> AUTH PLAIN AGFuYQBtZWxvY290b24=\n"
    "280 login ana|PLAIN|y\n"
    "280 <~ +OK Logged in.\n"
    "280 ~> STAT\n"
    "320 <~ +OK 1 434\n"
    "320 ~> UIDL\n"
    "360 <~ +OK\n"
    "360 <~ 1 0000000169650390\n"
    "360 <~ .\n"
    "360 ~> RETR 1\n"
    "400 <~ +OK 434 octets\n"
    "400 <~ Return-Path: <bob@instituto.example>\n"
    "400 <~ X-Original-To: ana@iesgn.example\n"
    "400 <~ Delivered-To: ana@iesgn.example\n"
    "400 <~ Received: from mx.instituto.example (mx.instituto.example [192.0.2.10])\n"
    "400 <~ \tby mail.iesgn.example (Postfix) with ESMTPS id 4C1A7B0009\n"
    "400 <~ \tfor <ana@iesgn.example>; Mon, 12 Jan 2026 09:00:10 +0000 (UTC)\n"
    "400 <~ From: bob@instituto.example\n"
    "400 <~ To: ana@iesgn.example\n"
    "400 <~ Subject: Hola\n"
    "400 <~ Message-ID: <7@mx.instituto.example>\n"
    "400 <~ \n"
    "400 <~ Hola, Ana.\n"
    "400 <~ ..Un punto.\n"
    "400 <~ .\n"
    "400 ~> DELE 1\n"
    "440 <~ +OK Marked to be deleted.\n"
    "440 ~> QUIT\n"
    "480 <~ +OK Logging out, messages deleted.\n"
    "480 log dovecot|0|pop3(ana)<1260><abf>: Disconnected: Logged out top=0/0, retr=1/450, "
      "del=1/1, size=434\n"
    "480 closed mail\n"
    "480 fetched fetched||1|1\n";

static const char user_995[] =
    "40 connected\n"
    HANDSHAKE("40", "80", PROVED)
    "80 <~ +OK Dovecot (Debian) ready.\n"
    "80 ~> USER ana\n"
    "120 <~ +OK\n"
    "120 ~> PASS pera\n"
    "2160 login ana|PLAIN|\n"
    "2160 <~ -ERR [AUTH] Authentication failed.\n"
    "2160 ~> USER ana\n"
    "2200 <~ +OK\n"
    "2200 ~> PASS melocoton\n"
    "2240 login ana|PLAIN|y\n"
    "2240 <~ +OK Logged in.\n"
    "2240 ~> STAT\n"
    "2280 <~ +OK 1 434\n"
    "2280 ~> UIDL\n"
    "2320 <~ +OK\n"
    "2320 <~ 1 0000000169650390\n"
    "2320 <~ .\n"
    "2320 ~> RETR 1\n"
    "2360 <~ +OK 434 octets\n"
    "2360 <~ Return-Path: <bob@instituto.example>\n"
    "2360 <~ X-Original-To: ana@iesgn.example\n"
    "2360 <~ Delivered-To: ana@iesgn.example\n"
    "2360 <~ Received: from mx.instituto.example (mx.instituto.example [192.0.2.10])\n"
    "2360 <~ \tby mail.iesgn.example (Postfix) with ESMTPS id 4C1A7B0009\n"
    "2360 <~ \tfor <ana@iesgn.example>; Mon, 12 Jan 2026 09:00:10 +0000 (UTC)\n"
    "2360 <~ From: bob@instituto.example\n"
    "2360 <~ To: ana@iesgn.example\n"
    "2360 <~ Subject: Hola\n"
    "2360 <~ Message-ID: <7@mx.instituto.example>\n"
    "2360 <~ \n"
    "2360 <~ Hola, Ana.\n"
    "2360 <~ ..Un punto.\n"
    "2360 <~ .\n"
    "2400 ~> QUIT\n"
    "2440 <~ +OK Logging out.\n"
    "2440 log dovecot|0|pop3(ana)<1260><abf>: Disconnected: Logged out top=0/0, retr=1/450, "
      "del=0/1, size=434\n"
    "2440 closed mail\n"
    "2440 fetched fetched||1|1\n";

static const char typed_110[] =
    "40 connected\n"
    "80 <- +OK Dovecot (Debian) ready.\n"
    "100 -> USER ana\n"
    "140 <- -ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) "
      "connections.\n"
    "200 -> PASS melocoton\n"
    "240 <- -ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) "
      "connections.\n"
    "300 -> QUIT\n"
    "340 <- +OK Logging out\n"
    "340 closed mail\n";

static const char open_110[] =
    "40 connected\n"
    "80 <- +OK Dovecot (Debian) ready.\n"
    "80 -> CAPA\n"
    "120 <- +OK\n"
    "120 <- CAPA\n"
    "120 <- TOP\n"
    "120 <- UIDL\n"
    "120 <- RESP-CODES\n"
    "120 <- PIPELINING\n"
    "120 <- AUTH-RESP-CODE\n"
    "120 <- USER\n"
    "120 <- SASL PLAIN\n"
    "120 <- .\n"
    "120 -> STLS\n"
    "160 <- -ERR TLS support isn't enabled.\n"
    "160 -> QUIT\n"
    "200 <- +OK Logging out\n"
    "200 closed mail\n"
    "200 fetched failed|the server refused to start TLS||\n";

static const char starttls_refused[] =
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\n"
    "80 -> a1 STARTTLS\n"
    "120 <- a1 BAD TLS support isn't enabled.\n"
    "120 -> a2 LOGOUT\n"
    "160 <- * BYE Logging out\n"
    "160 <- a2 OK Logout completed.\n"
    "160 closed mail\n"
    "160 fetched failed|the server refused to start TLS||\n";

static const char refused[] =
    "40 refused\n"
    "40 fetched failed|nobody listens on that port: connection refused||\n";

static const char wrong_port[] =
    "40 connected\n"
    "80 => ClientHello|server_name mail.iesgn.example\n"
    "120 failed plain-text\n"
    "120 closed laptop\n"
    "120 fetched failed|the TLS handshake failed||\n";

static const char bad_chain[] =
    "40 connected\n"
    HANDSHAKE("40", "80", NO_CHAIN)
    "80 closed laptop\n"
    "80 fetched failed|the server's certificate is not accepted||\n";

static const char incomplete[] =
    "40 connected\n"
    HANDSHAKE("40", "80", NO_CHAIN "|missing intermediate")
    "80 closed laptop\n"
    "80 fetched failed|the server's certificate is not accepted||\n";

static const char typed_inside_imap[] =
    "40 connected\n"
    "80 <- * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ "
      "STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\n"
    "80 -> . CAPABILITY\n"
    "120 <- * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
      "LOGINDISABLED\n"
    "120 <- . OK Pre-login capabilities listed, post-login capabilities have more.\n"
    "120 -> . STARTTLS\n"
    "160 <- . OK Begin TLS negotiation now.\n"
    HANDSHAKE("160", "200", PROVED)
    "300 ~> a1 NOOP\n"
    "340 <~ a1 OK NOOP completed.\n";

static const char typed_inside_pop3[] =
    "40 connected\n"
    "80 <- +OK Dovecot (Debian) ready.\n"
    "80 -> STLS\n"
    "120 <- +OK Begin TLS negotiation now.\n"
    HANDSHAKE("120", "160", PROVED)
    "300 ~> QUIT\n"
    "340 <~ +OK Logging out\n";

/* clang-format on */

typedef struct {
    const char *id;
    guint port;
    const char *trust; /* NULL: no TLS */
    const char *script;
    const char *failure;
} Story;

static const Story stories[] = {
    {"starttls-143",      143, "Verified",  starttls_143,      NULL                     },
    {"login-993",         993, "Verified",  login_993,         NULL                     },
    {"typed-143",         143, NULL,        typed_143,         NULL                     },
    {"disabled",          143, NULL,        disabled,          NULL                     },
    {"open-143",          143, NULL,        open_143,          NULL                     },
    {"no-tls",            143, NULL,        no_tls,            "starttls-not-supported" },
    {"idle-993",          993, "Verified",  idle_993,          NULL                     },
    {"empty",             993, "Verified",  empty,             NULL                     },
    {"stls-110",          110, "Verified",  stls_110,          NULL                     },
    {"user-995",          995, "Verified",  user_995,          NULL                     },
    {"typed-110",         110, NULL,        typed_110,         NULL                     },
    {"open-110",          110, NULL,        open_110,          NULL                     },
    {"starttls-refused",  143, NULL,        starttls_refused,  NULL                     },
    {"refused",           993, NULL,        refused,           NULL                     },
    {"wrong-port",        143, NULL,        wrong_port,        "validation-failure"     },
    {"bad-chain",         993, "Untrusted", bad_chain,         "certificate-not-trusted"},
    {"incomplete",        993, "Untrusted", incomplete,        "certificate-not-trusted"},
    {"typed-inside-imap", 143, "Verified",  typed_inside_imap, NULL                     },
    {"typed-inside-pop3", 110, "Verified",  typed_inside_pop3, NULL                     },
};

MailsimRecording *
sample_reading_new(void)
{
    RecordingScript writer = recording_script_begin("reading", "Mail is read", "Se lee correo");

    for (guint i = 0; i < G_N_ELEMENTS(stories); i++) {
        const Story *story = &stories[i];
        const char *end = strstr(story->script, " fetched ");
        MailsimStepRecord *step =
            recording_script_begin_step(&writer, story->id, story->id, story->id);
        MailsimHop *hop = recording_script_begin_hop(&writer, "laptop", "mail", story->port, 0);

        hop->typed = g_str_has_prefix(story->id, "typed-");
        if (story->trust != NULL)
            recording_script_encrypt(hop, story->trust);
        hop->tls_failure = g_strdup(story->failure);
        hop->authenticated_user =
            g_strdup(strstr(story->script, "|PLAIN|y\n") != NULL ? "ana" : NULL);
        hop->connected = strstr(story->script, " connected\n") != NULL;
        recording_script_write(&writer, story->script);
        if (end == NULL)
            continue;
        end += strlen(" fetched ");
        step->outcome = g_strndup(end, strcspn(end, "|"));
        hop->status = g_strdup(step->outcome);
    }
    return writer.recording;
}
