//! What rm asks, and what it takes for a yes.

mod common;
use common::rm::{Case, Who, same, same_at_terminal};

const KINDS: &[Case] = &[
    ("an empty file", "touch a", "answers y | rm -i a"),
    ("a file", "echo x > a", "answers y | rm -i a"),
    ("a file that is kept", "echo x > a", "answers n | rm -i a"),
    ("a link", "ln -s nope a", "answers y | rm -i a"),
    ("a link to a folder", "mkdir d; ln -s d a", "answers y | rm -ri a"),
    ("a fifo", "mkfifo a", "answers y | rm -i a"),
    ("a socket", SOCKET, "answers y | rm -i s"),
    ("an empty folder with d", "mkdir d", "answers y | rm -id d"),
    ("an empty folder with r", "mkdir d", "answers y | rm -ir d"),
    ("an empty folder with r that is kept", "mkdir d", "answers n | rm -ir d"),
    ("an empty folder without either", "mkdir d", "answers y | rm -i d"),
    ("a full folder with d", "mkdir d; touch d/a", "answers y | rm -id d"),
    ("a full folder with d and r", "mkdir d; touch d/a", "answers y y y | rm -idr d"),
    ("a full folder", "mkdir d; touch d/a", "answers y y y | rm -ir d"),
    ("a missing one is not asked for", "", "answers y | rm -i nope"),
    ("verbose", "touch a b", "answers y n | rm -iv a b"),
    ("no prompt for a dot", "touch a", "answers y | rm -ri ."),
    ("a trailing slash", "mkdir d", "answers y | rm -ir d/"),
    ("trailing slashes", "mkdir d; touch d/a", "answers y y y | rm -ir d///"),
];

const SOCKET: &str =
    "perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; bind S, sockaddr_un(\"s\")'";

/// A tree in which each level can be declined.
const TREE: &str = "mkdir -p d/e/f; touch d/e/f/a; mkdir d/g";

const INSIDE: &[Case] = &[
    ("all of it", TREE, "yes | rm -ri d"),
    ("none of it", TREE, "answers n | rm -ri d"),
    ("end of input at once", TREE, "rm -ri d"),
    ("the first level only", TREE, "answers y n n n n n | rm -ri d"),
    ("two levels", TREE, "answers y y n n n n n | rm -ri d"),
    ("three levels", TREE, "answers y y y n n n n n | rm -ri d"),
    ("the file alone", TREE, "answers y y y y n n n n n | rm -ri d"),
    ("the end of input inside", TREE, "answers y y y | rm -ri d"),
    ("verbose", TREE, "answers y y y y y n y y | rm -riv d"),
    ("what is kept is no error for the folders above", TREE, "answers y y y n y y y y | rm -ri d"),
    ("the next operand is asked for", TREE, "touch b; answers n y | rm -ri d b"),
    ("one file", "mkdir d; touch d/a", "answers y n | rm -ri d"),
    ("two files", "mkdir d; touch d/a d/b", "answers y n y y | rm -ri d"),
    ("a file, not its folder", "mkdir d; touch d/a", "answers y y n | rm -ri d"),
    ("operands", "touch a b c", "answers y n y | rm -i a b c"),
    ("a missing one among them", "touch a c", "answers n y | rm -i a nope c"),
    ("a full folder with d, asked twice", TREE, "answers y y y | rm -id d d/g"),
];

const FILES: &str = "touch a b c d; mkdir e f; touch e/x";

const ONCE: &[Case] = &[
    ("three are not asked for", FILES, "answers n | rm -I a b c"),
    ("four are", FILES, "answers n | rm -I a b c d"),
    ("four, yes", FILES, "answers y | rm -I a b c d"),
    ("one with r", FILES, "answers n | rm -rI a"),
    ("one with r, yes", FILES, "answers y | rm -rI e"),
    ("two with r", FILES, "answers n | rm -rI a e"),
    ("five with r", FILES, "answers y | rm -rI a b c d e"),
    ("missing ones count", FILES, "answers n | rm -I a w x y z"),
    ("missing ones alone", FILES, "answers y | rm -I w x y z"),
    ("a missing one", FILES, "answers n | rm -I nope"),
    ("dots count", FILES, "answers y | rm -I . .. a b"),
    ("with d", FILES, "answers n | rm -dI f"),
    ("end of input", FILES, "rm -I a b c d"),
    ("verbose", FILES, "answers y | rm -vI a b c d"),
    ("f after it", FILES, "rm -If a b c d"),
    ("f before it", FILES, "answers n | rm -fI a b c d"),
    ("i after it", FILES, "answers n n n n | rm -Ii a b c d"),
    ("i before it", FILES, "answers n | rm -iI a b c d"),
    ("never after it", FILES, "rm -I --interactive=never a b c d"),
    ("nothing else is asked", FILES, "answers y n n n | rm -rI a b e"),
    ("the same one four times", FILES, "answers y | rm -I a a a a"),
];

