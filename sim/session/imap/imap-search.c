/* SPDX-License-Identifier: MIT
 *
 * The programs of SEARCH (RFC 3501 §6.4.4). A program is read into steps that stand behind what
 * they work on, as a pocket calculator has them: neither reading nor running it is recursive in
 * NOT and OR. A message is opened only where nothing cheaper decides. */
#include "imap-search-private.h"

#include <mailsim/protocol/imap-set.h>
#include <mailsim/protocol/message-search.h>
#include <string.h>

typedef enum {
    STEP_ALL,
    STEP_FLAG,
    STEP_NO_FLAG,
    STEP_RECENT,
    STEP_OLD,
    STEP_NEW,
    STEP_KEYWORD,
    STEP_NO_KEYWORD,
    STEP_LARGER,
    STEP_SMALLER,
    STEP_BEFORE,
    STEP_ON,
    STEP_SINCE,
    STEP_NUMBERS,
    STEP_UIDS,
    STEP_SENT_BEFORE, /* the first for which the message is opened */
    STEP_SENT_ON,
    STEP_SENT_SINCE,
    STEP_FIELD,
    STEP_BODY,
    STEP_TEXT,
    STEP_NOT, /* the first that works on others */
    STEP_OR,
    STEP_AND,
} StepKind;

typedef struct {
    StepKind kind;
    guint flag;
    guint64 size;
    gint64 day;  /* since 1970-01-01; G_MAXINT64: one that never comes */
    GArray *set; /* of MailsimImapRange */
    char *name;  /* of a field or a keyword */
    char *key;   /* what is looked for, in the form of mailsim_message_search_key() */
    MailsimMessageSearchForm form;
} Step;

struct MailsimImapSearch {
    GPtrArray *steps; /* of Step */
    GPtrArray *keywords;
    guint8 *truths; /* a stack with room for all steps */
    guint64 work;
};

/* What follows a key. */
typedef enum {
    TAKES_NOTHING,
    TAKES_KEYWORD,
    TAKES_SIZE,
    TAKES_DAY,
    TAKES_UIDS,
    TAKES_TEXT,
    TAKES_NAME
} Operand;

/* clang-format off */
static const struct {
    const char *key;
    StepKind kind;
    Operand operand;
    guint flag;
    const char *field;
    MailsimMessageSearchForm form;
} keys[] = {
    {"ALL",        STEP_ALL,         TAKES_NOTHING, 0, NULL, 0},
    {"ANSWERED",   STEP_FLAG,        TAKES_NOTHING, MAILSIM_MESSAGE_ANSWERED, NULL, 0},
    {"BCC",        STEP_FIELD,       TAKES_TEXT,    0, "Bcc", MAILSIM_SEARCH_ADDRESSES},
    {"BEFORE",     STEP_BEFORE,      TAKES_DAY,     0, NULL, 0},
    {"BODY",       STEP_BODY,        TAKES_TEXT,    0, NULL, 0},
    {"CC",         STEP_FIELD,       TAKES_TEXT,    0, "Cc", MAILSIM_SEARCH_ADDRESSES},
    {"DELETED",    STEP_FLAG,        TAKES_NOTHING, MAILSIM_MESSAGE_DELETED, NULL, 0},
    {"DRAFT",      STEP_FLAG,        TAKES_NOTHING, MAILSIM_MESSAGE_DRAFT, NULL, 0},
    {"FLAGGED",    STEP_FLAG,        TAKES_NOTHING, MAILSIM_MESSAGE_FLAGGED, NULL, 0},
    {"FROM",       STEP_FIELD,       TAKES_TEXT,    0, "From", MAILSIM_SEARCH_ADDRESSES},
    {"HEADER",     STEP_FIELD,       TAKES_NAME,    0, NULL, MAILSIM_SEARCH_WHOLE},
    {"KEYWORD",    STEP_KEYWORD,     TAKES_KEYWORD, 0, NULL, 0},
    {"LARGER",     STEP_LARGER,      TAKES_SIZE,    0, NULL, 0},
    {"NEW",        STEP_NEW,         TAKES_NOTHING, 0, NULL, 0},
    {"OLD",        STEP_OLD,         TAKES_NOTHING, 0, NULL, 0},
    {"ON",         STEP_ON,          TAKES_DAY,     0, NULL, 0},
    {"RECENT",     STEP_RECENT,      TAKES_NOTHING, 0, NULL, 0},
    {"SEEN",       STEP_FLAG,        TAKES_NOTHING, MAILSIM_MESSAGE_SEEN, NULL, 0},
    {"SENTBEFORE", STEP_SENT_BEFORE, TAKES_DAY,     0, NULL, 0},
    {"SENTON",     STEP_SENT_ON,     TAKES_DAY,     0, NULL, 0},
    {"SENTSINCE",  STEP_SENT_SINCE,  TAKES_DAY,     0, NULL, 0},
    {"SINCE",      STEP_SINCE,       TAKES_DAY,     0, NULL, 0},
    {"SMALLER",    STEP_SMALLER,     TAKES_SIZE,    0, NULL, 0},
    {"SUBJECT",    STEP_FIELD,       TAKES_TEXT,    0, "Subject", MAILSIM_SEARCH_BLANKS_AS_ONE},
    {"TEXT",       STEP_TEXT,        TAKES_TEXT,    0, NULL, 0},
    {"TO",         STEP_FIELD,       TAKES_TEXT,    0, "To", MAILSIM_SEARCH_ADDRESSES},
    {"UID",        STEP_UIDS,        TAKES_UIDS,    0, NULL, 0},
    {"UNANSWERED", STEP_NO_FLAG,     TAKES_NOTHING, MAILSIM_MESSAGE_ANSWERED, NULL, 0},
    {"UNDELETED",  STEP_NO_FLAG,     TAKES_NOTHING, MAILSIM_MESSAGE_DELETED, NULL, 0},
    {"UNDRAFT",    STEP_NO_FLAG,     TAKES_NOTHING, MAILSIM_MESSAGE_DRAFT, NULL, 0},
    {"UNFLAGGED",  STEP_NO_FLAG,     TAKES_NOTHING, MAILSIM_MESSAGE_FLAGGED, NULL, 0},
    {"UNKEYWORD",  STEP_NO_KEYWORD,  TAKES_KEYWORD, 0, NULL, 0},
    {"UNSEEN",     STEP_NO_FLAG,     TAKES_NOTHING, MAILSIM_MESSAGE_SEEN, NULL, 0},
};
/* clang-format on */

