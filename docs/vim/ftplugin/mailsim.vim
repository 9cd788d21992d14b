" SPDX-License-Identifier: MIT
" :make looks for mistakes in the file, :cnext goes from one to the next.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=#\ %s
setlocal comments=:#
setlocal makeprg=mailsim\ check\ %:S
setlocal errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%-G%.%#

let b:undo_ftplugin = "setlocal commentstring< comments< makeprg< errorformat<"
