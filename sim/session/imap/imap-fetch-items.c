/* SPDX-License-Identifier: MIT
 *
 * What FETCH asks of a message (RFC 3501 §6.4.5), read and answered. What Dovecot knows without
 * opening the message comes first in the answer. */
#include "imap-fetch-items-private.h"

#include <mailsim/protocol/message-structure.h>
#include <string.h>

typedef enum {
    ITEM_UID,
    ITEM_FLAGS,
    ITEM_INTERNALDATE,
    ITEM_SIZE,
    ITEM_ENVELOPE, /* the first for which the message is opened */
    ITEM_BODY,
    ITEM_BODYSTRUCTURE,
    ITEM_SECTION,
} ItemKind;

typedef struct {
    ItemKind kind;
    char *name; /* in the answer */
    MailsimMessageSection section;
    guint64 offset; /* of a section: what is wanted of it */
    guint64 size;
} Item;

struct MailsimImapFetchItems {
    GPtrArray *items; /* of Item, in the order of the answer */
    guint n_known;    /* those at the beginning for which no message is opened */
    gboolean marks_seen;

    /* The answer under way. */
    guint number;
    guint next; /* of the items */
    gboolean is_gone;
    gboolean is_news;                   /* it is \Seen only since */
    MailsimMessageStructure *structure; /* NULL: the message is not opened */
};

/* The names that a macro stands for, or what is asked of a message without any brackets. */
static const struct {
    const char *name;
    const char *items[6];
} macros[] = {
    {"ALL",  {"FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"}        },
    {"FAST", {"FLAGS", "INTERNALDATE", "RFC822.SIZE"}                    },
    {"FULL", {"FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"}},
};

static const struct {
    const char
        *name; /* up to what is neither letter nor digit; “BODY” and “RFC822” have more */
    ItemKind kind;
} plain_items[] = {
    {"UID",           ITEM_UID          },
    {"FLAGS",         ITEM_FLAGS        },
    {"INTERNALDATE",  ITEM_INTERNALDATE },
    {"ENVELOPE",      ITEM_ENVELOPE     },
    {"BODYSTRUCTURE", ITEM_BODYSTRUCTURE},
};

/* RFC 3501 §6.4.5: each is “functionally equivalent” to a section. */
static const struct {
    const char *name;
    const char *section;
    gboolean marks_seen;
} rfc822_items[] = {
    {"RFC822",        "",       TRUE },
    {"RFC822.HEADER", "HEADER", FALSE},
    {"RFC822.TEXT",   "TEXT",   TRUE },
};

/* Reading arguments, one item after the other. */
typedef struct {
    const GPtrArray *arguments;
    guint index; /* of the next one */
    MailsimImapFetchItems *items;
    char *problem;
} ItemReader;

static void
free_item(gpointer data)
{
    Item *item = data;

    g_free(item->name);
    mailsim_message_section_clear(&item->section);
    g_free(item);
}

void
mailsim_imap_fetch_items_free(MailsimImapFetchItems *items)
{
    if (items == NULL)
        return;
    g_ptr_array_unref(items->items);
    mailsim_message_structure_free(items->structure);
    g_free(items);
}

static gboolean
fail(ItemReader *reader, char *problem)
{
    reader->problem = problem;
    return FALSE;
}

/* NULL: there are no more. */
static const MailsimImapArgument *
peek(const GPtrArray *arguments, guint index)
{
    return index < arguments->len ? g_ptr_array_index(arguments, index) : NULL;
}

static gboolean
is_kind(const MailsimImapArgument *argument, MailsimImapArgumentKind kind)
{
    return argument != NULL && argument->kind == kind;
}

/* NIL is a word like others, but where it is said not to be. */
static gboolean
is_word(const MailsimImapArgument *argument)
{
    return is_kind(argument, MAILSIM_IMAP_ATOM) || is_kind(argument, MAILSIM_IMAP_NIL);
}

/* ---- items ------------------------------------------------------------------------------- */