/* Reading one list of arguments; what is nested in it has a reader of its own. */
typedef struct {
    const GPtrArray *arguments;
    guint index; /* of the next one */
    const MailsimMailboxView *view;
    const char *charset;
    MailsimImapSearch *search;
    char *problem;
} ProgramReader;

static void
free_step(gpointer data)
{
    Step *step = data;

    if (step->set != NULL)
        g_array_unref(step->set);
    g_free(step->name);
    g_free(step->key);
    g_free(step);
}

void
mailsim_imap_search_free(MailsimImapSearch *search)
{
    if (search == NULL)
        return;
    g_ptr_array_unref(search->steps);
    g_ptr_array_unref(search->keywords);
    g_free(search->truths);
    g_free(search);
}

const GPtrArray *
mailsim_imap_search_get_keywords(const MailsimImapSearch *search)
{
    return search->keywords;
}

static Step *
add_step(ProgramReader *reader, StepKind kind)
{
    Step *step = g_new0(Step, 1);

    step->kind = kind;
    g_ptr_array_add(reader->search->steps, step);
    return step;
}

static gboolean
fail(ProgramReader *reader, char *problem)
{
    reader->problem = problem;
    return FALSE;
}

/* ---- operands ---------------------------------------------------------------------------- */

/* astring; NULL: it is none, which the reader knows. */
static const MailsimImapArgument *
read_operand(ProgramReader *reader, const char *key)
{
    const MailsimImapArgument *argument;

    if (reader->index == reader->arguments->len) {
        fail(reader,
             g_strdup_printf("Missing parameter for search key (for search key: %s)", key));
        return NULL;
    }
    argument = g_ptr_array_index(reader->arguments, reader->index++);
    if (argument->kind == MAILSIM_IMAP_LIST) {
        fail(reader, g_strdup_printf("Unexpected ( (for search key: %s)", key));
        return NULL;
    }
    return argument;
}

static gboolean
read_size(const char *text, guint64 *size)
{
    return g_ascii_isdigit(*text) &&
           g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, size, NULL);
}

/* date-text = date-day "-" date-month "-" date-year. A day that no month has never comes; those
 * before 1970 were before all mail. */
