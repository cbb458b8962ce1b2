//! What rm cannot remove, what it says of it, and that it goes on with the rest.

mod common;
use common::rm::{Case, Who, same};

/// What does not depend on who runs it.
const PLAIN: &[Case] = &[
    ("missing", "", "rm nope"),
    ("missing with f", "", "rm -f nope"),
    ("missing with r", "", "rm -r nope"),
    ("missing with d", "", "rm -d nope"),
    ("missing with a slash", "", "rm nope/"),
    ("missing with a slash, f", "", "rm -rf nope/"),
    ("missing below a missing folder", "", "rm nope/x"),
    ("a folder", "mkdir d", "rm d"),
    ("a folder with f", "mkdir d", "rm -f d"),
    ("a folder with a slash", "mkdir d", "rm d/"),
    ("a full folder with d", "mkdir d; touch d/a", "rm -d d"),
    ("a full folder with df", "mkdir d; touch d/a", "rm -df d"),
    ("an empty folder with d", "mkdir d", "rm -dv d"),
    ("an empty folder with d and a slash", "mkdir d", "rm -dv d/"),
    ("below a file", "touch a", "rm a/x"),
    ("below a file with f", "touch a", "rm -f a/x"),
    ("below a file with r", "touch a", "rm -r a/x"),
    ("a file with a slash", "touch a", "rm a/"),
    ("a file with a slash, f", "touch a", "rm -f a/"),
    ("a file with a slash, r", "touch a", "rm -r a/"),
    ("a file with a slash, d", "touch a", "rm -d a/"),
    ("a file with a slash, i", "touch a", "answers y | rm -i a/"),
    ("a file with slash and dot", "touch a", "rm -r a/."),
    ("a fifo with a slash", "mkfifo a", "rm a/"),
    ("a loop of links", "ln -s l l", "rm l/x"),
    ("a loop of links with f", "ln -s l l", "rm -f l/x"),
    ("a loop of links with r", "ln -s l l", "rm -r l/x"),
    ("a loop itself", "ln -s l l", "rm -v l"),
    ("a loop with a slash", "ln -s l l", "rm l/"),
    ("a long loop", "ln -s m l; ln -s l m", "rm l/x m/"),
    ("a name that is too long", "", "rm $(printf %256s | tr ' ' x)"),
    ("a name that is too long, f", "", "rm -f $(printf %256s | tr ' ' x)"),
    ("a name that is too long, rf", "", "rm -rf $(printf %256s | tr ' ' x)/y"),
    ("a name of full length", "touch $(printf %255s | tr ' ' x)", "rm -v x*"),
    ("a path that is too long", "", "rm $(printf './%.0s' {1..2100})x"),
    ("a path that is too long, f", "", "rm -f $(printf './%.0s' {1..2100})x"),
    ("a path of full length", "touch x", "rm $(printf './%.0s' {1..2047})x"),
    ("a path one too long", "touch x", "rm .$(printf './%.0s' {1..2047})x"),
    ("one failure in the middle", "touch a c", "rm -v a nope c"),
    ("one folder in the middle", "touch a c; mkdir b", "rm -v a b c"),
    ("one full folder in the middle", "touch a c; mkdir -p b/x", "rm -dv a b c"),
    ("all sorts", "touch a; mkdir d; ln -s l l", "rm nope a/x d l/x a"),
    ("from a folder that is gone", "mkdir d", "cd d; rmdir ../d; rm -r x . ../y"),
    ("a dangling link", "ln -s nope l", "rm -v l"),
    ("a dangling link with a slash", "ln -s nope l", "rm l/"),
    ("a dangling link with a slash, f", "ln -s nope l", "rm -f l/"),
    ("a dangling link with a slash, r", "ln -s nope l", "rm -r l/"),
    ("a dangling link with a slash, i", "ln -s nope l", "answers y | rm -i l/"),
    ("below a dangling link", "ln -s nope l", "rm l/x"),
    ("a link to a folder", "mkdir d; touch d/a; ln -s d l", "rm -v l"),
    ("a link to a folder with r", "mkdir d; touch d/a; ln -s d l", "rm -rv l"),
    ("a link to a folder with d", "mkdir d; ln -s d l", "rm -dv l"),
    ("a link to a folder with a slash", "mkdir d; touch d/a; ln -s d l", "rm l/"),
    ("a link to a folder with a slash, f", "mkdir d; touch d/a; ln -s d l", "rm -f l/"),
    ("a link to a folder with a slash, i", "mkdir d; touch d/a; ln -s d l", "answers y | rm -i l/"),
    ("a link to a full folder, slash, d", "mkdir d; touch d/a; ln -s d l", "rm -d l/"),
    ("a link to a folder with a dot", "mkdir d; touch d/a; ln -s d l", "rm -r l/."),
    ("below a link to a folder", "mkdir d; touch d/a; ln -s d l", "rm -v l/a"),
    ("a folder below a link to one", "mkdir -p d/e/f; ln -s d l", "rm -rv l/e"),
    ("a link to a file with a slash", "touch a; ln -s a l", "rm l/"),
    ("a link to a file with a slash, r", "touch a; ln -s a l", "rm -rf l/"),
    ("a hard link", "touch a; ln a b; ln a c", "rm -v b"),
    ("the same in C", "mkdir d; ln -s l l", "LC_ALL=C rm nope d l/x d/."),
];

