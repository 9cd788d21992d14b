/* SPDX-License-Identifier: MIT
 *
 * Any bytes as addresses, one a line, in RCPT, MAIL and VRFY, at hosts of several minds:
 * nothing may crash or go on for ever, what is accepted has a recipient and a text without
 * controls, and written in external form it must be read as the same address. */
#include <string.h>

#include <mailsim/protocol/domain-name.h>
#include <mailsim/protocol/smtp-path.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

#define LINE_MAX_BYTES 2048

static gboolean
is_local(const char *domain, G_GNUC_UNUSED gpointer data)
{
    return g_ascii_strcasecmp(domain, "dest.example") == 0 ||
           g_str_equal(domain, "[127.0.0.2]");
}

/* Only such a domain is the same in both forms: quotes and escapes in it are read, never
 * written. */
static gboolean
has_plain_domain(const char *address)
{
    const char *at = strrchr(address, '@');

    if (at == NULL || mailsim_domain_name_is_literal(at + 1))
        return TRUE;
    for (const char *c = at + 1; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && (guchar)*c < 0x80 && strchr("-_.", *c) == NULL)
            return FALSE;
    }
    return TRUE;
}

static void
check_external_form(const char *address, const MailsimSmtpPathOptions *options)
{
    g_autofree char *quoted = mailsim_address_quote(address);
    g_autofree char *argument = g_strdup_printf("TO:<%s>", quoted);
    g_auto(MailsimSmtpPath) again = {0};

    if ((address[0] == '@' && strchr(address, ':') != NULL) || !has_plain_domain(address))
        return;
    g_assert_cmpint(mailsim_smtp_path_parse_with(argument, "TO", options, &again), ==,
                    MAILSIM_PATH_OK);
    g_assert_cmpstr(again.address, ==, address);
}

static void
check_path(const MailsimSmtpPath *path, const MailsimSmtpPathOptions *options)
{
    MailsimSmtpPathOptions same = *options;
    g_autofree char *rewritten = mailsim_address_rewrite(path->address, &options->rules);

    for (const char *c = path->text; *c != '\0'; c++)
        g_assert_false(g_ascii_iscntrl(*c));
    g_assert_cmpuint(strlen(path->text), ==, strlen(path->address));
    if (path->address[0] == '\0') {
        g_assert_cmpstr(path->resolved, ==, "");
        g_assert_cmpstr(rewritten, ==, "");
        return;
    }
    g_assert_nonnull(strrchr(path->resolved, '@'));
    same.utf8 = path->utf8;
    check_external_form(path->address, &same);
}

static void
check_address(const char *address, const MailsimSmtpPathOptions *options)
{
    g_autofree char *recipient = g_strconcat("TO:", address, NULL);
    g_autofree char *sender = g_strconcat("FROM:<", address, "> SMTPUTF8", NULL);
    g_auto(MailsimSmtpPath) to = {0};
    g_auto(MailsimSmtpPath) from = {0};
    g_auto(MailsimSmtpPath) verified = {0};
    MailsimSmtpPathOptions lenient = *options;

    if (mailsim_smtp_path_parse_with(recipient, "TO", options, &to) == MAILSIM_PATH_OK)
        check_path(&to, options);
    if (mailsim_smtp_path_parse_with(sender, "FROM", options, &from) == MAILSIM_PATH_OK)
        check_path(&from, options);
    lenient.strict = FALSE;
    if (mailsim_smtp_mailbox_parse_with(address, options, &verified) == MAILSIM_PATH_OK)
        check_path(&verified, &lenient);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    MailsimSmtpPathOptions usual = {.rules = mailsim_rewrite_rules_default};
    MailsimSmtpPathOptions strict;
    MailsimSmtpPathOptions old;

    usual.rules.is_local = is_local;
    strict = usual;
    strict.strict = TRUE;
    strict.utf8 = TRUE;
    strict.rules.percent_hack = FALSE;
    strict.rules.bang_path = FALSE;
    old = usual;
    old.rules.utf8 = FALSE;
    old.rules.parent = "example";
    old.rules.origin = NULL;
    old.rules.numeric_domain = TRUE;
    old.rules.null_domain = TRUE;
    old.rules.leading_hyphen = TRUE;
    for (guint i = 0; lines[i] != NULL; i++) {
        if (strlen(lines[i]) > LINE_MAX_BYTES)
            continue;
        check_address(lines[i], &usual);
        check_address(lines[i], &strict);
        check_address(lines[i], &old);
    }
    return 0;
}