static gboolean
read_day(const char *text, gint64 *day)
{
    static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec ";
    g_auto(GStrv) parts = g_strsplit(*text == ' ' ? text + 1 : text, "-", -1);
    g_autofree char *month = NULL;
    g_autofree char *date = NULL;
    const char *found;
    guint64 day_of_month;
    guint64 year;
    MailsimTime time_us;

    if (g_strv_length(parts) != 3 || strlen(parts[0]) > 2 || strlen(parts[1]) != 3 ||
        strlen(parts[2]) != 4 || !read_size(parts[0], &day_of_month) ||
        !read_size(parts[2], &year))
        return FALSE;
    month = g_ascii_strdown(parts[1], -1);
    found = strstr(months, month);
    if (found == NULL || (found - months) % 4 != 0)
        return FALSE;
    date = g_strdup_printf("%04d-%02d-%02d", (int)year, (int)(found - months) / 4 + 1,
                           (int)day_of_month);
    if (year < 1970)
        *day = G_MININT64;
    else
        *day = mailsim_time_parse(date, &time_us) ? time_us / MAILSIM_DAY : G_MAXINT64;
    return TRUE;
}

/* Numbers beyond the last are no mistake here. A star alone is the last message, but behind a
 * number only where UIDs are meant. */
static GArray *
read_set(const ProgramReader *reader, const char *text, gboolean are_uids)
{
    const guint count = mailsim_mailbox_view_count(reader->view);
    const guint last = count == 0 ? 0
                       : are_uids ? mailsim_mailbox_view_get(reader->view, count)->uid
                                  : count;
    GArray *set = mailsim_imap_set_parse(text, G_MAXUINT32);

    if (set != NULL && set->len > 0) {
        MailsimImapRange *range = &g_array_index(set, MailsimImapRange, set->len - 1);

        if (range->first == G_MAXUINT32 || (are_uids && range->last == G_MAXUINT32))
            range->first = MIN(range->first, last);
    }
    return set;
}

/* As IMAP can name it (RFC 3501 §9, flag-keyword). */
static void
add_keyword(MailsimImapSearch *search, const char *keyword)
{
    const char *c = keyword;

    while (*c > ' ' && *c < 0x7f && strchr("(){%*\"\\]", *c) == NULL)
        c++;
    if (c > keyword && *c == '\0')
        g_ptr_array_add(search->keywords, g_strdup(keyword));
}

static gboolean
read_text(ProgramReader *reader, const char *key, Step *step)
{
    const MailsimImapArgument *argument = read_operand(reader, key);

    if (argument == NULL)
        return FALSE;
    step->key = mailsim_message_search_key(argument->text, argument->length, reader->charset);
    return step->key != NULL || fail(reader, g_strdup("Invalid search key"));
}

/* Where it takes a name, a text follows. */
static gboolean
read_operands(ProgramReader *reader, const char *key, Operand operand, Step *step)
{
    const MailsimImapArgument *argument;

    if (operand == TAKES_NOTHING)
        return TRUE;
    if (operand == TAKES_TEXT)
        return read_text(reader, key, step);
    argument = read_operand(reader, key);
    if (argument == NULL)
        return FALSE;
    if (operand == TAKES_SIZE)
        return read_size(argument->text, &step->size) ||
               fail(reader, g_strdup("Invalid search size parameter"));
    if (operand == TAKES_DAY)
        return read_day(argument->text, &step->day) ||
               fail(reader, g_strdup("Invalid search date parameter"));
    if (operand == TAKES_UIDS) {
        step->set = read_set(reader, argument->text, TRUE);
        return step->set != NULL || fail(reader, g_strdup("Invalid UID messageset"));
    }
    step->name = g_strdup(argument->text);
    if (operand == TAKES_NAME)
        return read_text(reader, key, step);
    add_keyword(reader->search, argument->text);
    return TRUE;
}

/* ---- the program ------------------------------------------------------------------------- */

static gboolean read_program(ProgramReader *reader);

static gboolean
read_list(ProgramReader *reader, const MailsimImapArgument *list)
{
    ProgramReader inner = *reader;

    inner.arguments = list->items;
    inner.index = 0;
    if (list->items->len == 0)
        return fail(reader, g_strdup("No search parameters inside list"));
    if (read_program(&inner))
        return TRUE;
    return fail(reader, inner.problem);
}

static gboolean
read_key(ProgramReader *reader, const char *key)
{
    if (g_ascii_isdigit(*key) || *key == '*') {
        Step *step = add_step(reader, STEP_NUMBERS);

        step->set = read_set(reader, key, FALSE);
        return step->set != NULL || fail(reader, g_strdup("Invalid messageset"));
    }
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(key, keys[i].key) == 0) {
            Step *step = add_step(reader, keys[i].kind);

            step->flag = keys[i].flag;
            step->name = g_strdup(keys[i].field);
            step->form = keys[i].form;
            return read_operands(reader, key, keys[i].operand, step);
        }
    }
    return fail(reader, g_strdup_printf("Unknown argument %s", key));
}

/* What waits for what it works on. */
typedef struct {
    StepKind kind;
    guint n_missing;
} Waiting;

