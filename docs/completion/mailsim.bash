# SPDX-License-Identifier: MIT
#
# Completion of mailsim's command line in bash. It knows no command, option, case or word itself: it
# asks the program that is to be run: “mailsim --help”, “mailsim COMMAND --help”, “mailsim list”.
# Installed where bash-completion looks; by hand: source mailsim.bash

# Lines of the help: “run CASE|FILE...”, a command and its arguments.
_mailsim_commands() { # PROGRAM
    LC_ALL=C "$1" --help 2>/dev/null | awk '
        /^  [a-z]/ {
            line = $1
            for (i = 2; $i ~ /^[[A-Z][][A-Z|.-]*$/; i++) line = line " " $i
            print line
        }'
}

# The argument that the cursor is at, of those that the help names; the last may be repeated.
_mailsim_argument() { # ARGUMENTS
    local -a arguments
    local word place=0

    read -ra arguments <<<"$1"
    for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
        [[ $word == -* ]] || ((place < ${#arguments[@]} - 1 && ++place))
    done
    printf '%s\n' "${arguments[place]-}"
}

# The options of a command as its help has them, one a line: “--lang=es|en”, “-o”, “--output=FILE”.
# Without a command, those of the program.
_mailsim_options() { # PROGRAM COMMAND
    LC_ALL=C "$1" ${2:+"$2"} --help 2>/dev/null | awk -v command="$2" '
        /^Other options:/ { program = 1 }
        /^  -/ && (command != "" || program) {
            if ($1 ~ /,$/) { print substr($1, 1, length($1) - 1); print $2 }
            else print $1
        }'
}

# What can stand behind an option: its “es|en”, or “FILE”; nothing: it takes no value.
_mailsim_values() { # PROGRAM COMMAND OPTION
    _mailsim_options "$1" "$2" | awk -v option="$3" '
        $0 == option && option !~ /^--/ { short = 1; next }
        short || index($0, option "=") == 1 { sub(/^[^=]*=?/, ""); print; exit }'
}

_mailsim_reply() { # WORDS CURRENT
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "$2")
}

# Files that compgen finds with these arguments.
_mailsim_reply_files() { # CURRENT ARGUMENTS...
    local current=$1
    shift
    compopt -o filenames 2>/dev/null
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$current")
}

# By what the help writes behind an option.
_mailsim_reply_value() { # PROGRAM VALUES CURRENT
    case $2 in
    FILE) _mailsim_reply_files "$3" -f ;;
    *CASE*) _mailsim_reply_arguments "$1" "$2" "$3" ;;
    *'|'*) _mailsim_reply "${2//|/ }" "$3" ;;
    esac
}

# By what the help calls the arguments of a command.
_mailsim_reply_arguments() { # PROGRAM ARGUMENTS CURRENT
    case $2 in
    *CASE*) _mailsim_reply "$(LC_ALL=C "$1" list 2>/dev/null | awk '{ print $1 }')" "$3" ;;
    esac
    case $2 in
    DIR) _mailsim_reply_files "$3" -d ;;
    *FILE*)
        _mailsim_reply_files "$3" -f -X '!*.scenario'
        _mailsim_reply_files "$3" -d
        ;;
    *TOPIC*) # those of one word
        _mailsim_reply "$(LC_ALL=C "$1" explain --list 2>/dev/null | awk 'NF == 2 { print $2 }')" "$3"
        ;;
    esac
}

_mailsim() {
    local program=${1/#\~/$HOME} command='' arguments='' option=''
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

    COMPREPLY=()
    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}

    # “=” is a word of its own where COMP_WORDBREAKS has it.
    if [[ $current == = ]]; then
        option=$previous current=''
    elif [[ $previous == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $current == --*=* ]]; then
        _mailsim_reply_value "$program" "$(_mailsim_values "$program" "$command" "${current%%=*}")" "${current#*=}"
        COMPREPLY=("${COMPREPLY[@]/#/${current%%=*}=}")
        return
    elif [[ $previous == -* && -n $(_mailsim_values "$program" "$command" "$previous") ]]; then
        option=$previous
    fi

    if [[ -n $option ]]; then
        _mailsim_reply_value "$program" "$(_mailsim_values "$program" "$command" "$option")" "$current"
    elif [[ $current == -* ]]; then
        _mailsim_reply "$(_mailsim_options "$program" "$command" | sed 's/=.*/=/')" "$current"
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
    elif [[ -z $command ]]; then
        _mailsim_reply "$(_mailsim_commands "$program" | awk '{ print $1 }')" "$current"
    else
        arguments=$(_mailsim_commands "$program" | awk -v command="$command" '$1 == command { $1 = ""; print }')
        _mailsim_reply_arguments "$program" "$(_mailsim_argument "$arguments")" "$current"
    fi
}

complete -F _mailsim mailsim
