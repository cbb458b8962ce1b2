//! What a guard cannot do without: the system calls that list what lies beside some places, open each
//! entry, add its rule, restrict this process, and start a command. Nothing is looked at but names, and
//! nothing is checked. For comparison with `safe-rm guard`: see benches/guard.py.

#![expect(clippy::unwrap_used, reason = "an instrument may fail loudly")]
#![expect(clippy::print_stderr, reason = "it tells how many rules there were")]
#![expect(clippy::disallowed_methods, reason = "an instrument reads its own variable")]

use std::collections::{BTreeMap, HashSet};
use std::ffi::{CString, OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use landlock::{
    AccessFs, PathBeneath, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope, make_bitflags,
};
use rustix::fs::{CWD, FileType, Mode, OFlags, RawDir, openat};

/// `bare_guard PLACE.. -- COMMAND ARG..`; the places are absolute and without links.
fn main() {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let at = args.iter().position(|a| a == "--").expect("PLACE.. -- COMMAND");
    let places: Vec<PathBuf> = args[..at].iter().map(PathBuf::from).collect();
    let mut held: BTreeMap<&Path, HashSet<&OsStr>> = BTreeMap::new();
    for way in places.iter().flat_map(|p| p.ancestors()) {
        if let Some((folder, name)) = way.parent().zip(way.file_name()) {
            held.entry(folder).or_default().insert(name);
        }
    }
    let on_folders = make_bitflags!(AccessFs::{RemoveFile | RemoveDir | Refer | Truncate});
    let ruleset = Ruleset::default().handle_access(on_folders).unwrap();
    let ruleset = ruleset.scope(Scope::Signal | Scope::AbstractUnixSocket).unwrap();
    let mut ruleset = ruleset.create().unwrap();
    let mut buffer = [MaybeUninit::uninit(); 1 << 16];
    let mut rules = 0;
    for (folder, not_granted) in held {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(open) = openat(CWD, folder, flags, Mode::empty()) else { continue };
        let mut listing = RawDir::new(&open, &mut buffer);
        while let Some(Ok(entry)) = listing.next() {
            let (name, kind) = (CString::from(entry.file_name()), entry.file_type());
            let hidden = [&b"."[..], b".."].contains(&name.as_bytes());
            if hidden || not_granted.contains(OsStr::from_bytes(name.as_bytes())) {
                continue;
            }
            let rights = match kind {
                FileType::Directory => on_folders,
                FileType::RegularFile => AccessFs::Truncate.into(),
                _ => continue,
            };
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let Ok(entry) = openat(&open, name, flags, Mode::empty()) else { continue };
            (&mut ruleset).add_rule(PathBeneath::new(&entry, rights)).unwrap();
            rules += 1;
        }
    }
    ruleset.restrict_self().unwrap();
    if std::env::var_os("COUNT").is_some() {
        eprintln!("{rules}");
    }
    // One process stays outside to wait, as it must.
    let ended = std::process::Command::new(&args[at + 1]).args(&args[at + 2..]).status().unwrap();
    assert!(ended.success());
}
