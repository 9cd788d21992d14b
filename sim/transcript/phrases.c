/* SPDX-License-Identifier: MIT
 *
 * The table of phrases, and the filling in of {placeholders} that notes share. */
#include <mailsim/transcript/phrases.h>

#include <string.h>

typedef struct {
    const char *en;
    const char *es;
} Phrase;

/* clang-format off */
static const Phrase phrases[] = {
    [MAILSIM_PHRASE_LEGEND_TIME] = {
        "seconds since the step began",
        "segundos desde que empezó el paso"},
    [MAILSIM_PHRASE_LEGEND_TIME_LIVE] = {
        "seconds since the connection began",
        "segundos desde que empezó la conexión"},
    [MAILSIM_PHRASE_LEGEND_CLEAR] = {
        "in the clear: whoever is on the path can read it",
        "en claro: lo lee cualquiera que esté en el camino"},
    [MAILSIM_PHRASE_LEGEND_TLS] = {
        "inside TLS",
        "dentro de TLS"},
    [MAILSIM_PHRASE_LEGEND_HANDSHAKE] = {
        "the TLS handshake itself",
        "la propia negociación de TLS"},
    [MAILSIM_PHRASE_LEGEND_RETRY] = {
        "another attempt, at this hour (UTC); seconds count from there",
        "otro intento, a esta hora (UTC); los segundos cuentan desde ahí"},
    [MAILSIM_PHRASE_LEGEND_LOG] = {
        "a line of a host's mail log, word for word",
        "una línea del log de correo de un servidor, al pie de la letra"},
    [MAILSIM_PHRASE_LEGEND_FACT] = {
        "what a server or a program finds out, decides or does",
        "lo que un servidor o un programa comprueba, decide o hace"},
    [MAILSIM_PHRASE_LEGEND_NOTE] = {
        "why: an explanation",
        "por qué: una explicación"},
    [MAILSIM_PHRASE_LEGEND_SHOWN] = {
        "what somebody finds who looks: a mailbox, DNS, the cable",
        "lo que encuentra quien va a mirar: un buzón, el DNS, el cable"},

    [MAILSIM_PHRASE_NOTE_OTHERWISE] = {"With other settings:", "Con otros ajustes:"},
    [MAILSIM_PHRASE_NOTE_SEE] = {"On a real machine:", "En una máquina real:"},
    [MAILSIM_PHRASE_NOTE_READ] = {"Read on:", "Para saber más:"},

    [MAILSIM_PHRASE_LEGEND_BRIEF] = {
        "who → whom:port · TLS? · is it really that server? · user",
        "quién → a quién:puerto · ¿TLS? · ¿es quien dice ser? · usuario"},
    [MAILSIM_PHRASE_BRIEF_CLEAR] = {"in the clear", "en claro"},
    [MAILSIM_PHRASE_BRIEF_FALL_BACK] = {
        "in the clear, since TLS failed",
        "en claro, porque TLS falló"},
    [MAILSIM_PHRASE_BRIEF_TLS_FAILED] = {"TLS failed", "TLS ha fallado"},
    [MAILSIM_PHRASE_BRIEF_AS_BEFORE] = {
        "(… connections as before: {count})",
        "(… conexiones, como antes: {count})"},
    [MAILSIM_PHRASE_BRIEF_LEFT_OUT] = {
        "(… {count} more lines: --detail=normal)",
        "(… {count} líneas más: --detail=normal)"},
    [MAILSIM_PHRASE_LOG_LEFT_OUT] = {
        "(… {count} more lines: --detail=full)",
        "(… {count} líneas más: --detail=full)"},

    [MAILSIM_PHRASE_PATH_OTHERS] = {"… and {count} more", "… y {count} más"},
    [MAILSIM_PHRASE_ROLE_MUA] = {"MUA of {user}", "MUA de {user}"},
    [MAILSIM_PHRASE_ROLE_MUA_NOBODY] = {"a stranger", "un desconocido"},
    [MAILSIM_PHRASE_ROLE_MSA] = {"MSA", "MSA"},
    [MAILSIM_PHRASE_ROLE_MSA_MTA] = {"MSA, then MTA", "MSA y luego MTA"},
    [MAILSIM_PHRASE_ROLE_IMAP] = {"IMAP server (Dovecot)", "servidor IMAP (Dovecot)"},
    [MAILSIM_PHRASE_ROLE_POP3] = {"POP3 server (Dovecot)", "servidor POP3 (Dovecot)"},
    [MAILSIM_PHRASE_ROLE_IMAP_POP3] = {
        "IMAP and POP3 server (Dovecot)",
        "servidor IMAP y POP3 (Dovecot)"},
    [MAILSIM_PHRASE_ROLE_MTA] = {"MTA", "MTA"},
    [MAILSIM_PHRASE_ROLE_MTA_OF] = {"MTA of {recipient}", "MTA de {recipient}"},

    [MAILSIM_PHRASE_MEANWHILE] = {
        "Meanwhile, at {party}:",
        "Mientras tanto, en {party}:"},
    [MAILSIM_PHRASE_CONNECTION] = {"Connection {number}", "Conexión {number}"},
    [MAILSIM_PHRASE_CONNECTION_AGAIN] = {
        "Connection {number} goes on",
        "Sigue la conexión {number}"},
    [MAILSIM_PHRASE_CONNECTIONS] = {"Connections: {count}.", "Conexiones: {count}."},
    [MAILSIM_PHRASE_CONNECTED] = {
        "(TCP connection to port {port})",
        "(conexión TCP al puerto {port})"},
    [MAILSIM_PHRASE_LISTED] = {
        "{address} wrote to {trap}, a trap: from now on it is listed in {list}.",
        "{address} ha escrito a {trap}, una dirección trampa: desde ahora está en la lista "
        "{list}."},
    [MAILSIM_PHRASE_REFUSED] = {
        "(port {port}: connection refused)",
        "(puerto {port}: conexión rechazada)"},
    [MAILSIM_PHRASE_CLOSED] = {
        "(connection closed by {party})",
        "(conexión cerrada por {party})"},
    [MAILSIM_PHRASE_NOT_FOUND] = {"no such name", "ese nombre no existe"},
    [MAILSIM_PHRASE_NO_RECORD] = {"none", "no tiene"},

    [MAILSIM_PHRASE_HELLO_ASKS] = {"asks for {name}", "pregunta por {name}"},
    [MAILSIM_PHRASE_HELLO_CHOOSES] = {"chooses {what}", "elige {what}"},

    [MAILSIM_PHRASE_SIGNED] = {"(signed)", "(firmado)"},
    [MAILSIM_PHRASE_BOGUS] = {"(bad signature)", "(firma no válida)"},
    [MAILSIM_PHRASE_POLICY_BECOMES] = {
        "{asked} comes down to {level} here",
        "{asked} se queda aquí en {level}"},
    [MAILSIM_PHRASE_POLICY_ANNOUNCED] = {
        "Level {level}: TLS is a must, and a certificate that fits",
        "Nivel {level}: se exige TLS y un certificado que case con"},
    [MAILSIM_PHRASE_POLICY_REFUSED] = {
        "No connection is made: {reason}",
        "No se conecta: {reason}"},
    [MAILSIM_PHRASE_CERTIFICATE] = {"Certificate for {names}", "Certificado para {names}"},
    [MAILSIM_PHRASE_CERTIFICATE_SELF] = {"signed by itself", "firmado por sí mismo"},
    [MAILSIM_PHRASE_CHAIN] = {"chain", "cadena"},
    [MAILSIM_PHRASE_CHAIN_OK] = {"trusted", "de confianza"},
    [MAILSIM_PHRASE_CHAIN_BAD] = {"not trusted", "no es de confianza"},
    [MAILSIM_PHRASE_NAME] = {"name", "nombre"},
    [MAILSIM_PHRASE_NAME_OK] = {"is {name}", "es {name}"},
    [MAILSIM_PHRASE_NAME_BAD] = {"is not {name}", "no es {name}"},
    [MAILSIM_PHRASE_NAME_UNASKED] = {"not looked at", "no se mira"},
    [MAILSIM_PHRASE_MATCH_TLSA] = {"TLSA", "TLSA"},
    [MAILSIM_PHRASE_MATCH_FINGERPRINT] = {"fingerprint", "huella"},
    [MAILSIM_PHRASE_MATCH_OK] = {"it fits {record}", "casa con {record}"},
    [MAILSIM_PHRASE_MATCH_NO_RECORD] = {"it fits no record", "no casa con ningún registro"},
    [MAILSIM_PHRASE_MATCH_NO_FINGERPRINT] = {"is another one", "es otra"},
    [MAILSIM_PHRASE_DATES] = {"dates", "fechas"},
    [MAILSIM_PHRASE_DATES_OK] = {"valid until {date}", "válido hasta {date}"},
    [MAILSIM_PHRASE_DATES_EXPIRED] = {"expired on {date}", "caducó el {date}"},
    [MAILSIM_PHRASE_DATES_EARLY] = {"not valid before {date}", "no vale hasta {date}"},
    [MAILSIM_PHRASE_VERDICT_SECURED] = {
        "Encrypted: yes ({version}).",
        "Cifrado: sí ({version})."},
    [MAILSIM_PHRASE_VERDICT_PROVED] = {
        "Proved to be {name}: {answer}.",
        "Demostrado que es {name}: {answer}."},
    [MAILSIM_PHRASE_VERDICT_UNKNOWN] = {
        "Proved to be {name}: only the client knows.",
        "Demostrado que es {name}: solo el cliente lo sabe."},
    [MAILSIM_PHRASE_VERDICT_WORD] = {
        "Postfix: {trust}.",
        "Postfix: {trust}."},
    [MAILSIM_PHRASE_VERDICT_RESUMED] = {
        "Session resumed with a ticket.",
        "Sesión reanudada con un ticket."},
    [MAILSIM_PHRASE_TLS_FAILED] = {"TLS failed: {reason}", "TLS ha fallado: {reason}"},
    [MAILSIM_PHRASE_TLS_FAILED_PLAIN] = {"plain text came back, not a handshake",
                                         "ha llegado texto en claro, no una negociación"},
    [MAILSIM_PHRASE_TLS_FAILED_ALERT] = {"the other side sent an alert",
                                         "el otro lado ha enviado una alerta"},
    [MAILSIM_PHRASE_TLS_FAILED_CLOSED] = {"the other side hung up", "el otro lado ha colgado"},
    [MAILSIM_PHRASE_TLS_FAILED_OTHER] = {"the two sides could not agree",
                                         "los dos lados no se han puesto de acuerdo"},
    [MAILSIM_PHRASE_LOGIN_ACCEPTED] = {
        "Password of {user}: right ({mechanism}).",
        "Contraseña de {user}: correcta ({mechanism})."},
    [MAILSIM_PHRASE_LOGIN_UNKNOWN] = {
        "Cyrus SASL knows no password of {user} ({mechanism}).",
        "Cyrus SASL no conoce ninguna contraseña de {user} ({mechanism})."},
    [MAILSIM_PHRASE_LOGIN_REFUSED] = {
        "Password of {user}: wrong ({mechanism}).",
        "Contraseña de {user}: incorrecta ({mechanism})."},
    [MAILSIM_PHRASE_LOGIN_UNASKED] = {
        "Nobody is logged in: no password was looked at ({mechanism}).",
        "Nadie se ha identificado: no se ha mirado ninguna contraseña ({mechanism})."},

    [MAILSIM_PHRASE_RULES_TITLE] = {
        "{list}, for {recipient}:",
        "{list}, para {recipient}:"},
    [MAILSIM_PHRASE_RULE_PERMIT] = {"permit", "permite"},
    [MAILSIM_PHRASE_RULE_NO_OPINION] = {"no opinion", "no opina"},
    [MAILSIM_PHRASE_RULE_REJECT] = {"reject", "rechaza"},
    [MAILSIM_PHRASE_RULE_DEFER] = {"not now", "ahora no"},
    [MAILSIM_PHRASE_RULE_PENDING] = {"not now (pending)", "ahora no (pendiente)"},
    [MAILSIM_PHRASE_RULE_NOT_REACHED] = {"not reached", "no consultada"},
    [MAILSIM_PHRASE_BECAUSE_IN] = {"{subject} is in {against}", "{subject} está en {against}"},
    [MAILSIM_PHRASE_BECAUSE_NOT_IN] = {
        "{subject} is not in {against}",
        "{subject} no está en {against}"},
    [MAILSIM_PHRASE_BECAUSE_ELSEWHERE] = {
        "{subject} is neither in mydestination nor in relay_domains",
        "{subject} no está en mydestination ni en relay_domains"},
    [MAILSIM_PHRASE_BECAUSE_TABLE] = {"{against} says: {entry}", "{against} dice: {entry}"},
    [MAILSIM_PHRASE_BECAUSE_NOT_BUILT] = {
        "{against} says: {entry} (the lab does not do that yet)",
        "{against} dice: {entry} (eso aún no lo hace el laboratorio)"},
    [MAILSIM_PHRASE_BECAUSE_LOGGED_IN] = {
        "{subject} is logged in",
        "{subject} se ha identificado"},
    [MAILSIM_PHRASE_BECAUSE_NOBODY] = {"nobody is logged in", "nadie se ha identificado"},
    [MAILSIM_PHRASE_RULE_DECIDED] = {"◀ decided", "◀ decide"},
    [MAILSIM_PHRASE_RULE_NOBODY_DECIDED] = {
        "no rule objects",
        "ninguna regla se opone"},

    [MAILSIM_PHRASE_QUEUED] = {
        "In the queue of {party}: {queue_id} ({size} bytes)",
        "En la cola de {party}: {queue_id} ({size} bytes)"},
    [MAILSIM_PHRASE_STATUS_REJECTED] = {
        "{party} could not send to {recipient}",
        "{party} no ha podido enviar a {recipient}"},
    [MAILSIM_PHRASE_FETCHED] = {
        "{party} has read the mailbox: {messages}.",
        "{party} ha leído el buzón: {messages}."},
    [MAILSIM_PHRASE_FETCHED_NONE] = {
        "{party} has read the mailbox: it is empty.",
        "{party} ha leído el buzón: está vacío."},
    [MAILSIM_PHRASE_MESSAGES_ONE] = {"{count} message", "{count} mensaje"},
    [MAILSIM_PHRASE_MESSAGES_MANY] = {"{count} messages", "{count} mensajes"},
    [MAILSIM_PHRASE_NEW_NONE] = {
        "none new to this program",
        "ninguno nuevo para este programa"},
    [MAILSIM_PHRASE_NEW_ONE] = {
        "{count} new to this program",
        "{count} nuevo para este programa"},
    [MAILSIM_PHRASE_NEW_MANY] = {
        "{count} new to this program",
        "{count} nuevos para este programa"},
    [MAILSIM_PHRASE_FETCH_REJECTED] = {
        "{party} cannot read the mailbox; the server says: {reason}",
        "{party} no puede leer el buzón; el servidor dice: {reason}"},
    [MAILSIM_PHRASE_FETCH_FAILED] = {
        "{party} cannot read the mailbox: {reason}.",
        "{party} no puede leer el buzón: {reason}."},
    [MAILSIM_PHRASE_MOMENT] = {"{hour}", "{hour}"},
    [MAILSIM_PHRASE_MOMENT_DAY] = {"{day}, {hour}", "{day}, {hour}"},
    [MAILSIM_PHRASE_UNTIL] = {"{hour}", "las {hour}"},
    [MAILSIM_PHRASE_UNTIL_DAY] = {"{hour} on {day}", "el {day} a las {hour}"},
    [MAILSIM_PHRASE_RETRIED] = {
        "▷ {time} · {party} tries {queue_id} again: attempt {number}",
        "▷ {time} · {party} reintenta {queue_id}: intento {number}"},
    [MAILSIM_PHRASE_RETRIED_AGE] = {
        "▷ {time} · {party} tries {queue_id} again: attempt {number}, after {age}",
        "▷ {time} · {party} reintenta {queue_id}: intento {number}, tras {age}"},
    [MAILSIM_PHRASE_DEFERRED] = {
        "Back in the queue; not tried again before {time} ({wait}).",
        "Vuelve a la cola; no se reintenta hasta {time} ({wait})."},
    [MAILSIM_PHRASE_COUNTED] = {
        "▷ … {queue_id}: {count} more attempts, the same each time: {results}. Waits in between: {waits}. "
        "The last: {time}",
        "▷ … {queue_id}: {count} intentos más con el mismo resultado: {results}. Esperas entre uno y otro: "
        "{waits}. El último: {time}"},
    [MAILSIM_PHRASE_COUNTED_AGE] = {
        "{line}, after {age}.",
        "{line}, tras {age}."},
    [MAILSIM_PHRASE_NOTIFICATION] = {
        "A message of its own, from <> to {recipient}: “{subject}”.",
        "Un mensaje nuevo, de <> para {recipient}: «{subject}»."},
    [MAILSIM_PHRASE_WAS] = {"{recipient} (was {original})", "{recipient} (era {original})"},
    [MAILSIM_PHRASE_DELIVERED] = {
        "✔ In the mailbox of {recipient}, on {party}.",
        "✔ En el buzón de {recipient}, en {party}."},
    [MAILSIM_PHRASE_TIMEOUT] = {
        "TIMEOUT: {party} has waited {seconds} s for {what} and gives up.",
        "TIEMPO AGOTADO: {party} lleva {seconds} s esperando {what} y se rinde."},
    [MAILSIM_PHRASE_WAIT_CONNECTION] = {"a machine to answer", "que responda alguna máquina"},
    [MAILSIM_PHRASE_WAIT_GREETING] = {"a greeting", "un saludo"},
    [MAILSIM_PHRASE_WAIT_REPLY] = {"a reply", "una respuesta"},
    [MAILSIM_PHRASE_WAIT_COMMAND] = {"a command", "una orden"},
    [MAILSIM_PHRASE_WAIT_MESSAGE] = {"the message", "el mensaje"},
    [MAILSIM_PHRASE_WAIT_SASL] = {"a SASL response", "una respuesta SASL"},
    [MAILSIM_PHRASE_WAIT_TLS] = {"the TLS handshake", "la negociación de TLS"},
    [MAILSIM_PHRASE_TIMEOUT_AT] = {"See {place}.", "Véase {place}."},
    [MAILSIM_PHRASE_MESSAGE_AS_BEFORE] = {
        "(… and the message as before, {count} lines)",
        "(… y el mensaje como antes, {count} líneas)"},
    [MAILSIM_PHRASE_KEYWORDS_AS_BEFORE] = {
        "(… {count} as before)",
        "(… {count} como antes)"},
    [MAILSIM_PHRASE_CAPABILITIES_LEFT_OUT] = {
        "… (and {count} more)",
        "… (y {count} más)"},
    [MAILSIM_PHRASE_CONVERSATION_AS_BEFORE] = {
        "(… the conversation as before, {count} lines)",
        "(… la conversación, como antes, {count} líneas)"},
    [MAILSIM_PHRASE_MESSAGE_FOLDED] = {
        "(the message, {count} lines)",
        "(el mensaje, {count} líneas)"},

    [MAILSIM_PHRASE_SUMMARY] = {"What happened", "Qué ha pasado"},
    [MAILSIM_PHRASE_COLUMN_HOP] = {"hop", "salto"},
    [MAILSIM_PHRASE_COLUMN_ENCRYPTED] = {"encrypted", "cifrado"},
    [MAILSIM_PHRASE_COLUMN_PROVED] = {"server", "identidad"},
    [MAILSIM_PHRASE_COLUMN_PASSWORD] = {"password", "contraseña"},
    [MAILSIM_PHRASE_COLUMN_TEXT] = {"text", "texto"},
    [MAILSIM_PHRASE_YES] = {"yes", "sí"},
    [MAILSIM_PHRASE_NO] = {"no", "no"},
    [MAILSIM_PHRASE_NONE] = {"-", "-"},
    [MAILSIM_PHRASE_PROVED] = {"proved", "probada"},
    [MAILSIM_PHRASE_NOT_PROVED] = {"not proved", "no probada"},
    [MAILSIM_PHRASE_NOT_ASKED] = {"not asked", "no exigida"},
    [MAILSIM_PHRASE_PASSWORD_SEEN] = {"SEEN", "VISTA"},
    [MAILSIM_PHRASE_PASSWORD_HIDDEN] = {"hidden", "oculta"},
    [MAILSIM_PHRASE_TEXT_SEEN] = {"SEEN", "VISTO"},
    [MAILSIM_PHRASE_TEXT_HIDDEN] = {"hidden", "oculto"},
    [MAILSIM_PHRASE_PASSWORD_NOT_SENT] = {"not sent", "no enviada"},
    [MAILSIM_PHRASE_TEXT_NOT_SENT] = {"not sent", "no enviado"},
    [MAILSIM_PHRASE_UNASKED] = {"not asked", "no se pidió"},
    [MAILSIM_PHRASE_TLS_BY_STARTTLS] = {"{tls}, STARTTLS", "{tls}, STARTTLS"},
    [MAILSIM_PHRASE_TLS_IMPLICIT] = {"{tls}, implicit", "{tls}, implícito"},
    [MAILSIM_PHRASE_NO_CONNECTION] = {"no connection", "sin conexión"},
    [MAILSIM_PHRASE_FOOTNOTE_UNPROVED] = {
        "Encrypted, so a listener read nothing; but the client asked for no proof of who was "
        "there. An attacker who answered in the server's place would have been believed.",
        "Iba cifrado y quien solo escuchaba no ha leído nada; pero el cliente no exigió "
        "pruebas de quién había al otro lado. A un atacante que contestara en lugar del "
        "servidor lo habría creído."},

    [MAILSIM_PHRASE_OUTCOME_DELIVERED] = {"delivered", "entregado"},
    [MAILSIM_PHRASE_OUTCOME_DEFERRED] = {
        "deferred (waits in the queue)",
        "aplazado (espera en la cola)"},
    [MAILSIM_PHRASE_OUTCOME_BOUNCED] = {
        "bounced (given up for good)",
        "rebotado (ya no se intentará más)"},
    [MAILSIM_PHRASE_OUTCOME_REJECTED] = {"rejected", "rechazado"},
    [MAILSIM_PHRASE_OUTCOME_FAILED] = {
        "failed (no server has taken it)",
        "fallido (ningún servidor se lo ha quedado)"},
    [MAILSIM_PHRASE_OUTCOME_FETCHED] = {
        "fetched (the mailbox has been read)",
        "leído (el programa ha visto el buzón)"},
    [MAILSIM_PHRASE_OUTCOME_FETCH_FAILED] = {
        "failed (the mailbox has not been read)",
        "fallido (no se ha leído el buzón)"},
    [MAILSIM_PHRASE_OUTCOME_OTHER] = {"{outcome}", "{outcome}"},
    [MAILSIM_PHRASE_OUTCOME_BEFORE] = {
        "{outcome}, and that before this step: nothing was left to try",
        "{outcome} desde antes de este paso: no quedaba nada que intentar"},
    [MAILSIM_PHRASE_OUTCOME_ATTEMPTS] = {
        "{outcome}; attempts in this step: {count}",
        "{outcome}; intentos en este paso: {count}"},
    [MAILSIM_PHRASE_SOME_DELIVERED] = {
        "{outcome}; {delivered} of {total} recipients have it",
        "{outcome}; recibido por {delivered} de {total} destinatarios"},
    [MAILSIM_PHRASE_FATE_DELIVERED] = {
        "{recipient}: in the mailbox, on {party}",
        "{recipient}: en el buzón, en {party}"},
    [MAILSIM_PHRASE_FATE_SENT] = {
        "{recipient}: sent on",
        "{recipient}: enviado"},
    [MAILSIM_PHRASE_FATE_DEFERRED] = {
        "{recipient}: waits in the queue of {party}, {dsn}",
        "{recipient}: espera en la cola de {party}, {dsn}"},
    [MAILSIM_PHRASE_FATE_EXPIRED] = {
        "{recipient}: given up after {age}, {dsn}",
        "{recipient}: se desiste tras {age}, {dsn}"},
    [MAILSIM_PHRASE_FATE_BOUNCED] = {
        "{recipient}: bounced by {party}, {dsn}",
        "{recipient}: rebotado por {party}, {dsn}"},
    [MAILSIM_PHRASE_FATE_REJECTED] = {
        "{recipient}: rejected",
        "{recipient}: rechazado"},
    [MAILSIM_PHRASE_FATE_FAILED] = {
        "{recipient}: not sent",
        "{recipient}: sin enviar"},
    [MAILSIM_PHRASE_AFTER] = {"{outcome} after {time}", "{outcome} tras {time}"},
    [MAILSIM_PHRASE_ALL_HOLD] = {
        "✔ {held} of {total} expectations hold.",
        "✔ Se cumplen {held} de {total} expectativas."},
    [MAILSIM_PHRASE_ONE_HOLDS] = {
        "✔ The one expectation holds.",
        "✔ Se cumple la única expectativa."},
    [MAILSIM_PHRASE_SOME_FAIL] = {
        "✘ {held} of {total} expectations hold.",
        "✘ Se cumplen {held} de {total} expectativas."},
    [MAILSIM_PHRASE_EXPECTED] = {"expected", "se esperaba"},
    [MAILSIM_PHRASE_SEEN_INSTEAD] = {"seen", "se ha visto"},
    [MAILSIM_PHRASE_SEEN_NOTHING] = {"nothing", "nada"},
    [MAILSIM_PHRASE_SEEN_NO_TEXT] = {"no such text", "ese texto no está"},

    [MAILSIM_PHRASE_WIRE_NOTHING] = {
        "No bytes of a connection here: there is nothing to listen to.",
        "Aquí no hay bytes de ninguna conexión: no hay nada que escuchar."},
    [MAILSIM_PHRASE_WIRE_RECORD] = {
        "TLS record {type}, {count} bytes",
        "registro TLS {type}, {count} bytes"},
    [MAILSIM_PHRASE_WIRE_RECORD_REST] = {
        "TLS record, its other {count} bytes",
        "registro TLS, sus otros {count} bytes"},
    [MAILSIM_PHRASE_WIRE_CUT] = {"… and {count} bytes more", "… y {count} bytes más"},
    [MAILSIM_PHRASE_WIRE_INSIDE] = {
        "What the two ends read in it:",
        "Lo que leen ahí los dos extremos:"},
};
/* clang-format on */
G_STATIC_ASSERT(G_N_ELEMENTS(phrases) == MAILSIM_PHRASES);

