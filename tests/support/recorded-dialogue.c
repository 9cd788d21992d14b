/* SPDX-License-Identifier: MIT
 *
 * The reader is one pass over the lines of a file: a line is held against a table of what may
 * stand there, and the first row that fits says what it means. */
#include "recorded-dialogue.h"

#include <string.h>

#include "recorded-text.h"

typedef struct {
    Recordings *recordings;
    const char *file;
    guint line;
    RecordedDialogue *dialogue; /* the one that is read; NULL before the first */
    char *title;                /* of the section */
    gboolean speaking;          /* the last line was the client's: the packet goes on */
    GString *message;           /* the delivered one that is read; NULL: none */
    gboolean fenced;            /* between two lines of ``` */
} Reader;

/* ---- records ----------------------------------------------------------------------------- */

static void
free_step(gpointer data)
{
    RecordedStep *step = data;

    g_string_free(step->text, TRUE);
    g_free(step);
}

static void
free_dialogue(gpointer data)
{
    RecordedDialogue *dialogue = data;

    g_free(dialogue->title);
    g_free(dialogue->service);
    g_free(dialogue->client);
    g_ptr_array_unref(dialogue->steps);
    g_ptr_array_unref(dialogue->log);
    g_clear_pointer(&dialogue->delivered, g_ptr_array_unref);
    g_ptr_array_unref(dialogue->excerpts);
    g_free(dialogue);
}

static void
free_service(gpointer data)
{
    RecordedService *service = data;

    g_free(service->name);
    g_ptr_array_unref(service->settings);
    g_free(service);
}

static void G_GNUC_PRINTF(2, 3) complain(Reader *reader, const char *format, ...)
{
    va_list arguments;
    g_autofree char *text = NULL;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(reader->recordings->mistakes,
                    g_strdup_printf("%s:%u: %s", reader->file, reader->line, text));
}

static RecordedDialogue *
begin_dialogue(Reader *reader)
{
    RecordedDialogue *dialogue = g_new0(RecordedDialogue, 1);

    dialogue->title = g_strdup_printf("%s: %s", reader->file, reader->title);
    dialogue->client = g_strdup("127.0.0.9");
    dialogue->later_s = -1;
    dialogue->steps = g_ptr_array_new_with_free_func(free_step);
    dialogue->log = g_ptr_array_new_with_free_func(g_free);
    dialogue->excerpts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(reader->recordings->dialogues, dialogue);
    reader->dialogue = dialogue;
    return dialogue;
}

static RecordedStep *
add_step(Reader *reader, RecordedStepKind kind, const char *text)
{
    RecordedStep *step = g_new0(RecordedStep, 1);

    if (reader->dialogue == NULL)
        begin_dialogue(reader);
    step->kind = kind;
    step->text = g_string_new(text);
    step->line = reader->line;
    g_ptr_array_add(reader->dialogue->steps, step);
    reader->speaking = FALSE;
    return step;
}

/* ---- the client's lines ------------------------------------------------------------------ */

static void
read_said(Reader *reader, const char *text)
{
    RecordedStep *step;

    if (reader->speaking)
        step = g_ptr_array_index(reader->dialogue->steps, reader->dialogue->steps->len - 1);
    else
        step = add_step(reader, RECORDED_SAY, "");
    recorded_text_append_said(step->text, text);
    reader->speaking = TRUE;
}

/* ---- the server's lines ------------------------------------------------------------------ */

static void
read_heard(Reader *reader, const char *text)
{
    g_autoptr(GPtrArray) lines = recorded_text_list_ehlo_lines(text);

    if (lines == NULL) {
        recorded_text_append_octets(add_step(reader, RECORDED_HEAR, "")->text, text);
        return;
    }
    for (guint i = 0; i < lines->len; i++)
        add_step(reader, RECORDED_HEAR, g_ptr_array_index(lines, i));
}

/* ---- the log's lines --------------------------------------------------------------------- */

static void
read_log(Reader *reader, const char *text)
{
    if (reader->dialogue != NULL)
        g_ptr_array_add(reader->dialogue->log, g_strdup(text));
    else
        complain(reader, "no dialogue was held before this line of the log");
}

/* ---- remarks ----------------------------------------------------------------------------- */

typedef struct {
    const char *pattern; /* of the whole remark; its group, if any, is the step's text */
    gboolean is_step;    /* FALSE: it tells what is to be seen in the lines anyway */
    RecordedStepKind kind;
} RemarkRow;

