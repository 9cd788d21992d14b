/* SPDX-License-Identifier: MIT
 *
 * The story of case 5, and all that goes wrong, as scripts. */
#include "sample-recording.h"

#include <string.h>

#include "recording-script.h"

/* The scripts keep a line of text on a line of C. */
/* clang-format off */

#define EHLO_LIST(time, mark, extra) \
    time " " mark " 250-PIPELINING\n" \
    time " " mark " 250-SIZE 10240000\n" \
    time " " mark " 250-VRFY\n" \
    time " " mark " 250-ETRN\n" \
    extra \
    time " " mark " 250-ENHANCEDSTATUSCODES\n" \
    time " " mark " 250-8BITMIME\n" \
    time " " mark " 250-DSN\n" \
    time " " mark " 250-SMTPUTF8\n" \
    time " " mark " 250 CHUNKING\n"

#define MESSAGE(time) \
    time " ~> From: ana@iesgn.example\n" \
    time " ~> To: bob@instituto.example\n" \
    time " ~> Subject: Hola\n" \
    time " ~> Date: Mon, 12 Jan 2026 09:00:10 +0000\n" \
    time " ~> Message-ID: <1@laptop.iesgn.example>\n" \
    time " ~> \n" \
    time " ~> Hola, Bob. Nos vemos mañana.\n" \
    time " ~> .\n"

#define RECIPIENT_LIST "smtpd_recipient_restrictions"
#define RELAY_LIST     "smtpd_relay_restrictions"
#define LOOPBACK       "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128"

static const char to_587[] =
    "0 @laptop dns A mail.iesgn.example|203.0.113.25\n"
    "40 connected\n"
    "80 <- 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
    "80 -> EHLO laptop.iesgn.example\n"
    "120 <- 250-mail.iesgn.example\n"
    EHLO_LIST("120", "<-", "120 <- 250-STARTTLS\n")
    "120 -> STARTTLS\n"
    "160 <- 220 2.0.0 Ready to start TLS\n"
    "160 => ClientHello|server_name mail.iesgn.example\n"
    "200 =< ServerHello|TLSv1.3, X25519, TLS_AES_256_GCM_SHA384\n"
    "200 =< EncryptedExtensions\n"
    "200 =< Certificate\n"
    "200 =< CertificateVerify\n"
    "200 certificate mail.iesgn.example|Lab Encrypt R1, Lab Root X1|mail.iesgn.example"
    "|2026-03-30|y|y|y||y|Verified\n"
    "200 =< Finished\n"
    "200 => Finished\n"
    "200 secured\n"
    "200 ~> EHLO laptop.iesgn.example\n"
    "240 =< NewSessionTicket\n"
    "240 <~ 250-mail.iesgn.example\n"
    EHLO_LIST("240", "<~", "240 <~ 250-AUTH PLAIN\n");

static const char submission[] =
    "240 ~> AUTH PLAIN AGFuYQBtZWxvY290b24=\n"
    "260 login ana|PLAIN|y\n"
    "280 <~ 235 2.7.0 Authentication successful\n"
    "280 ~> MAIL FROM:<ana@iesgn.example>\n"
    "320 <~ 250 2.1.0 Ok\n"
    "320 ~> RCPT TO:<bob@instituto.example>\n"
    "340 rule " RECIPIENT_LIST "|permit_sasl_authenticated|bob@instituto.example|permit|y|ana\n"
    "340 rule " RECIPIENT_LIST "|reject|bob@instituto.example|not-reached||\n"
    "360 <~ 250 2.1.5 Ok\n"
    "360 ~> DATA\n"
    "400 <~ 354 End data with <CR><LF>.<CR><LF>\n"
    MESSAGE("400")
    "420 @mail queued 4C1A7B0001|ana@iesgn.example|bob@instituto.example|357\n"
    "440 <~ 250 2.0.0 Ok: queued as 4C1A7B0001\n"
    "440 ~> QUIT\n"
    "480 <~ 221 2.0.0 Bye\n"
    "480 closed laptop\n";

