/* SPDX-License-Identifier: MIT
 *
 * Lines of a mail log: each is read, explained and written before the next, so that a log may be
 * of any length, and still be growing (tail -f). */
#include "explain-log-private.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mailsim/base/limits.h>
#include <mailsim/explain/log.h>

typedef struct {
    MailsimLog *log;
    const MailsimRenderOptions *render;
    gboolean json;
    MailsimExplanation *last; /* the one before; NULL: there is none */
    guint64 n_lines;          /* seen, empty ones included */
    guint64 n_shown;
    guint64 n_known;
    gboolean fine; /* all could be written */
} LogPlayer;

static void
write_out(LogPlayer *self, const GString *out)
{
    if (self->fine && out->len > 0)
        self->fine = mailsim_cli_write(out->str, out->len);
}

/* NUMBER: as in MailsimExplanation. */
static void
explain_line(LogPlayer *self, const char *bytes, gsize length, guint64 number)
{
    g_autoptr(MailsimLogLine) line = mailsim_log_line_new(bytes, length);
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimExplanation *explanation;

    if (line->program == MAILSIM_LOG_NOTHING)
        return;
    explanation = mailsim_log_explain(self->log, line, number, self->render->language);
    if (explanation->topic != NULL)
        self->n_known++;
    if (self->json)
        mailsim_render_explanation_json(explanation, self->n_shown == 0, out);
    else
        mailsim_render_log_line_text(explanation, self->last, self->render, out);
    self->n_shown++;
    mailsim_explanation_free(self->last);
    self->last = explanation;
    write_out(self, out);
}

/* The next line of standard input without its end, of which at most a byte more than is looked
 * at is kept. FALSE: there is none. */
static gboolean
read_line(GString *line)
{
    int byte = getc_unlocked(stdin);

    g_string_truncate(line, 0);
    if (byte == EOF)
        return FALSE;
    for (; byte != EOF && byte != '\n'; byte = getc_unlocked(stdin)) {
        if (line->len <= MAILSIM_LOG_LINE_MAX_BYTES)
            g_string_append_c(line, (char)byte);
    }
    if (line->len > 0 && line->str[line->len - 1] == '\r')
        g_string_truncate(line, line->len - 1);
    return TRUE;
}

static void
explain_input(LogPlayer *self)
{
    g_autoptr(GString) line = g_string_new(NULL);

    while (self->fine && read_line(line))
        explain_line(self, line->str, line->len, ++self->n_lines);
}

static void
explain_messages(LogPlayer *self)
{
    g_autoptr(MailsimExplanation) messages =
        mailsim_log_explain_messages(self->log, self->render->language);
    g_autoptr(GString) out = g_string_new("\n");

    if (messages == NULL)
        return;
    mailsim_render_explanation_text(messages, self->render, out);
    write_out(self, out);
}

/* One argument is a line, or several are, or all of them are the words of one that was not
 * quoted. NULL: WORDS are no lines. Free with g_strfreev(). */
static GStrv
list_lines(const MailsimLog *log, MailsimTopics *topics, GStrv words)
{
    g_autofree char *joined = g_strjoinv(" ", words);
    g_autoptr(GPtrArray) found = mailsim_topics_find(topics, joined);
    const char *const one[] = {joined, NULL};

    if (found->len > 0)
        return NULL;
    if (strchr(words[0], ' ') != NULL && mailsim_log_is_line(log, words[0]))
        return g_strdupv(words);
    return mailsim_log_is_line(log, joined) ? g_strdupv((GStrv)one) : NULL;
}

static void
explain_lines(LogPlayer *self, GStrv lines)
{
    const gboolean several = lines[1] != NULL;

    for (guint i = 0; self->fine && lines[i] != NULL; i++)
        explain_line(self, lines[i], strlen(lines[i]), several ? i + 1 : 0);
}

/* Whether standard input brings something of itself: it is a pipe or a file, and not empty. */
static gboolean
has_input(void)
{
    struct stat input;
    int byte;

    if (fstat(STDIN_FILENO, &input) != 0 ||
        !(S_ISFIFO(input.st_mode) || S_ISREG(input.st_mode)))
        return FALSE;
    byte = getc(stdin);
    if (byte == EOF)
        return FALSE;
    ungetc(byte, stdin);
    return TRUE;
}

static MailsimExit
finish(LogPlayer *self)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (self->json) {
        mailsim_render_explanations_json_end(self->n_shown > 0, out);
        write_out(self, out);
    } else if (self->n_lines > 0) {
        explain_messages(self);
    }
    mailsim_explanation_free(self->last);
    if (!self->fine)
        return MAILSIM_EXIT_ENVIRONMENT;
    return self->n_known > 0 ? MAILSIM_EXIT_SUCCESS : MAILSIM_EXIT_INPUT;
}

gboolean
mailsim_cli_explain_log(MailsimTopics *topics,
                        GStrv words,
                        gboolean json,
                        const MailsimRenderOptions *render,
                        MailsimExit *exit)
{
    const gboolean dash = words[0] != NULL && g_str_equal(words[0], "-") && words[1] == NULL;
    const gboolean from_input = dash || (words[0] == NULL && has_input());
    const gboolean has_blank =
        words[0] != NULL && (words[1] != NULL || strchr(words[0], ' ') != NULL);
    g_autoptr(MailsimLog) log = NULL;
    g_auto(GStrv) lines = NULL;
    LogPlayer player = {.render = render, .json = json, .fine = TRUE};

    if (!from_input && !has_blank)
        return FALSE;
    log = mailsim_log_new(topics);
    lines = from_input ? NULL : list_lines(log, topics, words);
    if (!from_input && lines == NULL)
        return FALSE;
    player.log = log;
    mailsim_log_set_brief(log, !json && (from_input || lines[1] != NULL));
    if (json) {
        g_autoptr(GString) out = g_string_new(NULL);

        mailsim_render_explanations_json_begin(out);
        write_out(&player, out);
    }
    if (from_input)
        explain_input(&player);
    else
        explain_lines(&player, lines);
    if (player.n_shown == 0)
        mailsim_cli_complain("explain: there is no line to explain");
    *exit = finish(&player);
    return TRUE;
}
