/* SPDX-License-Identifier: MIT
 *
 * The reader is one pass over the lines of a file: a line is held against a table of what may
 * stand there, and the first row that fits says what it means. */
#include "dovecot-dialogue.h"

#include <string.h>

#include "dovecot-settings.h"
#include "dovecot-text.h"
#include "recorded-text.h"

typedef struct {
    DovecotRecordings *recordings;
    const char *file;
    guint line;
    gboolean handed_over;
    DovecotDialogue *dialogue; /* the one that is read; NULL before the first */
    gboolean speaking;         /* the last line was a client's: the packet goes on */
    gboolean begun;            /* a dialogue of this group was before */
    GHashTable *settings;      /* of the group of dialogues */
} Reader;

/* ---- records ----------------------------------------------------------------------------- */

static void
free_step(gpointer data)
{
    DovecotStep *step = data;

    g_string_free(step->text, TRUE);
    g_free(step);
}

static void
free_message(gpointer data)
{
    DovecotMessage *message = data;

    g_free(message->name);
    g_ptr_array_unref(message->keywords);
    g_free(message);
}

static void
free_mailbox(gpointer data)
{
    DovecotMailbox *mailbox = data;

    g_free(mailbox->name);
    g_ptr_array_unref(mailbox->messages);
    g_free(mailbox);
}

static void
free_dialogue(gpointer data)
{
    DovecotDialogue *dialogue = data;

    g_free(dialogue->file);
    g_free(dialogue->title);
    g_hash_table_unref(dialogue->settings);
    g_free(dialogue->address);
    g_array_unref(dialogue->clients);
    g_ptr_array_unref(dialogue->mailboxes);
    g_ptr_array_unref(dialogue->steps);
    g_ptr_array_unref(dialogue->log);
    g_free(dialogue);
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

static void
begin_dialogue(Reader *reader, const char *title)
{
    DovecotDialogue *dialogue = g_new0(DovecotDialogue, 1);
    const DovecotClient first = {.state = DOVECOT_CONNECTED};

    dialogue->file = g_strdup(reader->file);
    dialogue->title = g_strdup_printf("%s: %s", reader->file, title);
    dialogue->settings = g_hash_table_ref(reader->settings);
    dialogue->port = strstr(reader->file, "pop3") != NULL ? 110 : 143;
    dialogue->address = g_strdup("127.0.0.9");
    dialogue->clients = g_array_new(FALSE, TRUE, sizeof(DovecotClient));
    g_array_append_val(dialogue->clients, first);
    dialogue->mailboxes = g_ptr_array_new_with_free_func(free_mailbox);
    dialogue->steps = g_ptr_array_new_with_free_func(free_step);
    dialogue->log = g_ptr_array_new_with_free_func(g_free);
    dialogue->handed_over = reader->handed_over;
    dialogue->continues = reader->handed_over && reader->begun;
    g_ptr_array_add(reader->recordings->dialogues, dialogue);
    reader->dialogue = dialogue;
    reader->begun = TRUE;
    reader->speaking = FALSE;
}

static DovecotClient *
get_client(DovecotDialogue *dialogue, guint number)
{
    if (dialogue->clients->len < number)
        g_array_set_size(dialogue->clients, number);
    return &g_array_index(dialogue->clients, DovecotClient, number - 1);
}

static DovecotStep *
add_step(Reader *reader, DovecotStepKind kind, guint client)
{
    DovecotStep *step = g_new0(DovecotStep, 1);

    step->kind = kind;
    step->client = client;
    step->text = g_string_new(NULL);
    step->line = reader->line;
    get_client(reader->dialogue, client);
    g_ptr_array_add(reader->dialogue->steps, step);
    reader->speaking = FALSE;
    return step;
}

/* ---- lines: what a row means ------------------------------------------------------------- */

/* “2” is two, “” one. */
static guint
read_number(const char *text)
{
    return text[0] != '\0' ? (guint)g_ascii_strtoull(text, NULL, 10) : 1;
}

static void
read_said(Reader *reader, char **groups)
{
    GPtrArray *steps = reader->dialogue->steps;
    guint client = read_number(groups[1]);
    g_autofree char *text = dovecot_text_expand(groups[2]);
    DovecotStep *step = steps->len > 0 ? g_ptr_array_index(steps, steps->len - 1) : NULL;

    if (!reader->speaking || step->client != client)
        step = add_step(reader, DOVECOT_SAY, client);
    recorded_text_append_said(step->text, text);
    reader->speaking = TRUE;
}

static void
read_heard(Reader *reader, char **groups)
{
    g_autofree char *text = dovecot_text_expand(groups[2]);

    recorded_text_append_octets(add_step(reader, DOVECOT_HEAR, read_number(groups[1]))->text,
                                text);
}

static void
read_log(Reader *reader, char **groups)
{
    g_ptr_array_add(reader->dialogue->log, g_strdup(groups[1]));
}

static void
read_service(Reader *reader, char **groups)
{
    DovecotDialogue *dialogue = reader->dialogue;
    GHashTable *settings = g_hash_table_lookup(reader->recordings->services, groups[1]);

    if (settings == NULL) {
        complain(reader, "there is no service %s", groups[1]);
        return;
    }
    g_hash_table_unref(dialogue->settings);
    dialogue->settings = g_hash_table_ref(settings);
    if (groups[2][0] != '\0') {
        g_free(dialogue->address);
        dialogue->address = g_strdup(groups[2]);
    }
    if (groups[3][0] != '\0')
        dialogue->port = read_number(groups[3]);
}

static void
read_place(Reader *reader, char **groups)
{
    g_free(reader->dialogue->address);
    reader->dialogue->address = g_strdup(groups[1]);
    reader->dialogue->port = read_number(groups[2]);
}

static void
read_client(Reader *reader, char **groups)
{
    static const char *const states[] = {"not connected", "connected", "logged in",
                                         "INBOX selected", "INBOX examined"};
    DovecotClient *client = get_client(reader->dialogue, read_number(groups[1]));

    client->port = groups[2][0] != '\0' ? read_number(groups[2]) : 0;
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_str_equal(states[i], groups[3]))
            client->state = (DovecotState)i;
    }
}