static const char to_25[] =
    "420 @mail dns MX instituto.example|10 mx.instituto.example\n"
    "460 @mail dns A mx.instituto.example|192.0.2.10\n"
    "540 connected\n"
    "560 log postfix/smtpd|1201|connect from mail.iesgn.example[203.0.113.25]\n"
    "580 <- 220 mx.instituto.example ESMTP Postfix (Debian/GNU)\n"
    "580 -> EHLO mail.iesgn.example\n"
    "620 <- 250-mx.instituto.example\n"
    EHLO_LIST("620", "<-", "620 <- 250-STARTTLS\n")
    "620 -> STARTTLS\n"
    "660 <- 220 2.0.0 Ready to start TLS\n"
    "660 => ClientHello\n"
    "700 =< ServerHello|TLSv1.3, X25519, TLS_AES_256_GCM_SHA384\n"
    "700 =< EncryptedExtensions\n"
    "700 =< Certificate\n"
    "700 =< CertificateVerify\n"
    "700 =< Finished\n"
    "700 certificate mx.instituto.example|mx.instituto.example|mx.instituto.example|2036-01-10"
    "||y|y|y||Untrusted\n"
    "700 => Finished\n"
    "700 secured\n"
    "700 ~> EHLO mail.iesgn.example\n"
    "740 <~ 250-mx.instituto.example\n"
    EHLO_LIST("740", "<~", "")
    "740 ~> MAIL FROM:<ana@iesgn.example> SIZE=560\n"
    "740 ~> RCPT TO:<bob@instituto.example> ORCPT=rfc822;bob@instituto.example\n"
    "740 ~> DATA\n"
    "760 rule " RELAY_LIST "|permit_mynetworks|bob@instituto.example|no-opinion|"
    "|203.0.113.25|" LOOPBACK "\n"
    "760 rule " RELAY_LIST "|permit_sasl_authenticated|bob@instituto.example|no-opinion||\n"
    "760 rule " RELAY_LIST "|defer_unauth_destination|bob@instituto.example|no-opinion|"
    "|instituto.example|mydestination\n"
    "780 <~ 250 2.1.0 Ok\n"
    "780 <~ 250 2.1.5 Ok\n"
    "780 <~ 354 End data with <CR><LF>.<CR><LF>\n"
    "780 ~> Received: from laptop.iesgn.example (unknown [198.51.100.10])\n"
    "780 ~> \tby mail.iesgn.example (Postfix) with ESMTPSA id 4C1A7B0001\n"
    "780 ~> \tfor <bob@instituto.example>; Mon, 12 Jan 2026 09:00:10 +0000 (UTC)\n"
    MESSAGE("780")
    "780 ~> QUIT\n"
    "800 @instituto queued 5D2B8C0002|ana@iesgn.example|bob@instituto.example|560\n"
    "800 @instituto status 5D2B8C0002|bob@instituto.example|sent|2.0.0|local"
    "|delivered to mailbox|y\n"
    "800 @instituto log postfix/local|1204|5D2B8C0002: to=<bob@instituto.example>, relay=local, "
    "delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)\n"
    "820 <~ 250 2.0.0 Ok: queued as 5D2B8C0002\n"
    "820 @mail status 4C1A7B0001|bob@instituto.example|sent|2.0.0"
    "|mx.instituto.example[192.0.2.10]:25|250 2.0.0 Ok: queued as 5D2B8C0002|\n"
    "820 @mail log postfix/smtp|1205|4C1A7B0001: to=<bob@instituto.example>, "
    "relay=mx.instituto.example[192.0.2.10]:25, delay=0.4, delays=0/0/0.32/0.08, dsn=2.0.0, "
    "status=sent (250 2.0.0 Ok: queued as 5D2B8C0002)\n"
    "820 <~ 221 2.0.0 Bye\n"
    "820 closed mail\n";

