/* SPDX-License-Identifier: MIT
 *
 * Looking at things of the world as a student does on a real host: at a mailbox, a queue, a
 * log, a certificate, a DNS record; and at what nobody should be able to see, the bytes on a
 * cable. */
#include "look-private.h"

#include <string.h>

#define DIGITS_AT_A_TIME 56

void
mailsim_look_free(MailsimLook *look)
{
    if (look == NULL)
        return;

    g_free(look->what);
    g_free(look->host);
    g_free(look->subject);
    g_free(look->object);
    g_free(look);
}

static guint
count_lines(const char *text)
{
    guint count = 0;

    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        count++;
    return count;
}

/* TEXT and COMMAND are taken over. */
static void
record_shown(MailsimLab *lab, const MailsimLook *look, char *command, char *text, guint count)
{
    MailsimEvent *event = mailsim_lab_record(lab, MAILSIM_EVENT_SHOWN, look->host, -1);

    event->shown.what = g_strdup(look->what);
    event->shown.command = command;
    event->shown.text = text;
    event->shown.count = count;
}

/* ---- mailboxes --------------------------------------------------------------------------- */

/* The value of a field's first line; free with g_free(); NULL: there is no such field. */
static char *
dup_field(const char *message, const char *name)
{
    const char *found = strstr(message, name);

    if (found == NULL)
        return NULL;
    found += strlen(name);
    return g_strndup(found, strcspn(found, "\n"));
}

/* As local(8) appends it to the file: the line “From ” on top, a “>” before each line that
 * could be taken for one, and an empty line at the end. */
static void
append_message(GString *text, GBytes *content, MailsimTime delivered_us)
{
    gsize length;
    const char *bytes = g_bytes_get_data(content, &length);
    g_autofree char *message = g_strndup(bytes, length);
    g_autofree char *path = dup_field(message, "Return-Path: ");
    g_autofree char *date = mailsim_time_format_ctime(delivered_us);
    const gsize path_length = path != NULL ? strlen(path) : 0;
    g_auto(GStrv) lines = g_strsplit(message, "\n", -1);

    g_string_append_printf(text, "From %.*s  %s\n",
                           path_length > 2 ? (int)path_length - 2
                                           : (int)strlen("MAILER-DAEMON"),
                           path_length > 2 ? path + 1 : "MAILER-DAEMON", date);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] == NULL && lines[i][0] == '\0')
            break;
        g_string_append_printf(text, "%s%s\n", g_str_has_prefix(lines[i], "From ") ? ">" : "",
                               lines[i]);
    }
    g_string_append_c(text, '\n');
}

static void
append_mail(GString *text, const MailsimStoredMessage *message)
{
    g_autoptr(GBytes) whole = mailsim_stored_message_join(message);

    append_message(text, whole, message->received_us);
}

static void
look_at_mailbox(MailsimLab *lab, const MailsimLook *look)
{
    const GPtrArray *mailbox = mailsim_lab_get_mailbox(lab, look->host, look->subject);
    GString *text = g_string_new(NULL);

    for (guint i = 0; mailbox != NULL && i < mailbox->len; i++)
        append_mail(text, g_ptr_array_index(mailbox, i));
    /* local(8) makes the file with the first message. */
    if (text->len == 0)
        g_string_printf(text, "cat: /var/mail/%s: No such file or directory\n", look->subject);
    record_shown(lab, look, g_strdup_printf("cat /var/mail/%s", look->subject),
                 g_string_free(text, FALSE), mailbox != NULL ? mailbox->len : 0);
}

/* ---- queues, logs and certificates ------------------------------------------------------- */

static void
look_at_queue(MailsimLab *lab, const MailsimLook *look)
{
    guint count;
    char *text = mailsim_look_dup_queue(mailsim_lab_find_host(lab, look->host), &count);

    record_shown(lab, look, g_strdup("mailq"), text, count);
}

static void
look_at_log(MailsimLab *lab, const MailsimLook *look)
{
    char *command;
    guint count;
    char *text = mailsim_look_dup_log(mailsim_lab_find_host(lab, look->host), &command, &count);

    record_shown(lab, look, command, text, count);
}

