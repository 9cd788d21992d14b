/* SPDX-License-Identifier: MIT
 *
 * The axes and their values, in the order and with the names of the record of real servers
 * (tests/dialogue/recorded/smtp-tls-matrix.tsv). */
#include "axis-private.h"

#include <string.h>

#define OTHER_DIGEST                                                                           \
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"                                         \
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00"
#define TRUSTS(NAME) "smtp_tls_CAfile = /etc/mailsim/" NAME ".pem\n"
#define RIGHT_NAMES  "names = mx.dest.example, dest.example\n"
#define OTHER_DATA   "0000000000000000000000000000000000000000000000000000000000000000"

/* clang-format off */
static const AxisRow client_levels[] = {
    {.value = {"none", "none", {"no TLS at all", "nada de TLS"}},
     .sender = "smtp_tls_security_level = none\n"},
    {.value = {"may", "may", {"TLS if the server offers it", "TLS si el servidor lo ofrece"}},
     .sender = "smtp_tls_security_level = may\n"},
    {.value = {"encrypt", "encrypt", {"TLS, with anybody", "TLS, con cualquiera"}},
     .sender = "smtp_tls_security_level = encrypt\n"},
    {.value = {"verify", "verify",
       {"TLS with a server that proves the name of the MX host", "TLS con quien demuestre el nombre del host MX"}},
     .sender = "smtp_tls_security_level = verify\n"},
    {.value = {"secure", "secure",
       {"TLS with a server that proves the name of the domain", "TLS con quien demuestre el nombre del dominio"}},
     .sender = "smtp_tls_security_level = secure\n"},
    {.value = {"fingerprint", "fingerprint(match)",
       {"TLS with this one certificate, and it is the server's", "TLS con un único certificado, y es el del servidor"}},
     .sender = "smtp_tls_security_level = fingerprint\n"
               "smtp_tls_fingerprint_digest = sha256\n"
               "smtp_tls_fingerprint_cert_match = fingerprint:shown\n"},
    {.value = {"other-fingerprint", "fingerprint(nomatch)",
       {"TLS with this one certificate, and it is another", "TLS con un único certificado, y es otro"}},
     .sender = "smtp_tls_security_level = fingerprint\n"
               "smtp_tls_fingerprint_digest = sha256\n"
               "smtp_tls_fingerprint_cert_match = " OTHER_DIGEST "\n"},
    {.value = {"dane", "dane", {"what the TLSA record in DNS says; else as may", "lo que diga el registro TLSA del DNS; si no, como may"}},
     .sender = "smtp_tls_security_level = dane\n"
               "smtp_dns_support_level = dnssec\n"},
    {.value = {"dane-only", "dane-only", {"what the TLSA record in DNS says; else nothing is sent", "lo que diga el registro TLSA del DNS; si no, no envía"}},
     .sender = "smtp_tls_security_level = dane-only\n"
               "smtp_dns_support_level = dnssec\n"},
};

static const AxisRow server_levels[] = {
    {.value = {"none", "none", {"no TLS at all", "nada de TLS"}},
     .server = "smtpd_tls_security_level = none\n"},
    {.value = {"may", "may", {"TLS for whoever wants it", "TLS para quien quiera"}},
     .server = "smtpd_tls_security_level = may\n"},
    {.value = {"encrypt", "encrypt", {"mail is taken under TLS alone", "solo acepta correo con TLS"}},
     .server = "smtpd_tls_security_level = encrypt\n"},
    {.value = {"may-1.2", "may (TLS<=1.2 only)", {"TLS for whoever wants it, up to version 1.2", "TLS para quien quiera, hasta la versión 1.2"}},
     .server = "smtpd_tls_security_level = may\n"
               "smtpd_tls_protocols = <=TLSv1.2\n"},
    {.value = {"handshake-fails", "starttls-offered, handshake fails",
       {"TLS 1.3 alone, which the sender does not speak: the handshake fails", "solo TLS 1.3, que quien envía no habla: falla la negociación"}},
     .sender = "smtp_tls_protocols = <=TLSv1.2\n"
               "smtp_tls_mandatory_protocols = <=TLSv1.2\n",
     .server = "smtpd_tls_security_level = may\n"
               "smtpd_tls_protocols = >=TLSv1.3\n"},
    {.value = {"454", "starttls-offered, 454 to STARTTLS",
       {"STARTTLS is offered, and refused: its certificate cannot be read", "ofrece STARTTLS y lo niega: no puede leer su certificado"}},
     .server = "smtpd_tls_security_level = may\n"},
};

