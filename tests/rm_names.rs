//! Odd names: in errors, in what is told, in questions; in UTF-8 and in C.

mod common;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use common::rm::{Case, Who, quoted, same};

const NAMES: &[&[u8]] = &[
    b"plain",
    b"two words",
    b" ",
    b" first",
    b"last ",
    b"it's",
    b"'",
    b"''",
    b"\"",
    b"say \"x\"",
    b"it's \"x\"",
    b"it's $x",
    b"it's `x`",
    b"it's \\x",
    b"it's !x",
    b"it's\tx",
    b"it's\nx",
    b"new\nline",
    b"\n",
    b"\nfirst",
    b"last\n",
    b"a\n\nb",
    b"tab\tx",
    b"back\\slash",
    b"\\",
    b"\\n",
    b"\\\n",
    b"$HOME",
    b"$",
    b"`id`",
    b"hey!",
    b"!",
    b"#first",
    b"in#side",
    b"#",
    b"~",
    b"~root",
    b"in~side",
    b"{",
    b"}",
    b"{}",
    b"{a,b}",
    b"a=b",
    b"=",
    b"*",
    b"?",
    b"[a]",
    b"]",
    b"^",
    b"|",
    b"&",
    b";",
    b"<",
    b">",
    b"(x)",
    b"%d%s",
    b"+",
    b",",
    b"@",
    b":",
    b"-x",
    b"-",
    b"--",
    b"--version",
    b"-it's",
    b"...",
    b"\xc3\xa9t\xc3\xa9",
    b"it's \xc3\xa9",
    b"\xe6\x97\xa5\xe6\x9c\xac",
    b"\xf0\x9f\x98\x80",
    b"combining e\xcc\x81",
    b"no-break\xc2\xa0space",
    b"line\xe2\x80\xa8separator",
    b"next\xc2\x85line",
    b"private\xee\x80\x80",
    b"unassigned\xcd\xb8",
    b"noncharacter\xef\xbf\xbf",
    b"last\xf4\x8f\xbf\xbf",
    b"beyond\xf4\x90\x80\x80",
    b"surrogate\xed\xa0\x80",
    b"overlong\xc0\xaf",
    b"cut\xe6\x97",
    b"cut\xe6\x97!",
    b"\xff",
    b"\xff\xfe",
    b"\x80x",
    b"\xffy\xff\xc3\xa9",
    b"it's \xff",
    b"\xff'7",
    b"\xff7",
    b"\x01",
    b"\x017",
    b"\x01'",
    b"\x07\x08\x0b\x0c\r\x1b",
    b"\x1b[31mred",
    b"\r",
    b"\x7f",
    b"a\x7fb",
    b"\n'\x01\xff\xc3\xa9 \\",
    b"a'b\nc\"d",
];

/// Each name stands alone, in a folder and as a folder, at the beginning and at the end.
const LINE: &str = "(rm -- N); (rm -v ./N/x); (rm -d -- d/N e/N); (answers n y n | rm -ri d/N e/N); \
                    (rm -rv d/N -- e/N)";
const MAKE: &str = "mkdir d e; touch d/N; mkdir e/N; touch e/N/N";

fn cases(locale: &str) -> Vec<(String, String, String)> {
    let line = LINE.replace("(rm", &format!("(LC_ALL={locale} rm"));
    let line = line.replace("| rm", &format!("| LC_ALL={locale} rm"));
    let case = |name: &&[u8]| {
        let name = quoted(OsStr::from_bytes(name));
        // A letter that no other word has: N is the name.
        let put =
            |text: &str| text.replace("/N", &format!("/{name}")).replace(" N", &format!(" {name}"));
        (format!("{name} in {locale}"), put(MAKE), put(&line))
    };
    NAMES.iter().map(case).collect()
}

fn every_name(locale: &str) {
    let made = cases(locale);
    let cases: Vec<Case> = made.iter().map(|(a, b, c)| (&**a, &**b, &**c)).collect();
    same(Who::Runner, &cases);
}

#[test]
fn in_utf_8() {
    every_name("C.UTF-8");
}

#[test]
fn in_c() {
    every_name("C");
}

/// Which variable says the language, and one that names none.
#[test]
fn the_locale_is_found_as_the_c_library_does() {
    let made = "touch $'\\xc3\\xa9'";
    let cases: Vec<_> = [
        "LC_ALL=",
        "LC_ALL= LANG=C.UTF-8",
        "LC_ALL= LC_CTYPE=C.UTF-8",
        "LC_ALL= LC_CTYPE=C LANG=C.UTF-8",
        "LC_ALL= LC_MESSAGES=C LANG=C.UTF-8",
        "LC_ALL=C LANG=C.UTF-8",
        "LC_ALL=POSIX",
        "LC_ALL=C.utf8",
        "LC_ALL=C.UTF8",
        "LC_ALL=C.utf-8",
        "LC_ALL=nowhere.UTF-8",
        "LC_ALL=nowhere",
        "LC_ALL= LC_CTYPE= LANG=",
        "env -u LC_ALL LANG=C.UTF-8",
        "env -u LC_ALL",
    ]
    .map(|set| {
        (
            set,
            format!(
                "{set} bash -c 'exec -a rm \"$RM\" $'\\''\\xc3\\xa9'\\'' $'\\''\\xc3\\xa9n'\\'''"
            ),
        )
    })
    .into();
    let cases: Vec<Case> = cases.iter().map(|(set, line)| (*set, made, &**line)).collect();
    same(Who::Runner, &cases);
}
