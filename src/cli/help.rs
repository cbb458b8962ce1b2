//! The first page of help: examples first, the commands in groups, one screen of 80 by 24. It is
//! written by hand, since the generated one is twice as long; tests/help.rs holds that it names every
//! command and every option.

/// `safe-rm -h`
pub(super) const SHORT: &str = "\
safe-rm old_run/             look inside, show the plan, ask for DELETE
safe-rm plan old_run/        the plan and nothing else
safe-rm undo                 put the last deletion back

usage: safe-rm [OPTION].. PATH..   or   safe-rm COMMAND ..
commands: plan ls log policy explain, undo trash purge, label ack, rm,
          requests approve deny cancel wait, guard, init doctor, hook mcp,
          completions man schema
`safe-rm --help` says what they do, `safe-rm COMMAND -h` what one takes";

/// `safe-rm --help`
pub(super) const LONG: &str = "\
safe-rm old_run/             look inside, show the plan, ask for DELETE
safe-rm plan old_run/        the plan and nothing else
safe-rm undo                 put the last deletion back

usage: safe-rm [OPTION].. PATH..  or  safe-rm COMMAND ..  (COMMAND --help: more)

look     plan PATH..           what would go; what is refused, what lifts that
         ls [ROOT..]           every model below, and whether it could go today
         log, policy, explain  what was done; the rules in force; one in words
undo     undo [ID or PATH]     put back the last deletion, or this one
         trash, purge [ID..]   what lies in the trash; free it for good
label    label PATH.., ack     write what a model is; vouch for `Retired:`
asked    requests              what agents asked for; they `wait` or `cancel`
         approve, deny ID      a person's answer to it
as rm    rm ..                 rm's own options; a model gets plan and word
set up   init SHELL or AGENT   `rm` is safe-rm; the agent asks its `hook` first
         doctor                checks that; also: completions, man, schema
agents   guard -- COMMAND      one that can delete no model; `mcp` is a server

-n, --dry-run  as `plan`               --only-allowed  leave out what is refused
--permanent    free it at once         --verify        compare copies by bytes
--json         one JSON document       --reason TEXT   why, for a request
-h, --help     -V, --version           -r -f -v -d -i  as rm's; skip nothing";

/// Below the help of `undo`.
pub(super) const UNDO: &str = "\
examples: safe-rm undo             the last one
          safe-rm undo 7f3a9c1e    `safe-rm trash` lists the ids
          safe-rm undo runs/old";

/// Below the help of `purge`.
pub(super) const PURGE: &str = "\
examples: safe-rm purge 7f3a9c1e
          safe-rm purge --older-than 30d";

/// Below the help of `init`.
pub(super) const INIT: &str = "\
examples: eval \"$(safe-rm init bash)\"       in ~/.bashrc; zsh in ~/.zshrc
          safe-rm init fish | source         in ~/.config/fish/config.fish
          eval \"$(safe-rm init bash --shim ~/.local/share/safe-rm/bin)\"
          safe-rm init bash --shim ~/.local/share/safe-rm/bin --remove
          safe-rm init claude-code           the change, as a diff
          safe-rm init claude-code --write   the same, done
          safe-rm init claude-code --remove --write     the way back
          safe-rm init claude-code --guard   an alias that starts it in the guard";

/// Below the help of `doctor`.
pub(super) const DOCTOR: &str = "\
ok       it holds
warning  it works, but not for long, or not for all
problem  it does not hold
open     a way round that this machine leaves open; no fault of the set-up
exit codes: 0 no problem; 1 at least one

example: safe-rm doctor";

/// Below the help of `completions`.
pub(super) const COMPLETIONS: &str = "\
example: safe-rm completions bash \\
             > ~/.local/share/bash-completion/completions/safe-rm";

/// Below the help of `guard`.
pub(super) const GUARD: &str = "\
examples: safe-rm guard -- claude
          safe-rm guard --protect ~/models --allow-delete ~/models/staging -- bash
          safe-rm guard --check";