static const AxisRow certificates[] = {
    {.value = {"self-signed", "self-signed", {"signed by itself", "autofirmado"}},
     .sender = TRUSTS("lab-ca"),
     .certificate = RIGHT_NAMES "issuer = self\n"},
    {.value = {"ca-ok", "ca-ok", {"of a CA that the sender trusts, for the right name", "de una CA en la que confía quien envía, con el nombre correcto"}},
     .sender = TRUSTS("lab-ca"),
     .certificate = RIGHT_NAMES "issuer = lab-ca\n"},
    {.value = {"ca-wrongname", "ca-wrongname", {"of a CA that the sender trusts, for another name", "de una CA en la que confía quien envía, con otro nombre"}},
     .sender = TRUSTS("lab-ca"),
     .certificate = "names = other.example\nissuer = lab-ca\n"},
    {.value = {"ca-expired", "ca-expired", {"of a CA that the sender trusts, expired", "de una CA en la que confía quien envía, caducado"}},
     .sender = TRUSTS("lab-ca"),
     .certificate = "profile = expired\n" RIGHT_NAMES "issuer = lab-ca\n"},
    {.value = {"ca-untrusted", "ca-untrusted", {"of a CA that nobody knows", "de una CA que nadie conoce"}},
     .sender = TRUSTS("lab-ca"),
     .certificate = "profile = unknown-ca\n" RIGHT_NAMES},
    {.value = {"self-signed-trusted", "self-signed-trusted", {"signed by itself, and the sender trusts it", "autofirmado, y quien envía confía en él"}},
     .sender = TRUSTS("shown"),
     .certificate = RIGHT_NAMES "issuer = self\nca = yes\n"},
    {.value = {"broken", "broken", {"a file that cannot be read", "un fichero que no se puede leer"}},
     .sender = TRUSTS("lab-ca"),
     .server = "smtpd_tls_cert_file = /etc/ssl/private/lost.pem\n"
               "smtpd_tls_key_file = /etc/ssl/private/lost.pem\n",
     .certificate = RIGHT_NAMES "issuer = lab-ca\n"},
};

static const AxisRow next_hops[] = {
    {.value = {"host", "[host]:port", {"relayhost = [mx.dest.example]: the host, no MX record", "relayhost = [mx.dest.example]: el host, sin registro MX"}},
     .sender = "relayhost = [mx.dest.example]\n"},
    {.value = {"mx", "domain:port (MX lookup)", {"dest.example, whose MX record says mx.dest.example", "dest.example, cuyo registro MX dice mx.dest.example"}}},
    {.value = {"other-domain", "domain:port (MX lookup) another domain",
       {"hosted.example, whose MX record says mx.dest.example", "hosted.example, cuyo registro MX dice mx.dest.example"}},
     .server = "mydestination = $myhostname, dest.example, hosted.example, localhost\n"},
};

static const AxisRow tlsa_records[] = {
    {.value = {"none", "none", {"no record", "no hay registro"}}},
    {.value = {"match", "3 1 1 match", {"3 1 1, the key of the server's certificate", "3 1 1, la clave del certificado del servidor"}},
     .zone = "_25._tcp.mx TLSA = 3 1 1 digest:shown\n"},
    {.value = {"wrong", "3 1 1 wrong", {"3 1 1, another key", "3 1 1, otra clave"}},
     .zone = "_25._tcp.mx TLSA = 3 1 1 " OTHER_DATA "\n"},
    {.value = {"ca", "2 0 1 lab CA", {"2 0 1, the certificate of the lab's CA", "2 0 1, el certificado de la CA del laboratorio"}},
     .zone = "_25._tcp.mx TLSA = 2 0 1 digest:lab-ca\n"},
    {.value = {"fails", "lookup fails", {"DNS gives no answer when it is asked for", "el DNS no responde cuando se le pregunta"}},
     .zone = "fails = TLSA\n"},
};