/* clang-format off */
static const RemarkRow remarks[] = {
    {"TLS handshake done: (TLSv1\\.[0-3])",       TRUE,  RECORDED_TLS},
    {"\\(nothing more from the server\\)",        TRUE,  RECORDED_SILENCE},
    {"client says nothing",                       TRUE,  RECORDED_WAIT},
    {"client closes here",                        TRUE,  RECORDED_CLIENT_CLOSES},
    {"server closed the connection",              TRUE,  RECORDED_SERVER_CLOSED},
    {"connection error: \\w+",                    TRUE,  RECORDED_SERVER_CLOSED},
    {"delays before each reply: (\\d+s(?: \\d+s)*)", TRUE, RECORDED_DELAYS},
    {"after (\\d+(?:\\.\\d+)?) s",               TRUE,  RECORDED_AFTER},
    {"an octet each (\\d+(?:\\.\\d+)?) s:",      TRUE,  RECORDED_DRIP},
    {"send failed: \\w+",                         FALSE, 0},
    {"the server speaks before the text is complete", FALSE, 0},
    {"inside TLS: does a reply to the injected commands come by itself\\?", FALSE, 0},
};
/* clang-format on */

static gboolean
read_remark_row(Reader *reader, const RemarkRow *row, const char *text)
{
    g_autofree char *pattern = g_strdup_printf("^(?:%s)$", row->pattern);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autofree char *group = NULL;

    if (!g_regex_match(regex, text, 0, &found))
        return FALSE;
    group = g_match_info_fetch(found, 1);
    if (row->is_step)
        add_step(reader, row->kind, group != NULL ? group : "");
    return TRUE;
}

/* What is said of the dialogue itself. */
static gboolean
read_circumstance(Reader *reader, const char *text)
{
    static const char straight[] = "client sends a TLS ClientHello straight to port ";
    char *rest;
    double number = g_ascii_strtod(text, &rest);
    gboolean later = rest != text && g_str_equal(rest, " s after the dialogue before ended");
    gboolean more = rest != text && g_str_equal(rest, " more of this client are connected");

    if (!later && !more && !g_str_has_prefix(text, straight))
        return FALSE;
    if (reader->dialogue == NULL)
        begin_dialogue(reader);
    if (later)
        reader->dialogue->later_s = number;
    else if (more)
        reader->dialogue->n_more = (guint)number;
    else
        reader->dialogue->port = (guint)g_ascii_strtoull(text + strlen(straight), NULL, 10);
    return TRUE;
}

static void
read_remark(Reader *reader, const char *text)
{
    if (read_circumstance(reader, text))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(remarks); i++) {
        if (read_remark_row(reader, &remarks[i], text))
            return;
    }
    complain(reader, "no meaning is given to this remark: %s", text);
}

/* ---- messages ---------------------------------------------------------------------------- */

static void
end_message(Reader *reader)
{
    RecordedDialogue *dialogue = reader->dialogue;

    if (reader->message == NULL)
        return;
    while (g_str_has_suffix(reader->message->str, "\n\n"))
        g_string_truncate(reader->message, reader->message->len - 1);
    g_ptr_array_add(dialogue->delivered, g_string_free(reader->message, FALSE));
    reader->message = NULL;
}

/* It belongs to the dialogue before it. */
static void
read_delivery(Reader *reader, const char *text)
{
    GPtrArray *dialogues = reader->recordings->dialogues;

    end_message(reader);
    if (dialogues->len == 0) {
        complain(reader, "no dialogue delivered this");
        return;
    }
    reader->dialogue = g_ptr_array_index(dialogues, dialogues->len - 1);
    if (reader->dialogue->delivered == NULL)
        reader->dialogue->delivered = g_ptr_array_new_with_free_func(g_free);
    if (g_str_equal(text, "a delivered message"))
        reader->message = g_string_new(NULL);
    else if (!g_str_equal(text, "nothing was delivered"))
        complain(reader, "what was delivered here: %s", text);
}

static void
read_message_line(Reader *reader, const char *line)
{
    recorded_text_append_delivered(reader->message, line);
    g_string_append_c(reader->message, '\n');
}

/* Lines of a header field without the rest of the message. */
static gboolean
read_excerpt(Reader *reader, const char *line)
{
    GPtrArray *dialogues = reader->recordings->dialogues;
    GString *text;

    if (!g_str_has_prefix(line, "Received: ") && !g_str_has_prefix(line, "\\t"))
        return FALSE;
    if (dialogues->len == 0)
        return FALSE;
    text = g_string_new(NULL);
    recorded_text_append_octets(text, line);
    reader->dialogue = g_ptr_array_index(dialogues, dialogues->len - 1);
    g_ptr_array_add(reader->dialogue->excerpts, g_string_free(text, FALSE));
    return TRUE;
}

/* ---- sections and tables ----------------------------------------------------------------- */