const char *
mailsim_phrase_get(MailsimPhrase phrase, MailsimLanguage language)
{
    g_return_val_if_fail((guint)phrase < MAILSIM_PHRASES, "");
    return language == MAILSIM_LANGUAGE_ES ? phrases[phrase].es : phrases[phrase].en;
}

char *
mailsim_placeholders_fill(const char *template_text,
                          MailsimPlaceholderFunc look_up,
                          gconstpointer data)
{
    g_autoptr(GString) filled = g_string_new(NULL);
    const char *rest = template_text;

    while (*rest != '\0') {
        const char *open = strchr(rest, '{');
        const char *close = open == NULL ? NULL : strchr(open, '}');
        if (close == NULL) {
            g_string_append(filled, rest);
            break;
        }
        g_autofree char *name = g_strndup(open + 1, (gsize)(close - open - 1));
        const char *value = look_up(name, data);
        if (value == NULL)
            return NULL;
        g_string_append_len(filled, rest, open - rest);
        g_string_append(filled, value);
        rest = close + 1;
    }
    return g_string_free(g_steal_pointer(&filled), FALSE);
}

static const char *
look_up_pair(const char *name, gconstpointer data)
{
    const GPtrArray *pairs = data;

    for (guint i = 0; i + 1 < pairs->len; i += 2) {
        if (strcmp(g_ptr_array_index(pairs, i), name) == 0)
            return g_ptr_array_index(pairs, i + 1);
    }
    return NULL;
}

char *
mailsim_phrase_format(MailsimPhrase phrase, MailsimLanguage language, ...)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new();
    va_list arguments;

    va_start(arguments, language);
    for (const char *name = va_arg(arguments, const char *); name != NULL;
         name = va_arg(arguments, const char *)) {
        const char *value = va_arg(arguments, const char *);
        g_ptr_array_add(pairs, (gpointer)name);
        g_ptr_array_add(pairs, (gpointer)(value != NULL ? value : "?"));
    }
    va_end(arguments);
    char *filled =
        mailsim_placeholders_fill(mailsim_phrase_get(phrase, language), look_up_pair, pairs);
    g_assert(filled != NULL);
    return filled;
}