static const AxisRow zones[] = {
    {.value = {"signed", "signed", {"signed (DNSSEC)", "firmada (DNSSEC)"}},
     .zone = "dnssec = yes\n"},
    {.value = {"unsigned", "unsigned", {"not signed", "sin firmar"}}},
};

static const struct {
    const char *name;
    const char *word;
    const char *title[MAILSIM_LANGUAGES];
    const AxisRow *rows;
    guint n_rows;
    guint usual;
} axes[] = {
    [MAILSIM_AXIS_CLIENT_LEVEL] = {"client_level", "client-level", {"client level", "nivel cliente"},
                                   client_levels, G_N_ELEMENTS(client_levels), CLIENT_MAY},
    [MAILSIM_AXIS_SERVER_LEVEL] = {"server_level", "server-level", {"server level", "nivel servidor"},
                                   server_levels, G_N_ELEMENTS(server_levels), SERVER_MAY},
    [MAILSIM_AXIS_CERT] = {"cert", "cert", {"certificate", "certificado"},
                           certificates, G_N_ELEMENTS(certificates), CERT_OK},
    [MAILSIM_AXIS_NEXTHOP] = {"nexthop", "nexthop", {"next hop", "siguiente salto"},
                              next_hops, G_N_ELEMENTS(next_hops), NEXTHOP_MX},
    [MAILSIM_AXIS_TLSA] = {"tlsa", "tlsa", {"TLSA record", "registro TLSA"},
                           tlsa_records, G_N_ELEMENTS(tlsa_records), TLSA_MATCH},
    [MAILSIM_AXIS_ZONE] = {"zone", "zone", {"zone", "zona"},
                           zones, G_N_ELEMENTS(zones), ZONE_SIGNED},
};
/* clang-format on */

G_STATIC_ASSERT(G_N_ELEMENTS(axes) == MAILSIM_AXES);
G_STATIC_ASSERT(G_N_ELEMENTS(client_levels) == MAILSIM_AXIS_VALUES_MAX);

const char *
mailsim_axis_get_name(MailsimAxis axis)
{
    return axes[axis].name;
}

const char *
mailsim_axis_get_word(MailsimAxis axis)
{
    return axes[axis].word;
}

const char *
mailsim_axis_get_title(MailsimAxis axis, MailsimLanguage language)
{
    return axes[axis].title[language];
}

gboolean
mailsim_axis_find(const char *word, MailsimAxis *axis)
{
    for (guint i = 0; i < MAILSIM_AXES; i++) {
        if (g_str_equal(axes[i].word, word) || g_str_equal(axes[i].name, word)) {
            *axis = (MailsimAxis)i;
            return TRUE;
        }
    }
    return FALSE;
}

guint
mailsim_axis_count_values(MailsimAxis axis)
{
    return axes[axis].n_rows;
}

const AxisRow *
axis_get_row(MailsimAxis axis, guint value)
{
    g_assert(value < axes[axis].n_rows);
    return &axes[axis].rows[value];
}

const MailsimAxisValue *
mailsim_axis_get_value(MailsimAxis axis, guint value)
{
    return &axis_get_row(axis, value)->value;
}

gboolean
mailsim_axis_find_value(MailsimAxis axis, const char *word, guint *value)
{
    for (guint i = 0; i < axes[axis].n_rows; i++) {
        const MailsimAxisValue *candidate = mailsim_axis_get_value(axis, i);

        if (g_str_equal(candidate->word, word) || g_str_equal(candidate->name, word)) {
            *value = i;
            return TRUE;
        }
    }
    return FALSE;
}

guint
mailsim_axis_get_usual(MailsimAxis axis)
{
    return axes[axis].usual;
}