/* “\Seen $Work” of a message. */
static void
read_flags(DovecotMessage *message, const char *text)
{
    static const char *const names[] = {"\\Answered", "\\Flagged", "\\Deleted",
                                        "\\Seen",     "\\Draft",   NULL};
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word != NULL; word++) {
        if (g_str_equal(*word, "\\Recent")) {
            message->recent = TRUE;
            continue;
        }
        for (guint i = 0; names[i] != NULL; i++) {
            if (g_str_equal(names[i], *word))
                message->flags |= 1u << i;
        }
        if ((*word)[0] != '\\' && (*word)[0] != '\0')
            g_ptr_array_add(message->keywords, g_strdup(*word));
    }
}

static void
read_mailbox(Reader *reader, char **groups)
{
    DovecotMailbox *mailbox = g_new0(DovecotMailbox, 1);
    g_auto(GStrv) words = g_strsplit(groups[2], "; ", -1);
    g_autoptr(GRegex) form =
        g_regex_new("^(?:(\\d+) )?([a-z0-9-]+)(?: \\(([^)]*)\\))?$", 0, 0, NULL);

    mailbox->name = g_strdup(groups[1]);
    mailbox->messages = g_ptr_array_new_with_free_func(free_message);
    g_ptr_array_add(reader->dialogue->mailboxes, mailbox);
    for (char **word = words; *word != NULL; word++) {
        g_auto(GStrv) parts = g_regex_split(form, *word, 0);

        if (g_strv_length(parts) < 4) {
            complain(reader, "what is this message: %s", *word);
            continue;
        }
        for (guint i = read_number(parts[1]); i > 0; i--) {
            DovecotMessage *message = g_new0(DovecotMessage, 1);

            message->name = g_strdup(parts[2]);
            message->keywords = g_ptr_array_new_with_free_func(g_free);
            read_flags(message, parts[3]);
            g_ptr_array_add(mailbox->messages, message);
        }
    }
}

/* ---- remarks ----------------------------------------------------------------------------- */

typedef enum {
    NOTHING, /* it is a step of its own */
    SECONDS,
    CLIENT,
    TEXT,
} RemarkArgument;

typedef struct {
    const char *pattern; /* of the whole remark; its group, if any, is the argument */
    RemarkArgument argument;
    int kind; /* -1: it tells what is to be seen in the lines anyway */
} RemarkRow;