static Item *
add_item(MailsimImapFetchItems *items, ItemKind kind, const char *name)
{
    Item *item = g_new0(Item, 1);

    item->kind = kind;
    item->name = g_strdup(name);
    item->size = G_MAXUINT64;
    if (kind < ITEM_ENVELOPE)
        g_ptr_array_insert(items->items, (gint)items->n_known++, item);
    else
        g_ptr_array_add(items->items, item);
    return item;
}

/* But for sections nothing is said twice. */
static void
add_plain(MailsimImapFetchItems *items, ItemKind kind, const char *name)
{
    for (guint i = 0; i < items->items->len; i++) {
        if (((const Item *)g_ptr_array_index(items->items, i))->kind == kind)
            return;
    }
    add_item(items, kind, name);
}

static gboolean
read_rfc822(ItemReader *reader, const char *name)
{
    if (strcmp(name, "RFC822.SIZE") == 0) {
        add_plain(reader->items, ITEM_SIZE, name);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(rfc822_items); i++) {
        if (strcmp(name, rfc822_items[i].name) == 0) {
            Item *item = add_item(reader->items, ITEM_SECTION, name);

            mailsim_message_section_parse(rfc822_items[i].section, NULL, &item->section);
            reader->items->marks_seen |= rfc822_items[i].marks_seen;
            return TRUE;
        }
    }
    return fail(reader, g_strdup_printf("Unknown parameter %s", name));
}

/* ---- BODY[…] ----------------------------------------------------------------------------- */

static gboolean
read_number(const char **text, guint64 *number)
{
    char *end;

    if (!g_ascii_isdigit(**text))
        return FALSE;
    *number = g_ascii_strtoull(*text, &end, 10);
    *text = end;
    return *number <= G_MAXINT64;
}

/* TEXT is what follows the bracket: nothing, or <OFFSET.SIZE>. */
static const char *
read_partial(const char *text, Item *item)
{
    if (*text == '\0')
        return NULL;
    if (*text++ != '<')
        return "Unexpected data after ']'";
    if (!read_number(&text, &item->offset))
        return "Too big partial start";
    if (*text == '.') {
        text++;
        if (!read_number(&text, &item->size))
            return "Too big partial end";
    }
    if (*text++ != '>')
        return "Missing '>' in partial";
    return *text != '\0' ? "Unexpected data after '>'" : NULL;
}

/* The names of fields in LIST, in capitals; they are appended to NAME as they are said. NULL:
 * they are no names. */
static GStrv
read_field_names(const MailsimImapArgument *list, GString *name)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    g_string_append(name, " (");
    for (guint i = 0; i < list->items->len; i++) {
        const MailsimImapArgument *argument = g_ptr_array_index(list->items, i);
        g_autofree char *upper = NULL;

        if (argument->kind == MAILSIM_IMAP_LIST)
            return NULL;
        upper = g_ascii_strup(argument->text, -1);
        g_strv_builder_add(names, upper);
        if (i > 0)
            g_string_append_c(name, ' ');
        if (argument->kind == MAILSIM_IMAP_ATOM)
            g_string_append(name, upper);
        else
            mailsim_imap_append_string(name, upper);
    }
    g_string_append_c(name, ')');
    return g_strv_builder_end(names);
}

static gboolean
fail_section(ItemReader *reader, const char *problem)
{
    return fail(reader, g_strdup_printf("Invalid BODY[..] parameter: %s", problem));
}

/* What stands in the brackets that TEXT follows: *NAME gets it as it is said, *REST is what
 * follows the closing one. A list of fields is an argument of its own. */
static gboolean
read_section(ItemReader *reader, const char *text, GString *name, char **rest, Item *item)
{
    const MailsimImapArgument *list = peek(reader->arguments, reader->index);
    g_auto(GStrv) fields = NULL;
    const char *end = strchr(text, ']');
    g_autofree char *section = NULL;

    if (is_kind(list, MAILSIM_IMAP_LIST)) {
        const MailsimImapArgument *close = peek(reader->arguments, reader->index + 1);

        if (!is_kind(close, MAILSIM_IMAP_ATOM) || close->text[0] != ']')
            return fail_section(reader, "Missing ']'");
        g_string_append(name, text);
        fields = read_field_names(list, name);
        if (fields == NULL)
            return fail_section(reader, "Header list contains non-strings");
        section = g_strdup(text);
        *rest = g_strdup(close->text + 1);
        reader->index += 2;
    } else {
        if (end == NULL)
            return fail_section(reader, "Missing ']'");
        section = g_strndup(text, (gsize)(end - text));
        g_string_append(name, section);
        *rest = g_strdup(end + 1);
    }
    if (!mailsim_message_section_parse(section, (const char *const *)fields, &item->section))
        return fail(reader, g_strdup("Invalid BODY[..] section"));
    return TRUE;
}

