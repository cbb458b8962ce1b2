//! AGENTS.md: what agents are told in plain words. It holds no agent back; a hook does that. It spares
//! the others the detour.

use super::{Change, Kind, Refused};

const BEGIN: &str = "<!-- safe-rm: begin -->";
const END: &str = "<!-- safe-rm: end -->";

pub(super) const NOTES: &[&str] = &[
    "Claude Code reads CLAUDE.md: a line `@AGENTS.md` there brings it in",
    "Gemini CLI reads GEMINI.md: a line `@./AGENTS.md` there, or `context.fileName` in its settings",
    "words hold no agent back: `safe-rm init AGENT` sets the hook",
];

const TEXT: &str = "\
## Deleting files

`safe-rm` is the only way to delete here. Do not use `rm`, `find -delete`, `git clean`, a script or a
library call for it, and do not look for a way round a refusal: it is an answer, not an obstacle.

1. Look first: `safe-rm plan PATH...` says what is inside, what can never be had again, and what is
   refused and why. It changes nothing. `--json` gives one JSON document.
2. Ordinary files: `safe-rm rm PATH...` takes rm's options and removes them as rm does.
3. A model: `safe-rm --reason 'why it may go' PATH...` files a request. You cannot confirm it. Tell the
   person, and go on with something else, or `safe-rm wait ID`.
4. `safe-rm undo` puts back the last deletion. Never empty a trash to free space: ask.

Exit codes: 0 done; 1 failed, the message says what was done; 2 wrong usage; 3 refused by a rule, nothing
was touched: tell the person which rule, do not try again; 4 a person must confirm, a request was filed;
5 a person said no: that is final.

A name such as `old`, `tmp` or `checkpoint` proves nothing, and neither does a date. If you do not know what
a folder is, say so and leave it.
";

/// The section with its marks.
fn section(newline: &str) -> String {
    format!("{BEGIN}\n{TEXT}{END}\n").replace('\n', newline)
}

/// Where a section of ours stands, its last line end included.
fn found(text: &str) -> Result<Option<std::ops::Range<usize>>, Refused> {
    let (begins, ends) = (text.matches(BEGIN).count(), text.matches(END).count());
    let place = text.find(BEGIN).zip(text.find(END)).filter(|(b, e)| b < e);
    match (begins, ends, place) {
        (0, 0, _) => Ok(None),
        (1, 1, Some((begin, end))) => {
            let after = &text[end + END.len()..];
            let line_end =
                if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
            Ok(Some(begin..end + END.len() + line_end))
        }
        _ => Err(Refused {
            why: format!(
                "the marks `{BEGIN}` and `{END}` do not stand there once each, in this order"
            ),
            by_hand: None,
        }),
    }
}

pub(super) fn add(old: Option<&str>) -> Result<Change, Refused> {
    let Some(old) = old else {
        return Ok(Change { kind: Kind::Adds, new: Some(section("\n")) });
    };
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let section = section(newline);
    if let Some(place) = found(old)? {
        if old[place.clone()] == section {
            return Ok(Change::nothing(Some(old)));
        }
        let new = format!("{}{section}{}", &old[..place.start], &old[place.end..]);
        return Ok(Change { kind: Kind::Replaces, new: Some(new) });
    }
    // A blank line, or the line end that is missing: one, which goes again with the section.
    let line_end = if old.is_empty() { "" } else { newline };
    Ok(Change { kind: Kind::Adds, new: Some(format!("{old}{line_end}{section}")) })
}

pub(super) fn remove(old: &str) -> Result<Change, Refused> {
    let Some(place) = found(old)? else { return Ok(Change::nothing(Some(old))) };
    let before = &old[..place.start];
    let before =
        before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).unwrap_or(before);
    let new = format!("{before}{}", &old[place.end..]);
    Ok(Change { kind: Kind::Removes, new: (!new.is_empty()).then_some(new) })
}