/* clang-format off */
static const RemarkRow remarks[] = {
    {"TLS handshake done: TLSv1\\.[0-3]",        NOTHING, DOVECOT_TLS},
    {"TLS begins",                               NOTHING, DOVECOT_TLS},
    {"TLS handshake failed: \\w+",               NOTHING, DOVECOT_TLS_FAILS},
    {"\\(nothing more from the server\\)",       NOTHING, DOVECOT_SILENCE},
    {"wait (\\d+(?:\\.\\d+)?) s",                SECONDS, DOVECOT_WAIT},
    {"after (\\d+(?:\\.\\d+)?) s",               SECONDS, DOVECOT_AFTER},
    {"an octet each (\\d+(?:\\.\\d+)?) s:",      SECONDS, DOVECOT_DRIP},
    {"client closes here",                       NOTHING, DOVECOT_CLIENT_CLOSES},
    {"client (\\d+) closes here",                CLIENT,  DOVECOT_CLIENT_CLOSES},
    {"client (\\d+) connects",                   CLIENT,  DOVECOT_CLIENT_COMES},
    {"server closed the connection",             NOTHING, DOVECOT_SERVER_CLOSED},
    {"connection error: \\w+",                   NOTHING, DOVECOT_SERVER_CLOSED},
    {"server closed connection (\\d+)",          CLIENT,  DOVECOT_SERVER_CLOSED},
    {"a message ([a-z0-9-]+) arrives in INBOX",  TEXT,    DOVECOT_MESSAGE_COMES},
    {"the client has TLS 1\\.2 at most",         NOTHING, -1},
    {"the client trusts no certificate of the server's", NOTHING, -1},
};
/* clang-format on */

static gboolean
read_remark_row(Reader *reader, const RemarkRow *row, const char *text)
{
    g_autofree char *pattern = g_strdup_printf("^(?:%s)$", row->pattern);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autofree char *group = NULL;
    DovecotStep *step;

    if (!g_regex_match(regex, text, 0, &found))
        return FALSE;
    if (row->kind < 0)
        return TRUE;
    group = g_match_info_fetch(found, 1);
    step = add_step(reader, (DovecotStepKind)row->kind,
                    row->argument == CLIENT ? read_number(group) : 1);
    if (row->argument == SECONDS)
        step->seconds = g_ascii_strtod(group, NULL);
    if (row->argument == TEXT)
        g_string_assign(step->text, group);
    return TRUE;
}

static void
read_remark(Reader *reader, char **groups)
{
    for (guint i = 0; i < G_N_ELEMENTS(remarks); i++) {
        if (read_remark_row(reader, &remarks[i], groups[1]))
            return;
    }
    complain(reader, "no meaning is given to this remark: %s", groups[1]);
}

static void
read_refusal(Reader *reader, G_GNUC_UNUSED char **groups)
{
    add_step(reader, DOVECOT_SERVER_CLOSED, 1);
}

/* What a program told its user does not concern the server. */
static void
pass_over(G_GNUC_UNUSED Reader *reader, G_GNUC_UNUSED char **groups)
{
}

/* ---- lines ------------------------------------------------------------------------------- */

typedef struct {
    const char *pattern;
    void (*read)(Reader *reader, char **groups);
} LineRow;

#define ADDRESS "(\\d+\\.\\d+\\.\\d+\\.\\d+)"

/* clang-format off */
static const LineRow rows[] = {
    {"^C(\\d*):(?: (.*))?$",                                                read_said},
    {"^S(\\d*):(?: (.*))?$",                                                read_heard},
    {"^-- (.*)$",                                                           read_remark},
    {"^log: (?:[A-Z][a-z]{2} \\d\\d [\\d:]{8} )?(.*)$",                     read_log},
    {"^err: .*$",                                                           pass_over},
    {"^The TCP connection is answered with: (ConnectionRefusedError)$",     read_refusal},
    {"^Service `([^`]+)`(?:, client " ADDRESS ")?(?:, port (\\d+))?\\.$",   read_service},
    {"^Client " ADDRESS ", server 127\\.0\\.0\\.2:(\\d+)\\..*$",            read_place},
    {"^Client (\\d+)(?:, port (\\d+))?: (not connected|connected|logged in|INBOX selected|INBOX examined)\\.$",
                                                                            read_client},
    {"^Mailbox (.+?): (.*)\\.$",                                            read_mailbox},
    {"^(?:```)?$",                                                          pass_over},
};
/* clang-format on */

