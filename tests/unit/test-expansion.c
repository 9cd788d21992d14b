/* SPDX-License-Identifier: MIT
 *
 * References in the values of main.cf, against what “postconf -x” of Postfix 3.7.11 made of the
 * same texts. */
#include <mailsim/settings/expansion.h>

#include <string.h>

#include "../support/run-suite.h"

typedef struct {
    const char *text;
    const char *value;   /* NULL: macro processing error */
    const char *problem; /* what is warned of then */
} ExpansionCase;

/* clang-format off */
static const ExpansionCase cases[] = {
    {.text = "[$full]", .value = "[x y]"},
    {.text = "[${full}]", .value = "[x y]"},
    {.text = "[$(full)]", .value = "[x y]"},
    {.text = "[${ full }]", .value = "[x y]"},
    {.text = "[${full?yes}][${empty?yes}]", .value = "[yes][]"},
    {.text = "[${full:no}][${empty:no}]", .value = "[][no]"},
    {.text = "[${full?{yes}}][${empty?{yes}}]", .value = "[yes][]"},
    {.text = "[${full?{y $mydomain}:{n}}][${empty?{y}:{n $full}}]",
     .value = "[y iesgn.example][n x y]"},
    {.text = "[${full:{no}}][${empty:{no}}]", .value = "[][no]"},
    {.text = "[${full?a ${mydomain} b}]", .value = "[a iesgn.example b]"},
    {.text = "[${full ? {yes} : {no}}]", .value = "[yes]"},
    {.text = "[${full?{yes} : {no} }]", .value = "[yes]"},
    {.text = "[${full?{yes}:no}]", .value = "[yes]"},
    {.text = "[${full?${empty?a}b}]", .value = "[b]"},
    {.text = "[${full?{ lead and trail }}]", .value = "[ lead and trail ]"},
    {.text = "[${full? lead and trail }]", .value = "[ lead and trail ]"},
    {.text = "[${full? {yes} }]", .value = "[yes]"},
    {.text = "[${full?a{b}c}]", .value = "[a{b}c]"},
    {.text = "[${full?a)b}][$(full?a}b)][$(full?{yes})]", .value = "[a)b][a}b][yes]"},
    {.text = "[${full?{${empty:{deep $full}}}}]", .value = "[deep x y]"},
    {.text = "[${full?}][${empty:}]", .value = "[][]"},
    {.text = "[$$][a$$b][$$full][$$$full][${full?{$$}}]", .value = "[$][a$b][$full][$x y][$]"},
    {.text = "[$undefined][${undefined}][${undefined?x}][${undefined:dflt}]",
     .value = "[][][][dflt]"},
    {.text = "[$full.x][$full-x][$full_x][${full}_x]", .value = "[x y.x][x y-x][][x y_x]"},
    {.text = "[$full$full]", .value = "[x yx y]"},
    {.text = "price $5", .value = "price "},
    {.text = "[${stress?{1}:{20}}][${stress?1}${stress:20}]", .value = "[20][20]"},
    /* comparisons */
    {.text = "${{$full} == {x y} ? {same} : {other}}", .value = "same"},
    {.text = "${{a} != {b} ? {ne} : {eq}}", .value = "ne"},
    {.text = "${{2} < {10} ? {number} : {text}}", .value = "number"},
    {.text = "${{3.5} > {10} ? {text} : {number}}", .value = "text"},
    {.text = "${{abc} < {abd} ? {lt} : {ge}}", .value = "lt"},
    {.text = "${{10} >= {9}?{ge}:{lt}}", .value = "ge"},
    {.text = "${{$nine} > {10} ? {y} : {n}}", .value = "n"},
    {.text = "${{10} == {010} ? {same} : {other}}", .value = "same"},
    {.text = "${{2} == {2.0} ? {same} : {other}}", .value = "other"},
    {.text = "${{A} == {a} ? {same} : {other}}", .value = "other"},
    {.text = "${{ a } == {a} ? {same} : {other}}", .value = "other"},
    {.text = "${{} == {} ? {y} : {n}}${{} < {1} ? {y} : {n}}", .value = "yy"},
    {.text = "${{-1} < {1} ? {y} : {n}}", .value = "y"},
    {.text = "[${{a} == {a} ? {only}}][${{a} == {b} ? {only}}]", .value = "[only][]"},
    {.text = "[${{a} == {b} : {neg}}][${{a} == {a} : {neg}}]", .value = "[neg][]"},
    {.text = "[${{a} == {a}}][${{a} == {b}}]", .value = "[true][]"},
    {.text = "${{a}=={a}?y}${{a}=={b}:n}${ {a} == {a} ? {y} : {n} }", .value = "yny"},
    {.text = "${{3.6} <level {3.10} ? {lt} : {ge}}", .value = "lt"},
    {.text = "${{3.6} >=level {3.6.0} ? {ge} : {lt}}", .value = "ge"},
    {.text = "${{3.6} ==level {3.6.0} ? {eq} : {ne}}", .value = "eq"},
    {.text = "${{3} !=level {3.6.0} ? {ne} : {eq}}", .value = "ne"},
    {.text = "${{$compatibility_level} <level {3.6} ? {no} : {yes}}", .value = "yes"},
    /* what is not taken is not looked at */
    {.text = "[${empty?{$loop}:{fine}}]", .value = "[fine]"},
    /* errors */
    {.text = "[$]",
     .problem = "empty macro name: \"[$]\""},
    {.text = "[$ full]",
     .problem = "empty macro name: \"[$ full]\""},
    {.text = "[${}]",
     .problem = "empty macro name: \"[${}]\""},
    {.text = "[$()]",
     .problem = "empty macro name: \"[$()]\""},
    {.text = "$full$",
     .problem = "empty macro name: \"$full$\""},
    {.text = "[$-x]",
     .problem = "empty macro name: \"[$-x]\""},
    {.text = "[${full?$}]",
     .problem = "empty macro name: \"$\""},
    {.text = "[${full",
     .problem = "truncated macro reference: \"[${full\""},
    {.text = "[$(full",
     .problem = "truncated macro reference: \"[$(full\""},
    {.text = "[${full)]",
     .problem = "truncated macro reference: \"[${full)]\""},
    {.text = "[${full?{a}",
     .problem = "truncated macro reference: \"[${full?{a}\""},
    {.text = "[${full!x}]",
     .problem = "attribute name syntax error at: \"...full>>>!x\""},
    {.text = "[${full.x}]",
     .problem = "attribute name syntax error at: \"...full>>>.x\""},
    {.text = "[${full?{a}{b}}]",
     .problem = "\":\" expected at: \"...a}>>>{b}\""},
    {.text = "[${full?{a} x}]",
     .problem = "\":\" expected at: \"...a}>>>x\""},
    {.text = "[${empty?{a}:{b}:{c}}]",
     .problem = "unexpected input at: \"...b}>>>:{c}\""},
    {.text = "[${full:{a}:{b}}]",
     .problem = "unexpected input at: \"...a}>>>:{b}\""},
    {.text = "${{a} ~ {b} ? {c} : {d}}",
     .problem = "expected at: \"...a}>>>~ {b} ? {c} : {d}\""},
    {.text = "${{a} == b ? {c} : {d}}",
     .problem = "\"{expression}\" expected at: \"...{a} ==>>> b ? {c} : {d}\""},
    {.text = "${{x} <level {3.6} ? {c} : {d}}",
     .problem = "malformed compatibility level syntax: \"x\""},
    {.text = "${{} <level {3.6} ? {c} : {d}}",
     .problem = "malformed compatibility level syntax: \"\""},
    {.text = "${{99999999999999999999999} > {10} ? {y} : {n}}",
     .problem = "mac_exp_eval: bad conversion: 99999999999999999999999"},
    {.text = "$loop",
     .problem = "unreasonable macro call nesting: \"loop\""},
    {.text = "a $there",
     .problem = "unreasonable macro call nesting"},
    {.text = "$bomb39",
     .problem = "unreasonable macro call nesting"}, /* ours: 2^40 letters */
};
/* clang-format on */

