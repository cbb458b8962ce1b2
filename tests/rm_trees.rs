//! Trees and several operands: what goes, in which order, and what is told of it.

mod common;
use common::rm::{Case, Who, same};

const TREE: &str = "mkdir -p d/e/f d/g; touch d/a d/e/b d/e/f/c; ln -s nope d/l; mkfifo d/g/p";

const ORDER: &[Case] = &[
    ("bottom up", TREE, "rm -rv d"),
    ("with a slash", TREE, "rm -rv d/"),
    ("with slashes", TREE, "rm -rv d///"),
    ("slashes in the middle", TREE, "rm -rv d//e///"),
    ("from here", TREE, "rm -rv ./d"),
    ("from here with slashes", TREE, "rm -rv .//d"),
    ("by the whole path", TREE, "rm -rv \"$PWD/d\""),
    ("from within", TREE, "cd d; rm -rv ../d"),
    ("from below", TREE, "cd d/e; rm -rv ../../d"),
    ("all in a folder", TREE, "rm -rv d/*"),
    ("an empty one with slashes", "mkdir d", "rm -rv d///"),
    ("an empty one with slashes, d", "mkdir d", "rm -dv d///"),
    ("a file", "touch a", "rm -v ./a"),
    ("a file with slashes before it", "mkdir d; touch d/a", "rm -v d///a"),
    ("many files", "mkdir d; touch d/{1..50}", "rm -rv d"),
    ("hidden ones", "mkdir d; touch d/.a d/..b d/...", "rm -rv d"),
    ("kinds", "mkdir d; mkfifo d/p; ln -s p d/l; touch d/a; ln d/a d/b", "rm -rv d"),
    ("links are not followed", "mkdir d k; touch k/a; ln -s ../k d/l", "rm -rv d"),
    ("a link to its own folder", "mkdir d; ln -s . d/l; ln -s .. d/m; ln -s ../d d/n", "rm -rv d"),
    ("a link to the root", "mkdir d; ln -s / d/l", "rm -rv d"),
    ("hard links elsewhere stay", "mkdir d; touch a; ln a d/a; ln a d/b", "rm -rv d"),
    ("a hole", "mkdir d; truncate -s 1M d/a", "rm -rv d"),
    ("set bits", "mkdir -m 7777 d; touch d/a; chmod 7777 d/a", "rm -rv d"),
];

const OPERANDS: &[Case] = &[
    ("three", TREE, "touch x y; rm -rv x d y"),
    ("the same twice", "touch a", "rm -v a a"),
    ("the same twice, f", "touch a", "rm -fv a a"),
    ("the same folder twice", TREE, "rm -rv d d"),
    ("the same folder twice, silently", TREE, "rm -r d d"),
    ("the same folder twice, f", TREE, "rm -rf d d"),
    ("the same empty folder twice", "mkdir d", "rm -r d ./d"),
    ("the same folder twice, and a slash", TREE, "rm -r d d/"),
    ("a dot in one that is gone", TREE, "rm -r d d/. d/.."),
    ("below a file that is gone", "touch a", "rm a a/x a/. a/"),
    ("below one that is gone", TREE, "rm -r d/e d/e/f d/e/b"),
    ("the same folder by other names", TREE, "rm -rv d ./d d/"),
    ("one inside another, before it", TREE, "rm -rv d/e d"),
    ("one inside another, after it", TREE, "rm -rv d d/e"),
    ("one inside another, after it, f", TREE, "rm -rfv d d/e/b"),
    ("a link and what it names", "touch a; ln -s a l", "rm -v a l"),
    ("both names of a file", "touch a; ln a b", "rm -v a b"),
    ("one failure in the middle", TREE, "touch x y; rm -rv x nope d y"),
    ("failures all around", "touch x", "rm -v nope x nope/"),
    ("a folder among files", TREE, "touch x; rm -v d x d/a"),
    ("an empty folder among files, d", TREE, "touch x; rm -dv d x d/g/p d/g"),
    ("five hundred", "touch {1..500}", "rm -v {1..500}"),
    ("up and down", TREE, "rm -rv d/e/../g d/./a"),
    ("through a link", "mkdir -p k/d; touch k/d/a; ln -s k l", "rm -rv l/d"),
    ("asked for both", "touch a", "answers n y | rm -i a a"),
];

const SIZES: &[Case] = &[
    ("300 wide", "mkdir d; touch d/{1..300}; mkdir d/x{1..50}", "rm -rv d"),
    ("3000 wide", "mkdir d; touch d/{1..3000}", "rm -rv d"),
    ("40 deep", "mkdir -p $(printf 'd/%.0s' {1..40})", "rm -rv d"),
    ("3000 deep", DEEPEST, "rm -rf d"),
    ("deep, told", DEEP, "rm -rv d"),
    ("deep, with few handles", DEEP, "ulimit -n 40; rm -rf d"),
    ("deep, with a little stack", DEEP, "ulimit -s 256; rm -rf d"),
    ("deep, with long names", DEEP_LONG, "rm -rf d*"),
    ("deep, all asked for", DEEP, "yes | rm -ri d"),
    ("deep, declined", DEEP, "answers y y n | rm -ri d"),
    ("files at each of 300 levels", LEVELS, "rm -rv d"),
];

/// By perl, since the shell keeps whole paths.
const DEEPEST: &str = "perl -e 'for (1..3000) { mkdir \"d\"; chdir \"d\" }'";
/// Deeper than a path can be; more is slow to make on some file systems.
const DEEP: &str =
    "perl -e 'for (1..2100) { mkdir \"d\"; chdir \"d\" } open F, \">\", \"a\" or die'";
const DEEP_LONG: &str = "perl -e '$n = \"d\" x 200; for (1..600) { mkdir $n; chdir $n }'";
const LEVELS: &str = "for i in {1..300}; do mkdir d; touch a b; cd d; done";

#[test]
fn order() {
    same(Who::Runner, ORDER);
}

#[test]
fn several_operands() {
    same(Who::Runner, OPERANDS);
}

#[test]
fn wide_and_deep() {
    same(Who::Runner, SIZES);
}

/// What cannot be removed stays with all above it; all else goes.
#[test]
fn with_closed_folders() {
    let cases: &[Case] = &[
        (
            "closed at the end of a chain",
            "mkdir -p d/e/f/g; touch d/e/f/g/a; chmod 555 d/e/f/g",
            "rm -rv d",
        ),
        (
            "closed among open ones",
            "mkdir -p d/{e,f,g}; touch d/{e,f,g}/a; chmod 555 d/f",
            "rm -rv d",
        ),
        (
            "two closed ones",
            "mkdir -p d/{e,f,g}; touch d/{e,f,g}/{a,b}; chmod 555 d/f d/g",
            "rm -rv d",
        ),
        (
            "closed and asked for",
            "mkdir -p d/{e,f}; touch d/{e,f}/a; chmod 555 d/f",
            "yes | rm -rvi d",
        ),
        (
            "closed to reading, among open ones",
            "mkdir -p d/{e,f}; touch d/{e,f}/a; chmod 0 d/f",
            "rm -rv d",
        ),
        (
            "closed operands among open ones",
            "mkdir e f g; touch {e,f,g}/a; chmod 0 f",
            "rm -rv e f g",
        ),
        ("deep and closed", CLOSED, "rm -rf d"),
    ];
    same(Who::Nobody, cases);
}

const CLOSED: &str =
    "perl -e 'for (1..2100) { mkdir \"d\"; chdir \"d\" } mkdir \"e\"; chmod 0555, \".\"'";