/* NAME is BODY, and more. */
static gboolean
read_body(ItemReader *reader, const char *name)
{
    g_autoptr(GString) shown = g_string_new("BODY[");
    g_autofree char *rest = NULL;
    const gboolean peeks = g_str_has_prefix(name, "BODY.PEEK");
    const char *bracket = name + strlen(peeks ? "BODY.PEEK" : "BODY");
    const char *problem;
    Item *item;

    if (*bracket != '[')
        return fail_section(reader, "Missing '['");
    item = add_item(reader->items, ITEM_SECTION, NULL);
    if (!read_section(reader, bracket + 1, shown, &rest, item))
        return FALSE;
    problem = read_partial(rest, item);
    if (problem != NULL)
        return fail_section(reader, problem);
    g_string_append_c(shown, ']');
    if (*rest != '\0')
        g_string_append_printf(shown, "<%" G_GUINT64_FORMAT ">", item->offset);
    item->name = g_string_free(g_steal_pointer(&shown), FALSE);
    reader->items->marks_seen |= !peeks;
    return TRUE;
}

/* ---- all of them ------------------------------------------------------------------------- */

/* NAME is known by its letters and digits: “FLAGS.X” is FLAGS. */
static gboolean
read_item(ItemReader *reader, const char *name)
{
    const gsize length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    g_autofree char *word = g_strndup(name, length);

    if (strcmp(word, "RFC822") == 0)
        return read_rfc822(reader, name);
    if (strcmp(name, "BODY") == 0) {
        add_plain(reader->items, ITEM_BODY, name);
        return TRUE;
    }
    if (strcmp(word, "BODY") == 0)
        return read_body(reader, name);
    for (guint i = 0; i < G_N_ELEMENTS(plain_items); i++) {
        if (strcmp(word, plain_items[i].name) == 0) {
            add_plain(reader->items, plain_items[i].kind, word);
            return TRUE;
        }
    }
    return fail(reader, g_strdup_printf("Unknown parameter: %s", name));
}

static gboolean
read_next_item(ItemReader *reader)
{
    const MailsimImapArgument *argument = peek(reader->arguments, reader->index++);
    g_autofree char *name = g_ascii_strup(argument->text, -1);

    return read_item(reader, name);
}

static gboolean
read_macro_or_item(ItemReader *reader)
{
    const MailsimImapArgument *argument = peek(reader->arguments, reader->index);

    for (guint i = 0; i < G_N_ELEMENTS(macros); i++) {
        if (g_ascii_strcasecmp(argument->text, macros[i].name) != 0)
            continue;
        for (guint j = 0; macros[i].items[j] != NULL; j++)
            read_item(reader, macros[i].items[j]);
        reader->index++;
        return TRUE;
    }
    return read_next_item(reader);
}

static gboolean
read_list(ItemReader *reader, const MailsimImapArgument *list)
{
    ItemReader inner = {.arguments = list->items, .items = reader->items};

    if (list->items->len == 0)
        return fail(reader, g_strdup("FETCH list is empty"));
    while (inner.problem == NULL && is_word(peek(inner.arguments, inner.index)))
        read_next_item(&inner);
    if (inner.problem == NULL && inner.index < inner.arguments->len)
        fail(&inner, g_strdup("FETCH list contains non-atoms"));
    reader->problem = inner.problem;
    reader->index++;
    return reader->problem == NULL;
}

