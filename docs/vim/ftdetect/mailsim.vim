" SPDX-License-Identifier: MIT
autocmd BufRead,BufNewFile *.scenario setfiletype mailsim