/// The last part is a dot or two, as typed.
const DOTS: &[Case] = &[
    ("dot", "mkdir -p d/e", "rm -r ."),
    ("dots", "mkdir -p d/e", "cd d; rm -r .."),
    ("dots with f", "mkdir -p d/e", "cd d; rm -rf . .."),
    ("dot with a slash", "mkdir -p d/e", "rm -r ./"),
    ("dots with a slash", "mkdir -p d/e", "cd d; rm -rf ../"),
    ("dot with slashes", "mkdir -p d/e", "rm -r .///"),
    ("a folder and dot", "mkdir -p d/e", "rm -r d/."),
    ("a folder and dots", "mkdir -p d/e", "rm -r d/.."),
    ("a folder, dot, slash", "mkdir -p d/e", "rm -r d/./"),
    ("a folder, dots, slash", "mkdir -p d/e", "rm -rf d/../"),
    ("a folder, slashes, dot", "mkdir -p d/e", "rm -rf d//."),
    ("dot in the middle", "mkdir -p d/e", "rm -rv d/./e"),
    ("dots in the middle", "mkdir -p d/e", "rm -rv d/e/../e"),
    ("dot and dot", "mkdir -p d/e", "rm -r ./."),
    ("a missing folder and dot", "", "rm -r nope/."),
    ("a missing folder and dots, f", "", "rm -rf nope/.."),
    ("below a file", "touch a", "rm -rf a/.."),
    ("three dots are a name", "mkdir ...", "rm -rv ..."),
    ("a hidden name", "mkdir .d ..d", "rm -rv .d ..d"),
    ("without r", "mkdir d", "rm . .. d/. ./"),
    ("without r, f", "mkdir d", "rm -f . .. d/. ./"),
    ("with d", "mkdir d", "rm -d . d/. d/.."),
    ("asked", "mkdir d", "answers y | rm -ri d/."),
    ("and the rest", "mkdir d e", "rm -rv d . e .."),
    ("by the whole path", "mkdir d", "rm -r \"$PWD/d/.\""),
    ("in C", "mkdir d", "LC_ALL=C rm -r d/."),
];