gboolean
mailsim_imap_fetch_is_well_formed(const GPtrArray *arguments, guint first)
{
    const MailsimImapArgument *items = peek(arguments, first + 1);
    const MailsimImapArgument *more = peek(arguments, first + 2);

    return is_word(peek(arguments, first)) &&
           (is_kind(items, MAILSIM_IMAP_ATOM) || is_kind(items, MAILSIM_IMAP_LIST)) &&
           (more == NULL || is_kind(more, MAILSIM_IMAP_LIST));
}

MailsimImapFetchItems *
mailsim_imap_fetch_items_parse(const GPtrArray *arguments,
                               guint first,
                               gboolean is_uid_fetch,
                               char **problem)
{
    g_autoptr(MailsimImapFetchItems) items = g_new0(MailsimImapFetchItems, 1);
    ItemReader reader = {.arguments = arguments, .index = first + 1, .items = items};
    const MailsimImapArgument *argument = peek(arguments, first + 1);
    const MailsimImapArgument *modifiers;

    items->items = g_ptr_array_new_with_free_func(free_item);
    if (is_uid_fetch)
        add_plain(items, ITEM_UID, "UID");
    if (argument->kind == MAILSIM_IMAP_LIST)
        read_list(&reader, argument);
    else
        read_macro_or_item(&reader);
    modifiers = peek(arguments, reader.index);
    if (reader.problem == NULL && is_kind(modifiers, MAILSIM_IMAP_LIST) &&
        modifiers->items->len > 0)
        fail(&reader, g_strdup("Unknown FETCH modifier"));
    if (reader.problem == NULL)
        return g_steal_pointer(&items);
    *problem = reader.problem;
    return NULL;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* What is said of a message that another session has expunged. */
static const char *const nothing[] = {
    [ITEM_ENVELOPE] = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
    [ITEM_BODY] = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)",
    [ITEM_BODYSTRUCTURE] = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0 NIL NIL NIL NIL)",
    [ITEM_SECTION] = "NIL",
};

void
mailsim_imap_append_flags(MailsimMailboxView *view, guint number, GString *out)
{
    static const struct {
        MailsimMessageFlags flag;
        const char *name;
    } names[] = {
        {MAILSIM_MESSAGE_ANSWERED, "\\Answered "},
        {MAILSIM_MESSAGE_FLAGGED,  "\\Flagged " },
        {MAILSIM_MESSAGE_DELETED,  "\\Deleted " },
        {MAILSIM_MESSAGE_SEEN,     "\\Seen "    },
        {MAILSIM_MESSAGE_DRAFT,    "\\Draft "   },
    };
    const MailsimFlagSet *set = &mailsim_mailbox_view_get(view, number)->flags;

    g_string_append_c(out, '(');
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_append(out, (set->flags & names[i].flag) != 0 ? names[i].name : "");
    g_string_append(out, mailsim_mailbox_view_is_recent(view, number) ? "\\Recent " : "");
    for (guint i = 0; set->keywords != NULL && i < set->keywords->len; i++)
        g_string_append_printf(out, "%s ", (char *)g_ptr_array_index(set->keywords, i));
    if (out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, ')');
}

static void
append_known(const Item *item, MailsimMailboxView *view, guint number, GString *out)
{
    const MailsimStoredMessage *message = mailsim_mailbox_view_get(view, number);
    g_autofree char *received = mailsim_time_format_imap(message->received_us);

    if (item->kind == ITEM_UID)
        g_string_append_printf(out, "%u", message->uid);
    else if (item->kind == ITEM_FLAGS)
        mailsim_imap_append_flags(view, number, out);
    else if (item->kind == ITEM_INTERNALDATE)
        g_string_append_printf(out, "\"%s\"", received);
    else
        g_string_append_printf(out, "%" G_GSIZE_FORMAT,
                               mailsim_mailbox_view_is_gone(view, number) ? 0 : message->size);
}

static gboolean
is_header(const MailsimMessageSection *section)
{
    return section->kind == MAILSIM_SECTION_HEADER || section->kind == MAILSIM_SECTION_FIELDS ||
           section->kind == MAILSIM_SECTION_FIELDS_NOT;
}

