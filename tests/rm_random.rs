//! Random small trees, options, operands and answers, by the system's rm and by ours: everything that
//! can be seen must be the same. The seeds are fixed; `SAFE_RM_RM_CASES` asks for more than the few.

#![allow(clippy::panic, reason = "so does a test speak")]
#![allow(clippy::disallowed_methods, reason = "how many cases are tried is the tester's to say")]

mod common;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use common::rm::{Bench, Form, Who, can, quoted};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// An entry: in which of the folders before it, its name, kind and mode.
type Entry = (usize, usize, u8, usize);

/// What is made and run.
#[derive(Clone, Debug)]
struct Scene {
    names: Vec<OsString>,
    entries: Vec<Entry>,
    /// Whether it begins with `-r`.
    tree: bool,
    options: Vec<&'static str>,
    operands: Vec<(usize, u8)>,
    /// What is read, line by line.
    typed: Vec<&'static str>,
}

const OPTIONS: &[&str] = &[
    "-f",
    "-i",
    "-I",
    "-d",
    "-v",
    "-v",
    "-rf",
    "-ri",
    "-dv",
    "--interactive=never",
    "--interactive=once",
    "--interactive=always",
    "--one-file-system",
    "--preserve-root=all",
    "---presume-input-tty",
    "---presume-input-tty",
    "--no-preserve-root",
    "--ver",
    "-x",
    "--",
];

const MODES: &[&str] = &[
    "755", "755", "644", "644", "777", "700", "600", "555", "444", "500", "400", "300", "200",
    "100", "0", "1777",
];

/// Bytes that are quoted, split, folded, or are no text at all.
fn name() -> impl Strategy<Value = OsString> {
    let part = prop_oneof![
        6 => prop::sample::select(&b"abcxyz019._+"[..]).prop_map(|b| vec![b]),
        4 => prop::sample::select(&b" '\"\\$`!#~{}=*?[]^|&;<>()%-,@:\t\n\r\x01\x1b\x7f\x80\xff"[..])
            .prop_map(|b| vec![b]),
        1 => prop::sample::select(vec!["\u{e9}", "\u{65e5}", "\u{1f600}", "e\u{301}"])
            .prop_map(|s| s.as_bytes().to_vec()),
    ];
    let bytes = prop::collection::vec(part, 1..5).prop_map(|parts| parts.concat());
    bytes.prop_filter("a name of its own", |n| n != b"." && n != b"..").prop_map(OsString::from_vec)
}

prop_compose! {
    fn scene()(
        names in prop::collection::vec(name(), 6),
        entries in prop::collection::vec((0usize..8, 0usize..6, 0u8..9, 0..MODES.len()), 0..12),
        options in prop::collection::vec(prop::sample::select(OPTIONS), 0..4),
        operands in prop::collection::vec((0usize..10, 0u8..16), 0..5),
        tree in prop::bool::weighted(0.7),
        typed in prop::collection::vec(prop::sample::select(&["y", "y", "y", "n", "", "yes", "N"][..]), 0..9),
    ) -> Scene {
        Scene { names, entries, options, operands, typed, tree }
    }
}

impl Scene {
    /// The commands that make it, and the paths of all that is there. Modes come last, from below.
    fn make(&self) -> (String, Vec<OsString>) {
        let (mut lines, mut modes) = (Vec::new(), Vec::new());
        let (mut folders, mut paths) = (vec![OsString::from(".")], Vec::new());
        for (folder, name, kind, mode) in &self.entries {
            let mut path = folders[folder % folders.len()].clone();
            path.push("/");
            path.push(&self.names[*name]);
            if paths.contains(&path) {
                continue;
            }
            let (at, other) = (quoted(&path), quoted(&self.names[(name + 1) % 6]));
            lines.push(match kind {
                0..=2 => format!("mkdir {at}"),
                3 => format!("echo x > {at}"),
                4 => format!("ln -s -- {other} {at}"),
                5 => format!("ln -s . {at}"),
                6 => format!("mkfifo {at}"),
                _ => format!("touch {at}"),
            });
            if !(4..=5).contains(kind) {
                modes.insert(0, format!("chmod {} {at}", MODES[*mode]));
            }
            if *kind < 3 {
                folders.push(path.clone());
            }
            paths.push(path);
        }
        lines.extend(modes);
        (lines.join("; "), paths)
    }

    /// What is run: an operand may be there or not, and be typed in one of many ways.
    fn run(&self, paths: &[OsString], locale: &str) -> String {
        // A slash behind a link to a folder is one of the things where ours is another.
        let has_links = self.entries.iter().any(|e| (4..=5).contains(&e.2));
        let words = self.tree.then_some("-r").into_iter().chain(self.options.iter().copied());
        let mut words: Vec<_> = words.map(str::to_owned).collect();
        for (which, how) in &self.operands {
            let there = (*which < 8).then(|| paths.get(which % paths.len().max(1))).flatten();
            let mut path = there.unwrap_or(&self.names[which % 6]).clone();
            match how {
                0 => path.push("/."),
                1 => path.push("/nope"),
                2 if !has_links => path.push("//"),
                3 => path = OsString::from_vec([b"./", path.as_bytes()].concat()),
                4..=7 => path = bare(&path),
                _ => {}
            }
            words.push(quoted(&path));
        }
        let typed: Vec<_> = self.typed.iter().map(|t| quoted(OsStr::new(t))).collect();
        format!("answers {} | LC_ALL={locale} rm {}", typed.join(" "), words.join(" "))
    }
}

/// Without the dot and slash at its beginning.
fn bare(path: &OsStr) -> OsString {
    let bytes = path.as_bytes();
    OsString::from_vec(bytes.strip_prefix(b"./").unwrap_or(bytes).to_vec())
}

fn many() -> u32 {
    std::env::var_os("SAFE_RM_RM_CASES").and_then(|n| n.to_str()?.parse().ok()).unwrap_or(150)
}

/// The order of a directory's entries is that of the file system, which is the same for both: they
/// are made at the same place in the same order.
fn differential(seed: u8, who: Who, locale: &str) {
    if !can(who) {
        return;
    }
    let bench = Bench::new();
    let config = Config { cases: many(), failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let tried = TestRunner::new_with_rng(config, rng).run(&scene(), |scene| {
        let (make, paths) = scene.make();
        let run = scene.run(&paths, locale);
        bench
            .differs(Form::Shim, who, &("random", &make, &run))
            .map_or(Ok(()), |text| Err(TestCaseError::fail(text)))
    });
    if let Err(error) = tried {
        panic!("{error}");
    }
}

#[test]
fn by_the_one_who_tests() {
    differential(1, Who::Runner, "C.UTF-8");
}

#[test]
fn by_nobody() {
    differential(2, Who::Nobody, "C.UTF-8");
}

#[test]
fn in_c() {
    differential(3, Who::Nobody, "C");
}
