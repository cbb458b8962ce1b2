//! `safe-rm rm`, and the program called as `rm`: ordinary files go as with rm; where a model or
//! something large is at stake, everything named gets the plan, every rule and the word instead.

use std::ffi::{OsStr, OsString};
use std::io;

use anyhow::Result;

use super::world::Caller;
use super::world::{self, World};
use super::{Exit, carry_out, delete};
use crate::act::Things;
use crate::act::ordinary::{self, Asks, Dialogue, Kind, Manner, Passed, Whole};
use crate::ask;
use crate::cli;
use crate::cli::rm::{Prompt, Rm, Words, hyphened, words};
use crate::decide::Mode;
use crate::facts::FileKind;
use crate::look::ordinary::{Names, Operand, Seen, Weighed, weigh};
use crate::look::{self, Depth, Progress};
use crate::sys::{env, terminal};
use crate::tell::{self, Voice, rm::HELP, rm::RmVoice};

/// As [`super::run`], in rm's words and with rm's exit codes. `name` is what the program was called.
pub(super) fn run(name: &OsStr, args: &[OsString]) -> Exit {
    let mut voice = RmVoice::new(name, env::is_utf8);
    let exit = match words(args, env::is_posixly_correct()) {
        Ok(Words::Remove(rm)) => remove(&rm, &mut voice).unwrap_or_else(|error| {
            voice.error(&tell::harmless(&format!("{error:#}")));
            Exit::Failed
        }),
        Ok(Words::Help) => {
            voice.text(HELP);
            Exit::Done
        }
        Ok(Words::Version) => {
            voice.text(&format!("rm (safe-rm) {}\n", cli::VERSION));
            Exit::Done
        }
        Err(wrong) => {
            let there = |arg: &&OsString| look::ordinary::is_there(arg);
            voice.wrong(&wrong, hyphened(args).find(there));
            Exit::Failed
        }
    };
    voice.flush();
    end_if_alone(&voice);
    if !voice.end() && exit == Exit::Done { Exit::Failed } else { exit }
}

fn remove(rm: &Rm, voice: &mut RmVoice) -> Result<Exit> {
    if rm.files.is_empty() {
        return Ok(Exit::Done);
    }
    let world = world::plain()?;
    let progress = Progress::default();
    let eyes = world.eyes(&progress);
    let depth = match (rm.recursive, rm.empty_dirs) {
        (true, _) => look::ordinary::Depth::Trees,
        (false, true) => look::ordinary::Depth::EmptyDirs,
        (false, false) => look::ordinary::Depth::Files,
    };
    let look = || weigh(&rm.files, depth, &eyes);
    // Only a tree can take long enough for a progress line.
    let look = || if rm.recursive { tell::watch(&progress, look) } else { look() };
    let limit = world.policy.ordinary_bytes;
    let is_ordinary = |weighed: &Weighed| weighed.bytes <= limit && weighed.stakes.is_empty();
    let mut weighed = look();
    if !is_ordinary(&weighed) {
        return planned(rm, weighed, limit, voice);
    }
    if rm.prompt == Prompt::Once && (rm.recursive || rm.files.len() > 3) {
        voice.all_may_go(rm.files.len(), rm.recursive);
        if !Talk(voice).answer() {
            return Ok(Exit::Done);
        }
        // While the question stood the world went on.
        weighed = look();
        if !is_ordinary(&weighed) {
            return planned(rm, weighed, limit, voice);
        }
    }
    let manner = manner(rm, world.surroundings.euid);
    if world.policy.ordinary_to_trash {
        return to_trash(&world, weighed, &manner, voice);
    }
    let fine = ordinary::remove(&weighed.operands, &manner, &mut Talk(voice));
    if !fine && world.is_guarded() {
        voice.flush();
        Voice::Aside.remark(
            "in a guard the kernel refuses what is protected; `safe-rm PATH` files a request, and a \
             person approves it outside",
        );
    }
    Ok(if fine { Exit::Done } else { Exit::Failed })
}

fn manner(rm: &Rm, euid: u32) -> Manner {
    let tty = rm.presume_tty || terminal::is_stdin();
    let asks = match rm.prompt {
        Prompt::Always => Asks::Always,
        Prompt::Protected | Prompt::Once if tty && !rm.missing_ok => Asks::Protected,
        _ => Asks::Never,
    };
    Manner {
        asks,
        recursive: rm.recursive,
        empty_dirs: rm.empty_dirs,
        missing_ok: rm.missing_ok,
        verbose: rm.verbose,
        one_file_system: rm.one_file_system,
        preserve_all: rm.preserve_all,
        root_meant: rm.root_meant,
        euid,
    }
}

