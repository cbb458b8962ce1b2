//! `safe-rm label PATH...`: look, draft, show, ask for what is unknown, write.
//!
//! Labelling deletes nothing, so a script may do it; what takes something back that a person wrote
//! needs a person.

use std::path::PathBuf;

use anyhow::{Error, Result};

use super::Exit;
use super::world::{self, Caller, World};
use crate::act;
use crate::ask;
use crate::cli;
use crate::decide::contradictions;
use crate::decide::draft::{self, Draft, Known, Wish};
use crate::facts::{Label, Model, Standing};
use crate::look::{self, LabelFile, Subject};
use crate::sys::terminal;
use crate::tell::{self, Labelled, Outcome, Voice};

/// The word for writing over what somebody wrote.
const WORD: &str = "YES";

/// Labels each of them, and answers with the worst that came of it.
pub(super) fn run(args: cli::Label, caller: &Caller, voice: Voice) -> Result<Exit> {
    let world = world::read_for(caller)?;
    let cli::Label { model, trained, steps, base, run, note, keep, retired, .. } = args;
    let wish = Wish { model, trained, steps, base, run, note, keep, retired };
    let job = Job { world: &world, wish, dry_run: args.dry_run, voice };
    let mut all: Vec<Labelled> = Vec::new();
    for target in look::resolve(&args.paths)? {
        let found = world.watch(|progress| look::subjects(&target, &world.eyes(progress)));
        let none = |why: Error| nothing(target.path.clone(), &why);
        let found = match found {
            Ok(found) => found,
            Err(why) => {
                // What the system says is a failure, all else a refusal.
                let failed = why.is::<std::io::Error>();
                let outcome = if failed { Outcome::Failed } else { Outcome::Refused };
                all.push(job.told(Labelled { outcome, ..none(why) }));
                continue;
            }
        };
        if args.recursive {
            let before = all.len();
            for subject in found.unlabelled() {
                all.push(job.label(&subject));
                // Who stops one means the rest as well.
                if all.last().is_some_and(|l| l.outcome == Outcome::Declined) {
                    break;
                }
            }
            if all.len() == before {
                voice.remark(&match found.count() {
                    0 => format!("no model is known in {}", tell::harmless_path(&target.path)),
                    n => format!("nothing to label: of {n} models each has a label"),
                });
            }
        } else {
            all.push(match found.itself() {
                Ok(subject) => job.label(&subject),
                Err(why) => job.told(none(why)),
            });
        }
    }
    voice.labels(&all);
    Ok(worst(&all))
}

fn nothing(path: PathBuf, why: &Error) -> Labelled {
    let messages = vec![format!("{why:#}")];
    let (label, model, lines) = (None, None, Vec::new());
    Labelled { path, label, model, lines, outcome: Outcome::Refused, messages }
}

fn worst(all: &[Labelled]) -> Exit {
    let any = |outcome| all.iter().any(|l| l.outcome == outcome);
    if any(Outcome::Failed) {
        Exit::Failed
    } else if any(Outcome::Refused) {
        Exit::Refused
    } else if any(Outcome::NeedsPerson) {
        Exit::NeedsPerson
    } else if any(Outcome::Declined) {
        Exit::Declined
    } else {
        Exit::Done
    }
}

/// What holds for all labels of a run.
struct Job<'a> {
    world: &'a World,
    wish: Wish,
    dry_run: bool,
    voice: Voice<'a>,
}

/// What a label said, and what it is to say.
struct Change {
    old: String,
    new: Draft,
    /// A name was asked for and typed.
    typed: bool,
}

