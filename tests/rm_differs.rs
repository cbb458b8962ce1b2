//! Where ours is not as GNU's, by intent or by what the language leaves: each with what GNU's 9.1
//! does. Exit 1, and nothing goes that should stay; the words may change.

mod common;
use common::rm::{Bench, Case, Form, Seen, Who, can, quoted};

/// What ours does, without a look at GNU's.
fn ours(who: Who, case: &Case) -> Option<Seen> {
    can(who).then(|| alone(&Bench::new(), who, case))
}

fn alone(bench: &Bench, who: Who, case: &Case) -> Seen {
    bench.run(&bench.ours(), Form::Shim, who, case)
}

/// It fails, and everything that was made is still there.
fn refuses(who: Who, cases: &[Case]) {
    if !can(who) {
        return;
    }
    let bench = Bench::new();
    for case in cases {
        let before = alone(&bench, who, &(case.0, case.1, ":"));
        let seen = alone(&bench, who, case);
        assert_eq!(seen.code, "1\n", "{case:?}: {seen:?}");
        assert_eq!(seen.tree, before.tree, "{case:?}: {seen:?}");
        assert!(seen.out.is_empty() && !seen.err.is_empty(), "{case:?}: {seen:?}");
    }
}

const LINK: &str = "mkdir -p t/e; touch t/a t/e/b; ln -s t l";

/// GNU empties the folder behind the link; with `-f` and exit 0, though the link stays.
#[test]
fn a_folder_behind_a_link_with_a_slash_is_not_emptied() {
    let cases: &[Case] = &[
        ("r", LINK, "rm -r l/"),
        ("rf", LINK, "rm -rf l/"),
        ("rv", LINK, "rm -rv l/"),
        ("ri, yes", LINK, "yes | rm -ri l/"),
        ("slashes", LINK, "rm -rf l///"),
        ("by another path", LINK, "rm -rf ./t/../l/"),
        ("by the whole path", LINK, "rm -rf \"$PWD/l/\""),
        ("an empty one", "mkdir t; ln -s t l", "rm -rf l/"),
        ("a link to a link", "mkdir t; touch t/a; ln -s t m; ln -s m l", "rm -rf l/"),
    ];
    refuses(Who::Runner, cases);
    refuses(Who::Nobody, cases);
}

const TMPFS: &str = "mkdir -p d/m; mount -t tmpfs none d/m; touch d/m/a; mkdir d/m/b";
const BIND: &str = "mkdir -p d/m k/b; touch k/a; mount --bind k d/m";
const FILES: &str = "mkdir d; echo x > k; touch d/m; mount --bind k d/m";

/// GNU empties what is mounted, and fails on the mount point alone; `--one-file-system` helps where
/// the device is another, and not for a bind mount.
#[test]
fn what_is_mounted_is_not_emptied() {
    let cases: &[Case] = &[
        ("tmpfs", TMPFS, "rm -r d/m"),
        ("tmpfs, f", TMPFS, "rm -rf d/m/"),
        ("tmpfs inside", TMPFS, "rm -rf d"),
        ("tmpfs inside, one by one", TMPFS, "rm -rv d"),
        ("tmpfs inside, asked", TMPFS, "yes | rm -ri d"),
        ("tmpfs inside, all", TMPFS, "rm -rf --preserve-root=all d"),
        ("bind", BIND, "rm -r d/m"),
        ("bind, f", BIND, "rm -rf d/m/"),
        ("bind inside", BIND, "rm -rf d"),
        ("bind inside, one by one", BIND, "rm -rv d"),
        ("bind inside, one file system", BIND, "rm -rf --one-file-system d"),
        ("bind, one file system", BIND, "rm -rf --one-file-system d/m"),
        ("bind, all", BIND, "rm -rf --preserve-root=all d/m"),
        ("a mounted file inside", FILES, "rm -rf d"),
    ];
    refuses(Who::Mounts, cases);
}

/// What is beside a mount goes, as with GNU, and the mount stays.
#[test]
fn what_is_beside_a_mount_goes() {
    let make = "mkdir -p d/m d/e k; touch k/a d/e/b c; mount --bind k d/m";
    let Some(seen) = ours(Who::Mounts, &("beside", make, "rm -rf d c")) else { return };
    assert_eq!(seen.code, "1\n", "{seen:?}");
    let has = |path: &str| {
        let part = format!(" {path} -> ");
        seen.tree.iter().any(|l| String::from_utf8_lossy(l).contains(&part))
    };
    assert!(has("d/m/a") && has("k/a") && !has("d/e") && !has("c"), "{seen:?}");
}

/// GNU does as it is told. Ours alone is tried, where `/` is a small tree made for it.
#[test]
fn the_root_is_refused_whatever_is_said() {
    let make = "mkdir -p r/d; touch r/a r/d/b; ln -s / r/link; cp \"$RM\" r/rm; \
                cp -L --parents $(ldd \"$RM\" | grep -o '/[^ :)]*' | grep '[.]so') r";
    let made: Vec<_> = ["/", "//", "/.", "link/", "d/../", "/ d/.."]
        .iter()
        .flat_map(|at| {
            ["-r", "-rf", "-rv", "--preserve-root -rf"]
                .map(|how| format!("chroot r /rm {how} --no-preserve-root {at}"))
        })
        .collect();
    let cases: Vec<Case> = made.iter().map(|run| ("the root", make, &**run)).collect();
    refuses(Who::Mounts, &cases);
}