/* A key has been read whole, and with it what has waited for it alone. TRUE: nothing waits. */
static gboolean
end_key(ProgramReader *reader, GArray *waiting)
{
    while (waiting->len > 0) {
        Waiting *last = &g_array_index(waiting, Waiting, waiting->len - 1);

        if (--last->n_missing > 0)
            return FALSE;
        add_step(reader, last->kind);
        g_array_set_size(waiting, waiting->len - 1);
    }
    return TRUE;
}

/* Keys that stand beside each other have to be true all. */
static gboolean
read_program(ProgramReader *reader)
{
    g_autoptr(GArray) waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    guint n_keys = 0;

    while (reader->index < reader->arguments->len) {
        const MailsimImapArgument *argument =
            g_ptr_array_index(reader->arguments, reader->index++);
        g_autofree char *key = g_ascii_strup(argument->text != NULL ? argument->text : "", -1);
        const gboolean is_atom =
            argument->kind == MAILSIM_IMAP_ATOM || argument->kind == MAILSIM_IMAP_NIL;

        if (is_atom && (strcmp(key, "NOT") == 0 || strcmp(key, "OR") == 0)) {
            const Waiting waits =
                key[0] == 'N' ? (Waiting){STEP_NOT, 1} : (Waiting){STEP_OR, 2};

            g_array_append_val(waiting, waits);
            continue;
        }
        if (argument->kind == MAILSIM_IMAP_STRING)
            return fail(reader,
                        g_strdup_printf("Unexpected string as search key: %s", argument->text));
        if (!(is_atom ? read_key(reader, key) : read_list(reader, argument)))
            return FALSE;
        if (end_key(reader, waiting) && n_keys++ > 0)
            add_step(reader, STEP_AND);
    }
    return waiting->len == 0 || fail(reader, g_strdup("Missing argument"));
}

/* [SP "CHARSET" SP astring]; where there is none, it is UTF-8. */
static MailsimImapSearchStatus
read_charset(ProgramReader *reader)
{
    const MailsimImapArgument *word = reader->index < reader->arguments->len
                                          ? g_ptr_array_index(reader->arguments, reader->index)
                                          : NULL;
    const MailsimImapArgument *charset = NULL;

    if (word == NULL || word->kind != MAILSIM_IMAP_ATOM ||
        g_ascii_strcasecmp(word->text, "CHARSET") != 0)
        return MAILSIM_IMAP_SEARCH_OK;
    if (reader->index + 1 < reader->arguments->len)
        charset = g_ptr_array_index(reader->arguments, reader->index + 1);
    if (charset == NULL || charset->kind == MAILSIM_IMAP_LIST) {
        fail(reader, g_strdup("Invalid charset argument"));
        return MAILSIM_IMAP_SEARCH_BAD;
    }
    if (!mailsim_charset_is_known(charset->text)) {
        fail(reader, g_strdup("[BADCHARSET] Unknown charset"));
        return MAILSIM_IMAP_SEARCH_NO;
    }
    reader->charset = charset->text;
    reader->index += 2;
    return MAILSIM_IMAP_SEARCH_OK;
}

MailsimImapSearchStatus
mailsim_imap_search_parse(const GPtrArray *arguments,
                          guint first,
                          const MailsimMailboxView *view,
                          MailsimImapSearch **search,
                          char **problem)
{
    g_autoptr(MailsimImapSearch) program = g_new0(MailsimImapSearch, 1);
    ProgramReader reader = {
        .arguments = arguments,
        .index = first,
        .view = view,
        .charset = "UTF-8",
        .search = program,
    };
    MailsimImapSearchStatus status;

    program->steps = g_ptr_array_new_with_free_func(free_step);
    program->keywords = g_ptr_array_new_with_free_func(g_free);
    status = read_charset(&reader);
    if (status == MAILSIM_IMAP_SEARCH_OK &&
        ((reader.index == arguments->len &&
          !fail(&reader, g_strdup("Missing search parameters"))) ||
         !read_program(&reader)))
        status = MAILSIM_IMAP_SEARCH_BAD;
    program->truths = g_malloc(program->steps->len);
    if (status == MAILSIM_IMAP_SEARCH_OK)
        *search = g_steal_pointer(&program);
    else
        *problem = reader.problem;
    return status;
}

/* ---- running it -------------------------------------------------------------------------- */

typedef struct {
    const MailsimMailboxView *view;
    guint number;
    const MailsimStoredMessage *message;
    const MailsimMessageStructure *structure; /* NULL: it has not been opened */
} Candidate;