/// What is typed, as printf has it, and the program that reads it.
fn answers() -> Vec<(String, String)> {
    let typed = [
        "y\\n",
        "yes\\n",
        "Y\\n",
        "YES\\n",
        "yn\\n",
        "yoho\\n",
        "n\\n",
        "N\\n",
        "no\\n",
        "ny\\n",
        "\\n",
        " y\\n",
        "\\ty\\n",
        "y",
        "",
        "y \\n",
        "y\\r\\n",
        "y\\0\\n",
        "\\0y\\n",
        "1\\n",
        "+\\n",
        "+1\\n",
        "0\\n",
        "-\\n",
        "j\\n",
        "o\\n",
        "\\xff\\n",
        "y\\xff\\n",
        "\\xc3\\xbf\\n",
        "x\\ny\\n",
    ];
    let locales = ["C", "C.UTF-8"].into_iter();
    let lines = locales.flat_map(|locale| {
        typed.map(|t| {
            (format!("{t} in {locale}"), format!("printf -- '{t}' | LC_ALL={locale} rm -i a b"))
        })
    });
    lines.collect()
}

#[test]
fn kinds() {
    same(Who::Runner, KINDS);
}

#[test]
fn inside_a_tree() {
    same(Who::Runner, INSIDE);
}

#[test]
fn once() {
    same(Who::Runner, ONCE);
}

#[test]
fn what_is_a_yes() {
    let lines = answers();
    let cases: Vec<Case> = lines.iter().map(|(name, run)| (&**name, "touch a b", &**run)).collect();
    same(Who::Runner, &cases);
}

#[test]
fn reading() {
    let line = "touch a b; printf 'y\\nn\\nthe rest\\n' > in";
    let cases: &[Case] = &[
        ("no more of a file is read than is used", line, "{ (rm -i a b); cat; } < in"),
        (
            "a line of a megabyte",
            "touch a b; (printf y; head -c 1M /dev/zero; echo; echo y) > in",
            "rm -i a b < in",
        ),
        ("a folder as input", "touch a; mkdir d", "rm -i a < d"),
        ("input that can only be written", "touch a", "rm -i a < <(:) 0> out"),
    ];
    same(Who::Runner, cases);
}

/// Who may not write is asked, if a terminal is there or is presumed.
const PROTECTED: &[Case] = &[
    ("an empty file", "touch a; chmod 444 a", "answers y | rm ---presume-input-tty a"),
    ("a file", "echo x > a; chmod 444 a", "answers n | rm ---presume-input-tty a"),
    ("a file without any right", "echo x > a; chmod 0 a", "answers y | rm ---presume-input-tty a"),
    ("one that only others may write", "echo x > a; chmod 466 a", "rm ---presume-input-tty a"),
    ("not with f", "touch a; chmod 444 a", "rm -f ---presume-input-tty a"),
    ("not with never", "touch a; chmod 444 a", "rm --interactive=never ---presume-input-tty a"),
    (
        "with once",
        "touch a; chmod 444 a",
        "answers n | rm --interactive=once ---presume-input-tty a",
    ),
    ("with always", "touch a; chmod 444 a", "answers n | rm -i ---presume-input-tty a"),
    ("with always and no terminal", "touch a; chmod 444 a", "answers n | rm -i a"),
    ("no terminal", "touch a; chmod 444 a", "answers n | rm a"),
    ("a link to one", "touch a; chmod 444 a; ln -s a b", "rm ---presume-input-tty b"),
    ("a fifo", "mkfifo -m 400 a", "answers n | rm ---presume-input-tty a"),
    ("a folder", "mkdir -m 555 d", "answers y | rm -r ---presume-input-tty d"),
    ("a folder with d", "mkdir -m 555 d", "answers y | rm -d ---presume-input-tty d"),
    ("a folder without either", "mkdir -m 555 d", "answers y | rm ---presume-input-tty d"),
    ("a full folder", "mkdir d; touch d/a; chmod 555 d", "yes | rm -r ---presume-input-tty d"),
    (
        "a full folder, no",
        "mkdir d; touch d/a; chmod 555 d",
        "answers n | rm -r ---presume-input-tty d",
    ),
    (
        "a full folder with d",
        "mkdir d; touch d/a; chmod 555 d",
        "yes | rm -d ---presume-input-tty d",
    ),
    (
        "a full folder with i",
        "mkdir d; touch d/a; chmod 555 d",
        "yes | rm -ri ---presume-input-tty d",
    ),
    (
        "in a folder",
        "mkdir d; touch d/a; chmod 444 d/a",
        "answers y | rm -r ---presume-input-tty d",
    ),
    (
        "in a folder, no",
        "mkdir d; touch d/a d/b; chmod 444 d/a",
        "answers n | rm -r ---presume-input-tty d",
    ),
    ("an unreadable empty folder", "mkdir -m 0 d", "answers y | rm -r ---presume-input-tty d"),
    (
        "an unreadable empty folder with d",
        "mkdir -m 0 d",
        "answers y | rm -d ---presume-input-tty d",
    ),
    ("an unreadable empty folder with i", "mkdir -m 0 d", "answers y | rm -ri d"),
    ("an unreadable full folder with i", "mkdir d; touch d/a; chmod 0 d", "answers y y | rm -ri d"),
    ("a folder to write only", "mkdir d; touch d/a; chmod 300 d", "yes | rm -ri d"),
    ("a folder to read only", "mkdir d; touch d/a; chmod 400 d", "yes | rm -ri d"),
    ("once with r", "touch a; chmod 444 a", "answers y y | rm -rI ---presume-input-tty a"),
    ("a missing one", "", "rm ---presume-input-tty nope"),
    ("a socket", SOCKET_444, "answers n | rm ---presume-input-tty s"),
];