/// These texts are ours; GNU's names GNU.
#[test]
fn help_and_version_are_ours() {
    for (run, says) in
        [("rm --help", "Usage: "), ("rm --version", "safe-rm"), ("rm --h", "Usage: ")]
    {
        let Some(seen) = ours(Who::Runner, &("text", "touch a", run)) else { return };
        let text = String::from_utf8_lossy(&seen.out);
        assert!(seen.code == "0\n" && text.contains(says) && seen.err.is_empty(), "{seen:?}");
        assert!(!text.contains("GNU coreutils"), "{text}");
    }
    let run = "rm --version > /dev/full; echo $?; rm --help >&2";
    let Some(seen) = ours(Who::Runner, &("texts", "", &format!("({run})"))) else { return };
    assert!(!seen.err.is_empty(), "{seen:?}");
}

const SOME: &str = "touch a b; mkdir -p d/e; touch d/e/c";

/// With the exit codes of GNU's and of ours. A Rust program finds what was closed leading to
/// /dev/null, and is not told whether SIGPIPE was to be ignored: what is left is the same, the words
/// and the code are not.
const DESCRIPTORS: &[(Case, &str, &str)] = &[
    (("input closed, asked", SOME, "rm -i a b <&-"), "1", "0"),
    (("input closed, asked once", SOME, "rm -rI d <&-"), "1", "0"),
    (("input closed, asked in a tree", SOME, "rm -ri d <&-"), "1", "0"),
    (("output closed, told", SOME, "rm -v a b >&-"), "1", "0"),
    (("output closed, told of a tree", SOME, "rm -rv d >&-"), "1", "0"),
    (("output closed, told and a failure", SOME, "rm -v a nope >&-"), "1", "1"),
    (("errors closed, asked", SOME, "answers y | rm -i a b 2>&-"), "1", "0"),
    (("all closed, told", SOME, "rm -rv d a <&- >&- 2>&-"), "1", "0"),
    (("all closed, asked", SOME, "rm -ri d a <&- >&- 2>&-"), "1", "0"),
];

#[test]
fn what_was_closed_leads_nowhere() {
    if !can(Who::Runner) {
        return;
    }
    let bench = Bench::new();
    for (case, gnu, own) in DESCRIPTORS {
        let [theirs, ours] = bench.both(Form::Shim, Who::Runner, case);
        assert_eq!((theirs.code.trim(), ours.code.trim()), (*gnu, *own), "{case:?}: {ours:?}");
        assert_eq!((theirs.tree, theirs.out), (ours.tree, ours.out), "{case:?}");
    }
}

/// GNU enters the mount that it then passes over, and tries to remove an empty one.
#[test]
fn with_one_file_system_a_mount_is_passed_over_at_once() {
    let empty = "mkdir -p d/m; mount -t tmpfs none d/m";
    let inside = "mkdir -p d/m; touch d/a; mount -t tmpfs none d/m; touch d/m/b";
    let cases: &[Case] = &[
        ("empty", empty, "rm -rv --one-file-system d"),
        ("asked", inside, "answers y n n n | rm -ri --one-file-system d"),
    ];
    refuses(Who::Mounts, cases);
}

/// GNU writes to a terminal whatever the C library calls printable: also what is not seen, or turns
/// around what stands beside it.
#[test]
fn what_cannot_be_seen_is_escaped() {
    let names = [
        "zero\u{200b}width",
        "right\u{202e}left",
        "soft\u{ad}hyphen",
        "bom\u{feff}",
        "tag\u{e0041}",
    ];
    for name in names {
        let word = quoted(name.as_ref());
        let run = format!("(rm {word}); touch {word}; (rm -v {word})");
        let Some(seen) = ours(Who::Runner, &("unseen", "", &run)) else { return };
        assert!(seen.out.is_ascii() && seen.err.is_ascii(), "{seen:?}");
        assert!(seen.out.windows(2).any(|w| w == b"$'"), "{seen:?}");
    }
}

/// GNU gives the words for an option back byte by byte, whatever they do to a terminal.
#[test]
fn what_an_option_hides_is_escaped() {
    for (run, said) in [
        (r"rm $'--bo\ngus' a", r"unrecognized option '--bo\ngus'"),
        (r"rm $'--bo\xffgus' a", r"unrecognized option '--bo\377gus'"),
        (r"rm $'-\xc3\xa9' a", r"invalid option -- '\303'"),
        (r"LC_ALL=C rm $'-\xc3\xa9' a", r"invalid option -- '\303'"),
        (r"rm $'-\x01' a", r"invalid option -- '\001'"),
    ] {
        let Some(seen) = ours(Who::Runner, &("hidden", "touch a", run)) else { return };
        let wanted = format!("rm: {said}\nTry 'rm --help' for more information.\n");
        assert_eq!((seen.code.as_str(), seen.err), ("1\n", wanted.into_bytes()), "{run}");
    }
}

/// A quote in a name that begins and ends with what is escaped: GNU's 9.1 forgets to open the first.
#[test]
fn what_is_escaped_is_always_opened() {
    let run = r"rm $'\x01a\'b\x02'";
    let Some(seen) = ours(Who::Runner, &("opened", "", run)) else { return };
    let said = String::from_utf8(seen.err).unwrap();
    assert!(said.contains(r"''$'\001''a'\''b'$'\002'"), "{said}");
}
