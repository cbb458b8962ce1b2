//! The grammar of rm: what may be typed, how it may be shortened, which of two options wins.

mod common;
use common::rm::{Case, Form, Who, same, same_as};

/// Something of each kind that the options tell apart.
const SOME: &str = "touch a; mkdir empty full; touch full/b";

const OPERANDS: &[Case] = &[
    ("nothing", "", "rm"),
    ("nothing with f", "", "rm -f"),
    ("nothing with rf", "", "rm -rf"),
    ("nothing with r", "", "rm -r"),
    ("nothing after the end of options", "", "rm --"),
    ("nothing after the end of options with f", "", "rm -f --"),
    ("nothing with f then i", "", "rm -fi"),
    ("nothing with i then f", "", "rm -if"),
    ("nothing with f then I", "", "rm -fI"),
    ("nothing with never", "", "rm --interactive=never"),
    ("nothing with f then never", "", "rm -f --interactive=never"),
    ("nothing with f then once", "", "rm -f --interactive=once"),
    ("nothing with f then always", "", "rm -f --interactive"),
    ("an empty name", "", "rm ''"),
    ("an empty name with f", "", "rm -f ''"),
    ("an empty name with r", SOME, "rm -r '' a"),
    ("a hyphen alone", "touch ./-", "rm -"),
    ("a hyphen alone that is missing", "", "rm -"),
    ("the end of options", "touch ./-f b", "rm -- -f b"),
    ("the end of options twice", "touch ./--", "rm -- --"),
    ("options after operands", SOME, "rm full -r -v"),
    ("operands between options", SOME, "rm -v a -d empty"),
    ("options after the end of options", SOME, "rm -- full -r"),
    ("options after operands for posix", SOME, "POSIXLY_CORRECT=1 rm a -r full"),
    ("options before operands for posix", SOME, "POSIXLY_CORRECT=1 rm -r full a"),
    ("an empty variable is set as well", SOME, "POSIXLY_CORRECT= rm full -r"),
    ("called by a path", "", "(exec -a /usr/bin/rm \"$RM\" nope)"),
    ("called by a path without operands", "", "(exec -a ./rm \"$RM\")"),
];

