//! Where rm's input and outputs lead: closed, full, broken, or the same file.

mod common;
use common::rm::{Case, Who, same};

const SOME: &str = "touch a b; mkdir -p d/e; touch d/e/c";

const CASES: &[Case] = &[
    ("input closed", SOME, "rm -v a <&-"),
    ("input closed, with f", SOME, "rm -rf d a <&-"),
    ("input for writing only", SOME, "rm -i a 0> /dev/null"),
    ("output closed", SOME, "rm a >&-"),
    ("output closed, a failure", SOME, "rm nope >&-"),
    ("output closed, asked", SOME, "answers y | rm -i a >&-"),
    ("output closed, help", SOME, "rm --bogus >&-"),
    ("output full", SOME, "rm a > /dev/full"),
    ("output full, told", SOME, "rm -v a b > /dev/full"),
    ("output full, told of a tree", SOME, "rm -rv d > /dev/full"),
    ("output full, told and a failure", SOME, "rm -v a nope b > /dev/full"),
    ("output full, told of nothing", SOME, "rm -fv nope > /dev/full"),
    ("output full, told of much", "touch {1..2000}", "rm -v {1..2000} > /dev/full"),
    ("output for reading only", SOME, "rm -v a 1< b"),
    ("errors closed", SOME, "rm nope 2>&-"),
    ("errors closed, none", SOME, "rm -v a 2>&-"),
    ("errors closed, bad option", SOME, "rm --bogus a 2>&-"),
    ("errors full", SOME, "rm -v nope a 2> /dev/full"),
    ("errors full, asked", SOME, "answers y | rm -i a b 2> /dev/full"),
    ("errors full, all well", SOME, "rm -v a 2> /dev/full"),
    ("all closed", SOME, "rm -rf d a <&- >&- 2>&-"),
    ("both closed", SOME, "rm -v a nope >&- 2>&-"),
    ("both full", SOME, "rm -v a nope > /dev/full 2>&1"),
    ("both in one file", SOME, "rm -rv a nope b nope d 2>&1"),
    ("both in one file, asked", SOME, "yes | rm -rvi a nope b d 2>&1"),
    ("both in one pipe", SOME, "rm -rv a nope b nope d 2>&1 | cat; exit ${PIPESTATUS[0]}"),
    ("both in one pipe, asked", SOME, "yes | rm -rvi a nope b d 2>&1 | cat; exit ${PIPESTATUS[1]}"),
    ("output into the tree", SOME, "rm -rv d > d/log"),
    ("a reader of one line", SOME, "rm -v a b | head -n1; exit ${PIPESTATUS[0]}"),
];

/// The reader is gone before anything is written.
const BROKEN: &[Case] = &[
    ("a broken pipe", SOME, "{ sleep 0.1; rm -v a b; } | :; exit ${PIPESTATUS[0]}"),
    (
        "a broken pipe and nothing to tell",
        SOME,
        "{ sleep 0.1; rm a b; } | :; exit ${PIPESTATUS[0]}",
    ),
    (
        "a broken pipe, much to tell",
        MANY,
        "{ sleep 0.1; rm -v {1..2000}; } | :; exit ${PIPESTATUS[0]}",
    ),
    ("a broken pipe for errors", SOME, "{ sleep 0.1; rm nope a; } 2>&1 | :; exit ${PIPESTATUS[0]}"),
    (
        "a broken pipe for questions",
        SOME,
        "{ sleep 0.1; answers y | rm -i a; } 2>&1 | :; exit ${PIPESTATUS[0]}",
    ),
];

const MANY: &str = "touch {1..2000}";

#[test]
fn odd_streams() {
    same(Who::Runner, CASES);
}

#[test]
fn broken_pipes() {
    same(Who::Runner, BROKEN);
}

/// It ends as a shell expects it of a program that is interrupted.
#[test]
fn signals() {
    let wait = "while ! [ -s err ]; do sleep 0.01; done";
    let lines: Vec<_> = ["INT", "TERM", "HUP", "QUIT"]
        .map(|name| {
            let run = format!(
                "ulimit -c 0; mkfifo f; (rm -i a b < f 2> err) & p=$!; exec 9> f; {wait}; kill -{name} $p; \
                 wait $p 2> /dev/null; code=$?; rm() {{ :; }}; cat err; exit $code"
            );
            (name, run)
        })
        .into();
    let cases: Vec<Case> = lines.iter().map(|(name, run)| (*name, SOME, &**run)).collect();
    same(Who::Runner, &cases);
}
