/* SPDX-License-Identifier: MIT
 *
 * The two forms of what is served: a transcript for people, and JSON for programs. */
#include "serve-report-private.h"

struct MailsimServeReport {
    const MailsimDoor *door; /* borrowed, as is the next */
    const MailsimRenderOptions *render;
    MailsimServeForm form;
    MailsimLiveTranscript *transcript; /* one of the two; the other is NULL */
    MailsimJsonLines *lines;
};

/* ---- for people -------------------------------------------------------------------------- */

static const char *const hints[] = {
    [MAILSIM_LANGUAGE_EN] =
        "Whoever connects is “%s”, with the address %s in the lab (--client-address).\n"
        "Certificates are issued by the lab's own authority: “mailsim certs DIR” writes its "
        "root, and “mailsim explain trust-the-lab” says how curl, swaks, mutt and Thunderbird "
        "are told to trust it.\n"
        "%s",
    [MAILSIM_LANGUAGE_ES] =
        "Quien se conecta es «%s», con la dirección %s en el laboratorio (--client-address).\n"
        "Los certificados los emite la autoridad del laboratorio: «mailsim certs DIR» escribe "
        "su raíz, y «mailsim explain trust-the-lab» dice cómo hacer que curl, swaks, mutt y "
        "Thunderbird confíen en ella.\n"
        "%s",
};

static const char *const when_over[] = {
    [MAILSIM_LANGUAGE_EN] = "Each conversation is told here when it is over; with --live, line "
                            "by line.",
    [MAILSIM_LANGUAGE_ES] = "Cada conversación se cuenta aquí cuando ha terminado; con --live, "
                            "línea a línea.",
};

static const char *const at_once[] = {
    [MAILSIM_LANGUAGE_EN] = "Each line is told here when it is spoken.",
    [MAILSIM_LANGUAGE_ES] = "Cada línea se cuenta aquí cuando se dice.",
};

static const char *const ready[] = {
    [MAILSIM_LANGUAGE_EN] = "Ready. Ctrl-C ends it.",
    [MAILSIM_LANGUAGE_ES] = "Listo. Ctrl-C lo termina.",
};

/* A line for each service, the same in every language: scripts read it. */
static void
append_services(const MailsimServeReport *self, GString *out)
{
    const GPtrArray *services = mailsim_door_list_services(self->door);

    for (guint i = 0; i < services->len; i++) {
        const MailsimDoorService *service = g_ptr_array_index(services, i);

        g_string_append_printf(out, "%s %s %s:%u\n", service->host, service->service,
                               service->address, service->port);
    }
}

static void
announce(const MailsimServeReport *self, GString *out)
{
    const MailsimLanguage language = self->render->language;

    mailsim_live_transcript_begin(self->transcript, out);
    append_services(self, out);
    if (!self->render->quiet) {
        const char *const *promise = self->form == MAILSIM_SERVE_LIVE ? at_once : when_over;
        g_autofree char *hint =
            g_strdup_printf(hints[language], mailsim_door_get_visitor(self->door),
                            mailsim_door_get_client_address(self->door), promise[language]);

        g_string_append_c(out, '\n');
        mailsim_live_transcript_say(self->transcript, hint, out);
        g_string_append_c(out, '\n');
    }
    mailsim_live_transcript_say(self->transcript, ready[language], out);
}

/* ---- for programs ------------------------------------------------------------------------ */

static void
announce_to_program(const MailsimServeReport *self, GString *out)
{
    const GPtrArray *services = mailsim_door_list_services(self->door);

    mailsim_json_lines_begin(self->lines, mailsim_door_get_visitor(self->door),
                             mailsim_door_get_client_address(self->door), out);
    for (guint i = 0; i < services->len; i++) {
        const MailsimDoorService *service = g_ptr_array_index(services, i);

        mailsim_json_lines_put_service(self->lines, service->host, service->service,
                                       service->address, service->port, out);
    }
    mailsim_json_lines_put_ready(self->lines, out);
}

/* ---- both -------------------------------------------------------------------------------- */

static gboolean
print(const GString *out)
{
    return out->len == 0 || mailsim_cli_write(out->str, out->len);
}

gboolean
mailsim_serve_report_begin(MailsimServeReport *self)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (self->lines != NULL)
        announce_to_program(self, out);
    else
        announce(self, out);
    return print(out);
}

gboolean
mailsim_serve_report_go_on(MailsimServeReport *self)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (self->lines != NULL)
        mailsim_json_lines_tell(self->lines, out);
    else
        mailsim_live_transcript_tell(self->transcript, out);
    return print(out);
}

gboolean
mailsim_serve_report_end(MailsimServeReport *self)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (self->lines != NULL)
        mailsim_json_lines_end(self->lines, out);
    else
        mailsim_live_transcript_end(self->transcript, out);
    return print(out);
}

MailsimServeReport *
mailsim_serve_report_new(MailsimRecording *recording,
                         const MailsimDoor *door,
                         MailsimServeForm form,
                         const MailsimRenderOptions *render,
                         MailsimTime start_us)
{
    MailsimServeReport *self = g_new0(MailsimServeReport, 1);

    self->door = door;
    self->render = render;
    self->form = form;
    if (form == MAILSIM_SERVE_JSON)
        self->lines = mailsim_json_lines_new(recording, render, start_us);
    else
        self->transcript =
            mailsim_live_transcript_new(recording, render, form == MAILSIM_SERVE_LIVE);
    return self;
}

void
mailsim_serve_report_free(MailsimServeReport *self)
{
    if (self == NULL)
        return;

    mailsim_live_transcript_free(self->transcript);
    mailsim_json_lines_free(self->lines);
    g_free(self);
}
