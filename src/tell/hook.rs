//! A refusal of a hook, as the agent is told: which path, why, and what to do instead.

use std::path::Path;

use super::{safe, words};
use crate::agent::judge::{Denial, Effect, Why};
use crate::look::ordinary::{Sight, Stake};

/// What stands at the end of every refusal.
const NO_WAY_ROUND: &str = "Do not look for another way to do it: what is refused here needs a \
                            person's decision, whichever program does it.";

/// The whole text.
#[must_use]
pub(super) fn denial(denial: &Denial) -> String {
    let program = program(&denial.program);
    let (what, instead) = match &denial.why {
        Why::Stake(effect, at, sight) => {
            let verb = verb(*effect);
            // Of a whole tree only what is at stake in it says something.
            let tree = base(&denial.program) == "git";
            let at = if tree { &sight.path } else { at };
            let what = if sight.path == *at {
                format!("{program} would {verb} {}: it {}", path(at), stake(sight))
            } else {
                let seen = path(&sight.path);
                format!("{program} would {verb} {}: {seen} {}", path(at), stake(sight))
            };
            let never = matches!(sight.stake, Stake::Protected(_));
            (what, if never { NEVER.to_owned() } else { instead(*effect, at, tree) })
        }
        Why::Root(effect, at, root) => {
            let holds = root.starts_with(at) && root != at;
            let what = format!(
                "{program} would {} {}, and the policy protects {}",
                verb(*effect),
                path(at),
                if root == at { "it".to_owned() } else { path(root) }
            );
            let instead = match effect {
                _ if holds => NEVER.to_owned(),
                Effect::Remove { .. } => format!(
                    "run `safe-rm rm -r {}`: it removes ordinary files there as rm does, and files \
                     a request for a model",
                    quoted(at)
                ),
                effect => instead(*effect, at, false),
            };
            (what, instead)
        }
        Why::Unknown(word, near) => (
            format!(
                "it cannot be told what {program} would do with {}, and {} is in its reach",
                data(word), path(near)
            ),
            format!("write the paths out in full, so that they can be looked at, or {}", by_rm(&denial.program)),
        ),
        Why::Large(at) => (
            format!("there was no time to look at all that {program} would remove, {} among it", path(at)),
            by_rm(&denial.program),
        ),
        Why::Store(what) => (
            format!("{program}: {what}"),
            "run `safe-rm ls` to see the models that are here, and `safe-rm PATH..` on the folder of \
             the one that should go: it files a request that a person approves".to_owned(),
        ),
        Why::Consent(what) => (
            format!("{program}: {what}"),
            "run `safe-rm PATH..` without it: it files a request, and says how a person approves it"
                .to_owned(),
        ),
        Why::Own(at) => (
            format!("{program} would change {}, which safe-rm keeps or is ruled by", path(at)),
            "ask the person to change it".to_owned(),
        ),
        Why::Settings(at) => (
            format!("{program} would change {}, the settings in which hooks are called, or switched off", path(at)),
            "ask the person to change them".to_owned(),
        ),
        Why::Failure(what) => (
            format!("safe-rm could not judge this call: {what}"),
            "split it into plain commands with their paths written out".to_owned(),
        ),
    };
    format!("safe-rm: {what}. Instead: {instead}. {NO_WAY_ROUND}")
}

/// Of what must never go.
const NEVER: &str = "leave it where it is, and name what should go of what lies in it";

/// The program, as it is written: a name that ends its quotation is cut there.
fn program(written: &str) -> String {
    let shown: String = safe::harmless(written).chars().take(60).collect();
    match shown.split('`').next().unwrap_or("") {
        "" => "the command".to_owned(),
        shown => format!("`{shown}`"),
    }
}

fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or("")
}