const NAMES: &[Case] = &[
    ("short ones together", SOME, "rm -rvf full a"),
    ("the capital is the same", SOME, "rm -Rv full"),
    ("long ones in full", SOME, "rm --recursive --force --verbose full"),
    ("dir in full", SOME, "rm --dir --verbose empty"),
    ("rec", SOME, "rm --rec full"),
    ("r alone", SOME, "rm --r full"),
    ("forc", SOME, "rm --forc nope"),
    ("f alone", SOME, "rm --f nope"),
    ("di", SOME, "rm --di empty"),
    ("d alone", SOME, "rm --d empty"),
    ("verb", SOME, "rm --verb a"),
    ("ver is two", SOME, "rm --ver a"),
    ("v is two", SOME, "rm --v a"),
    ("one", SOME, "rm --one -r full"),
    ("o alone", SOME, "rm --o -r full"),
    ("int", SOME, "answers n | rm --int a"),
    ("i alone", SOME, "answers n | rm --i a"),
    ("pres", SOME, "rm --pres -r full"),
    ("p alone", SOME, "rm --p -r full"),
    ("pres all", SOME, "rm --pres=all -r full"),
    ("no-pres may not be short", SOME, "rm --no-pres -r full"),
    ("no-preserve-roo may not be short", SOME, "rm --no-preserve-roo -r full"),
    ("n alone may not be short", SOME, "rm --n -r full"),
    ("no-preserve-root in full", SOME, "rm --no-preserve-root -r full"),
    ("no-preserve-root takes nothing", SOME, "rm --no-preserve-root=1 -r full"),
    ("preserve-root", SOME, "rm --preserve-root -r full"),
    ("preserve-root all", SOME, "rm --preserve-root=all -r full"),
    ("preserve-root al", SOME, "rm --preserve-root=al -r full"),
    ("preserve-root bad", SOME, "rm --preserve-root=bad -r full"),
    ("preserve-root empty", SOME, "rm --preserve-root= -r full"),
    ("preserve-root bad with a name to quote", SOME, r"rm --preserve-root=$'b\n\'d' a"),
    ("force takes nothing", SOME, "rm --force=x a"),
    ("forc takes nothing", SOME, "rm --forc=x a"),
    ("recursive takes nothing", SOME, "rm --recursive= full"),
    ("verbose takes nothing", SOME, "rm --verbose=yes a"),
    ("dir takes nothing", SOME, "rm --dir=1 empty"),
    ("one-file-system takes nothing", SOME, "rm --one-file-system=1 -r full"),
    ("presume takes nothing", SOME, "rm ---presume-input-tty=1 a"),
    ("presume", SOME, "rm ---presume-input-tty a"),
    ("presume short", SOME, "rm ---pres a"),
    ("three hyphens", SOME, "rm --- a"),
    ("four hyphens", SOME, "rm ----x a"),
    ("unknown", SOME, "rm --bogus a"),
    ("unknown with a value", SOME, "rm --bogus=1 a"),
    ("no name but a value", SOME, "rm --=x a"),
    ("unknown letter", SOME, "rm -x a"),
    ("unknown letter after known ones", SOME, "rm -rx full"),
    ("unknown letter before known ones", SOME, "rm -xr full"),
    ("a digit", SOME, "rm -1 a"),
    ("a colon", SOME, "rm -: a"),
    ("a semicolon", SOME, "rm '-;' a"),
    ("a question mark", SOME, "rm '-?' a"),
    ("an equals sign", SOME, "rm -r= full"),
    ("a hyphen among letters", SOME, "rm -r- full"),
    ("unknown for posix", SOME, "POSIXLY_CORRECT=1 rm -x a"),
    ("unknown after an operand for posix", SOME, "POSIXLY_CORRECT=1 rm a -x"),
    ("unknown after an operand removes nothing", SOME, "rm a -x"),
    ("help is only found at its turn", SOME, "rm -x --help"),
    ("in C", SOME, "LC_ALL=C rm --bogus a"),
];

/// The hint stands where a file has the name of what was no option.
const HINTS: &[Case] = &[
    ("a letter", "touch ./-x", "rm -x"),
    ("two letters", "touch ./-rx", "rm -rx"),
    ("a long one", "touch ./--bogus", "rm --bogus"),
    ("a folder", "mkdir ./-x", "rm -x"),
    ("a dangling link", "ln -s nope ./-x", "rm -x"),
    ("an odd name", "touch $'./-x \\n'", r"rm $'-x \n'"),
    ("a name with a quote", "touch \"./-x'y\"", "rm \"-x'y\""),
    ("not in utf-8", "touch $'./-x\\xff'", r"rm $'-x\xff'"),
    ("in utf-8", "touch $'./-x\\xc3\\xa9'", r"rm $'-x\xc3\xa9'"),
    ("in utf-8 in C", "touch $'./-x\\xc3\\xa9'", r"LC_ALL=C rm $'-x\xc3\xa9'"),
    ("the first that is there", "touch ./-x ./-y", "rm -z -y -x"),
    ("before the wrong one", "touch ./-f", "rm -f -x"),
    ("a value", "touch ./--force=x", "rm --force=x"),
    ("ambiguous", "touch ./--ver", "rm --ver"),
    ("not after the end of options", "touch ./-y", "rm -x -- -y"),
    ("none for a hyphen alone", "touch ./-", "rm - -x"),
    ("none without one", "touch ./-y", "rm -r"),
    ("a bad value", "touch ./--interactive=x", "rm --interactive=x"),
    ("an abbreviation that may not be", "touch ./--no-pres", "rm --no-pres"),
];

