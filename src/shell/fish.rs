//! The script for fish (3.2 or newer).

use super::grammar::{Grammar, Values, Words};
use super::quote::text;
use crate::cli::Shell;

const HEAD: &str = r#"# Completions of safe-rm for fish, made by `safe-rm completions fish`.

# Ids that safe-rm knows, with what they are behind a tab.
function __safe_rm_ids
    command @PROGRAM@ --complete-ids=$argv[1] 2>/dev/null </dev/null
end

# Whether the first word is this command.
function __safe_rm_is
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end

# Whether no command was named.
function __safe_rm_bare
    set -l words (commandline -opc)
    not contains -- "$words[2]" @NAMES@
end

# Whether the first word is being typed.
function __safe_rm_first
    set -l words (commandline -opc)
    test (count $words) -eq 1
end

complete -c @NAME@ -n __safe_rm_bare -F
"#;

pub(super) fn script(grammar: &Grammar) -> String {
    let mut out = HEAD.replace("@NAMES@", &grammar.names().join(" "));
    for words in grammar.commands() {
        let about = text(Shell::Fish, &words.about);
        out.push_str(&format!(
            "complete -c @NAME@ -n __safe_rm_first -a {} -d {about}\n",
            words.name
        ));
    }
    for words in &grammar.all {
        out.push_str(&command(words));
    }
    out
}

fn command(words: &Words) -> String {
    let when = if words.name.is_empty() {
        "__safe_rm_bare".to_owned()
    } else {
        format!("'__safe_rm_is {}'", words.name)
    };
    let base = format!("complete -c @NAME@ -n {when}");
    let mut out = String::new();
    for opt in &words.options {
        let short: String = opt.short.iter().map(|c| format!(" -s {c}")).collect();
        let long = opt.long.as_ref().map_or_else(String::new, |l| format!(" -l {l}"));
        let value = match &opt.value {
            None => String::new(),
            // An optional value stands behind `=`, and what follows is a file.
            Some(values) if opt.optional => format!(" -a {}", listed(values)),
            Some(Values::Dirs) => " -r -f -a '(__fish_complete_directories)'".to_owned(),
            Some(Values::Paths) => " -r -F".to_owned(),
            Some(values @ Values::Words(_)) => format!(" -x -a {}", listed(values)),
            Some(_) => " -x".to_owned(),
        };
        let help = text(Shell::Fish, &opt.help);
        out.push_str(&format!("{base}{short}{long}{value} -d {help}\n"));
    }
    let place = match &words.values {
        _ if words.name.is_empty() => return out,
        Values::Nothing | Values::Unknown => " -f".to_owned(),
        Values::Paths => " -F".to_owned(),
        Values::Dirs => " -F -k -a '(__fish_complete_directories)'".to_owned(),
        Values::Ids if words.name == "undo" => " -F -k -a '(__safe_rm_ids undo)'".to_owned(),
        Values::Ids => format!(" -f -k -a '(__safe_rm_ids {})'", words.name),
        values @ Values::Words(_) => format!(" -f -a {}", listed(values)),
    };
    out.push_str(&format!("{base}{place}\n"));
    out
}

fn listed(values: &Values) -> String {
    let Values::Words(words) = values else { return "''".to_owned() };
    let words: Vec<_> = words.iter().map(|w| w.0.as_str()).collect();
    text(Shell::Fish, &words.join(" "))
}
