/* SPDX-License-Identifier: MIT
 *
 * Between postfix-parameter.c, which has the table of what the lab obeys, and postfix-
 * check.c, which knows what each type of value may be. */
#pragma once

#include <glib.h>

/* Judge one value, as mailsim_postfix_parameter_check(); HINT and IS_WARNING are never NULL. */
typedef char *
MailsimPostfixCheck(const char *name, const char *value, char **hint, gboolean *is_warning);

MailsimPostfixCheck mailsim_postfix_check_boolean;
MailsimPostfixCheck mailsim_postfix_check_client_level;
MailsimPostfixCheck mailsim_postfix_check_server_level;
MailsimPostfixCheck mailsim_postfix_check_sasl_type;
MailsimPostfixCheck mailsim_postfix_check_size;
MailsimPostfixCheck mailsim_postfix_check_names;
MailsimPostfixCheck mailsim_postfix_check_networks;
MailsimPostfixCheck mailsim_postfix_check_restrictions;
