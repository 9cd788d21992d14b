/* SPDX-License-Identifier: MIT
 *
 * See the header. */
#include "log-kind.h"

#include <string.h>

typedef struct {
    const char *name;
    gboolean matters;
    gboolean concludes;
} Row;

static const Row rows[] = {
    [LOG_OTHER] = {"other",        FALSE, FALSE},
    [LOG_CONNECT] = {"connect",      FALSE, FALSE},
    [LOG_DISCONNECT] = {"disconnect",   FALSE, FALSE},
    [LOG_CLIENT] = {"client",       FALSE, FALSE},
    [LOG_PICKUP] = {"pickup",       FALSE, FALSE},
    [LOG_MESSAGE_ID] = {"message-id",   FALSE, FALSE},
    [LOG_ACTIVE] = {"active",       FALSE, FALSE},
    [LOG_REMOVED] = {"removed",      FALSE, FALSE},
    [LOG_UNREACHABLE] = {"unreachable",  FALSE, FALSE},
    [LOG_LOST] = {"lost",         TRUE,  FALSE},
    [LOG_OFFENCE] = {"offence",      TRUE,  FALSE},
    [LOG_REJECT] = {"reject",       TRUE,  FALSE},
    [LOG_WARNING] = {"warning",      TRUE,  FALSE},
    [LOG_FATAL] = {"fatal",        TRUE,  TRUE },
    [LOG_TLS] = {"tls",          TRUE,  FALSE},
    [LOG_SETBACK] = {"setback",      TRUE,  TRUE },
    [LOG_STATUS] = {"status",       TRUE,  TRUE },
    [LOG_EXPIRED] = {"expired",      TRUE,  TRUE },
    [LOG_NOTIFICATION] = {"notification", TRUE,  TRUE },
    [LOG_LOGIN] = {"login",        TRUE,  FALSE},
    [LOG_LOGIN_ERROR] = {"login-error",  TRUE,  FALSE},
    [LOG_LOGIN_END] = {"login-end",    FALSE, FALSE},
    [LOG_SESSION_END] = {"session-end",  FALSE, FALSE},
};

typedef struct {
    const char *words;
    LogKind kind;
} Words;

/* What a line without queue id begins with. */
static const Words beginnings[] = {
    {"connect from ",                LOG_CONNECT    },
    {"connect to ",                  LOG_UNREACHABLE},
    {"disconnect from ",             LOG_DISCONNECT },
    {"warning: ",                    LOG_WARNING    },
    {"fatal: ",                      LOG_FATAL      },
    {"panic: ",                      LOG_FATAL      },
    {"error: ",                      LOG_FATAL      },
    {"lost connection after ",       LOG_LOST       },
    {"timeout after ",               LOG_LOST       },
    {"too many errors after ",       LOG_OFFENCE    },
    {"improper command pipelining ", LOG_OFFENCE    },
    {"SSL_accept error ",            LOG_TLS        },
    {"SSL_connect error ",           LOG_TLS        },
};

/* What follows a queue id, or NOQUEUE. */
static const Words continuations[] = {
    {"client=",         LOG_CLIENT    },
    {"uid=",            LOG_PICKUP    },
    {"message-id=",     LOG_MESSAGE_ID},
    {"removed",         LOG_REMOVED   },
    {"reject: ",        LOG_REJECT    },
    {"reject_warning:", LOG_REJECT    },
};

/* What a line has in it. */
static const Words parts[] = {
    {" TLS connection established ",     LOG_TLS         },
    {"certificate verification failed ", LOG_TLS         },
    {", status=expired, ",               LOG_EXPIRED     },
    {" (queue active)",                  LOG_ACTIVE      },
    {" notification: ",                  LOG_NOTIFICATION},
};

/* What a line of Dovecot's has in it, the first that fits: all its daemons write as one. */
static const Words dovecot_parts[] = {
    {"-login: Login: ",            LOG_LOGIN      },
    {"-login: Login failed: ",     LOG_LOGIN_ERROR},
    {"-login: Authenticate ",      LOG_LOGIN_ERROR},
    {" (auth failed, ",            LOG_LOGIN_ERROR},
    {" (tried to use ",            LOG_LOGIN_ERROR},
    {" (sent invalid base64",      LOG_LOGIN_ERROR},
    {" (client didn't finish ",    LOG_LOGIN_ERROR},
    {"Maximum number of connecti", LOG_LOGIN_ERROR},
    {"SSL_accept() ",              LOG_TLS        },
    {"-login: Disconnected: ",     LOG_LOGIN_END  },
    {">: Disconnected: ",          LOG_SESSION_END},
    {" failed: ",                  LOG_LOGIN_ERROR},
    {"Fatal: ",                    LOG_FATAL      },
    {"Error: ",                    LOG_WARNING    },
    {"Warning: ",                  LOG_WARNING    },
};