const WHEN: &[Case] = &[
    ("never", SOME, "answers n | rm --interactive=never a"),
    ("no", SOME, "answers n | rm --interactive=no a"),
    ("none", SOME, "answers n | rm --interactive=none a"),
    ("n stands for one thing", SOME, "answers n | rm --interactive=n a"),
    ("ne", SOME, "answers n | rm --interactive=ne a"),
    ("non", SOME, "answers n | rm --interactive=non a"),
    ("once with one", SOME, "answers n | rm --interactive=once a"),
    ("once with r", SOME, "answers n | rm -r --interactive=once a"),
    ("o", SOME, "answers n | rm -r --interactive=o a"),
    ("always", SOME, "answers n | rm --interactive=always a"),
    ("al", SOME, "answers n | rm --interactive=al a"),
    ("a", SOME, "answers n | rm --interactive=a a"),
    ("yes", SOME, "answers n | rm --interactive=yes a"),
    ("y", SOME, "answers n | rm --interactive=y a"),
    ("alone", SOME, "answers n | rm --interactive a"),
    ("short with a value", SOME, "answers n | rm --inter=ne a"),
    ("its value is no operand", SOME, "answers n n | rm --interactive never a"),
    ("empty", SOME, "rm --interactive= a"),
    ("bad", SOME, "rm --interactive=bad a"),
    ("in capitals", SOME, "rm --interactive=NEVER a"),
    ("too long", SOME, "rm --interactive=nevers a"),
    ("odd", SOME, r"rm --interactive=$'b\n d' a"),
    ("odd in C", SOME, r"LC_ALL=C rm --interactive=$'\xc3\xa9' a"),
    ("bad after a good one", SOME, "rm --interactive=never --interactive=bad a"),
    ("the last wins", SOME, "rm --interactive=always --interactive=never a"),
    ("never forgets no missing ones", SOME, "rm --interactive=never nope a"),
    ("never keeps what f has said", SOME, "rm -f --interactive=never nope a"),
    ("once takes back what f has said", SOME, "rm -f --interactive=once nope a"),
];

#[test]
fn operands() {
    same(Who::Runner, OPERANDS);
}

#[test]
fn names_of_options() {
    same(Who::Runner, NAMES);
}

#[test]
fn hints_for_names_that_look_like_options() {
    same(Who::Runner, HINTS);
}

#[test]
fn values_of_interactive() {
    same(Who::Runner, WHEN);
}

/// The same as a command of ours; where text names the command, only the form by its name is GNU's.
#[test]
fn as_a_command() {
    let cases: &[Case] = &[
        ("a file", SOME, "rm a"),
        ("a folder", SOME, "rm full"),
        ("all", SOME, "rm -rv a empty full"),
        ("missing", SOME, "rm nope"),
        ("missing with f", SOME, "rm -f nope"),
        ("asked", SOME, "answers y n | rm -ri full"),
        ("once", SOME, "answers n | rm -rI full a"),
        ("options after operands", SOME, "rm full -r"),
        ("a name like an option", "touch ./-r", "rm -v -- -r"),
        ("a name like a command", "touch plan", "rm -v plan"),
        ("dots", SOME, "rm -r . .. full/."),
    ];
    same_as(Form::Command, Who::Runner, cases);
}

/// Every option with every other, in both orders, over something of each kind.
#[test]
fn every_pair() {
    let options = [
        "",
        "-f",
        "-i",
        "-I",
        "-r",
        "-R",
        "-d",
        "-v",
        "--interactive",
        "--interactive=never",
        "--interactive=once",
        "--interactive=always",
        "--one-file-system",
        "--preserve-root",
        "--preserve-root=all",
        "--no-preserve-root",
        "---presume-input-tty",
    ];
    let pairs = options.iter().flat_map(|a| options.map(|b| format!("{a} {b}")));
    let lines: Vec<_> = pairs
        .map(|pair| (format!("answers y y n y y n y | rm {pair} a empty nope full"), pair))
        .collect();
    let cases: Vec<Case> = lines.iter().map(|(line, pair)| (&**pair, SOME, &**line)).collect();
    same(Who::Runner, &cases);
}
