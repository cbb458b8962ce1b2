//! Programs that write what a shell is to run, and are known to write nothing else than its settings.

use super::ast::{Node, Raw};

/// Their first words.
const KNOWN: &[&str] = &[
    "ssh-agent",
    "conda shell.",
    "mamba shell",
    "micromamba shell",
    "direnv",
    "pyenv",
    "rbenv",
    "nodenv",
    "goenv",
    "jenv",
    "asdf",
    "mise",
    "fnm",
    "brew shellenv",
    "dircolors",
    "starship",
    "zoxide",
    "thefuck",
    "atuin",
    "mcfly",
    "fzf",
    "kubectl completion",
    "helm completion",
    "gh completion",
    "uv generate-shell-completion",
    "uvx --generate-shell-completion",
    "pip completion",
    "register-python-argcomplete",
    "opam env",
    "luarocks path",
    "gpg-agent",
    "keychain",
    "resize",
    "modulecmd",
    "pixi",
    "rustup completions",
    "npm completion",
    "minikube docker-env",
    "docker-machine env",
];

/// Whether these are the words of an `eval` of what such a program writes.
pub(super) fn is_eval(words: &[Raw]) -> bool {
    let [Raw::Word(eval), Raw::Word(text)] = words else { return false };
    let text = text.trim_matches('"');
    let inner = text.strip_prefix("$(").and_then(|t| t.strip_suffix(')'));
    let inner = inner.or_else(|| text.strip_prefix('`').and_then(|t| t.strip_suffix('`')));
    eval == "eval" && inner.is_some_and(is_known)
}

/// Whether this is such a program alone, that is fed to `source`.
pub(super) fn is_alone(node: &Node) -> bool {
    let Node::List(items) = node else { return false };
    let [item] = &items[..] else { return false };
    let Node::Simple(simple) = &item.node else { return false };
    let words: Option<Vec<&str>> = simple
        .words
        .iter()
        .map(|w| if let Raw::Word(word) = w { Some(word.as_str()) } else { None })
        .collect();
    words.is_some_and(|words| is_known(&words.join(" ")))
}

fn is_known(text: &str) -> bool {
    let text = text.replace("2>/dev/null", "");
    let text = text.trim();
    let first = text.split_whitespace().next().unwrap_or("");
    // By its way too; nothing else runs with it.
    let base = first.rsplit('/').next().unwrap_or(first);
    let rest = &text[first.len()..];
    let whole = format!("{base}{rest}");
    !text.contains([';', '|', '&', '<', '>', '$', '`', '\n'])
        && KNOWN.iter().any(|known| {
            whole.strip_prefix(known).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(' ') || known.ends_with('.')
            })
        })
}