static void
look_at_certificate(MailsimLab *lab, const MailsimLook *look)
{
    const MailsimHost *host = mailsim_lab_find_host(lab, look->host);
    g_autofree char *file = mailsim_host_dup_parameter(host, NULL, "smtpd_tls_cert_file");
    guint n_chain;
    char *text = host->certificate == NULL
                     ? g_strdup_printf("Could not read certificate from %s\n", file)
                     : mailsim_look_dup_certificate(
                           mailsim_certificate_get_chain(host->certificate, &n_chain)[0]);

    record_shown(lab, look,
                 g_strdup("openssl x509 -in cert.pem -noout -subject -issuer -dates "
                          "-ext subjectAltName"),
                 text, host->certificate == NULL ? 0 : count_lines(text));
}

/* ---- DNS --------------------------------------------------------------------------------- */

typedef struct {
    MailsimLab *lab;
    const MailsimLook *look; /* borrowed */
} Question;

/* What stands between name and data where host(1) tells a record. */
static const char *
find_verb(const char *type)
{
    static const struct {
        const char *type;
        const char *verb;
    } verbs[] = {
        {"A",     "has address"        },
        {"AAAA",  "has IPv6 address"   },
        {"MX",    "mail is handled by" },
        {"PTR",   "domain name pointer"},
        {"TXT",   "descriptive text"   },
        {"CNAME", "is an alias for"    },
        {"NS",    "name server"        },
        {"SRV",   "has SRV record"     },
        {"TLSA",  "has TLSA record"    },
    };

    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (g_str_equal(verbs[i].type, type))
            return verbs[i].verb;
    }
    return "has record";
}

static void
append_aliases(GString *text, const char *name, const GPtrArray *aliases)
{
    for (guint i = 0; i < aliases->len; i++) {
        const char *target = g_ptr_array_index(aliases, i);

        g_string_append_printf(text, "%s is an alias for %s.\n", name, target);
        name = target;
    }
}

/* As host(1) writes hexadecimal digits: large, and 56 at a time. */
static void
append_tlsa(GString *text, const char *data)
{
    const char *blank = strrchr(data, ' ');
    const char *digits = blank != NULL ? blank + 1 : data;
    g_autofree char *large = g_ascii_strup(digits, -1);

    g_string_append_len(text, data, digits - data);
    for (const char *at = large; *at != '\0'; at += MIN(strlen(at), DIGITS_AT_A_TIME))
        g_string_append_printf(text, "%s%.*s", at == large ? "" : " ", DIGITS_AT_A_TIME, at);
}

static void
append_record(GString *text, const char *owner, const char *type, const char *data)
{
    g_string_append_printf(text, "%s %s ", owner, find_verb(type));
    if (g_str_equal(type, "TLSA"))
        append_tlsa(text, data);
    else
        g_string_append(text, data);
    g_string_append_c(text, '\n');
}

/* As host(1) tells it. */
static char *
describe_answer(const char *name, const char *type, const MailsimDnsAnswer *answer)
{
    GString *text = g_string_new(NULL);
    const char *owner = name;

    if (answer->result != MAILSIM_DNS_NO_NAME)
        append_aliases(text, name, answer->aliases);
    if (answer->aliases->len > 0)
        owner = g_ptr_array_index(answer->aliases, answer->aliases->len - 1);
    switch (answer->result) {
    case MAILSIM_DNS_FOUND:
        for (guint i = 0; i < answer->records->len; i++)
            append_record(text, owner, type, g_ptr_array_index(answer->records, i));
        break;
    case MAILSIM_DNS_NO_DATA:
        if (answer->aliases->len == 0)
            g_string_append_printf(text, "%s has no %s record\n", name, type);
        break;
    case MAILSIM_DNS_NO_NAME:
        g_string_append_printf(text, "Host %s not found: 3(NXDOMAIN)\n", name);
        break;
    case MAILSIM_DNS_FAILED:
        g_string_append_printf(text, "Host %s not found: 2(SERVFAIL)\n", name);
        break;
    }
    return g_string_free(text, FALSE);
}

static void
show_records(gpointer data)
{
    const Question *question = data;
    const MailsimLook *look = question->look;
    g_autofree char *reverse = mailsim_dns_dup_reverse_name(look->subject);
    const char *name = reverse != NULL ? reverse : look->subject;
    g_auto(MailsimDnsAnswer) answer = {0};

    mailsim_dns_find(question->lab, look->object, name, &answer);
    record_shown(question->lab, look,
                 reverse != NULL ? g_strdup_printf("host %s", look->subject)
                                 : g_strdup_printf("host -t %s %s", look->object, name),
                 describe_answer(name, look->object, &answer),
                 answer.records != NULL ? answer.records->len : 0);
}

