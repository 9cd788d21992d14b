/* SPDX-License-Identifier: MIT
 *
 * Typing, line by line. Whether an answer has come to its end only the protocol knows, and a
 * line of a message gets none at all; so the typist waits, as people do, until nothing new has
 * come for a while. */
#include <mailsim/session/typist.h>

#include <string.h>

#include <mailsim/base/time.h>

/* Without anything new for so long, the next line is typed; or, after the last, the person
 * leaves. Where no answer has come at all the server may be taking its time: Dovecot rests for
 * up to 17 seconds before it says that a password is wrong. But who has waited in vain once is
 * typing a text, line by line, and waits no more until the next answer. */
#define QUIET_US    (2 * MAILSIM_SECOND)
#define GENEROUS_US (20 * MAILSIM_SECOND)

typedef enum {
    MAILSIM_TYPIST_AT_PRELUDE, /* s_client speaks, and nobody types */
    MAILSIM_TYPIST_AT_HANDSHAKE,
    MAILSIM_TYPIST_TYPING,
} State;

struct MailsimTypist {
    MailsimSession session;
    State state;
    MailsimProtocol protocol;
    guint n_preluded; /* answers to s_client */
    GPtrArray *lines; /* of char * */
    GPtrArray *heard; /* of GPtrArray of char *: one more than lines typed */
};

/* ---- s_client ---------------------------------------------------------------------------- */

static gboolean
has_hyphen(const char *line)
{
    return strlen(line) > 3 && line[3] == '-';
}

static gboolean
is_untagged(const char *line)
{
    return strlen(line) > 1 && line[0] != '.';
}

/* What openssl 3.0 says before it shakes hands, and to which line of the answer it listens. It
 * asks for TLS whatever the list says. */
static const struct {
    struct {
        const char *says;                      /* NULL: it hears the greeting */
        gboolean (*goes_on)(const char *line); /* NULL: one line is the whole answer */
    } turns[3];
    guint n_turns;
    const char *agreement; /* how the last answer begins where the server has TLS */
} preludes[] = {
  /* clang-format off */
    [MAILSIM_PROTOCOL_SMTP] = {
        /* The name is what it calls itself where no -name is given. */
        .turns = {{NULL, has_hyphen}, {"EHLO mail.example.com", has_hyphen}, {"STARTTLS", NULL}},
        .n_turns = 3,
        .agreement = "2",
    },
    [MAILSIM_PROTOCOL_IMAP] = {
        .turns = {{NULL, NULL}, {". CAPABILITY", is_untagged}, {". STARTTLS", NULL}},
        .n_turns = 3,
        .agreement = ". OK",
    },
    [MAILSIM_PROTOCOL_POP3] = {
        .turns = {{NULL, NULL}, {"STLS", NULL}},
        .n_turns = 2,
        .agreement = "+OK",
    },
  /* clang-format on */
};

/* ---- typing ------------------------------------------------------------------------------ */

static void
append_line(GString *out, const char *text)
{
    const gboolean exact = strchr(text, '\r') != NULL;
    const gsize length = strlen(text);

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\n' && !exact)
            g_string_append_c(out, '\r');
        g_string_append_c(out, *at);
    }
    if (length == 0 || (text[length - 1] != '\n' && text[length - 1] != '\r'))
        g_string_append(out, "\r\n");
}

static void
free_replies(gpointer data)
{
    g_ptr_array_unref(data);
}

static void
listen_anew(MailsimTypist *typist)
{
    g_ptr_array_add(typist->heard, g_ptr_array_new_with_free_func(g_free));
}

static guint
count_typed(const MailsimTypist *typist)
{
    return typist->heard->len - 1;
}

