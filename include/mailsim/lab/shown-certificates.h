/* SPDX-License-Identifier: MIT
 *
 * The certificates that the hosts of a lab show, as it is configured now. */
#pragma once

#include <mailsim/lab/lab.h>

typedef struct {
    const char *hostname; /* “mail.iesgn.example”; lent by the lab */
    gboolean by_postfix;
    gboolean by_dovecot;                   /* they may show the same one */
    const MailsimCertificate *certificate; /* lent by the lab */
} MailsimShownCertificate;

/* Of MailsimShownCertificate, in the order of the hosts, Postfix's first. What no service would
 * show, be it that TLS is not offered or that its key cannot be read, is left out. Good until
 * the lab is configured anew; free with g_ptr_array_unref(). */
GPtrArray *mailsim_lab_list_shown_certificates(const MailsimLab *lab);