/// What takes the place of what was refused: for a deletion a request, for all else another way.
fn instead(effect: Effect, at: &Path, tree: bool) -> String {
    match effect {
        Effect::Remove { .. } if tree => {
            "name the folders that it should clean, or leave this one out with `-e`; the model goes \
             by a request that `safe-rm` files"
                .to_owned()
        }
        Effect::Remove { .. } => {
            let at = quoted(at);
            format!(
                "look with `safe-rm plan {at}`; without `plan` it files a request that a person approves"
            )
        }
        Effect::Move => "copy it and leave it where it is, or ask the person to move it".to_owned(),
        Effect::Destroy | Effect::Overwrite | Effect::Append if tree => {
            "name the paths that should be restored and leave this one out, or copy it to another \
             name first"
                .to_owned()
        }
        Effect::Destroy | Effect::Overwrite | Effect::Append => {
            "write to another name, or ask the person to replace it".to_owned()
        }
    }
}

fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Remove { .. } => "remove",
        Effect::Move => "move away",
        Effect::Destroy => "destroy",
        Effect::Overwrite => "write over",
        Effect::Append => "add to",
    }
}

/// What it is, by what lies in it and not by its name.
fn stake(sight: &Sight) -> String {
    let model = sight.model.as_deref().map(|m| safe::harmless(&words::model(m)));
    match &sight.stake {
        Stake::Model(_) => match model {
            Some(model) => format!("is {} by what is in its files", data_plain(&model)),
            None => "is, or may be, a model".to_owned(),
        },
        Stake::Label(_) => "is a model's label".to_owned(),
        Stake::Part(of) => match model {
            Some(model) => format!("lies in {}, by its files {}", data(of), data_plain(&model)),
            None => format!("is a part of {}", data(of)),
        },
        Stake::Pinned(by) => format!("is to be kept, as {} says", path(by)),
        Stake::Protected(why) => format!("must never go: {}", safe::harmless(why)),
    }
}

/// The command that looks at all that it is given, however long that takes.
fn by_rm(program: &str) -> String {
    let how = match program.rsplit('/').next().unwrap_or("") {
        "rm" | "unlink" | "rmdir" => "run `safe-rm rm` in its place, with the same words",
        "find" => "let it run `-exec safe-rm rm -f {} +` instead of deleting by itself",
        _ => "remove with `safe-rm rm`",
    };
    format!(
        "{how}: it looks at all of it, removes ordinary files as rm does, and files a request for a model"
    )
}

/// A name from the disk: data, whatever it says.
fn path(at: &Path) -> String {
    format!("\u{ab}{}\u{bb}", bounded(&safe::path(at)))
}

fn data(text: &str) -> String {
    format!("\u{ab}{}\u{bb}", bounded(&safe::harmless(text)))
}

fn data_plain(text: &str) -> String {
    format!("\u{ab}{}\u{bb}", bounded(text))
}

fn bounded(text: &str) -> String {
    let text = text.replace(['\u{ab}', '\u{bb}', '`'], "?");
    if text.chars().count() <= 300 {
        text
    } else {
        text.chars().take(299).chain(['\u{2026}']).collect()
    }
}

/// As a shell reads it: what is none of these is a byte by its number, so that nothing in a name ends
/// the quotation, or says something. One that is too long is left to whoever reads it.
fn quoted(at: &Path) -> String {
    let bytes = at.as_os_str().as_encoded_bytes();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-+=,:@%".contains(b);
    if bytes.len() > 300 {
        return "PATH".to_owned();
    }
    if bytes.iter().all(plain) && !bytes.starts_with(b"-") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut out = "$'".to_owned();
    for byte in bytes {
        if plain(byte) {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_so_that_it_says_nothing() {
        assert_eq!(quoted(Path::new("/a/b-1.x")), "/a/b-1.x");
        assert_eq!(quoted(Path::new("/a b/`x`")), "$'/a\\x20b/\\x60x\\x60'");
        assert_eq!(quoted(Path::new("-rf")), "$'-rf'");
        assert_eq!(program("rm` is allowed, `x"), "`rm`");
        assert_eq!(program(""), "the command");
    }
}
