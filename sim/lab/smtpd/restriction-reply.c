/* SPDX-License-Identifier: MIT
 *
 * How a rule words its refusal: the reply code that a parameter says, and the enhanced status
 * code (RFC 3463) that fits both the code and the thing that is refused. */
#include "restrictions-private.h"

#include <string.h>

char *
mailsim_scrutiny_dup_parameter(const MailsimScrutiny *scrutiny, const char *name)
{
    return mailsim_host_dup_parameter(scrutiny->query->host, scrutiny->query->service, name);
}

/* A number stands for itself, anything else is a parameter. */
static char *
dup_code(const MailsimScrutiny *scrutiny, const char *code)
{
    if (g_ascii_isdigit(code[0]))
        return g_strdup(code);
    return mailsim_scrutiny_dup_parameter(scrutiny, code);
}

static gboolean
refuses(const char *code)
{
    return (code[0] == '4' || code[0] == '5') && g_ascii_isdigit(code[1]) &&
           g_ascii_isdigit(code[2]) && code[3] == '\0';
}

/* A code that refuses nothing. */
void
mailsim_look_misword(const MailsimScrutiny *scrutiny,
                     MailsimRuleLook *look,
                     const char *code,
                     const char *status,
                     const char *text)
{
    mailsim_scrutiny_log(scrutiny, "warning: SMTP reply code configuration error: %s %s %s",
                         code, status, text);
    g_free(look->reply);
    look->reply = g_strdup("450 4.7.1 Service unavailable");
}

static void
refuse(const MailsimScrutiny *scrutiny,
       MailsimRuleLook *look,
       const char *code_or_parameter,
       const char *status,
       const char *text)
{
    g_autofree char *code = dup_code(scrutiny, code_or_parameter);

    if (refuses(code))
        look->reply = g_strdup_printf("%s %c%s %s", code, code[0], status + 1, text);
    else
        mailsim_look_misword(scrutiny, look, code, status, text);
    look->verdict = look->reply[0] == '4' ? MAILSIM_VERDICT_DEFER : MAILSIM_VERDICT_REJECT;
}

void
mailsim_look_refuse(const MailsimScrutiny *scrutiny,
                    MailsimRuleLook *look,
                    const char *code,
                    const char *status,
                    const char *format,
                    ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    refuse(scrutiny, look, code, status, text);
}

/* postconf(5) reject_tempfail_action: defer, or defer_if_permit. */
void
mailsim_look_give_no_answer(const MailsimScrutiny *scrutiny,
                            MailsimRuleLook *look,
                            const char *parameter,
                            const char *status,
                            const char *format,
                            ...)
{
    g_autofree char *action = mailsim_scrutiny_dup_parameter(scrutiny, parameter);
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    refuse(scrutiny, look, "450", status, text);
    look->effect = g_ascii_strcasecmp(action, "defer") == 0 ? MAILSIM_EFFECT_AT_ONCE
                                                            : MAILSIM_EFFECT_IF_PERMITTED;
}

/* ---- enhanced status codes --------------------------------------------------------------- */

/* class "." subject "." detail: the length of one at the beginning of TEXT; 0: there is none.
 * */
static gsize
measure_status(const char *text)
{
    gsize subject;
    gsize detail;

    if (text[0] == '\0' || strchr("245", text[0]) == NULL || text[1] != '.')
        return 0;
    subject = strspn(text + 2, "0123456789");
    if (subject < 1 || subject > 3 || text[2 + subject] != '.')
        return 0;
    detail = strspn(text + 3 + subject, "0123456789");
    if (detail < 1 || detail > 3 || strchr(" \t", text[3 + subject + detail]) == NULL)
        return 0;
    return 3 + subject + detail;
}

/* “x.1.y” is about an address: what each y (RFC 3463 §3.2) becomes for a sender and for a
 * recipient. Any other y is 0. */
static const char sender_details[] = "078770778";
static const char recipient_details[] = "012345632";

static char *
fit_status(const char *status, const char *class)
{
    const char *details = NULL;
    guint64 detail;

    if (status[2] != '1' || status[3] != '.')
        return g_strdup(status);
    if (g_str_equal(class, MAILSIM_CLASS_SENDER))
        details = sender_details;
    else if (g_str_equal(class, MAILSIM_CLASS_RECIPIENT))
        details = recipient_details;
    if (details == NULL)
        return g_strdup_printf("%c.0.0", status[0]);
    detail = g_ascii_strtoull(status + 4, NULL, 10);
    return g_strdup_printf("%c.1.%c", status[0],
                           detail < strlen(details) ? details[detail] : '0');
}

const char *
mailsim_split_status(const MailsimScrutiny *scrutiny,
                     const char *text,
                     const char *status_unsaid,
                     const char *class,
                     char **status)
{
    gsize length = measure_status(text);
    g_autofree char *said = length > 0 ? g_strndup(text, length) : g_strdup(status_unsaid);

    *status = fit_status(said, class);
    if (!g_str_equal(said, *status))
        mailsim_scrutiny_log(scrutiny, "mapping DSN status %s into %s status %s", said, class,
                             *status);
    return text + length + strspn(text + length, " \t");
}

void
mailsim_look_refuse_with_text(const MailsimScrutiny *scrutiny,
                              MailsimRuleLook *look,
                              const MailsimRefusal *refusal,
                              const char *name,
                              const char *class)
{
    g_autofree char *status = NULL;
    const char *text =
        mailsim_split_status(scrutiny, refusal->text, refusal->status, class, &status);

    mailsim_look_refuse(scrutiny, look, refusal->code, status, "<%s>: %s rejected: %s", name,
                        class, text[0] != '\0' ? text : refusal->standard);
}

/* ---- when something is wrong ------------------------------------------------------------- */

void
mailsim_look_break(MailsimRuleLook *look, const char *what)
{
    look->verdict = MAILSIM_VERDICT_DEFER;
    look->effect = MAILSIM_EFFECT_BROKEN;
    g_free(look->reason);
    look->reason = g_strdup(what);
    g_free(look->reply);
    look->reply = g_strdup("451 4.3.5 Server configuration error");
}

void
mailsim_look_fail(MailsimRuleLook *look, const char *name, const char *what)
{
    mailsim_look_break(look, what);
    g_free(look->reply);
    look->reply = g_strdup_printf("451 4.3.0 <%s>: Temporary lookup failure", name);
}