static const char to_465[] =
    "0 @laptop dns A mail.iesgn.example|203.0.113.25\n"
    "40 connected\n"
    "40 => ClientHello|server_name mail.iesgn.example\n"
    "80 =< ServerHello|TLSv1.3, X25519, TLS_AES_256_GCM_SHA384\n"
    "80 =< EncryptedExtensions\n"
    "80 =< Certificate\n"
    "80 =< CertificateVerify\n"
    "80 =< Finished\n"
    "80 certificate mail.iesgn.example|Lab Encrypt R1, Lab Root X1|mail.iesgn.example"
    "|2026-03-30|y|y|y||y|Verified\n"
    "80 => Finished\n"
    "80 secured\n"
    "120 <~ 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
    "120 ~> EHLO laptop.iesgn.example\n"
    "160 <~ 250-mail.iesgn.example\n"
    EHLO_LIST("160", "<~", "160 <~ 250-AUTH PLAIN LOGIN\n");

static const char resumed_25[] =
    "540 connected\n"
    "580 <- 220 mx.instituto.example ESMTP Postfix (Debian/GNU)\n"
    "580 -> EHLO mail.iesgn.example\n"
    "620 <- 250-mx.instituto.example\n"
    EHLO_LIST("620", "<-", "620 <- 250-STARTTLS\n")
    "620 -> STARTTLS\n"
    "660 <- 220 2.0.0 Ready to start TLS\n"
    "660 => ClientHello\n"
    "700 =< ServerHello|TLSv1.3, X25519, TLS_AES_256_GCM_SHA384\n"
    "700 =< EncryptedExtensions\n"
    "700 =< Finished\n"
    "700 => Finished\n"
    "700 secured\n"
    "700 ~> EHLO mail.iesgn.example\n"
    "740 <~ 250-mx.instituto.example\n"
    EHLO_LIST("740", "<~", "")
    "740 ~> QUIT\n"
    "780 <~ 221 2.0.0 Bye\n";

static const char wrong_login[] =
    "160 ~> AUTH LOGIN\n"
    "200 <~ 334 VXNlcm5hbWU6\n"
    "200 ~> YW5h\n"
    "240 <~ 334 UGFzc3dvcmQ6\n"
    "240 ~> cGVyYQ==\n"
    "260 login |LOGIN|\n"
    "2280 <~ 535 5.7.8 Error: authentication failed: (reason unavailable)\n"
    "2280 ~> QUIT\n"
    "2320 <~ 221 2.0.0 Bye\n"
    "2320 @laptop status |bob@instituto.example|rejected|5.7.8||authentication failed|\n";

static const char stranger_25[] =
    "40 connected\n"
    "80 <- 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
    "80 -> EHLO stranger.example\n"
    "120 <- 250-mail.iesgn.example\n"
    EHLO_LIST("120", "<-", "120 <- 250-STARTTLS\n")
    "120 -> MAIL FROM:<x@stranger.example>\n"
    "160 <- 250 2.1.0 Ok\n"
    "160 -> RCPT TO:<bob@instituto.example>\n"
    "180 rule " RELAY_LIST "|permit_mynetworks|bob@instituto.example|no-opinion|"
    "|198.51.100.11|" LOOPBACK "\n"
    "180 rule " RELAY_LIST "|permit_sasl_authenticated|bob@instituto.example|no-opinion||\n"
    "180 rule " RELAY_LIST "|defer_unauth_destination|bob@instituto.example|defer|y"
    "|instituto.example|\n"
    "200 <- 454 4.7.1 <bob@instituto.example>: Relay access denied\n"
    "200 -> QUIT\n"
    "240 <- 221 2.0.0 Bye\n";

/* --- all that goes wrong ------------------------------------------------------------------ */

typedef struct {
    const char *title;
    const char *from;
    const char *to;
    guint       port;
    const char *trust;   /* NULL: no TLS */
    const char *failure; /* NULL: none */
    const char *outcome;
    const char *script;
} Trouble;

#define GREETING_25 \
    "40 connected\n" \
    "80 <- 220 mx.instituto.example ESMTP Postfix (Debian/GNU)\n" \
    "80 -> EHLO mail.iesgn.example\n" \
    "120 <- 250-mx.instituto.example\n"

#define STARTTLS_25 \
    GREETING_25 \
    EHLO_LIST("120", "<-", "120 <- 250-STARTTLS\n") \
    "120 -> STARTTLS\n"