static void
look_at_dns(MailsimLab *lab, const MailsimLook *look)
{
    Question *question = g_new0(Question, 1);

    question->lab = lab;
    question->look = look;
    mailsim_schedule_add(lab->schedule, 2 * mailsim_lab_get_latency(lab, "", "dns"),
                         show_records, question, g_free);
}

/* ---- listeners --------------------------------------------------------------------------- */

static gboolean
joins(const MailsimHop *hop, const char *a, const char *b)
{
    return (g_strcmp0(hop->from, a) == 0 && g_strcmp0(hop->to, b) == 0) ||
           (g_strcmp0(hop->from, b) == 0 && g_strcmp0(hop->to, a) == 0);
}

static void
append_secret(GString *text, const char *name, gboolean had, gboolean seen, gboolean *any)
{
    if (had)
        g_string_append_printf(text, "%s%s-%s", *any ? ", " : "  = ", name,
                               seen ? "seen" : "hidden");
    *any = *any || had;
}

/* What was said in the clear, C: by the client, S: by the server; then what it amounts to, in
 * the words of expectations. */
static void
append_cable(GString *text, const MailsimLab *lab, const MailsimHop *hop)
{
    const MailsimEavesdropped *heard = &hop->listener;
    const GPtrArray *events = lab->recording->events;
    gboolean any = FALSE;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->hop != (int)hop->index)
            continue;
        if (event->kind == MAILSIM_EVENT_SECURED)
            g_string_append(text, "  (TLS: the rest cannot be read)\n");
        if (event->kind == MAILSIM_EVENT_LINE && !event->line.secured)
            g_string_append_printf(text, "  %s: %s\n",
                                   event->line.direction == MAILSIM_DIRECTION_OUT ? "C" : "S",
                                   event->line.text);
    }
    append_secret(text, "password", heard->had_password, heard->password_seen, &any);
    append_secret(text, "text", heard->had_text, heard->text_seen, &any);
    append_secret(text, "addresses", heard->had_addresses, heard->addresses_seen, &any);
    g_string_append(text, any ? "\n" : "");
}

static void
look_at_listener(MailsimLab *lab, const MailsimLook *look)
{
    const GPtrArray *hops = lab->recording->hops;
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(hops, i);
        const MailsimStepRecord *step = g_ptr_array_index(lab->recording->steps, hop->step);

        if (!hop->connected || !joins(hop, look->subject, look->object))
            continue;
        g_string_append_printf(text, "%s -> %s:%u (%u %s)\n", hop->from, hop->to, hop->port,
                               hop->step + 1, step->id);
        append_cable(text, lab, hop);
    }
    record_shown(lab, look, NULL, text->str, count_lines(text->str));
    g_string_free(text, FALSE);
}

/* ---- blocklists -------------------------------------------------------------------------- */

/* Of a real list nobody sees more than the answer to one question. */
static void
look_at_blocklist(MailsimLab *lab, const MailsimLook *look)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < lab->world->blocklists->len; i++) {
        const MailsimBlocklistDefinition *blocklist =
            g_ptr_array_index(lab->world->blocklists, i);

        if (!g_str_equal(blocklist->name, look->subject))
            continue;
        for (guint j = 0; j < blocklist->listed->len; j++)
            g_string_append_printf(text, "%s\n",
                                   (const char *)g_ptr_array_index(blocklist->listed, j));
    }
    record_shown(lab, look, NULL, text->str, count_lines(text->str));
    g_string_free(text, FALSE);
}

void
mailsim_lab_look(MailsimLab *lab, const MailsimLook *look)
{
    switch (look->kind) {
    case MAILSIM_LOOK_MAILBOX:
        look_at_mailbox(lab, look);
        break;
    case MAILSIM_LOOK_QUEUE:
        look_at_queue(lab, look);
        break;
    case MAILSIM_LOOK_LOG:
        look_at_log(lab, look);
        break;
    case MAILSIM_LOOK_DNS:
        look_at_dns(lab, look);
        break;
    case MAILSIM_LOOK_CERTIFICATE:
        look_at_certificate(lab, look);
        break;
    case MAILSIM_LOOK_LISTENER:
        look_at_listener(lab, look);
        break;
    case MAILSIM_LOOK_BLOCKLIST:
        look_at_blocklist(lab, look);
        break;
    }
}
