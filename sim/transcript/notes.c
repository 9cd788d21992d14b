/* SPDX-License-Identifier: MIT
 *
 * Loading the notes from their key files, and giving each event the note that fits it. What
 * fits is said by the data; this module only compares. */
#include <mailsim/transcript/notes.h>

#include <mailsim/transcript/phrases.h>
#include <mailsim/transcript/text-files.h>

#include "notes-resources.h"
#include "story.h"

#define NOTES_PATH "/org/mailsim/notes"

struct MailsimNotes {
    GPtrArray *notes; /* of MailsimNote */
};

static void
free_note(gpointer data)
{
    MailsimNote *note = data;

    g_free(note->id);
    g_strfreev(note->when);
    for (guint part = 0; part < MAILSIM_NOTE_PARTS; part++) {
        for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
            g_free(note->parts[part][i]);
    }
    g_free(note->reference);
    g_free(note->parameter);
    g_free(note->repeat);
    g_free(note);
}

static MailsimEventKind
parse_kind(const char *name)
{
    for (guint kind = 0; kind < MAILSIM_EVENT_KINDS; kind++) {
        if (g_strcmp0(mailsim_event_kind_name((MailsimEventKind)kind), name) == 0)
            return (MailsimEventKind)kind;
    }
    g_error("a note stands on “%s”, which is no kind of event", name);
}

static gboolean
is_yes(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *value = g_key_file_get_value(file, group, key, NULL);

    return g_strcmp0(value, "yes") == 0;
}

static char **
split_words(const char *text)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_auto(GStrv) split = g_strsplit(text != NULL ? text : "", " ", -1);

    for (char **word = split; *word != NULL; word++) {
        if (**word != '\0')
            g_ptr_array_add(words, g_strdup(*word));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

/* “text[en]” and “text[es]”, or “see” for both. */
static void
load_part(GKeyFile *file, MailsimNote *note, MailsimNotePart part)
{
    static const char *const names[] = {
        [MAILSIM_NOTE_TEXT] = "text",           [MAILSIM_NOTE_MORE] = "more",
        [MAILSIM_NOTE_OTHERWISE] = "otherwise", [MAILSIM_NOTE_SEE] = "see",
        [MAILSIM_NOTE_READ] = "read",
    };

    if (part != MAILSIM_NOTE_SEE && part != MAILSIM_NOTE_READ) {
        mailsim_text_file_read_translated(file, note->id, names[part], note->parts[part]);
        return;
    }
    for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
        note->parts[part][i] = g_key_file_get_value(file, note->id, names[part], NULL);
}

static MailsimNote *
load_note(GKeyFile *file, const char *id)
{
    MailsimNote *note = g_new0(MailsimNote, 1);
    g_autofree char *on = g_key_file_get_value(file, id, "on", NULL);
    g_autofree char *when = g_key_file_get_value(file, id, "when", NULL);

    note->id = g_strdup(id);
    note->on = parse_kind(on);
    note->when = split_words(when);
    for (guint part = 0; part < MAILSIM_NOTE_PARTS; part++)
        load_part(file, note, (MailsimNotePart)part);
    note->reference = g_key_file_get_value(file, id, "reference", NULL);
    note->parameter = g_key_file_get_value(file, id, "parameter", NULL);
    note->repeat = g_key_file_get_value(file, id, "repeat", NULL);
    note->brief = is_yes(file, id, "brief");
    return note;
}

MailsimNotes *
mailsim_notes_new(void)
{
    MailsimNotes *self = g_new0(MailsimNotes, 1);

    self->notes = g_ptr_array_new_with_free_func(free_note);
    mailsim_notes_get_resource(); /* registers it, and keeps the linker from leaving it out */
    g_auto(GStrv) names = mailsim_text_files_list(NOTES_PATH);
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(GKeyFile) file = mailsim_text_file_load(NOTES_PATH, *name);
        g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

        for (char **group = groups; *group != NULL; group++)
            g_ptr_array_add(self->notes, load_note(file, *group));
    }
    return self;
}

void
mailsim_notes_free(MailsimNotes *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->notes);
    g_free(self);
}

guint
mailsim_notes_count(const MailsimNotes *self)
{
    return self->notes->len;
}

const MailsimNote *
mailsim_notes_get(const MailsimNotes *self, guint index)
{
    return g_ptr_array_index(self->notes, index);
}

/* --- which note belongs where ------------------------------------------------------------- */

typedef struct {
    const MailsimReading *reading;
    guint sequence;
} Place;

static const char *
look_up_value(const char *name, gconstpointer data)
{
    const Place *place = data;

    return mailsim_reading_get_value(place->reading, place->sequence, name);
}

static gboolean
fits(const MailsimNote *note, const MailsimReading *reading, const MailsimEvent *event)
{
    if (note->on != event->kind)
        return FALSE;
    for (char **condition = note->when; *condition != NULL; condition++) {
        if (!mailsim_reading_holds(reading, event->sequence, *condition))
            return FALSE;
    }
    for (guint i = 0; i < MAILSIM_LANGUAGES; i++) {
        g_autofree char *text = mailsim_note_dup_text(note, reading, event->sequence,
                                                      (MailsimLanguage)i, MAILSIM_NOTE_TEXT);
        if (text == NULL)
            return FALSE;
    }
    return TRUE;
}

const MailsimNote *
mailsim_notes_choose(const MailsimNotes *self,
                     const MailsimReading *reading,
                     const MailsimEvent *event,
                     gboolean *spent)
{
    for (guint i = 0; i < self->notes->len; i++) {
        const MailsimNote *note = g_ptr_array_index(self->notes, i);
        if (spent[i] || !fits(note, reading, event))
            continue;
        spent[i] = note->repeat == NULL;
        return note;
    }
    return NULL;
}

GPtrArray *
mailsim_notes_attach(const MailsimNotes *self, const MailsimReading *reading)
{
    const MailsimRecording *recording = mailsim_reading_get_recording(reading);
    GPtrArray *attached = g_ptr_array_new();
    g_autofree gboolean *spent = g_new0(gboolean, self->notes->len + 1);

    g_ptr_array_set_size(attached, (int)recording->events->len);
    for (guint step = 0; step < recording->steps->len; step++) {
        g_autoptr(GPtrArray) scenes = story_new_scenes(recording, step);
        for (guint i = 0; i < scenes->len; i++) {
            const Scene *scene = g_ptr_array_index(scenes, i);
            for (guint j = 0; j < scene->events->len; j++) {
                const MailsimEvent *event = g_ptr_array_index(scene->events, j);
                attached->pdata[event->sequence] =
                    (gpointer)mailsim_notes_choose(self, reading, event, spent);
            }
        }
    }
    return attached;
}

/* --- what it says ------------------------------------------------------------------------- */

char *
mailsim_note_dup_text(const MailsimNote *note,
                      const MailsimReading *reading,
                      guint sequence,
                      MailsimLanguage language,
                      MailsimNotePart part)
{
    const Place place = {reading, sequence};
    const char *text = note->parts[part][language];

    return text == NULL ? NULL : mailsim_placeholders_fill(text, look_up_value, &place);
}

char *
mailsim_note_dup_reference(const MailsimNote *note)
{
    if (note->reference != NULL && note->parameter != NULL)
        return g_strdup_printf("%s · %s", note->parameter, note->reference);
    return g_strdup(note->reference != NULL ? note->reference : note->parameter);
}
