/* SPDX-License-Identifier: MIT
 *
 * Any bytes as lines of a mail log. Nothing may crash or take long; what is said can be shown,
 * as text without a control character and as JSON, in 80 columns. */
#include <mailsim/explain/log.h>

#include <string.h>

#include <mailsim/base/text-width.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

#define COLUMNS_MAX 80

static MailsimTopics *
get_topics(void)
{
    static MailsimTopics *topics;

    if (topics == NULL)
        topics = mailsim_topics_new();
    return topics;
}

static void
check_shown(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (char **line = lines; *line != NULL; line++) {
        g_assert_cmpuint(mailsim_text_width(*line, -1), <=, COLUMNS_MAX);
        for (const char *at = *line; *at != '\0'; at = g_utf8_next_char(at))
            g_assert_true(g_unichar_isprint(g_utf8_get_char(at)));
    }
}

static void
show(const MailsimExplanation *explanation, MailsimLanguage language, gboolean ascii)
{
    const MailsimRenderOptions options = {.language = language, .ascii = ascii};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) json = g_string_new(NULL);

    mailsim_render_log_line_text(explanation, NULL, &options, text);
    check_shown(text->str);
    mailsim_render_explanation_json(explanation, TRUE, json);
    g_assert_true(g_utf8_validate(json->str, (gssize)json->len, NULL));
}

static void
explain(MailsimLog *log, const char *bytes, gsize length, guint64 number)
{
    g_autoptr(MailsimLogLine) line = mailsim_log_line_new(bytes, length);
    g_autoptr(MailsimExplanation) explanation = NULL;
    const MailsimLanguage language =
        number % 2 == 0 ? MAILSIM_LANGUAGE_EN : MAILSIM_LANGUAGE_ES;

    g_assert_true(g_utf8_validate(line->text, -1, NULL));
    if (line->program == MAILSIM_LOG_NOTHING)
        return;
    explanation = mailsim_log_explain(log, line, number, language);
    g_assert_nonnull(explanation->title);
    g_assert_true((explanation->topic != NULL) == mailsim_log_knows(log, line));
    show(explanation, language, number % 3 == 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static MailsimLog *log; /* reading the texts takes longer than a line */
    const char *at = (const char *)data;
    const char *const end = at + size;

    if (log == NULL)
        log = mailsim_log_new(get_topics());
    mailsim_log_set_brief(log, size % 2 == 0);
    for (guint64 number = 1; at < end; number++) {
        const char *feed = memchr(at, '\n', (gsize)(end - at));
        const gsize length = (gsize)((feed != NULL ? feed : end) - at);

        explain(log, at, length, number);
        at += length + 1;
    }
    return 0;
}