static void
append_section(const Item *item,
               const MailsimMessageStructure *structure,
               MailsimImapFetchCounters *counters,
               GString *out)
{
    g_autoptr(GBytes) bytes = mailsim_message_structure_dup_section(structure, &item->section);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    const gsize start = (gsize)MIN(item->offset, length);
    const gsize wanted = (gsize)MIN(item->size, length - start);

    g_string_append_printf(out, "{%" G_GSIZE_FORMAT "}\r\n", wanted);
    if (wanted > 0)
        g_string_append_len(out, text + start, (gssize)wanted);
    if (is_header(&item->section)) {
        counters->hdr_count++;
        counters->hdr_bytes += wanted;
    } else {
        counters->body_count++;
        counters->body_bytes += wanted;
    }
}

static void
append_read(const Item *item,
            const MailsimMessageStructure *structure,
            MailsimImapFetchCounters *counters,
            GString *out)
{
    if (structure == NULL)
        g_string_append(out, nothing[item->kind]);
    else if (item->kind == ITEM_ENVELOPE)
        mailsim_message_structure_append_envelope(structure, out);
    else if (item->kind == ITEM_SECTION)
        append_section(item, structure, counters, out);
    else
        mailsim_message_structure_append_body(structure, item->kind == ITEM_BODYSTRUCTURE, out);
}

/* TRUE: it was not seen before. */
static gboolean
mark_seen(MailsimMailboxView *view, guint number)
{
    MailsimStoredMessage *message = mailsim_mailbox_view_get(view, number);
    g_auto(MailsimFlagSet) flags = {0};

    if ((message->flags.flags & MAILSIM_MESSAGE_SEEN) != 0)
        return FALSE;
    mailsim_flag_set_copy(&message->flags, &flags);
    flags.flags |= MAILSIM_MESSAGE_SEEN;
    mailsim_mailbox_view_set_flags(view, number, &flags, TRUE);
    return TRUE;
}

static gboolean
asks_for(const MailsimImapFetchItems *items, ItemKind kind)
{
    for (guint i = 0; i < items->items->len; i++) {
        if (((const Item *)g_ptr_array_index(items->items, i))->kind == kind)
            return TRUE;
    }
    return FALSE;
}

static gboolean
opens_messages(const MailsimImapFetchItems *items)
{
    return items->n_known < items->items->len;
}

void
mailsim_imap_fetch_items_begin(MailsimImapFetchItems *items,
                               MailsimMailboxView *view,
                               guint number,
                               gboolean may_mark,
                               GString *out)
{
    items->number = number;
    items->next = 0;
    items->is_gone = mailsim_mailbox_view_is_gone(view, number);
    items->is_news = items->marks_seen && may_mark && mark_seen(view, number);
    g_clear_pointer(&items->structure, mailsim_message_structure_free);
    if (opens_messages(items) && !items->is_gone) {
        g_autoptr(GBytes) text =
            mailsim_stored_message_dup_text(mailsim_mailbox_view_get(view, number));

        items->structure = mailsim_message_structure_new(text);
    }
    g_string_append_printf(out, "* %u FETCH (", number);
}

gboolean
mailsim_imap_fetch_items_continue(MailsimImapFetchItems *items,
                                  MailsimMailboxView *view,
                                  MailsimImapFetchCounters *counters,
                                  GString *out)
{
    const Item *item = g_ptr_array_index(items->items, items->next);

    if (items->next == items->n_known && items->is_news && !asks_for(items, ITEM_FLAGS)) {
        g_string_append(out, "FLAGS ");
        mailsim_imap_append_flags(view, items->number, out);
        g_string_append_c(out, ' ');
    }
    g_string_append_printf(out, "%s ", item->name);
    if (item->kind < ITEM_ENVELOPE)
        append_known(item, view, items->number, out);
    else
        append_read(item, items->structure, counters, out);
    items->next++;
    g_string_append(out, items->next < items->items->len ? " " : ")\r\n");
    return items->next < items->items->len;
}

gboolean
mailsim_imap_fetch_items_missed(const MailsimImapFetchItems *items)
{
    return items->is_gone && (opens_messages(items) || asks_for(items, ITEM_SIZE));
}

gboolean
mailsim_imap_fetch_items_marked(const MailsimImapFetchItems *items)
{
    return items->is_news;
}