#define DEFERRED(dsn, reason) \
    "200 @mail status 4C1A7B0009|bob@instituto.example|deferred|" dsn "|none|" reason "|\n" \
    "200 @mail log postfix/smtp|1205|4C1A7B0009: to=<bob@instituto.example>, relay=none, " \
    "delay=0.2, delays=0/0/0.2/0, dsn=" dsn ", status=deferred (" reason ")\n"

static const Trouble troubles[] = {
    {"No such name", "laptop", "mail", 587, NULL, NULL, "failed",
     "0 @laptop dns A mial.iesgn.example|NXDOMAIN\n"},

    {"Nobody listens", "laptop", "mail", 587, NULL, NULL, "failed",
     "40 refused\n"},

    {"TLS against clear text", "laptop", "mail", 587, NULL, NULL, "failed",
     "40 connected\n"
     "40 timeout greeting|100000000|case5.scenario:30\n"},

    {"No STARTTLS", "mail", "instituto", 25, NULL, NULL, "delivered",
     GREETING_25
     EHLO_LIST("120", "<-", "")},

    {"STARTTLS refused", "mail", "instituto", 25, NULL, NULL, "deferred",
     STARTTLS_25
     "160 <- 454 4.7.0 TLS not available due to local problem\n"
     DEFERRED("4.7.0", "TLS is required, but host refused to start TLS")
     "200 @mail queue 4C1A7B0009|deferred||300000\n"
     "300000 @mail queue 4C1A7B0009|retried|2|\n"
     "300200 @mail status 4C1A7B0009|bob@instituto.example|deferred|4.7.0|none"
     "|TLS is required, but host refused to start TLS|\n"
     "300200 @mail queue 4C1A7B0009|expired||\n"
     "300200 @mail log postfix/qmgr|1204|4C1A7B0009: from=<ana@iesgn.example>, status=expired, "
     "returned to sender\n"},

    {"The handshake fails", "mail", "instituto", 25, NULL, NULL, "deferred",
     STARTTLS_25
     "160 <- 220 2.0.0 Ready to start TLS\n"
     "200 failed handshake failure\n"},

    {"Self-signed, and secure", "mail", "instituto", 25, "Untrusted", "certificate-not-trusted",
     "deferred",
     STARTTLS_25
     "160 <- 220 2.0.0 Ready to start TLS\n"
     "180 certificate mx.instituto.example|mx.instituto.example|mx.instituto.example|2036-01-10"
     "||y|y|y|y|Untrusted\n"
     "180 secured\n"
     DEFERRED("4.7.5", "Server certificate not verified")},

    {"Another name", "laptop", "mail", 587, "Untrusted", "certificate-host-mismatch", "failed",
     "40 connected\n"
     "80 certificate other.example|Lab Encrypt R1, Lab Root X1|mail.iesgn.example|2026-03-30"
     "|y||y||y|Untrusted\n"
     "80 secured\n"
     "80 closed laptop\n"
     "80 @laptop status |bob@instituto.example|failed|||Certificate refused|\n"},

    {"TLS to the wrong port", "laptop", "mail", 587, NULL, "validation-failure", "failed",
     "40 connected\n"
     "40 => ClientHello|server_name mail.iesgn.example\n"
     "80 failed plain text came where TLS was expected\n"},

    {"STARTTLS demanded", "laptop", "mail", 25, NULL, "starttls-not-supported", "failed",
     "40 connected\n"
     "80 <- 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
     "80 -> EHLO laptop.iesgn.example\n"
     "120 <- 250-mail.iesgn.example\n"
     EHLO_LIST("120", "<-", "")
     "120 -> QUIT\n"},

    {"Expired", "laptop", "mail", 587, "Untrusted", NULL, "failed",
     "80 certificate mail.iesgn.example|Lab Encrypt R1, Lab Root X1|mail.iesgn.example"
     "|2026-01-01|y|y|||y|Untrusted\n"},

    {"Unknown authority", "laptop", "mail", 587, "Untrusted", NULL, "failed",
     "80 certificate mail.iesgn.example|Unknown CA|mail.iesgn.example|2026-03-30"
     "||y|y||y|Untrusted\n"},

    {"A password in the clear", "laptop", "mail", 25, NULL, NULL, "delivered",
     "40 connected\n"
     "80 <- 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
     "80 -> EHLO laptop.iesgn.example\n"
     "120 <- 250-mail.iesgn.example\n"
     EHLO_LIST("120", "<-", "120 <- 250-AUTH PLAIN\n")
     "120 -> AUTH PLAIN\n"
     "160 <- 334 \n"
     "160 -> AGFuYQBtZWxvY290b24=\n"
     "180 login ana|PLAIN|y\n"
     "200 <- 235 2.7.0 Authentication successful\n"
     "200 finding plaintext-after-starttls|The client sent commands behind STARTTLS"
     "|RFC 3207 §4.2\n"
     "200 closed mail\n"},

    {"Refusals", "laptop", "mail", 587, NULL, NULL, "rejected",
     "40 connected\n"
     "80 <- 220 mail.iesgn.example ESMTP Postfix (Debian/GNU)\n"
     "80 -> MAIL FROM:<ana@iesgn.example>\n"
     "120 <- 530 5.7.0 Must issue a STARTTLS command first\n"
     "120 -> RCPT TO:<nobody@iesgn.example>\n"
     "130 rule " RELAY_LIST "|permit_mynetworks|nobody@iesgn.example|permit|y"
     "|127.0.0.1|127.0.0.0/8\n"
     "160 <- 550 5.1.1 <nobody@iesgn.example>: Recipient address rejected: User unknown\n"
     "160 -> RCPT TO:<bob@instituto.example>\n"
     "170 rule " RECIPIENT_LIST "|permit_sasl_authenticated|bob@instituto.example|no-opinion|"
     "|\n"
     "170 rule " RECIPIENT_LIST "|reject|bob@instituto.example|reject|y|\n"
     "200 <- 554 5.7.1 <bob@instituto.example>: Recipient address rejected: Access denied\n"},

    {"Returned", "mail", "instituto", 25, NULL, NULL, "bounced",
     "40 connected\n"
     "60 @mail status 4C1A7B0009|bob@instituto.example|bounced|5.1.1|local|unknown user|\n"
     "60 @mail notification 4C1A7B0009|bounce|4C1A7B000A|ana@iesgn.example\n"
     "60 @mail log postfix/bounce|1206|4C1A7B0009: sender non-delivery notification: "
     "4C1A7B000A\n"
     "60 @mail queue 4C1A7B0009|removed||\n"},
};

