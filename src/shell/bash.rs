//! The script for Bash (4.4 or newer, where `compopt` and `nosort` are there).

use super::grammar::{Grammar, Values, Words};

const HEAD: &str = r#"# Completions of safe-rm for Bash, made by `safe-rm completions bash`.

# Ids that safe-rm knows. They are compared as text, and nothing of them is expanded.
_safe_rm_ids() {
    local id what
    while IFS=$'\t' read -r id what; do
        [[ $id == "$2"* ]] && COMPREPLY+=("$id")
    done < <(command @PROGRAM@ "--complete-ids=$1" 2> /dev/null < /dev/null)
}

_safe_rm_words() {
    local IFS=$' \t\n'
    COMPREPLY=($(compgen -W "$1" -- "$2"))
}

"#;

const TAIL: &str = r#"
# Completes a word of this command; of the program itself where it has no name.
_safe_rm_of() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options='' values='' i
    COMPREPLY=()
    if [[ $cur == '=' ]]; then
        cur='' prev+='='
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}=
    fi
    _safe_rm_grammar "$1" "$prev"
    for ((i = 1; i < COMP_CWORD; i++)); do
        # What follows `--` is no option.
        [[ ${COMP_WORDS[i]} == '--' ]] && options=''
    done
    if [[ $values == words:* ]]; then
        _safe_rm_words "${values#words:}" "$cur"
    elif [[ $cur == -* && $options ]]; then
        _safe_rm_words "$options" "$cur"
        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    else
        case $values in
        paths) compopt -o default ;;
        dirs) compopt -o dirnames -o default ;;
        ids)
            _safe_rm_ids "$1" "$cur"
            [[ $1 == undo ]] && compopt -o default
            ;;
        commands)
            _safe_rm_words "$_safe_rm_commands" "$cur"
            compopt -o plusdirs -o default -o filenames
            ;;
        esac
    fi
    return 0
}

_safe_rm() {
    local _safe_rm_commands='@COMMANDS@'
    if ((COMP_CWORD > 1)) && [[ " $_safe_rm_commands " == *" ${COMP_WORDS[1]} "* ]]; then
        _safe_rm_of "${COMP_WORDS[1]}"
    else
        _safe_rm_of ''
    fi
}

# For an alias `rm`, whose words Bash completes as they stand.
_safe_rm_as_rm() {
    _safe_rm_of rm
}

complete -o nosort -F _safe_rm @NAME@
"#;

pub(super) fn script(grammar: &Grammar) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("# Sets `options` and `values` for a command and the word before.\n");
    out.push_str("_safe_rm_grammar() {\n    case $1 in\n");
    for words in &grammar.all {
        out.push_str(&command(words));
    }
    out.push_str("    esac\n}\n");
    out.push_str(&TAIL.replace("@COMMANDS@", &grammar.names().join(" ")));
    out
}

fn command(words: &Words) -> String {
    let mut options = Vec::new();
    let mut taking = String::new();
    for opt in &words.options {
        for spelling in opt.spellings() {
            let sign = if opt.optional { "=" } else { "" };
            if let Some(value) = &opt.value {
                // `--sort=` is followed by its value as `--sort` is.
                let also = if opt.optional { "" } else { "|" };
                let plain = if opt.optional { "" } else { &spelling };
                taking.push_str(&format!(
                    "        {plain}{also}{spelling}=) values={} options='' ;;\n",
                    kind(value)
                ));
            }
            options.push(format!("{spelling}{sign}"));
            if opt.optional {
                options.push(spelling);
            }
        }
    }
    let first = words.name.is_empty();
    let name = if first { "''" } else { &words.name };
    let values = kind(&words.values);
    let mut out = format!("    {name})\n        options='{}' values={values}\n", options.join(" "));
    if first {
        out.push_str("        ((COMP_CWORD == 1)) && values=commands\n");
    }
    if !taking.is_empty() {
        out.push_str(&format!("        case $2 in\n{taking}        esac\n"));
    }
    out.push_str("        ;;\n");
    out
}

fn kind(values: &Values) -> String {
    match values {
        Values::Nothing | Values::Unknown => "nothing".to_owned(),
        Values::Paths => "paths".to_owned(),
        Values::Dirs => "dirs".to_owned(),
        Values::Ids => "ids".to_owned(),
        Values::Words(words) => {
            let words: Vec<_> = words.iter().map(|w| w.0.as_str()).collect();
            format!("'words:{}'", words.join(" "))
        }
    }
}
