//! The plan: a picture of what would happen. It can be cloned and shown; it permits nothing.

use std::collections::HashSet;
use std::path::PathBuf;

use super::Grounds;
use super::refusal::Refusal;
use crate::facts::{Actor, Dossier, Model, Stamp, Totals};
use crate::when::Clock;

/// Where the targets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Renamed into the trash of their mount.
    Trash,
    /// Freed at once: nothing brings them back.
    Permanent,
    /// Freed out of the trash: nothing brings them back.
    Purge,
}

/// One target with what the rules say.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What is known.
    pub facts: Dossier,
    /// Refusals that concern the target as a whole.
    pub refusals: Vec<Refusal>,
    /// Refusals of each model in it, in the order of `facts.models`.
    pub models: Vec<Vec<Refusal>>,
    /// What is worth knowing and refuses nothing.
    pub warnings: Vec<String>,
}

impl Judged {
    /// Every refusal of the target and its models.
    pub fn all(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals.iter().chain(self.models.iter().flatten())
    }

    /// Whether nothing refuses it.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.all().next().is_none()
    }

    /// What stands against it, in short.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.allowed() {
            return Verdict::Allowed;
        }
        let times: Option<Vec<Stamp>> = self.all().map(|r| r.until).collect();
        if let Some(last) = times.and_then(|t| t.into_iter().max()) {
            return Verdict::From(last);
        }
        let mut rules: Vec<&'static str> = self.all().map(|r| r.rule).collect();
        let mut seen = HashSet::new();
        rules.retain(|rule| seen.insert(*rule));
        Verdict::Refused(rules)
    }

    /// The model that the target itself is.
    #[must_use]
    pub fn model(&self) -> Option<&Model> {
        self.facts.models.iter().find(|m| m.path.as_os_str().is_empty())
    }

    /// How hard it would be to have again what it holds: the least of its models.
    #[must_use]
    pub fn replaceable(&self) -> u8 {
        self.facts.models.iter().map(Model::replaceable).min().unwrap_or(u8::MAX)
    }
}

/// What a deletion of one thing alone would meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands against it.
    Allowed,
    /// Time alone lifts all that does, the last of it then.
    From(Stamp),
    /// These rules refuse it, each once.
    Refused(Vec<&'static str>),
}

/// Sums over all targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Bytes, files and directories.
    pub totals: Totals,
    /// Models.
    pub models: usize,
}

/// What would happen to which targets, and why not.
#[derive(Clone, Debug)]
#[must_use]
pub struct Plan {
    /// Eight hexadecimal digits that name it.
    pub id: String,
    /// The clock by which it was judged.
    pub clock: Clock,
    /// Where the targets go.
    pub mode: Mode,
    /// Who calls.
    pub actor: Actor,
    /// The targets.
    pub targets: Vec<Judged>,
    /// Targets left out by `--only-allowed`.
    pub left_out: Vec<PathBuf>,
    /// Policy files in force.
    pub policy_files: Vec<PathBuf>,
    /// What the policy weakens.
    pub weakened: Vec<String>,
    /// Why what is known of the past may not be all.
    pub doubts: Vec<String>,
}

impl Plan {
    pub(super) fn new(targets: Vec<Judged>, mode: Mode, grounds: Grounds<'_>) -> Self {
        let Grounds { policy, clock, history, actor } = grounds;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&clock.now().secs.to_le_bytes()).update(&clock.now().nanos.to_le_bytes());
        for target in &targets {
            hasher.update(target.facts.digest.hex().as_bytes());
            hasher.update(target.facts.path.as_os_str().as_encoded_bytes());
        }
        Self {
            id: hasher.finalize().to_hex()[..8].to_owned(),
            clock: clock.clone(),
            mode,
            actor: actor.clone(),
            targets,
            left_out: Vec::new(),
            policy_files: policy.files.clone(),
            weakened: policy.weakened.clone(),
            doubts: history.doubts.clone(),
        }
    }

    /// Whether nothing in it is refused.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.targets.iter().all(Judged::allowed)
    }

    /// The plan of the allowed targets alone.
    pub fn only_allowed(mut self) -> Self {
        // A model and its side files go together or not at all.
        let refused = || self.targets.iter().filter(|t| !t.allowed());
        let mut stay: HashSet<PathBuf> =
            refused().filter_map(|t| t.facts.side_of.clone()).collect();
        let sides = self.targets.iter().filter_map(|t| t.facts.side_of.as_ref());
        stay.extend(sides.filter(|m| refused().any(|t| t.facts.path == **m)).cloned());
        let goes = |t: &Judged| {
            let model = t.facts.side_of.as_ref().unwrap_or(&t.facts.path);
            t.allowed() && !stay.contains(model)
        };
        let (allowed, refused) = self.targets.into_iter().partition(goes);
        self.targets = allowed;
        self.left_out.extend(refused.into_iter().map(|j: Judged| j.facts.path));
        self
    }

    /// The plan of the targets alone that hold no model: what may go without the word.
    pub fn only_ordinary(mut self) -> Self {
        let (ordinary, models) = self.targets.into_iter().partition(|j| j.facts.is_ordinary());
        self.targets = ordinary;
        self.left_out.extend(models.into_iter().map(|j: Judged| j.facts.path));
        self
    }

    /// Sums over all targets.
    #[must_use]
    pub fn sums(&self) -> Sums {
        self.targets.iter().fold(Sums::default(), |mut sums, judged| {
            let t = &judged.facts.totals;
            sums.totals.bytes = sums.totals.bytes.saturating_add(t.bytes);
            sums.totals.frees = sums.totals.frees.saturating_add(t.frees);
            sums.totals.files += t.files;
            sums.totals.dirs += t.dirs;
            sums.models += judged.facts.models.len();
            sums
        })
    }
}