impl Job<'_> {
    fn told(&self, labelled: Labelled) -> Labelled {
        self.voice.labelled(&labelled);
        labelled
    }

    fn label(&self, subject: &Subject<'_>) -> Labelled {
        let (path, model) = (subject.path(), subject.model().map(|m| Box::new(m.clone())));
        let (lines, messages) = (Vec::new(), Vec::new());
        let outcome = Outcome::Refused;
        let mut labelled = Labelled { path, label: None, model, lines, outcome, messages };
        let (outcome, messages) = match self.steps(subject, &mut labelled) {
            Ok(done) => done,
            Err(why) => (Outcome::Failed, vec![format!("{why:#}")]),
        };
        self.told(Labelled { outcome, messages, ..labelled })
    }

    /// One label from the look to the end.
    fn steps(&self, subject: &Subject<'_>, shown: &mut Labelled) -> Result<(Outcome, Vec<String>)> {
        let file = match subject.label_file() {
            Ok(file) => file,
            Err(why) => return Ok((Outcome::Refused, vec![format!("{why:#}")])),
        };
        let folder = if shown.model.as_ref().is_none_or(|m| !m.single_file) {
            Some(shown.path.as_path())
        } else {
            shown.path.parent()
        };
        shown.label = folder.map(|f| f.join(&file.name));
        let change = match self.draft(subject, &file, shown)? {
            Ok(change) => change,
            Err(outcome) => return Ok(outcome),
        };
        shown.lines.clone_from(&change.new.lines);
        self.voice.draft(shown);
        let models: Vec<&Model> = subject.models().collect();
        let before = look::read_label(&change.old);
        let after = look::read_label(&change.new.text());
        let mut wrong = self.wrong(&after, &models, subject.model().is_some());
        if self.wish.keep.is_none() && before.1.is_none() && after.1.is_some() {
            wrong.push("a line of it says `keep:`, which pins it: say --keep for that".to_owned());
        }
        if !wrong.is_empty() {
            return Ok((Outcome::Refused, wrong));
        }
        if !change.new.changes() {
            return Ok((Outcome::Unchanged, Vec::new()));
        }
        if self.dry_run {
            return Ok((Outcome::Shown, Vec::new()));
        }
        let retired = |l: &Result<Label, String>| l.as_ref().ok().and_then(|l| l.retired.clone());
        let there = !change.old.trim().is_empty();
        let takes_back = before.1.is_some() && after.1.is_none();
        let retires =
            there && retired(&after.0).is_some() && retired(&before.0) != retired(&after.0);
        // Who has typed the name of a label that is not there yet has nothing more to say.
        if there || change.typed {
            let above = format!("{} is to be written so", tell::shown(shown));
            match ask::assent(&above, WORD, self.world.door(&self.world.at_the_door())) {
                Some(Ok(_)) => {}
                Some(Err(_)) => return Ok((Outcome::Declined, Vec::new())),
                None if takes_back || retires => {
                    let what = if takes_back { "taking away `Keep:`" } else { "`Retired:`" };
                    let why = format!("{what} is for a person at a terminal; nothing was written");
                    return Ok((Outcome::NeedsPerson, vec![why]));
                }
                None => {
                    let why = "a label is there that says something else; a person can change it \
                               with this command at a terminal, or by hand";
                    return Ok((Outcome::Refused, vec![why.to_owned()]));
                }
            }
        }
        self.write(&file, &change.new)
    }

    /// Drafts it, with a name that is asked for where nothing gives one.
    fn draft(
        &self,
        subject: &Subject<'_>,
        file: &LabelFile,
        shown: &mut Labelled,
    ) -> Result<Result<Change, (Outcome, Vec<String>)>> {
        let covers = subject.covers()?;
        let models: Vec<&Model> = subject.models().collect();
        let run = subject.model().is_none();
        let clock = &self.world.clock;
        let known = Known { models: &models, run, covers: covers.as_deref(), clock };
        let old = file.old.as_ref().map(|old| old.text.clone()).unwrap_or_default();
        let mut new = draft::draft(&old, &self.wish, known);
        let mut typed = false;
        if look::read_label(&new.text()).0.is_err() {
            shown.lines.clone_from(&new.lines);
            let fits = models.first().filter(|_| !run).and_then(|m| m.name.as_deref());
            let fits = fits.map(tell::harmless);
            let unknown = || {
                self.voice.draft(shown);
                let why = "nothing says what it is called: --model NAME does".to_owned();
                Ok(Err((Outcome::NeedsPerson, vec![why])))
            };
            if self.dry_run {
                return unknown();
            }
            let above = tell::asked_name(shown);
            let name = match ask::line(
                &above,
                "Model (what is it?)",
                fits.as_deref(),
                self.world.door(&self.world.at_the_door()),
            ) {
                None => return unknown(),
                Some(Err(_)) => return Ok(Err((Outcome::Declined, Vec::new()))),
                Some(Ok(name)) => name,
            };
            let wish = Wish { model: Some(name), ..self.wish.clone() };
            new = draft::draft(&old, &wish, known);
            typed = true;
        }
        if new.changes() {
            let actor = &self.world.actor;
            let by = match &actor.name {
                // A variable alone may be an editor's terminal, at which a person sits.
                Some(agent)
                    if actor.standing == Standing::Agent
                        || (actor.standing == Standing::Marked && terminal::open().is_err()) =>
                {
                    format!("agent {agent}")
                }
                _ => format!("user {}", self.world.surroundings.user_name),
            };
            let by = format!("{by}, safe-rm label");
            let now = clock.local(clock.now());
            new.sign(&by, &now.to_rfc3339_opts(chrono::SecondsFormat::Secs, false));
        }
        Ok(Ok(Change { old, new, typed }))
    }

    /// What stands against the label as it will be read.
    fn wrong(
        &self,
        after: &(Result<Label, String>, Option<String>),
        models: &[&Model],
        itself: bool,
    ) -> Vec<String> {
        let label = match &after.0 {
            Ok(label) => label,
            Err(why) => return vec![format!("it would be no label: {why}")],
        };
        let mut wrong: Vec<String> = Vec::new();
        for model in models {
            // The steps of a run are not those of each of its checkpoints.
            let label = Label { steps: label.steps.filter(|_| itself), ..label.clone() };
            wrong.extend(contradictions(&label, model));
        }
        wrong.dedup();
        let no = |v: &Option<String>| v.as_deref().is_some_and(crate::facts::is_no);
        if no(&self.wish.keep) && after.1.is_some() {
            wrong.push("another line of it says `keep:` as well: change that by hand".to_owned());
        }
        wrong
    }

    fn write(&self, file: &LabelFile, new: &Draft) -> Result<(Outcome, Vec<String>)> {
        let s = &self.world.surroundings;
        let owner = (s.user != s.euid).then_some(s.user);
        let kept = act::label(file, &new.text(), owner)?;
        let times = "its folder is another user's: the date of the folder is now".to_owned();
        let mut messages = if kept { Vec::new() } else { vec![times] };
        if look::read_label(&new.text()).0.is_ok_and(|l| l.retired.is_some()) {
            let ack = "`Retired:` counts once a person has said so with `safe-rm ack DIR`";
            messages.push(ack.to_owned());
        }
        Ok((Outcome::Written, messages))
    }
}