static GPtrArray *
get_answer(const MailsimTypist *typist)
{
    return g_ptr_array_index(typist->heard, count_typed(typist));
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimWant
begin(MailsimSession *session, G_GNUC_UNUSED GString *out)
{
    const MailsimTypist *typist = (const MailsimTypist *)session;

    return typist->state == MAILSIM_TYPIST_AT_HANDSHAKE ? MAILSIM_WANT_TLS : MAILSIM_WANT_LINE;
}

/* s_client shakes hands whatever the answer is. Where it was no, the handshake can only fail:
 * the conversation ends before it. */
static MailsimWant
hear_prelude(MailsimTypist *typist, const char *line, GString *out)
{
    const guint n_turns = preludes[typist->protocol].n_turns;
    gboolean (*goes_on)(const char *) =
        preludes[typist->protocol].turns[typist->n_preluded].goes_on;

    if (goes_on != NULL && goes_on(line))
        return MAILSIM_WANT_LINE;
    if (++typist->n_preluded < n_turns) {
        append_line(out, preludes[typist->protocol].turns[typist->n_preluded].says);
        return MAILSIM_WANT_LINE;
    }
    typist->state = MAILSIM_TYPIST_AT_HANDSHAKE;
    return g_str_has_prefix(line, preludes[typist->protocol].agreement) ? MAILSIM_WANT_TLS
                                                                        : MAILSIM_WANT_END;
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimTypist *typist = (MailsimTypist *)session;

    g_ptr_array_add(get_answer(typist), g_strndup(input->text, input->length));
    if (typist->state == MAILSIM_TYPIST_AT_PRELUDE)
        return hear_prelude(typist, input->text, out);
    return MAILSIM_WANT_LINE;
}

static MailsimWant
secured(MailsimSession *session,
        G_GNUC_UNUSED const MailsimTlsInfo *tls,
        G_GNUC_UNUSED GString *out)
{
    MailsimTypist *typist = (MailsimTypist *)session;

    typist->state = MAILSIM_TYPIST_TYPING;
    return MAILSIM_WANT_LINE;
}

static MailsimWant
timed_out(MailsimSession *session, GString *out)
{
    MailsimTypist *typist = (MailsimTypist *)session;
    const guint next = count_typed(typist);

    if (next == typist->lines->len)
        return MAILSIM_WANT_END;
    listen_anew(typist);
    append_line(out, g_ptr_array_index(typist->lines, next));
    return MAILSIM_WANT_LINE;
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

/* The line before was no answered one either. */
static gboolean
types_text(const MailsimTypist *typist)
{
    const guint typed = count_typed(typist);
    const GPtrArray *before = typed > 0 ? g_ptr_array_index(typist->heard, typed - 1) : NULL;

    return before != NULL && before->len == 0 && typed < typist->lines->len;
}

static gint64
get_patience(MailsimSession *session)
{
    const MailsimTypist *typist = (const MailsimTypist *)session;

    if (typist->state != MAILSIM_TYPIST_TYPING)
        return 0;
    return get_answer(typist)->len > 0 || types_text(typist) ? QUIET_US : GENEROUS_US;
}

/* Nothing that it could wait for in vain: when it has waited, it goes on. */
static const char *
waits_for(G_GNUC_UNUSED MailsimSession *session)
{
    return NULL;
}

static void
free_typist(MailsimSession *session)
{
    MailsimTypist *typist = (MailsimTypist *)session;

    g_ptr_array_unref(typist->lines);
    g_ptr_array_unref(typist->heard);
    g_free(typist);
}

static const MailsimSessionClass typist_class = {
    .begin = begin,
    .heard = heard,
    .secured = secured,
    .timed_out = timed_out,
    .lost = lost,
    .get_patience = get_patience,
    .waits_for = waits_for,
    .free = free_typist,
};

/* ---- life -------------------------------------------------------------------------------- */

MailsimTypist *
mailsim_typist_new(MailsimTypistMode mode, MailsimProtocol protocol, const GPtrArray *lines)
{
    static const State first[] = {
        [MAILSIM_TYPIST_CLEAR] = MAILSIM_TYPIST_TYPING,
        [MAILSIM_TYPIST_STARTTLS] = MAILSIM_TYPIST_AT_PRELUDE,
        [MAILSIM_TYPIST_TLS] = MAILSIM_TYPIST_AT_HANDSHAKE,
    };
    MailsimTypist *typist = g_new0(MailsimTypist, 1);

    typist->session.class = &typist_class;
    typist->state = first[mode];
    typist->protocol = protocol;
    typist->lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < lines->len; i++)
        g_ptr_array_add(typist->lines, g_strdup(g_ptr_array_index(lines, i)));
    typist->heard = g_ptr_array_new_with_free_func(free_replies);
    listen_anew(typist);
    return typist;
}

MailsimSession *
mailsim_typist_get_session(MailsimTypist *typist)
{
    return &typist->session;
}

const GPtrArray *
mailsim_typist_get_heard(const MailsimTypist *typist)
{
    return typist->heard;
}
