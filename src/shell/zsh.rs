//! The script for Zsh: to be evaluated, or to lie as `_safe-rm` in a folder of `fpath`.

use super::grammar::{Grammar, Opt, Values, Words};
use super::quote;
use crate::cli::Shell;

const HEAD: &str = r#"#compdef @NAME@
# Completions of safe-rm for Zsh, made by `safe-rm completions zsh`.

# Ids that safe-rm knows, with what they are; both are shown as they stand.
_safe_rm_ids() {
    local -a ids shown expl
    local id what
    while IFS=$'\t' read -r id what; do
        ids+=("$id")
        shown+=("$id  $what")
    done < <(command @PROGRAM@ "--complete-ids=$1" 2> /dev/null < /dev/null)
    (( $#ids )) && _wanted -V ids expl deletion compadd -l -d shown -a ids
}

_safe_rm_dirs() {
    _files -/ || _files
}

_safe_rm_ids_or_files() {
    _safe_rm_ids $1 || _files
}

"#;

const TAIL: &str = r#"
_safe_rm_first() {
    local ret=1
    if (( CURRENT == 2 )); then
        local -a commands=(
@COMMANDS@
        )
        _describe -t commands command commands && ret=0
    fi
    _files && ret=0
    return ret
}

_safe-rm() {
    local curcontext="$curcontext"
    if (( CURRENT > 2 )) && [[ " @NAMES@ " == *" $words[2] "* ]]; then
        shift words
        (( CURRENT-- ))
        curcontext="${curcontext%:*}-$words[1]:"
        _safe_rm_of $words[1]
    else
        _safe_rm_of ''
    fi
}

# For `rm`, where aliases are completed as they stand, or a link of that name leads here.
_safe_rm_as_rm() {
    _safe_rm_of rm
}

if [[ $funcstack[1] == _@NAME@ ]]; then
    _safe-rm "$@"
elif (( $+functions[compdef] )); then
    compdef _safe-rm @NAME@
fi
"#;

pub(super) fn script(grammar: &Grammar) -> String {
    let mut out = HEAD.to_owned();
    out.push_str(
        "# Completes a word of this command; of the program itself where it has no name.\n",
    );
    out.push_str("_safe_rm_of() {\n    case $1 in\n");
    for words in &grammar.all {
        out.push_str(&command(words));
    }
    out.push_str("    esac\n}\n");
    let describe = |w: &Words| {
        let text = format!("{}:{}", w.name, w.about.replace('\\', "\\\\"));
        format!("            {}", quote::text(Shell::Zsh, &text))
    };
    let commands: Vec<_> = grammar.commands().map(describe).collect();
    let tail = TAIL.replace("@COMMANDS@", &commands.join("\n"));
    out.push_str(&tail.replace("@NAMES@", &grammar.names().join(" ")));
    out
}

fn command(words: &Words) -> String {
    let name = if words.name.is_empty() { "''" } else { &words.name };
    let mut specs: Vec<String> = words.options.iter().flat_map(option).collect();
    // A blank before a function keeps `_arguments` from putting words of its own before ours.
    let place = match &words.values {
        _ if words.name.is_empty() => Some("*:path:_safe_rm_first".to_owned()),
        Values::Nothing => None,
        Values::Ids if words.name == "undo" => {
            Some("*:deletion: _safe_rm_ids_or_files undo".into())
        }
        Values::Ids => Some(format!("*:deletion: _safe_rm_ids {}", words.name)),
        other => Some(format!("*:{}:{}", message(other), action(other))),
    };
    specs.extend(place);
    let specs: Vec<_> = specs
        .iter()
        .map(|spec| format!(" \\\n            {}", quote::text(Shell::Zsh, spec)))
        .collect();
    format!("    ({name})\n        _arguments -s -S :{}\n        ;;\n", specs.concat())
}

fn option(opt: &Opt) -> Vec<String> {
    let help: String = opt.help.chars().fold(String::new(), |mut out, c| {
        if "[]:\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    });
    let value = opt.value.as_ref().map_or_else(String::new, |values| {
        let maybe = if opt.optional { ":" } else { "" };
        format!(":{maybe}{}:{}", message(values), action(values))
    });
    let spellings = opt.spellings();
    let others = format!("({})", spellings.join(" "));
    let spec = |spelling: &String| {
        let sign = match (&opt.value, opt.optional, spelling.starts_with("--")) {
            (None, ..) => "",
            (_, true, _) => "=-",
            (_, _, true) => "=",
            _ => "+",
        };
        format!("{others}{spelling}{sign}[{help}]{value}")
    };
    spellings.iter().map(spec).collect()
}

fn message(values: &Values) -> &'static str {
    match values {
        Values::Nothing | Values::Unknown => "value",
        Values::Paths => "path",
        Values::Dirs => "directory",
        Values::Ids => "deletion",
        Values::Words(_) => "word",
    }
}

fn action(values: &Values) -> String {
    match values {
        // A message, and no completion.
        Values::Nothing | Values::Unknown | Values::Ids => " ".to_owned(),
        Values::Paths => "_files".to_owned(),
        Values::Dirs => "_safe_rm_dirs".to_owned(),
        Values::Words(words) => {
            let words: Vec<_> = words.iter().map(|w| w.0.as_str()).collect();
            format!("({})", words.join(" "))
        }
    }
}
