/* SPDX-License-Identifier: MIT
 *
 * A line of a conversation, or several that need not be told one by one: what the reader has
 * seen, and long lists. */
#include "render-parts.h"

#include <string.h>

#include "columns.h"

/* Of a list of what a server can do, on one line. */
#define LONG_LIST_BYTES  200
#define SHORT_LIST_BYTES 90

static gboolean
holds(const Page *page, const MailsimEvent *event, const char *condition)
{
    return mailsim_reading_holds(page->reading, event->sequence, condition);
}

static gboolean
is_brief(const Page *page)
{
    return page->options->detail == MAILSIM_DETAIL_BRIEF;
}

static const char *
mark_of_line(const MailsimEvent *event)
{
    static const char *const marks[2][2] = {
        {"->", "<-"},
        {"~>", "<~"}
    };

    return marks[event->line.secured ? 1 : 0][event->line.direction];
}

static Ink
ink_of_line(const MailsimEvent *event)
{
    return event->line.secured ? INK_GOOD : INK_WARNING;
}

static void
put_wire(Page *page, const MailsimEvent *event, const char *text)
{
    const gboolean exposed = !event->line.secured && holds(page, event, "decoded");

    g_autofree char *shown = columns_escape_wire(text, page->options->ascii);

    page_put_marked(page, ink_of_line(event), event->time_us, mark_of_line(event),
                    exposed ? INK_BAD : INK_BOLD, shown, 4);
}

/* With little detail a list is one line: “250-mail.iesgn.example PIPELINING, SIZE
 * 10240000 …”. */
static guint
fold_reply(Page *page, const Scene *scene, guint index)
{
    const MailsimEvent *first = g_ptr_array_index(scene->events, index);
    g_autoptr(GString) folded = g_string_new(first->line.text);
    guint i = index + 1;

    for (; i < scene->events->len &&
           !holds(page, g_ptr_array_index(scene->events, i - 1), "last");
         i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);
        if (event->kind != MAILSIM_EVENT_LINE || strlen(event->line.text) < 4)
            break;
        g_string_append_printf(folded, "%s%s", i == index + 1 ? ": " : ", ",
                               event->line.text + 4);
    }
    put_wire(page, first, folded->str);
    for (guint j = index; j < i; j++)
        render_note(page, g_ptr_array_index(scene->events, j));
    return i;
}

typedef enum {
    FOLD_NOT,
    FOLD_MESSAGE, /* a line of the message */
    FOLD_KEYWORD, /* a line of a reply to EHLO or CAPA */
} LineFold;

/* Has the reader seen this line already, and is it not what the eye should find here? */
static LineFold
classify_fold(const Page *page, const MailsimEvent *event)
{
    static const char *const remarkable[] = {"keyword=AUTH", "keyword=STARTTLS", "keyword=STLS",
                                             "keyword=USER", "keyword=SASL"};

    if (event->kind != MAILSIM_EVENT_LINE || page->options->detail == MAILSIM_DETAIL_FULL)
        return FOLD_NOT;
    if (holds(page, event, "message") && !holds(page, event, "end"))
        return is_brief(page) || holds(page, event, "repeated") ? FOLD_MESSAGE : FOLD_NOT;
    if (!holds(page, event, "keyword") || !holds(page, event, "repeated"))
        return FOLD_NOT;
    for (guint i = 0; i < G_N_ELEMENTS(remarkable); i++) {
        if (holds(page, event, remarkable[i]))
            return FOLD_NOT;
    }
    return FOLD_KEYWORD;
}

static char *
describe_fold(const Page *page, LineFold fold, guint n_lines)
{
    g_autofree char *count = g_strdup_printf("%u", n_lines);
    MailsimPhrase phrase = MAILSIM_PHRASE_KEYWORDS_AS_BEFORE;

    if (fold == FOLD_MESSAGE)
        phrase =
            is_brief(page) ? MAILSIM_PHRASE_MESSAGE_FOLDED : MAILSIM_PHRASE_MESSAGE_AS_BEFORE;
    return mailsim_phrase_format(phrase, page->options->language, "count", count, NULL);
}

/* Lines that are counted instead of shown; their notes stay. */
static guint
put_fold(Page *page, const Scene *scene, guint index)
{
    const MailsimEvent *first = g_ptr_array_index(scene->events, index);
    const LineFold fold = classify_fold(page, first);
    guint i = index;

    while (i < scene->events->len &&
           classify_fold(page, g_ptr_array_index(scene->events, i)) == fold)
        i++;
    g_autofree char *text = describe_fold(page, fold, i - index);
    page_put_mark(page, ink_of_line(first), first->time_us, mark_of_line(first));
    page_put_line(page, INK_DIM, text);
    for (guint j = index; j < i; j++)
        render_note(page, g_ptr_array_index(scene->events, j));
    return i;
}

/* After a login IMAP's list has forty words, of which a reader needs hardly any. Free with
 * g_free(). */
static char *
dup_line(const Page *page, const MailsimEvent *event)
{
    const char *text = event->line.text;
    guint n_left_out = 0;
    gsize end = SHORT_LIST_BYTES;

    if (page->options->detail == MAILSIM_DETAIL_FULL || strlen(text) <= LONG_LIST_BYTES ||
        !holds(page, event, "protocol=imap") || !holds(page, event, "offers"))
        return g_strdup(text);
    end += strcspn(text + end, " ]");
    for (const char *at = text + end; *at == ' '; at += 1 + strcspn(at + 1, " ]"))
        n_left_out++;
    g_autofree char *count = g_strdup_printf("%u", n_left_out);
    g_autofree char *left_out = mailsim_phrase_format(
        MAILSIM_PHRASE_CAPABILITIES_LEFT_OUT, page->options->language, "count", count, NULL);
    const char *behind = strchr(text + end, ']');
    return g_strdup_printf("%.*s %s%s", (int)end, text, left_out, behind != NULL ? behind : "");
}

guint
render_line(Page *page, const Scene *scene, guint index)
{
    const MailsimEvent *event = g_ptr_array_index(scene->events, index);

    if (is_brief(page) && holds(page, event, "protocol=smtp") && holds(page, event, "first") &&
        !holds(page, event, "last"))
        return fold_reply(page, scene, index);
    if (classify_fold(page, event) != FOLD_NOT)
        return put_fold(page, scene, index);
    g_autofree char *text = dup_line(page, event);
    put_wire(page, event, text);
    render_note(page, event);
    return index + 1;
}