/// For a user who may not do everything. In the folders there are files that stay.
const RIGHTS: &[Case] = &[
    ("a folder not to be written", CLOSED_555, "rm d/a"),
    ("a folder not to be written, f", CLOSED_555, "rm -f d/a"),
    ("a folder not to be written, r", CLOSED_555, "rm -r d"),
    ("a folder not to be written, rf", CLOSED_555, "rm -rf d"),
    ("a missing file in it", CLOSED_555, "rm d/nope"),
    ("a missing file in it, f", CLOSED_555, "rm -f d/nope"),
    ("an empty one is removed", "mkdir -m 555 d", "rm -rv d"),
    ("an empty one below is removed", "mkdir -p d/e; chmod 555 d/e", "rm -rv d"),
    ("an empty one in one", "mkdir -p d/e; chmod 555 d", "rm -rv d"),
    ("an empty one in one, f", "mkdir -p d/e; chmod 555 d", "rm -rf d"),
    ("an unreadable one", CLOSED_0, "rm -r d"),
    ("an unreadable one, f", CLOSED_0, "rm -rf d"),
    ("a file in an unreadable one", CLOSED_0, "rm d/a"),
    ("a file in an unreadable one, f", CLOSED_0, "rm -f d/a"),
    ("a folder in an unreadable one, rf", CLOSED_0, "rm -rf d/a/"),
    ("an unreadable one without r", CLOSED_0, "rm d"),
    ("an unreadable one with d", CLOSED_0, "rm -d d"),
    ("an unreadable empty one", "mkdir -m 0 d", "rm -rv d"),
    ("an unreadable empty one with d", "mkdir -m 0 d", "rm -dv d"),
    ("an unreadable empty one, f", "mkdir -m 0 d", "rm -rfv d"),
    ("unreadable ones inside", "mkdir -p d/{e,f,g}; touch d/f/a; chmod 0 d/?", "rm -rv d"),
    ("to be written only", "mkdir d; touch d/a; chmod 300 d", "rm -rv d"),
    ("to be written only, a file", "mkdir d; touch d/a; chmod 300 d", "rm -v d/a"),
    ("to be searched only", "mkdir d; touch d/a; chmod 100 d", "rm -rv d"),
    ("to be read only", "mkdir d; touch d/a; chmod 400 d", "rm -rv d"),
    ("to be read and written only", "mkdir d; touch d/a; chmod 600 d", "rm -rv d"),
    ("to be read and written only, f", "mkdir d; touch d/a; chmod 600 d", "rm -rf d"),
    ("to be written, a folder inside", "mkdir -p d/e; chmod 600 d", "rm -rv d"),
    ("to be read, a folder inside", "mkdir -p d/e/f; chmod 444 d/e", "rm -rv d"),
    ("a level below", "mkdir -p d/e/f; touch d/e/f/a d/b; chmod 555 d/e/f", "rm -rv d"),
    ("files without rights", "touch a; chmod 0 a", "rm -v a"),
    ("all, no way to its parent", "mkdir -m 600 d", "rm -r --preserve-root=all d"),
    ("all, an unreadable one", CLOSED_0, "rm -rf --preserve-root=all d"),
    ("asked, a folder inside", "mkdir -p d/e; chmod 600 d", "yes | rm -ri d"),
    ("asked, two files", "mkdir d; touch d/a d/b; chmod 400 d", "answers y n | rm -ri d"),
    ("asked, a level below", "mkdir -p d/e; touch d/e/a; chmod 400 d/e", "yes | rm -ri d"),
    ("no way to it", "mkdir -p d/e; touch d/e/a; chmod 0 d", "cd d/e 2>&-; rm -r d/e/a d/e/."),
    ("no way back", "mkdir -p d/e; touch d/e/a", "cd d/e; chmod 0 ..; rm -rv a; chmod 755 .."),
    ("in C", CLOSED_555, "LC_ALL=C rm -rf d"),
];

const CLOSED_555: &str = "mkdir d; touch d/a; chmod 555 d";
const CLOSED_0: &str = "mkdir d; touch d/a; chmod 0 d";

/// What root has made, and others want to remove.
const OF_ROOT: &[Case] = &[
    ("a folder of another", "mkdir d; touch d/a", "rm d/a"),
    ("a folder of another, rf", "mkdir d; touch d/a", "rm -rf d"),
    ("an empty folder of another", "mkdir d", "rm -r d"),
    ("a sticky folder", "mkdir -m 1777 d; touch d/a", "rm d/a"),
    ("a sticky folder, f", "mkdir -m 1777 d; touch d/a", "rm -f d/a"),
    ("a sticky folder, r", "mkdir -m 1777 d; mkdir d/e", "rm -r d/e"),
    ("a full folder in a sticky one", "mkdir -m 1777 d; mkdir d/e; touch d/e/a", "rm -rf d/e"),
    ("a sticky folder, d", "mkdir -m 1777 d; mkdir d/e", "rm -d d/e"),
    ("a link in a sticky folder", "mkdir -m 1777 d; ln -s nope d/l", "rm -r d/l"),
    ("asked", "mkdir -m 1777 d; touch d/a", "answers y | rm -i d/a"),
    ("one's own in a sticky folder", "mkdir -m 1777 d", "touch d/a; rm -v d/a"),
    ("one's own and others'", "mkdir -m 1777 d; touch d/a", "touch d/b; rm -rv d"),
    ("a closed folder", "mkdir -m 700 d; touch d/a", "rm -r d"),
    ("in a closed folder", "mkdir -m 700 d; touch d/a", "rm -rf d/a d/nope d"),
];