/* “222E040A11”, and as long as enable_long_queue_ids makes them; NOQUEUE. The length of it; 0:
 * the line begins otherwise. */
static gsize
measure_queue_id(const char *text)
{
    const gsize length = strspn(text, "0123456789"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "abcdefghijklmnopqrstuvwxyz");

    if (length < 6 || !g_str_has_prefix(text + length, ": ") ||
        (strcspn(text, "0123456789") >= length && !g_str_has_prefix(text, "NOQUEUE:")))
        return 0;
    return length;
}

static gboolean
find_beginning(const char *text, const Words *words, guint n_words, LogKind *kind)
{
    for (guint i = 0; i < n_words; i++) {
        if (!g_str_has_prefix(text, words[i].words))
            continue;
        *kind = words[i].kind;
        return TRUE;
    }
    return FALSE;
}

static LogKind
find_part(const char *text, const Words *words, guint n_words, LogKind otherwise)
{
    for (guint i = 0; i < n_words; i++) {
        if (strstr(text, words[i].words) != NULL)
            return words[i].kind;
    }
    return otherwise;
}

LogKind
log_kind_find(const MailsimEvent *line)
{
    const char *text = line->log.text;
    const gsize id_length = measure_queue_id(text);
    const char *rest = id_length > 0 ? text + id_length + 2 : text;
    LogKind kind = LOG_OTHER;

    if (g_str_equal(line->log.program, "dovecot"))
        return find_part(text, dovecot_parts, G_N_ELEMENTS(dovecot_parts), LOG_OTHER);
    if (find_beginning(text, beginnings, G_N_ELEMENTS(beginnings), &kind))
        return kind;
    if (id_length > 0 &&
        find_beginning(rest, continuations, G_N_ELEMENTS(continuations), &kind))
        return kind;
    if (g_str_has_prefix(rest, "to=<") && strstr(rest, ", status=") != NULL)
        return LOG_STATUS;
    kind = id_length > 0 && g_str_equal(log_get_daemon(line), "smtp") ? LOG_SETBACK : LOG_OTHER;
    return find_part(rest, parts, G_N_ELEMENTS(parts), kind);
}

gboolean
log_has_queue_id(const MailsimEvent *line)
{
    return measure_queue_id(line->log.text) > 0 &&
           !g_str_has_prefix(line->log.text, "NOQUEUE:");
}

const char *
log_kind_name(LogKind kind)
{
    return rows[kind].name;
}

const char *
log_get_daemon(const MailsimEvent *line)
{
    const char *slash = strrchr(line->log.program, '/');

    return slash != NULL ? slash + 1 : line->log.program;
}

gboolean
log_kind_matters(LogKind kind)
{
    return rows[kind].matters;
}

gboolean
log_kind_concludes(LogKind kind)
{
    return rows[kind].concludes;
}

static gboolean
is_about(const MailsimEvent *line, const char *queue_id)
{
    return queue_id != NULL && measure_queue_id(line->log.text) == strlen(queue_id) &&
           g_str_has_prefix(line->log.text, queue_id);
}

gboolean
log_records(const MailsimEvent *line, const MailsimEvent *event)
{
    const LogKind kind = log_kind_find(line);

    if (line->time_us != event->time_us || g_strcmp0(line->party, event->party) != 0)
        return FALSE;
    if (event->kind == MAILSIM_EVENT_STATUS)
        return kind == LOG_STATUS && is_about(line, event->status.queue_id);
    if (event->kind == MAILSIM_EVENT_NOTIFICATION)
        return kind == LOG_NOTIFICATION && is_about(line, event->notification.queue_id);
    if (event->kind == MAILSIM_EVENT_QUEUE)
        return ((kind == LOG_EXPIRED && g_str_equal(event->queue.action, "expired")) ||
                (kind == LOG_REMOVED && g_str_equal(event->queue.action, "removed"))) &&
               is_about(line, event->queue.queue_id);
    return event->kind == MAILSIM_EVENT_FINDING && kind == LOG_FATAL &&
           strstr(event->finding.text, line->log.text) != NULL;
}
