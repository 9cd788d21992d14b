/* SPDX-License-Identifier: MIT
 *
 * A text and where its lines begin. The text is kept as it came: what is wrong with it (no
 * UTF-8, a NUL byte, a line without end) is for the scanner to tell, with a place that this
 * module gives. */
#include <mailsim/base/source.h>

#include <string.h>

struct MailsimSource {
    gatomicrefcount references;
    char *name;
    GBytes *text;
    GArray *line_starts; /* of gsize */
};

static GArray *
index_lines(const char *text, gsize length)
{
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(gsize));
    gsize start = 0;

    while (start < length) {
        g_array_append_val(starts, start);
        const char *newline = memchr(text + start, '\n', length - start);
        start = newline ? (gsize)(newline - text) + 1 : length;
    }
    return starts;
}

MailsimSource *
mailsim_source_new(const char *name, GBytes *text)
{
    MailsimSource *source = g_new0(MailsimSource, 1);
    gsize length;
    const char *data = g_bytes_get_data(text, &length);

    g_atomic_ref_count_init(&source->references);
    source->name = g_strdup(name);
    source->text = g_bytes_ref(text);
    source->line_starts = index_lines(data, length);
    return source;
}

MailsimSource *
mailsim_source_ref(MailsimSource *source)
{
    g_atomic_ref_count_inc(&source->references);
    return source;
}

void
mailsim_source_unref(MailsimSource *source)
{
    if (!source || !g_atomic_ref_count_dec(&source->references))
        return;
    g_array_unref(source->line_starts);
    g_bytes_unref(source->text);
    g_free(source->name);
    g_free(source);
}

const char *
mailsim_source_get_name(const MailsimSource *source)
{
    return source->name;
}

guint
mailsim_source_count_lines(const MailsimSource *source)
{
    return source->line_starts->len;
}

const char *
mailsim_source_get_line(const MailsimSource *source, guint number, gsize *length)
{
    *length = 0;
    if (number == 0 || number > source->line_starts->len)
        return NULL;

    gsize size;
    const char *text = g_bytes_get_data(source->text, &size);
    gsize start = g_array_index(source->line_starts, gsize, number - 1);
    gsize end = size;

    if (number < source->line_starts->len)
        end = g_array_index(source->line_starts, gsize, number);
    if (end > start && text[end - 1] == '\n')
        end--;
    if (end > start && text[end - 1] == '\r')
        end--;
    *length = end - start;
    return text + start;
}
