//! Landlock: what a thread, and all that it starts from then on, can never do again (landlock(7)).
//!
//! Rights are only ever granted, and on hierarchies: what is not granted somewhere above a file is
//! refused. Whoever asks for a domain lists what stays allowed.

use std::os::fd::OwnedFd;

use anyhow::{Context, Result, bail};
use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope, make_bitflags,
};

/// What is granted on a hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Removing, renaming and cutting.
    Remove,
    /// Opening for writing and making new entries.
    Write,
}

/// What the kernel must offer, by the version that brought it.
const NEEDED: &[(u32, &str)] = &[
    (1, "removing (version 1)"),
    (2, "renaming between folders (version 2)"),
    (3, "cutting files (version 3)"),
    (6, "scopes of signals and abstract sockets (version 6)"),
];

impl Grant {
    /// The rights, on a folder and all in it, or on a single file.
    fn rights(self, is_dir: bool) -> BitFlags<AccessFs> {
        match (self, is_dir) {
            (Self::Remove, true) => {
                make_bitflags!(AccessFs::{RemoveFile | RemoveDir | Refer | Truncate})
            }
            (Self::Remove, false) => AccessFs::Truncate.into(),
            (Self::Write, true) => make_bitflags!(AccessFs::{
                WriteFile | MakeReg | MakeDir | MakeSym | MakeFifo | MakeSock | MakeChar | MakeBlock
            }),
            (Self::Write, false) => AccessFs::WriteFile.into(),
        }
    }
}

fn demanding() -> Ruleset {
    Ruleset::default().set_compatibility(CompatLevel::HardRequirement)
}

/// What of it this kernel does not offer. `at_most` plays an older kernel.
#[must_use]
pub fn missing(at_most: Option<u32>) -> Vec<&'static str> {
    let offered = |version: u32| match version {
        1 => demanding().handle_access(AccessFs::from_all(ABI::V1)).is_ok(),
        2 => demanding().handle_access(AccessFs::Refer).is_ok(),
        3 => demanding().handle_access(AccessFs::Truncate).is_ok(),
        _ => demanding().scope(Scope::Signal | Scope::AbstractUnixSocket).is_ok(),
    };
    let lacks = |version: u32| at_most.is_some_and(|most| version > most) || !offered(version);
    NEEDED.iter().filter(|(version, _)| lacks(*version)).map(|(_, what)| *what).collect()
}

/// A domain in the making: nothing of what it handles is allowed anywhere yet.
#[derive(Debug)]
pub struct Domain(RulesetCreated);

impl Domain {
    /// Begins one that handles removing, and writing as well if told so.
    ///
    /// # Errors
    /// Where the kernel does not offer all of it.
    pub fn new(writing: bool) -> Result<Self> {
        let mut handled = Grant::Remove.rights(true);
        if writing {
            handled |= Grant::Write.rights(true);
        }
        let ruleset = demanding()
            .handle_access(handled)
            .and_then(|r| r.scope(Scope::Signal | Scope::AbstractUnixSocket))
            .and_then(Ruleset::create);
        Ok(Self(ruleset.context("the kernel does not take the rules of Landlock")?))
    }

    /// Grants this on an opened entry, and on all in it.
    ///
    /// # Errors
    /// As landlock_add_rule(2).
    pub fn grant(&mut self, entry: &OwnedFd, is_dir: bool, grant: Grant) -> Result<()> {
        (&mut self.0).add_rule(PathBeneath::new(entry, grant.rights(is_dir)))?;
        Ok(())
    }

    /// Puts the calling thread into it, for good.
    ///
    /// # Errors
    /// Where it is not enforced in full.
    pub fn enforce(self) -> Result<()> {
        let status = self.0.restrict_self().context("the kernel does not enforce Landlock")?;
        if status.ruleset != RulesetStatus::FullyEnforced || !status.no_new_privs {
            bail!("the kernel enforces only a part of what was asked of Landlock");
        }
        Ok(())
    }
}