/* clang-format on */

/* --- the recordings ----------------------------------------------------------------------- */

static void
listen_in(MailsimHop *hop, gboolean had_password)
{
    hop->listener.had_password = had_password;
    hop->listener.had_text = TRUE;
    hop->listener.had_addresses = TRUE;
}

static MailsimHop *
write_submission(RecordingScript *writer, guint port)
{
    MailsimHop *hop = recording_script_begin_hop(writer, "laptop", "mail", port, 0);

    recording_script_encrypt(hop, "Verified");
    hop->authenticated_user = g_strdup("ana");
    listen_in(hop, TRUE);
    recording_script_end_hop(hop, "sent", "2.0.0", "250 2.0.0 Ok: queued as 4C1A7B0001",
                             "smtpd_recipient_restrictions: permit_sasl_authenticated");
    recording_script_write(writer, port == 587 ? to_587 : to_465);
    recording_script_write(writer, submission);
    return hop;
}

static void
write_submit(RecordingScript *writer)
{
    MailsimStepRecord *step =
        recording_script_begin_step(writer, "submit", "Port 587: STARTTLS, then the password",
                                    "Puerto 587: STARTTLS y después la contraseña");

    step->message = 1;
    step->intro.en =
        g_strdup("Ana writes to Bob. Her mail program hands the message to her own "
                 "server, which passes it on.");
    step->intro.es = g_strdup("Ana escribe a Bob. Su programa entrega el mensaje a su propio "
                              "servidor, que lo pasa al siguiente.");
    write_submission(writer, 587)->message = 1;
    MailsimHop *hop = recording_script_begin_hop(writer, "mail", "instituto", 25, 500);
    hop->message = 1;
    recording_script_encrypt(hop, "Untrusted");
    listen_in(hop, FALSE);
    recording_script_end_hop(hop, "sent", "2.0.0", "250 2.0.0 Ok: queued as 5D2B8C0002", NULL);
    recording_script_write(writer, to_25);
    step->outcome = g_strdup("delivered");
    recording_script_expect(step, "expect.outcome", "delivered", "delivered");
    recording_script_expect(step, "expect.hop.instituto", "encrypted, untrusted",
                            "encrypted, untrusted");
}