/// Whether rm would remove it, or try to: what it passes over needs no plan.
fn goes((operand, _): &(Operand, Option<Seen>), rm: &Rm) -> bool {
    let Names::Entry(entry) = &operand.names else { return false };
    entry.meta.kind != FileKind::Directory
        || rm.recursive
        || (rm.empty_dirs && entry.is_empty_dir())
}

/// Everything that would go, through the plan and the word; the rest is told as rm tells it.
fn planned(rm: &Rm, weighed: Weighed, limit: u64, voice: &mut RmVoice) -> Result<Exit> {
    voice.at_stake(&weighed.stakes, weighed.bytes, limit);
    let typed = rm.files.iter().zip(&weighed.operands);
    let paths = typed.filter(|(_, o)| goes(o, rm)).map(|(typed, _)| typed.clone()).collect();
    let mut others = weighed.operands;
    others.retain(|operand| !goes(operand, rm));
    // None of these can go: an empty directory is left for a run without anything at stake.
    let manner = Manner { empty_dirs: false, recursive: rm.recursive, ..manner(rm, 0) };
    let fine = ordinary::remove(&others, &manner, &mut Talk(voice));
    let exit = delete::run(&cli::Delete::of(paths), &Caller::Process, Voice::Aside)?;
    Ok(if exit == Exit::Done && !fine { Exit::Failed } else { exit })
}

/// Ordinary files on their way to the trash: nothing is asked but what rm asks, of each operand.
fn to_trash(world: &World, weighed: Weighed, manner: &Manner, voice: &mut RmVoice) -> Result<Exit> {
    let (mut paths, mut others) = (Vec::new(), Vec::new());
    for (operand, seen) in weighed.operands {
        match ordinary::whole(&operand, manner, &mut Talk(voice)) {
            Whole::Goes => paths.push(operand.shown),
            Whole::Declined => {}
            Whole::AsEver => others.push((operand, seen)),
        }
    }
    let mut fine = ordinary::remove(&others, manner, &mut Talk(voice));
    if !paths.is_empty() {
        let mut journal = carry_out::journal(world)?;
        carry_out::recover(world, &mut journal, Voice::Aside)?;
        let targets = look::resolve(&paths)?;
        let plan = world.plan(&targets, Mode::Trash, Depth::Needed)?;
        for judged in &plan.targets {
            if let Some(refusal) = judged.all().next() {
                voice.refused(judged.facts.typed.as_encoded_bytes(), &refusal.message);
                fine = false;
            }
        }
        let plan = plan.only_allowed();
        if !plan.targets.is_empty() {
            let execution =
                carry_out::ordinary(world, plan, Things::Named(&targets), &mut journal)?;
            fine &= voice.trashed(&execution, manner.verbose);
        }
    }
    Ok(if fine { Exit::Done } else { Exit::Failed })
}

/// rm ends where nobody hears it any more.
fn end_if_alone(voice: &RmVoice) {
    if voice.is_alone() {
        terminal::end_as_by_broken_pipe();
    }
}

/// rm's questions are asked at the standard input, as rm asks them.
struct Talk<'a>(&'a mut RmVoice);

impl Talk<'_> {
    /// The answer to what was just asked.
    fn answer(&mut self) -> bool {
        end_if_alone(self.0);
        ask::yes().unwrap_or_else(|_| {
            self.0.unread();
            false
        })
    }
}

impl Dialogue for Talk<'_> {
    fn may_descend(&mut self, name: &[u8], protected: bool) -> bool {
        self.0.may_descend(name, protected);
        self.answer()
    }

    fn may_go(&mut self, name: &[u8], kind: Kind, protected: bool) -> bool {
        self.0.may_go(name, kind, protected);
        self.answer()
    }

    fn removed(&mut self, name: &[u8], directory: bool) {
        self.0.removed(name, directory);
        end_if_alone(self.0);
    }

    fn cannot(&mut self, name: &[u8], error: &io::Error) {
        self.0.cannot(name, error);
        end_if_alone(self.0);
    }

    fn passed(&mut self, name: &[u8], why: Passed<'_>) {
        self.0.passed(name, why);
        end_if_alone(self.0);
    }
}