#[test]
fn for_everybody() {
    same(Who::Nobody, PLAIN);
    same(Who::Runner, PLAIN);
}

#[test]
fn dots() {
    same(Who::Runner, DOTS);
    same(Who::Nobody, DOTS);
}

#[test]
fn for_lack_of_rights() {
    same(Who::Nobody, RIGHTS);
}

/// Root finds nothing closed.
#[test]
fn for_no_lack_of_rights() {
    same(Who::Runner, RIGHTS);
}

#[test]
fn things_of_root() {
    same(Who::Guest, OF_ROOT);
}

/// A file system of the case's own, in its own mount namespace, as `d`.
fn on_ext4(make: &str) -> String {
    let disk = "truncate -s 8M i; mkfs.ext4 -q i; mkdir d; mount -o loop i d; rmdir d/lost+found";
    format!("{disk}; {make}")
}

#[test]
fn what_the_file_system_forbids() {
    // chattr comes with it.
    if !common::has_tool("mkfs.ext4", &["-V"]) {
        return;
    }
    let read_only = "mkdir d/e; touch d/a d/e/b; mount -o remount,ro d";
    let nobody = "setpriv --reuid=65534 --clear-groups -- bash -c 'exec -a rm \"$RM\" \"$@\"' x";
    let as_nobody = format!("{nobody} -rf d/a d/e");
    let presumed = format!("answers n n | {nobody} -r ---presume-input-tty d/a d/e");
    let cases: &[Case] = &[
        ("an immutable file", "touch d/a; chattr +i d/a", "rm -v d/a"),
        ("an immutable file, f", "touch d/a; chattr +i d/a", "rm -f d/a"),
        ("an immutable file, asked", "echo x > d/a; chattr +i d/a", "answers y | rm -i d/a"),
        ("an append-only file", "touch d/a; chattr +a d/a", "rm -f d/a"),
        ("an immutable folder", "mkdir d/e; touch d/e/a; chattr +i d/e", "rm -rv d/e"),
        ("an immutable empty folder", "mkdir d/e; chattr +i d/e", "rm -rv d/e"),
        ("an immutable empty folder, d", "mkdir d/e; chattr +i d/e", "rm -dv d/e"),
        ("an append-only folder", "mkdir d/e; touch d/e/a; chattr +a d/e", "rm -rf d/e"),
        ("in a tree", "mkdir -p d/e/f; touch d/e/f/{a,b}; chattr +i d/e/f/a", "rm -rv d/e"),
        ("read-only", read_only, "rm d/a"),
        ("read-only, f", read_only, "rm -f d/a"),
        ("read-only, r", read_only, "rm -rv d/e"),
        ("read-only, rf", read_only, "rm -rf d/e d/a"),
        ("read-only, d", read_only, "rm -d d/e"),
        ("read-only, asked", read_only, "yes | rm -ri d/e d/a"),
        ("read-only, missing", read_only, "rm d/nope"),
        ("read-only, missing, f", read_only, "rm -f d/nope"),
        ("read-only, with a slash", read_only, "rm -rf d/a/"),
        ("read-only, nobody", read_only, &as_nobody),
        ("read-only, presumed", read_only, &presumed),
    ];
    let made: Vec<_> = cases.iter().map(|c| (c.0, on_ext4(c.1), c.2)).collect();
    let cases: Vec<Case> = made.iter().map(|(name, make, run)| (*name, &**make, *run)).collect();
    same(Who::Mounts, &cases);
}

#[test]
fn a_read_only_bind_mount() {
    let make = "mkdir -p d/e; touch d/a d/e/b; mount --bind d d; mount -o remount,bind,ro d";
    let cases: &[Case] = &[
        ("a file", make, "rm d/a"),
        ("a file, f", make, "rm -f d/a"),
        ("a folder", make, "rm -rf d/e"),
        ("missing", make, "rm -f d/nope"),
    ];
    same(Who::Mounts, cases);
}
