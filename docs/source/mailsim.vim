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
{{words}}

" The groups, and the keys of each.
{{groups}}

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
