/* SPDX-License-Identifier: MIT
 *
 * Why, in words. What each says was seen at real servers: docs/matrix.md. */
#include "why-private.h"

/* clang-format off */
static const char *const sentences[WHY_SENTENCES][MAILSIM_LANGUAGES] = {
    [WHY_NO_TLS_WANTED] = {
        "smtp_tls_security_level = none: the sender never asks for TLS, whatever the server offers and whatever certificate it has.",
        "smtp_tls_security_level = none: quien envía nunca pide TLS, ofrezca lo que ofrezca el servidor y tenga el certificado que tenga."},
    [WHY_NO_TLS_OFFERED] = {
        "The server does not offer STARTTLS, and at level {level} that is enough for the sender to go on in the clear: mail unencrypted rather than no mail. Whoever stands on the path and strikes STARTTLS out of the server's answer gets the same.",
        "El servidor no ofrece STARTTLS y, con el nivel {level}, eso basta para que quien envía siga en claro: antes correo sin cifrar que ningún correo. Quien esté en el camino y borre STARTTLS de la respuesta consigue lo mismo."},
    [WHY_REFUSED_AND_WENT_ON] = {
        "The server offers STARTTLS and then refuses it with 454: it cannot read its certificate. At level {level} the sender goes on in the clear at once, on the same connection.",
        "El servidor ofrece STARTTLS y luego lo niega con 454: no puede leer su certificado. Con el nivel {level}, quien envía sigue en claro enseguida, en la misma conexión."},
    [WHY_CLEAR_LATER] = {
        "The first attempt was deferred, because the handshake failed. By now the message has waited for longer than minimal_backoff_time, and at level may such a message goes in the clear when TLS fails once more: a second connection, without STARTTLS.",
        "El primer intento se aplazó porque falló la negociación. Ahora el mensaje lleva esperando más de minimal_backoff_time y, con el nivel may, un mensaje así sale en claro si TLS vuelve a fallar: una segunda conexión, sin STARTTLS."},
    [WHY_ANYBODY] = {
        "Level {level} demands no proof: TLS with any certificate will do. That keeps out who only listens; it does not keep out who answers in the server's place.",
        "El nivel {level} no exige ninguna prueba: vale TLS con cualquier certificado. Eso deja fuera a quien solo escucha, pero no a quien contesta en lugar del servidor."},
    [WHY_NO_TLSA_AS_MAY] = {
        "No TLSA record says what the certificate must be, so dane does what may does.",
        "Ningún registro TLSA dice cómo ha de ser el certificado, así que dane hace lo que haría may."},
    [WHY_UNSIGNED_AS_MAY] = {
        "The zone is not signed: anybody could have made up what DNS says. So TLSA records there count for nothing, and dane does what may does.",
        "La zona no está firmada: lo que dice el DNS podría habérselo inventado cualquiera. Sus registros TLSA no cuentan y dane hace lo que haría may."},
    [WHY_ANONYMOUS] = {
        "Since nobody asks for proof, below TLS 1.3 two Postfixes agree on a cipher without certificates: the log says Anonymous, though the server has one.",
        "Como nadie pide pruebas, por debajo de TLS 1.3 dos Postfix acuerdan un cifrado sin certificados: el log dice Anonymous, aunque el servidor tenga uno."},
    [WHY_TRUSTED] = {
        "The chain ends at a CA that the sender knows and the dates hold: the log says Trusted. That is not Verified: no name was compared.",
        "La cadena acaba en una CA que conoce quien envía y las fechas están en vigor: el log dice Trusted. No es Verified: no se comparó ningún nombre."},
    [WHY_OTHER_NAME_UNNOTICED] = {
        "And indeed the certificate is for {names}: nobody noticed.",
        "Y, de hecho, el certificado es de {names}: nadie se ha dado cuenta."},
    [WHY_UNTRUSTED] = {
        "The certificate proves nothing to the sender ({problem}), so the log says Untrusted. The message goes all the same.",
        "El certificado no le demuestra nada a quien envía ({problem}), así que el log dice Untrusted. El mensaje sale de todas formas."},
    [WHY_CHAIN_AND_NAME] = {
        "All that level {level} demands is there: a chain up to a CA that the sender knows, dates that hold, and a name that it looks for ({expected}).",
        "Está todo lo que exige el nivel {level}: una cadena hasta una CA que conoce quien envía, fechas en vigor y un nombre de los que busca ({expected})."},
    [WHY_FINGERPRINT] = {
        "The fingerprint of the server's certificate is in smtp_tls_fingerprint_cert_match. Nothing else counts: no CA, no name, no date.",
        "La huella del certificado del servidor está en smtp_tls_fingerprint_cert_match. Nada más cuenta: ni la CA, ni el nombre, ni las fechas."},
    [WHY_TLSA_KEY] = {
        "The zone is signed, and its TLSA record 3 1 1 holds the digest of the server's key. Nothing else counts: no CA, no name, no date.",
        "La zona está firmada y su registro TLSA 3 1 1 contiene el resumen de la clave del servidor. Nada más cuenta: ni la CA, ni el nombre, ni las fechas."},
    [WHY_TLSA_AUTHORITY] = {
        "The zone is signed, and its TLSA record 2 0 1 names a CA. The chain ends there, the dates hold, and the name is right: with 2 0 1 all three count.",
        "La zona está firmada y su registro TLSA 2 0 1 señala una CA. La cadena acaba en ella, las fechas están en vigor y el nombre es correcto: con 2 0 1 cuentan las tres cosas."},
    [WHY_TLS_MISSING] = {
        "Level {level} insists on TLS, and the server offers none. The message stays in the queue: 4.7.4. Nothing of it has been sent, and it will not go in the clear later.",
        "El nivel {level} exige TLS y el servidor no lo ofrece. El mensaje se queda en la cola: 4.7.4. No se ha enviado nada de él, ni saldrá en claro más tarde."},
    [WHY_REFUSED_AND_WAITS] = {
        "The server offers STARTTLS and then refuses it with 454: it cannot read its certificate. Level {level} insists on TLS, so the message waits until somebody repairs that.",
        "El servidor ofrece STARTTLS y luego lo niega con 454: no puede leer su certificado. El nivel {level} exige TLS, así que el mensaje espera a que alguien lo repare."},
    [WHY_HANDSHAKE_MAY] = {
        "STARTTLS is accepted, but the handshake fails. Not even may goes back to clear text at once: the message is deferred. Only an attempt made after minimal_backoff_time does without TLS (--attempts=2 shows it).",
        "El servidor acepta STARTTLS, pero la negociación falla. Ni siquiera may vuelve enseguida al texto en claro: el mensaje se aplaza. Solo un intento posterior a minimal_backoff_time prescinde de TLS (se ve con --attempts=2)."},
    [WHY_HANDSHAKE] = {
        "STARTTLS is accepted, but the handshake fails. Level {level} insists on TLS: each attempt ends like this one, until maximal_queue_lifetime is over.",
        "El servidor acepta STARTTLS, pero la negociación falla. El nivel {level} exige TLS: todos los intentos acaban como este, hasta que pase maximal_queue_lifetime."},
    [WHY_NOT_VERIFIED] = {
        "The handshake itself succeeds, and the server sees an encrypted connection. Then the sender judges the certificate, says QUIT and sends nothing.",
        "La negociación en sí sale bien y el servidor ve una conexión cifrada. Después quien envía juzga el certificado, dice QUIT y no envía nada."},
    [WHY_BAD_CHAIN] = {
        "The chain leads to no CA that the sender trusts: {problem}.",
        "La cadena no lleva a ninguna CA en la que confíe quien envía: {problem}."},
    [WHY_BAD_NAME] = {
        "The name is wrong: the sender looks for {expected}; the certificate is for {names}.",
        "El nombre no es el correcto: quien envía busca {expected}; el certificado es de {names}."},
    [WHY_BAD_DATES] = {
        "The dates do not hold: it was valid from {from} to {until}.",
        "Las fechas no sirven: valía del {from} al {until}."},
    [WHY_OTHER_FINGERPRINT] = {
        "The fingerprint of the server's certificate is not the one in smtp_tls_fingerprint_cert_match. Nothing else counts at level fingerprint, be the certificate as good as it may.",
        "La huella del certificado del servidor no es la de smtp_tls_fingerprint_cert_match. Con el nivel fingerprint nada más cuenta, por bueno que sea el certificado."},
    [WHY_OTHER_TLSA] = {
        "A TLSA record in a signed zone says what the certificate must be, and this one does not fit it. An attacker would look just like that; so would an administrator who renewed the key and forgot the record.",
        "Un registro TLSA en una zona firmada dice cómo ha de ser el certificado, y este no encaja. Con un atacante se vería lo mismo; también con un administrador que renovó la clave y olvidó el registro."},
    [WHY_NO_TLSA] = {
        "Level dane-only sends by TLSA records alone, and there is none: no connection is even made.",
        "El nivel dane-only solo envía según registros TLSA, y no hay ninguno: ni siquiera se conecta."},
    [WHY_UNSIGNED] = {
        "Level dane-only believes signed DNS alone, and the zone is not signed: no connection is even made.",
        "El nivel dane-only solo se fía de un DNS firmado, y la zona no lo está: ni siquiera se conecta."},
    [WHY_TLSA_LOOKUP] = {
        "The zone is signed, and DNS gives no answer about its TLSA record. Somebody may be hiding it: the sender waits instead of guessing, and makes no connection.",
        "La zona está firmada y el DNS no contesta cuando se le pregunta por su registro TLSA. Puede que alguien lo esconda: quien envía espera en vez de adivinar, y no se conecta."},
    [WHY_DEMANDED] = {
        "The server demands TLS (smtpd_tls_security_level = encrypt) and the sender has none: 530 5.7.0. A code that begins with 5 is final, so the message goes back to its sender at once.",
        "El servidor exige TLS (smtpd_tls_security_level = encrypt) y quien envía no lo usa: 530 5.7.0. Un código que empieza por 5 es definitivo, así que el mensaje se devuelve enseguida a su remitente."},
    [WHY_ATTEMPT] = {"attempt", "intento"},
    [WHY_OVER_TLS] = {"over TLS ({trust})", "con TLS ({trust})"},
    [WHY_IN_THE_CLEAR] = {"in the clear", "en claro"},
    [WHY_WITHOUT_TLS] = {"without TLS", "sin TLS"},
    [WHY_NEVER_CONNECTED] = {"without a connection", "sin conexión"},
    [WHY_DELIVERED] = {"delivered", "entregado"},
    [WHY_DEFERRED] = {"deferred", "aplazado"},
    [WHY_BOUNCED] = {"bounced", "devuelto"},
};
/* clang-format on */

const char *
why_get_sentence(WhySentence sentence, MailsimLanguage language)
{
    g_assert(sentences[sentence][language] != NULL);
    return sentences[sentence][language];
}
