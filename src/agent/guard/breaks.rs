//! Files that programs save by renaming a new one over them: where the folder is not granted, that
//! fails. One line each; another one is a line more.

use std::path::{Path, PathBuf};

use super::tree::Tree;

/// A file that cannot be saved in the usual way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The file.
    pub path: PathBuf,
    /// Whose it is.
    pub program: &'static str,
    /// What comes of it.
    pub then: &'static str,
}

/// Below the home, with what the program does where the rename is refused.
const FILES: &[(&str, &str, &str)] = &[
    (
        ".claude.json",
        "claude-code",
        "CLAUDE_CONFIG_DIR=~/.claude moves it to where it can be saved",
    ),
    (".claude/settings.json", "claude-code", "settings are changed outside of the guard"),
    (".claude/.credentials.json", "claude-code", "log in outside of the guard"),
    (".codex/config.toml", "codex", "CODEX_HOME moves it; settings are changed outside"),
    (".codex/auth.json", "codex", "log in outside of the guard"),
    (".gemini/settings.json", "gemini", "settings are changed outside of the guard"),
    (".gemini/oauth_creds.json", "gemini", "log in outside of the guard"),
    (
        ".gitconfig",
        "git",
        "`git config --global` fails, and leaves .gitconfig.lock behind: run it outside, or set \
         GIT_CONFIG_GLOBAL",
    ),
    (".npmrc", "npm", "`npm config set` fails: run it outside, or set NPM_CONFIG_USERCONFIG"),
    (".zsh_history", "zsh", "`unsetopt HIST_SAVE_BY_COPY`, or set HISTFILE to another folder"),
    (".viminfo", "vim", "the marks of this session are not kept"),
    (".lesshst", "less", "set LESSHISTFILE to a file in a folder that is granted"),
    (".wget-hsts", "wget", "call it with --no-hsts"),
    (".Xauthority", "xauth", "run it outside of the guard"),
    (".ssh/known_hosts", "ssh", "new hosts are added; `ssh-keygen -R` is run outside"),
];

/// Folders below the home in which programs make and remove files: one that is first made in the guard
/// is not granted.
const FOLDERS: &[(&str, &str)] = &[(".cache", "many programs"), (".npm", "npm")];
const MADE_LATER: &str = "it is not there: make it before, since what lies in a folder that is made in the \
                          guard cannot be removed";

/// Those that are there, in a folder whose entries cannot be renamed.
pub(super) fn breaks(home: Option<&Path>, tree: &Tree) -> Vec<Broken> {
    let Some(home) = home else { return Vec::new() };
    let all = FILES.iter().map(|(file, program, then)| (home.join(file), *program, *then));
    let here = all.filter(|(path, ..)| path.symlink_metadata().is_ok());
    let stays = |path: &Path| {
        tree.withholds(path) || path.parent().is_some_and(|folder| tree.holds(folder))
    };
    let broken = here.filter(|(path, ..)| stays(path));
    let broken = broken.map(|(path, program, then)| Broken { path, program, then });
    let missing = FOLDERS.iter().map(|(folder, program)| (home.join(folder), *program));
    let missing = missing.filter(|(path, _)| tree.holds(home) && path.symlink_metadata().is_err());
    let later = missing.map(|(path, program)| Broken { path, program, then: MADE_LATER });
    broken.chain(later).collect()
}
