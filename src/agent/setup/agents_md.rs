//! AGENTS.md: what agents are told in plain words. It holds no agent back; a hook does that. It spares
//! the others the detour.

use super::section::Marks;
use super::{Change, Refused};

const MARKS: Marks<'_> = Marks { begin: "<!-- safe-rm: begin -->", end: "<!-- safe-rm: end -->" };

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

pub(super) fn add(old: Option<&str>) -> Result<Change, Refused> {
    MARKS.add(TEXT, old)
}

pub(super) fn remove(old: &str) -> Result<Change, Refused> {
    MARKS.remove(old)
}
