/* SPDX-License-Identifier: MIT
 *
 * What all sessions share: that they can be freed. */
#include <mailsim/session/session.h>

void
mailsim_session_free(MailsimSession *session)
{
    if (session != NULL)
        session->class->free(session);
}