const SOCKET_444: &str =
    "perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0; bind S, sockaddr_un(\"s\")'; chmod 444 s";

#[test]
fn write_protected() {
    same(Who::Nobody, PROTECTED);
}

/// Others' things in a folder of one's own may be removed, and are asked for.
#[test]
fn things_of_others() {
    let cases: &[Case] = &[
        ("a file", "chmod 777 .; echo x > a", "answers n | rm ---presume-input-tty a"),
        ("a file, yes", "chmod 777 .; echo x > a", "answers y | rm ---presume-input-tty a"),
        ("a file without a terminal", "chmod 777 .; echo x > a", "rm a"),
        ("a device", "chmod 777 .; mknod -m 600 a c 1 3", "answers n | rm ---presume-input-tty a"),
        ("an empty folder", "chmod 777 .; mkdir d", "answers y | rm -r ---presume-input-tty d"),
        ("a full folder", "chmod 777 .; mkdir d; touch d/a", "yes | rm -r ---presume-input-tty d"),
    ];
    same(Who::Guest, cases);
}

#[test]
fn devices() {
    let cases: &[Case] = &[
        ("a character device", "mknod a c 1 3", "answers n | rm -i a"),
        ("a character device, yes", "mknod a c 1 3", "answers y | rm -iv a"),
        ("a block device", "mknod a b 7 250", "answers n | rm -i a"),
        ("in a folder", "mkdir d; mknod d/a b 7 250; mknod d/b c 1 3", "yes | rm -ri d"),
        ("root is not asked", "touch a; chmod 0 a", "rm ---presume-input-tty a"),
    ];
    same(Who::Mounts, cases);
}

#[test]
fn at_a_terminal() {
    let cases: &[(Case, &str)] = &[
        (("a protected file", "touch a; chmod 444 a", "rm a"), "y\n"),
        (("a protected file, no", "echo x > a; chmod 444 a", "rm a"), "n\n"),
        (("a protected file, end of input", "echo x > a; chmod 444 a", "rm a"), "\u{4}"),
        (("a protected file with f", "touch a; chmod 444 a", "rm -f a"), "n\n"),
        (("an open file", "touch a", "rm a"), "n\n"),
        (("a protected folder", "mkdir -m 555 d", "rm -r d"), "y\n"),
        (("a protected full folder", "mkdir d; touch d/a; chmod 555 d", "rm -r d"), "y\ny\ny\n"),
        (("protected things in a folder", "mkdir d; touch d/a; chmod 444 d/a", "rm -rv d"), "y\n"),
        (("a link", "ln -s nope a", "rm a"), "n\n"),
        (("asked", "touch a b", "rm -i a b"), "y\nn\n"),
        (("asked, end of input", "touch a b", "rm -i a b"), "\u{4}\u{4}"),
        (("once", "touch a b c d", "rm -I a b c d"), "y\n"),
        (("once with r, no", "touch a", "rm -rI a"), "no\n"),
        (("other input", "touch a; chmod 444 a", "rm a < /dev/null"), ""),
    ];
    same_at_terminal(cases);
}