static char *
look_up(G_GNUC_UNUSED gpointer data, const char *name)
{
    static const char *const values[][2] = {
        {"full",                "x y"          },
        {"empty",               ""             },
        {"nine",                "9"            },
        {"mydomain",            "iesgn.example"},
        {"loop",                "$loop"        },
        {"there",               "$back"        },
        {"back",                "b $there"     },
        {"compatibility_level", "3.6"          },
    };

    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        if (strcmp(values[i][0], name) == 0)
            return g_strdup(values[i][1]);
    }
    if (g_str_has_prefix(name, "bomb")) {
        int n = (int)g_ascii_strtoll(name + strlen("bomb"), NULL, 10);

        return n > 0 ? g_strdup_printf("$bomb%d$bomb%d", n - 1, n - 1) : g_strdup("x");
    }
    return NULL;
}

START_TEST(a_value_expands_as_postconf_expands_it)
{
    const ExpansionCase *expected = &cases[_i];
    g_autofree char *problem = NULL;
    g_autofree char *value = mailsim_expansion_expand(expected->text, look_up, NULL, &problem);

    ck_assert_pstr_eq(value, expected->value);
    if (expected->value != NULL)
        ck_assert_ptr_null(problem);
    else
        ck_assert_msg(strstr(problem, expected->problem) != NULL, "%s: %s", expected->text,
                      problem);
}
END_TEST

static const struct {
    const char *list;
    const char *members; /* joined by | */
} lists[] = {
    {"",                               ""                             },
    {" , \t",                          ""                             },
    {"a, b c,d\te",                    "a|b|c|d|e"                    },
    {"inline:{a=b, {c=d e}}, hash:/x", "inline:{a=b, {c=d e}}|hash:/x"},
    {"{a b",                           "{a b"                         },
    {"a} b",                           "a}|b"                         },
};

START_TEST(a_list_is_split_outside_its_braces)
{
    g_auto(GStrv) members = mailsim_expansion_split(lists[_i].list);
    g_autofree char *joined = g_strjoinv("|", members);

    ck_assert_str_eq(joined, lists[_i].members);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("expansion");
    TCase *tables = tcase_create("tables");

    tcase_add_loop_test(tables, a_value_expands_as_postconf_expands_it, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(tables, a_list_is_split_outside_its_braces, 0, G_N_ELEMENTS(lists));
    suite_add_tcase(suite, tables);
    return run_suite(suite);
}