static gboolean
compare_day(gint64 day, StepKind kind, gint64 other)
{
    if (kind == STEP_BEFORE || kind == STEP_SENT_BEFORE)
        return day < other;
    return kind == STEP_ON || kind == STEP_SENT_ON ? day == other : day >= other;
}

static gint64
get_day(MailsimTime time_us)
{
    return time_us / MAILSIM_DAY - (time_us % MAILSIM_DAY < 0);
}

static gboolean
matches_opened(const Step *step, const MailsimMessageStructure *structure)
{
    switch ((int)step->kind) {
    case STEP_FIELD:
        return mailsim_message_search_field(structure, step->name, step->form, step->key);
    case STEP_BODY:
    case STEP_TEXT:
        return mailsim_message_search_text(structure, step->kind == STEP_TEXT, step->key);
    default:
        return compare_day(mailsim_message_get_sent_day(structure), step->kind, step->day);
    }
}

/* Flags are those that the session has been told of. */
static gboolean
matches_known(const Step *step, const Candidate *candidate)
{
    const MailsimStoredMessage *message = candidate->message;
    const MailsimFlagSet *flags =
        mailsim_mailbox_view_get_known_flags(candidate->view, candidate->number);
    const gboolean is_recent =
        mailsim_mailbox_view_is_recent(candidate->view, candidate->number);

    switch ((int)step->kind) {
    case STEP_ALL:
        return TRUE;
    case STEP_FLAG:
        return (flags->flags & step->flag) != 0;
    case STEP_NO_FLAG:
        return (flags->flags & step->flag) == 0;
    case STEP_RECENT:
        return is_recent;
    case STEP_OLD:
        return !is_recent;
    case STEP_NEW:
        return is_recent && (flags->flags & MAILSIM_MESSAGE_SEEN) == 0;
    case STEP_KEYWORD:
        return mailsim_flag_set_has(flags, step->name);
    case STEP_NO_KEYWORD:
        return !mailsim_flag_set_has(flags, step->name);
    case STEP_LARGER:
        return message->size > step->size;
    case STEP_SMALLER:
        return message->size < step->size;
    case STEP_NUMBERS:
        return mailsim_imap_set_has(step->set, candidate->number);
    case STEP_UIDS:
        return mailsim_imap_set_has(step->set, message->uid);
    default:
        return compare_day(get_day(message->received_us), step->kind, step->day);
    }
}

/* NOT is YES minus a truth, OR the greater one of two, AND the lesser. */
static MailsimImapSearchTruth
run(const MailsimImapSearch *search, const Candidate *candidate)
{
    guint8 *truths = search->truths;
    guint n = 0;

    for (guint i = 0; i < search->steps->len; i++) {
        const Step *step = g_ptr_array_index(search->steps, i);

        if (step->kind == STEP_NOT) {
            truths[n - 1] = MAILSIM_IMAP_SEARCH_YES - truths[n - 1];
        } else if (step->kind == STEP_OR) {
            n--;
            truths[n - 1] = MAX(truths[n - 1], truths[n]);
        } else if (step->kind == STEP_AND) {
            n--;
            truths[n - 1] = MIN(truths[n - 1], truths[n]);
        } else if (step->kind < STEP_SENT_BEFORE) {
            truths[n++] = matches_known(step, candidate) ? MAILSIM_IMAP_SEARCH_YES
                                                         : MAILSIM_IMAP_SEARCH_MISS;
        } else if (candidate->structure == NULL) {
            truths[n++] = MAILSIM_IMAP_SEARCH_UNKNOWN;
        } else {
            truths[n++] = matches_opened(step, candidate->structure) ? MAILSIM_IMAP_SEARCH_YES
                                                                     : MAILSIM_IMAP_SEARCH_MISS;
        }
    }
    return truths[0];
}

MailsimImapSearchTruth
mailsim_imap_search_judge(MailsimImapSearch *search,
                          const MailsimMailboxView *view,
                          guint number)
{
    Candidate candidate = {view, number, mailsim_mailbox_view_get(view, number), NULL};
    MailsimImapSearchTruth truth = run(search, &candidate);

    search->work += search->steps->len;
    if (truth == MAILSIM_IMAP_SEARCH_UNKNOWN && !mailsim_mailbox_view_is_gone(view, number)) {
        g_autoptr(GBytes) text = mailsim_stored_message_dup_text(candidate.message);
        g_autoptr(MailsimMessageStructure) structure = mailsim_message_structure_new(text);

        candidate.structure = structure;
        truth = run(search, &candidate);
        search->work += search->steps->len * candidate.message->size;
    }
    return truth;
}

guint64
mailsim_imap_search_get_work(const MailsimImapSearch *search)
{
    return search->work;
}