static void
read_dialogue_line(Reader *reader, const char *line)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GRegex) regex = g_regex_new(rows[i].pattern, G_REGEX_RAW, 0, NULL);
        g_autoptr(GMatchInfo) found = NULL;
        char *groups[4];

        if (!g_regex_match(regex, line, 0, &found))
            continue;
        for (guint group = 0; group < G_N_ELEMENTS(groups); group++) {
            groups[group] = g_match_info_fetch(found, (int)group);
            if (groups[group] == NULL)
                groups[group] = g_strdup("");
        }
        rows[i].read(reader, groups);
        for (guint group = 0; group < G_N_ELEMENTS(groups); group++)
            g_free(groups[group]);
        return;
    }
    complain(reader, "the grammar does not know this line: %s", line);
}

/* “## ” begins a group; what stands before its first dialogue is prose, and settings where they
 * were handed over. */
static void
begin_group(Reader *reader)
{
    reader->dialogue = NULL;
    reader->begun = FALSE;
    if (!reader->handed_over)
        return;
    g_hash_table_unref(reader->settings);
    reader->settings = dovecot_settings_new_recorded();
}

static void
read_line(Reader *reader, const char *line)
{
    if (g_str_has_prefix(line, "### "))
        begin_dialogue(reader, line + 4);
    else if (g_str_has_prefix(line, "## "))
        begin_group(reader);
    else if (reader->dialogue != NULL)
        read_dialogue_line(reader, line);
    else if (reader->handed_over)
        dovecot_settings_read_line(reader->settings, line);
}

static gboolean
is_spoken(const DovecotDialogue *dialogue)
{
    return dialogue->steps->len > 0;
}

/* A port where TLS comes first is not always named. */
static void
end_file(Reader *reader)
{
    GPtrArray *dialogues = reader->recordings->dialogues;

    for (guint i = 0; i < dialogues->len; i++) {
        DovecotDialogue *dialogue = g_ptr_array_index(dialogues, i);
        const DovecotStep *first =
            is_spoken(dialogue) ? g_ptr_array_index(dialogue->steps, 0) : NULL;

        if (first == NULL)
            complain(reader, "nothing is said in %s", dialogue->title);
        else if (dialogue->handed_over && first->kind == DOVECOT_TLS)
            dialogue->port = dialogue->port == 110 ? 995 : 993;
        if (strstr(dialogue->title, "From the server's own address") != NULL) {
            g_free(dialogue->address);
            dialogue->address = g_strdup("127.0.0.2");
        }
    }
}

static void
read_file(DovecotRecordings *recordings, const char *name)
{
    Reader reader = {.recordings = recordings, .file = name};
    g_autofree char *text = recorded_file_read(name);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    reader.handed_over = g_str_has_suffix(name, ".md");
    reader.settings = g_hash_table_ref(g_hash_table_lookup(recordings->services, "plain"));
    for (guint i = 0; lines[i] != NULL; i++) {
        reader.line = i + 1;
        read_line(&reader, lines[i]);
    }
    end_file(&reader);
    g_hash_table_unref(reader.settings);
}

DovecotRecordings *
dovecot_recordings_read(const char *const *names)
{
    DovecotRecordings *recordings = g_new0(DovecotRecordings, 1);

    recordings->dialogues = g_ptr_array_new_with_free_func(free_dialogue);
    recordings->mistakes = g_ptr_array_new_with_free_func(g_free);
    recordings->services = dovecot_settings_read_services();
    for (; *names != NULL; names++)
        read_file(recordings, *names);
    return recordings;
}

void
dovecot_recordings_free(DovecotRecordings *recordings)
{
    if (recordings == NULL)
        return;
    g_ptr_array_unref(recordings->dialogues);
    g_hash_table_unref(recordings->services);
    g_ptr_array_unref(recordings->mistakes);
    g_free(recordings);
}

const char *
dovecot_dialogue_get_setting(const DovecotDialogue *dialogue, const char *name)
{
    return g_hash_table_lookup(dialogue->settings, name);
}
