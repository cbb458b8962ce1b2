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
    let program = safe::harmless(&denial.program);
    let (what, instead) = match &denial.why {
        Why::Stake(effect, at, sight) => {
            let seen = if sight.path == *at { "it".to_owned() } else { path(&sight.path) };
            let (verb, at_shown) = (verb(*effect), path(at));
            let what = format!("`{program}` would {verb} {at_shown}: {seen} {}", stake(sight));
            (what, instead(denial, *effect, at, sight))
        }
        Why::Root(effect, at, root) => {
            let what = format!(
                "`{program}` would {} {}, and the policy protects {}",
                verb(*effect), path(at), path(root)
            );
            let instead = match effect {
                Effect::Remove { .. } => {
                    let more = "`safe-rm rm -r` removes ordinary files there as rm does";
                    format!("{}; {more}", by_safe_rm(at))
                }
                other => unharmed(*other).to_owned(),
            };
            (what, instead)
        }
        Why::Unknown(word, near) => (
            format!(
                "it cannot be told what `{program}` would do with {}, and {} is in its reach",
                data(word), path(near)
            ),
            format!("write the paths out in full, so that they can be looked at, or {}", by_rm(&denial.program)),
        ),
        Why::Large(at) => (
            format!("there was no time to look at all that `{program}` would remove, {} among it", path(at)),
            by_rm(&denial.program),
        ),
        Why::Store(what) => (
            format!("`{program}`: {what}"),
            "run `safe-rm ls` to see the models that are here, and `safe-rm PATH..` on the folder of \
             the one that should go: it files a request that a person approves".to_owned(),
        ),
        Why::Consent(what) => (
            format!("`{program}`: {what}"),
            "run `safe-rm PATH..` without it: it files a request, and says how a person approves it"
                .to_owned(),
        ),
        Why::Own(at) => (
            format!("`{program}` would change {}, which safe-rm keeps or is ruled by", path(at)),
            "ask the person to change it".to_owned(),
        ),
        Why::Settings(at) => (
            format!("`{program}` would change {}, the settings in which hooks are called, or switched off", path(at)),
            "ask the person to change them".to_owned(),
        ),
        Why::Failure(what) => (
            format!("safe-rm could not judge this call: {what}"),
            "split it into plain commands with their paths written out".to_owned(),
        ),
    };
    format!("safe-rm: {what}. Instead: {instead}. {NO_WAY_ROUND}")
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

/// What to do instead of harming what is at stake.
fn instead(denial: &Denial, effect: Effect, at: &Path, sight: &Sight) -> String {
    if matches!(sight.stake, Stake::Protected(_)) {
        return "ask the person: no call of safe-rm takes it away".to_owned();
    }
    // git takes much at once, and can leave a part out.
    if denial.program.ends_with("git") {
        return "name the paths that are meant, leave this one out (`git clean -e`), or ask the person"
            .to_owned();
    }
    match effect {
        Effect::Remove { .. } => by_safe_rm(at),
        other => unharmed(other).to_owned(),
    }
}

/// The way to the same end by which nothing is lost.
fn unharmed(effect: Effect) -> &'static str {
    match effect {
        Effect::Move => "copy it, and leave the original, or ask the person to move it",
        _ => "write to another name, or ask the person to change it",
    }
}

/// A path stands in a command only where it is a word that says nothing else.
fn by_safe_rm(at: &Path) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=,:@%".contains(c);
    let word = at.to_str().filter(|path| path.len() <= 300 && path.chars().all(plain));
    format!(
        "run `safe-rm {}`, which shows what is there and files a request that a person approves \
         (`safe-rm plan` only shows it)",
        word.unwrap_or("PATH")
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
    let text = text.replace(['\u{ab}', '\u{bb}'], "?");
    if text.chars().count() <= 300 {
        text
    } else {
        text.chars().take(299).chain(['\u{2026}']).collect()
    }
}