static void
write_implicit(RecordingScript *writer)
{
    MailsimStepRecord *step =
        recording_script_begin_step(writer, "implicit", "Port 465: TLS from the first byte",
                                    "Puerto 465: TLS desde el primer byte");

    write_submission(writer, 465);
    MailsimHop *hop = recording_script_begin_hop(writer, "mail", "instituto", 25, 500);
    recording_script_encrypt(hop, "Untrusted");
    hop->resumed = TRUE;
    recording_script_write(writer, resumed_25);
    step->outcome = g_strdup("delivered");
}

static void
write_wrong_password(RecordingScript *writer)
{
    MailsimStepRecord *step = recording_script_begin_step(
        writer, "wrong-password", "A wrong password", "Una contraseña equivocada");
    MailsimHop *hop = recording_script_begin_hop(writer, "laptop", "mail", 465, 0);

    recording_script_encrypt(hop, "Verified");
    hop->listener.had_password = TRUE;
    recording_script_end_hop(hop, "rejected", "5.7.8",
                             "535 5.7.8 Error: authentication failed: (reason unavailable)",
                             NULL);
    recording_script_write(writer, to_465);
    recording_script_write(writer, wrong_login);
    step->outcome = g_strdup("rejected");
}

static void
write_stranger(RecordingScript *writer)
{
    MailsimStepRecord *step = recording_script_begin_step(
        writer, "stranger", "A stranger on port 25", "Un desconocido en el puerto 25");
    MailsimHop *hop = recording_script_begin_hop(writer, "stranger", "mail", 25, 0);

    hop->listener.had_addresses = TRUE;
    hop->listener.addresses_seen = TRUE;
    recording_script_end_hop(hop, "rejected", "4.7.1",
                             "454 4.7.1 <bob@instituto.example>: Relay access denied",
                             "smtpd_relay_restrictions: defer_unauth_destination");
    recording_script_write(writer, stranger_25);
    step->outcome = g_strdup("rejected");
    recording_script_expect(step, "expect.hop.mail", "554, clear", "454, clear");
}

MailsimRecording *
sample_story_new(void)
{
    RecordingScript writer =
        recording_script_begin("case5", "Case 5: sending mail through our own server",
                               "Caso 5: enviar correo a través de nuestro propio servidor");

    write_submit(&writer);
    write_implicit(&writer);
    write_wrong_password(&writer);
    write_stranger(&writer);
    return writer.recording;
}

MailsimRecording *
sample_troubles_new(void)
{
    RecordingScript writer =
        recording_script_begin("troubles", "All that goes wrong", "Todo lo que sale mal");

    for (guint i = 0; i < G_N_ELEMENTS(troubles); i++) {
        const Trouble *trouble = &troubles[i];
        g_autofree char *id = g_strdup_printf("trouble-%u", i);
        MailsimStepRecord *step =
            recording_script_begin_step(&writer, id, trouble->title, trouble->title);
        MailsimHop *hop =
            recording_script_begin_hop(&writer, trouble->from, trouble->to, trouble->port, 30);
        step->outcome = g_strdup(trouble->outcome);
        if (trouble->trust != NULL)
            recording_script_encrypt(hop, trouble->trust);
        if (strstr(trouble->script, "connected") == NULL)
            hop->connected = FALSE;
        hop->tls_failure = g_strdup(trouble->failure);
        recording_script_write(&writer, trouble->script);
    }
    return writer.recording;
}

MailsimRecording *
sample_recording_new(guint index)
{
    return index == 0 ? sample_story_new() : sample_troubles_new();
}
