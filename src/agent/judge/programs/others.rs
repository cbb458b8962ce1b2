//! More of the table of programs: those that write, run or type something where one would not look
//! for it.

use super::data::{Operands, all};
use super::{
    Effect, Program, WHOLE, archives, clouds, consent, copies, deputies, editors, operands, own,
    patch, powershell, stores, writers,
};

/// All of them.
pub(super) const MORE: &[Program] = &[
    own(&["faketime"], "the clock of safe-rm; the command", false, consent::faketime),
    own(&["umount"], "of what holds models", false, stores::umount),
    own(&["crontab"], "what is to run later", false, deputies::crontab),
    own(&["btrfs"], "subvolume delete", false, stores::btrfs),
    own(
        &["mount"],
        "nothing: what it binds is known under its new name as well",
        false,
        stores::mount,
    ),
    own(&["patch"], "what the patch removes and writes over", false, patch::patch),
    own(&["pwsh", "powershell"], "-Command, the script", false, powershell::pwsh),
    own(
        &["unset"],
        "nothing: that an agent is hidden from safe-rm is known to it",
        false,
        consent::unset,
    ),
    own(
        &["xdotool", "ydotool", "wtype", "dotool", "kdotool"],
        "what they type into other windows",
        false,
        consent::types,
    ),
    own(
        &["claude", "codex", "gemini", "opencode", "cursor-agent", "copilot"],
        "that they have the settings that this hook is in; a prompt that is a command",
        false,
        consent::agent,
    ),
    own(
        &["vim", "vi", "nvim", "view", "ex", "ed", "red"],
        "the files that they write by their commands; `:!`",
        false,
        editors::vi,
    ),
    own(&["emacs", "emacsclient"], "--eval: what it removes and runs", false, editors::emacs),
    own(&["tclsh", "wish"], "`file delete`, `exec`", false, editors::tcl),
    own(&["sqlite3", "gdb"], "`.shell`, `shell`, `.output`", false, editors::console),
    own(&["julia"], "-e: rm, mv, cp, run", false, editors::julia),
    own(&["uniq"], "its second file", false, writers::second),
    own(&["xxd"], "the file behind the one that it reads", false, writers::second),
    own(
        &["shuf", "openssl", "gpg", "gpg2", "pandoc", "qemu-img"],
        "the file of -o or -out",
        false,
        writers::out,
    ),
    own(&["scp"], "what it replaces here", false, copies::scp),
    own(&["gcc", "g++", "cc", "clang", "ld"], "the file of -o", false, writers::out),
    own(&["ffmpeg"], "with -y its last file", false, writers::last),
    own(&["yq"], "with -i the files", false, writers::inside),
    own(&["trash-empty"], "always, where a model lies in the trash", true, writers::trash),
    operands(&["rimraf", "del-cli", "trash-cli"], "what it removes", all(WHOLE)),
    operands(&["detox"], "what it renames", Operands { needs: &["-r"], ..all(Effect::Move) }),
    own(&["rar"], "with -df, or `m`, what it packs", false, archives::rar),
    own(&["mmv"], "what it renames", false, copies::mmv),
    operands(&["touch"], "only what safe-rm keeps or is ruled by", all(Effect::Append)),
    own(
        &["aws", "gsutil", "gcloud", "s3cmd", "s5cmd", "mc"],
        "mv, rm, and sync or rsync with deletion, of local paths",
        false,
        clouds::copies,
    ),
    own(&["dvc"], "gc: versions that are nowhere else", false, clouds::dvc),
    own(&["kubectl", "oc"], "delete of volumes and their claims", false, clouds::kubectl),
    own(&["http", "https", "xh"], "a deletion told to Ollama", false, clouds::told),
];