static gboolean
read_service(Reader *reader, const char *line)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^Service `([^`]+)`, client ([0-9.]+)\\.$", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    RecordedDialogue *dialogue;

    if (!g_regex_match(regex, line, 0, &found))
        return FALSE;
    dialogue = begin_dialogue(reader);
    g_free(dialogue->client);
    dialogue->service = g_match_info_fetch(found, 1);
    dialogue->client = g_match_info_fetch(found, 2);
    return TRUE;
}

/* “| small | `smtpd_tls_security_level=may`, `message_size_limit=2000` |” */
static gboolean
read_table_row(Reader *reader, const char *line)
{
    g_autoptr(GRegex) row =
        g_regex_new("^\\| ([a-z0-9-]+) \\| ((?:`[^`]*`(?:, )?)*) \\|$", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autofree char *settings = NULL;
    g_auto(GStrv) parts = NULL;
    RecordedService *service;

    if (g_str_equal(line, "| name | -o settings |") || g_str_equal(line, "|---|---|"))
        return TRUE;
    if (!g_regex_match(row, line, 0, &found))
        return FALSE;
    service = g_new0(RecordedService, 1);
    service->name = g_match_info_fetch(found, 1);
    service->settings = g_ptr_array_new_with_free_func(g_free);
    settings = g_match_info_fetch(found, 2);
    parts = g_strsplit(settings, "`", -1);
    for (guint i = 0; parts[i] != NULL && parts[i + 1] != NULL; i += 2)
        g_ptr_array_add(service->settings, g_strdup(parts[i + 1]));
    g_ptr_array_add(reader->recordings->services, service);
    return TRUE;
}

static void
begin_section(Reader *reader, const char *title)
{
    end_message(reader);
    if (reader->dialogue != NULL && reader->dialogue->steps->len == 0)
        complain(reader, "nothing was said before this line");
    reader->dialogue = NULL;
    reader->speaking = FALSE;
    g_free(reader->title);
    reader->title = g_strdup(title);
}

/* ---- lines ------------------------------------------------------------------------------- */

static void
read_fence(Reader *reader)
{
    end_message(reader);
    reader->fenced = !reader->fenced;
}

static void
read_dialogue_line(Reader *reader, const char *line)
{
    if (g_str_has_prefix(line, "== "))
        read_delivery(reader, line + 3);
    else if (reader->message != NULL)
        read_message_line(reader, line);
    else if (g_str_has_prefix(line, "C: "))
        read_said(reader, line + 3);
    else if (g_str_has_prefix(line, "S: "))
        read_heard(reader, line + 3);
    else if (g_str_has_prefix(line, "-- "))
        read_remark(reader, line + 3);
    else if (g_str_has_prefix(line, "log: "))
        read_log(reader, line + 5);
    else if (line[0] != '\0' && !read_excerpt(reader, line))
        complain(reader, "the grammar does not know this line: %s", line);
}

/* Before the first ### of a file, and after a ##, is prose, with a table perhaps. */
static void
read_line(Reader *reader, const char *line)
{
    if (g_str_has_prefix(line, "### ") && !reader->fenced)
        begin_section(reader, line + 4);
    else if (g_str_has_prefix(line, "## ") && !reader->fenced)
        begin_section(reader, NULL);
    else if (g_str_equal(line, "```"))
        read_fence(reader);
    else if (reader->title == NULL)
        read_table_row(reader, line);
    else if (reader->message != NULL || !read_service(reader, line))
        read_dialogue_line(reader, line);
}

static void
read_file(Recordings *recordings, const char *name)
{
    Reader reader = {.recordings = recordings, .file = name};
    g_autofree char *text = recorded_file_read(name);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        reader.line = i + 1;
        read_line(&reader, lines[i]);
    }
    begin_section(&reader, NULL);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Recordings *
recordings_read(void)
{
    Recordings *recordings = g_new0(Recordings, 1);
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    g_assert(folder != NULL);
    recordings->dialogues = g_ptr_array_new_with_free_func(free_dialogue);
    recordings->services = g_ptr_array_new_with_free_func(free_service);
    recordings->mistakes = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(folder)) != NULL) {
        if (g_str_has_suffix(name, ".txt") || g_str_equal(name, "smtp-dialogues.md"))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        read_file(recordings, g_ptr_array_index(names, i));
    return recordings;
}

void
recordings_free(Recordings *recordings)
{
    if (recordings == NULL)
        return;
    g_ptr_array_unref(recordings->dialogues);
    g_ptr_array_unref(recordings->services);
    g_ptr_array_unref(recordings->mistakes);
    g_free(recordings);
}
