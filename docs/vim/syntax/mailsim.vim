" SPDX-License-Identifier: MIT
" Vim syntax file
" Language: scenarios of mailsim(1), mailsim-scenario(5)
"
" docs/vim/syntax/mailsim.vim is written from docs/source/mailsim.vim and the tables of the program:
" MAILSIM_UPDATE_GOLDEN=1 meson test -C build reference
"
" A key that its group does not have is shown as an error, one that is not built yet as something to
" be done. mailsim check knows more; :make asks it.

if exists("b:current_syntax")
  finish
endif

syntax case match
syntax iskeyword @,48-57,45,46,_

syntax match mailsimComment /^\s*#.*$/
syntax match mailsimUnknown /^\[.*$/
syntax match mailsimHeaderEnd /\]\s*$/ contained
syntax match mailsimStep /@[^]]*/ contained
syntax match mailsimLanguage /\[\l\l\]/ contained nextgroup=mailsimText skipwhite
syntax match mailsimUnknownKey /^\s*[^#\[= \t][^=]*\ze=/ contained nextgroup=mailsimText
syntax match mailsimText /=.*$/ contained contains=mailsimEscape
syntax match mailsimValue /=.*$/ contained contains=mailsimWord,mailsimNumber
syntax match mailsimEscape /\\[nrts\\]/ contained
syntax match mailsimNumber /[ ,=]\@1<=\d[0-9.:-]*\%(ms\|[smhdw]\)\?\ze\%([ ,]\|$\)/ contained

" The words that values are made of.
syntax keyword mailsimWord contained en es yes no letsencrypt snakeoil
syntax keyword mailsimWord contained expired not-yet-valid wrong-name unknown-ca no-intermediate ecdsa
syntax keyword mailsimWord contained rsa ed25519 digital-signature key-encipherment key-agreement key-cert-sign
syntax keyword mailsimWord contained crl-sign server-auth client-auth email-protection any clear
syntax keyword mailsimWord contained starttls-if-offered starttls tls bogus send fetch
syntax keyword mailsimWord contained talk wait set look delivered deferred
syntax keyword mailsimWord contained bounced rejected failed fetched sent encrypted
syntax keyword mailsimWord contained TLSv1.2 TLSv1.3 resumed anonymous untrusted trusted
syntax keyword mailsimWord contained verified chain-ok chain-bad name-ok name-bad dates-ok
syntax keyword mailsimWord contained dates-bad login no-login password-seen password-hidden text-seen
syntax keyword mailsimWord contained text-hidden addresses-seen addresses-hidden starttls-not-supported certificate-host-mismatch certificate-expired
syntax keyword mailsimWord contained certificate-not-trusted validation-failure tlsa-invalid dnssec-invalid dane-required sts-policy-fetch-error
syntax keyword mailsimWord contained sts-policy-invalid sts-webpki-invalid

" The groups, and the keys of each.
syntax region mailsimIn_scenario matchgroup=mailsimHeader start=/^\[scenario\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*title\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_scenario nextgroup=mailsimLanguage,mailsimText skipwhite
syntax match mailsimKey /^\s*summary\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_scenario nextgroup=mailsimLanguage,mailsimText skipwhite
syntax match mailsimKey /^\s*include\ze\s*=/ contained containedin=mailsimIn_scenario nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*language\ze\s*=/ contained containedin=mailsimIn_scenario nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*start\ze\s*=/ contained containedin=mailsimIn_scenario nextgroup=mailsimValue skipwhite

syntax region mailsimIn_host matchgroup=mailsimHeader start=/^\[host\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*mailname\ze\s*=/ contained containedin=mailsimIn_host nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*hostname\ze\s*=/ contained containedin=mailsimIn_host nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*address\ze\s*=/ contained containedin=mailsimIn_host nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*users\ze\s*=/ contained containedin=mailsimIn_host nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*certificate\ze\s*=/ contained containedin=mailsimIn_host nextgroup=mailsimValue skipwhite

syntax region mailsimIn_postfix matchgroup=mailsimHeader start=/^\[postfix\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*[^=# \t][^= \t]*\ze\s*=/ contained containedin=mailsimIn_postfix nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*like\ze\s*=/ contained containedin=mailsimIn_postfix nextgroup=mailsimValue skipwhite
syntax match mailsimPlanned /^\s*lab\.[^=# \t][^= \t]*\ze\s*=/ contained containedin=mailsimIn_postfix nextgroup=mailsimText skipwhite

syntax region mailsimIn_service matchgroup=mailsimHeader start=/^\[service\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*\%(-o\s*\)\?[^=# \t][^= \t]*\ze\s*=/ contained containedin=mailsimIn_service nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*\%(-o\s*\)\?like\ze\s*=/ contained containedin=mailsimIn_service nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*\%(-o\s*\)\?port\ze\s*=/ contained containedin=mailsimIn_service nextgroup=mailsimValue skipwhite

syntax region mailsimIn_dovecot matchgroup=mailsimHeader start=/^\[dovecot\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*[^=# \t][^= \t]*\ze\s*=/ contained containedin=mailsimIn_dovecot nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*like\ze\s*=/ contained containedin=mailsimIn_dovecot nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*ports\ze\s*=/ contained containedin=mailsimIn_dovecot nextgroup=mailsimValue skipwhite

syntax region mailsimIn_file matchgroup=mailsimHeader start=/^\[file\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*\d\+\ze\s*=/ contained containedin=mailsimIn_file nextgroup=mailsimText skipwhite

syntax region mailsimIn_zone matchgroup=mailsimHeader start=/^\[zone\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*[^# \t]\S*\s\+\u\+\ze\s*=/ contained containedin=mailsimIn_zone nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*dnssec\ze\s*=/ contained containedin=mailsimIn_zone nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*fails\ze\s*=/ contained containedin=mailsimIn_zone nextgroup=mailsimValue skipwhite

syntax region mailsimIn_certificate matchgroup=mailsimHeader start=/^\[certificate\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*cn\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*like\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*profile\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*names\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*issuer\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*key\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*issued\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*days\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*ca\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*key-usage\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*extended-key-usage\ze\s*=/ contained containedin=mailsimIn_certificate nextgroup=mailsimValue skipwhite

syntax region mailsimIn_mua matchgroup=mailsimHeader start=/^\[mua\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*password\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*like\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*user\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*login\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*outgoing\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*incoming\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*check\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*keep\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*address\ze\s*=/ contained containedin=mailsimIn_mua nextgroup=mailsimValue skipwhite

syntax region mailsimIn_link matchgroup=mailsimHeader start=/^\[link\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*latency\ze\s*=/ contained containedin=mailsimIn_link nextgroup=mailsimValue skipwhite
syntax match mailsimPlanned /^\s*attack\ze\s*=/ contained containedin=mailsimIn_link nextgroup=mailsimText skipwhite
syntax match mailsimPlanned /^\s*attack\.certificate\ze\s*=/ contained containedin=mailsimIn_link nextgroup=mailsimText skipwhite
syntax match mailsimPlanned /^\s*attack\.mx\ze\s*=/ contained containedin=mailsimIn_link nextgroup=mailsimText skipwhite
syntax match mailsimPlanned /^\s*attack\.text\ze\s*=/ contained containedin=mailsimIn_link nextgroup=mailsimText skipwhite

syntax region mailsimIn_blocklist matchgroup=mailsimHeader start=/^\[blocklist\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*listed\ze\s*=/ contained containedin=mailsimIn_blocklist nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*trap\ze\s*=/ contained containedin=mailsimIn_blocklist nextgroup=mailsimValue skipwhite

syntax region mailsimIn_step matchgroup=mailsimHeader start=/^\[step\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimKey /^\s*\d\+\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*title\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimLanguage,mailsimText skipwhite
syntax match mailsimKey /^\s*intro\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimLanguage,mailsimText skipwhite
syntax match mailsimKey /^\s*subject\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*text\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*password\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*until\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.hop\.[^.= \t]\+\.reply\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.hop\.[^.= \t]\+\.decided\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.count\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.has\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.lacks\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.\d\+\.lacks\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*expect\.\d\+\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimKey /^\s*show\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*like\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*do\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*restart\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*by\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*to\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*from\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*user\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*login\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*outgoing\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*incoming\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*check\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*keep\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*connect\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*for\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*message\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*at\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*expect\.outcome\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*expect\.to\.[^=# \t][^= \t]*\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*expect\.hop\.[^.= \t]\+\.1\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimKey /^\s*expect\.hop\.[^.= \t]\+\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimValue skipwhite
syntax match mailsimPlanned /^\s*predict\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite
syntax match mailsimPlanned /^\s*expect\.attack\ze\s*=/ contained containedin=mailsimIn_step nextgroup=mailsimText skipwhite

syntax region mailsimIn_question matchgroup=mailsimPlanned start=/^\[question\>[^]@]*/ end=/^\ze\[/ contains=mailsimHeaderEnd,mailsimStep,mailsimComment,mailsimUnknownKey
syntax match mailsimPlanned /^\s*step\ze\s*=/ contained containedin=mailsimIn_question nextgroup=mailsimText skipwhite
syntax match mailsimPlanned /^\s*ask\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_question nextgroup=mailsimLanguage,mailsimText skipwhite
syntax match mailsimPlanned /^\s*why\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_question nextgroup=mailsimLanguage,mailsimText skipwhite
syntax match mailsimPlanned /^\s*[a-f]\.if\ze\s*=/ contained containedin=mailsimIn_question nextgroup=mailsimText skipwhite
syntax match mailsimPlanned /^\s*[a-f]\ze\%(\[\l\l\]\)\?\s*=/ contained containedin=mailsimIn_question nextgroup=mailsimLanguage,mailsimText skipwhite

syntax sync fromstart

highlight default link mailsimComment Comment
highlight default link mailsimHeader Type
highlight default link mailsimHeaderEnd Type
highlight default link mailsimStep Special
highlight default link mailsimLanguage Special
highlight default link mailsimKey Identifier
highlight default link mailsimPlanned Todo
highlight default link mailsimUnknown Error
highlight default link mailsimUnknownKey Error
highlight default link mailsimText String
highlight default link mailsimEscape SpecialChar
highlight default link mailsimWord Constant
highlight default link mailsimNumber Number

let b:current_syntax = "mailsim"
