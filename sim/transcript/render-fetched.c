/* SPDX-License-Identifier: MIT
 *
 * What a mail program found in its mailbox, or why it found nothing. */
#include "render-parts.h"

#include <string.h>

/* A reason that no server gave, but the mail program: it speaks the language of its user. */
const char *
render_translate_reason(const Page *page, const char *reason)
{
    /* clang-format off */
    static const char *const reasons[][2] = {
        {"the server does not offer STARTTLS", "el servidor no ofrece STARTTLS"},
        {"the server refused to start TLS", "el servidor se ha negado a empezar TLS"},
        {"the TLS handshake failed", "la negociación de TLS ha fallado"},
        {"the server's certificate is not accepted", "el programa no acepta el certificado"},
        {"the server offers no login that the program knows",
         "el servidor no ofrece ninguna forma de identificarse que conozca el programa"},
        {"the server's questions make no sense to the program",
         "el programa no entiende lo que le pregunta el servidor"},
        {"the server has the program's own name", "el servidor se llama igual que el programa"},
        {"the message is larger than the server takes",
         "el mensaje es mayor de lo que admite el servidor"},
        {"what came was no answer of a mail server",
         "lo que ha llegado no es respuesta de un servidor de correo"},
        {"the server does not offer TLS", "el servidor no ofrece TLS"},
        {"the server takes no password here, and none was sent",
         "aquí el servidor no admite contraseñas, y no se ha enviado ninguna"},
        {"what came was no answer of such a server",
         "lo que ha llegado no es respuesta de un servidor de este tipo"},
        {"the server's name is not known", "el nombre del servidor no existe"},
        {"the server did not answer in time", "el servidor no ha respondido a tiempo"},
        {"the connection was lost", "se ha perdido la conexión"},
        {"nobody listens on that port: connection refused",
         "en ese puerto no escucha nadie: connection refused"},
        {"no machine answers at that address", "en esa dirección no responde ninguna máquina"},
    };
    /* clang-format on */

    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (page->options->language == MAILSIM_LANGUAGE_ES &&
            g_strcmp0(reason, reasons[i][0]) == 0)
            return reasons[i][1];
    }
    return reason;
}

/* “3 messages, 1 new” */
static char *
describe_messages(const Page *page, const MailsimEvent *event)
{
    const guint n_messages = event->fetched.n_messages;
    const guint n_new = event->fetched.n_new;
    g_autofree char *count = g_strdup_printf("%u", n_messages);
    g_autofree char *new = g_strdup_printf("%u", n_new);
    g_autofree char *messages = mailsim_phrase_format(
        n_messages == 1 ? MAILSIM_PHRASE_MESSAGES_ONE : MAILSIM_PHRASE_MESSAGES_MANY,
        page->options->language, "count", count, NULL);
    g_autofree char *news = mailsim_phrase_format(n_new == 0   ? MAILSIM_PHRASE_NEW_NONE
                                                  : n_new == 1 ? MAILSIM_PHRASE_NEW_ONE
                                                               : MAILSIM_PHRASE_NEW_MANY,
                                                  page->options->language, "count", new, NULL);

    return g_strdup_printf("%s, %s", messages, news);
}

char *
render_dup_fetched(const Page *page, const MailsimEvent *event)
{
    const MailsimLanguage language = page->options->language;
    const char *status = event->fetched.status;
    const char *party = render_name_party(page, event->party);
    g_autofree char *messages = describe_messages(page, event);

    if (g_str_equal(status, "rejected"))
        return mailsim_phrase_format(MAILSIM_PHRASE_FETCH_REJECTED, language, "party", party,
                                     "reason", event->fetched.reason, NULL);
    if (g_str_equal(status, "failed"))
        return mailsim_phrase_format(
            MAILSIM_PHRASE_FETCH_FAILED, language, "party", party, "reason",
            render_translate_reason(page, event->fetched.reason), NULL);
    if (event->fetched.n_messages == 0)
        return mailsim_phrase_format(MAILSIM_PHRASE_FETCHED_NONE, language, "party", party,
                                     NULL);
    return mailsim_phrase_format(MAILSIM_PHRASE_FETCHED, language, "party", party, "messages",
                                 messages, NULL);
}

void
render_fetched(Page *page, const MailsimEvent *event)
{
    g_autofree char *text = render_dup_fetched(page, event);

    page_put_fact(page, g_str_equal(event->fetched.status, "fetched") ? INK_GOOD : INK_BAD,
                  text, 2);
    render_note(page, event);
}
