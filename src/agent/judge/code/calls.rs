//! What the calls of programs do, by their names.

use crate::agent::judge::Effect;

/// What a call does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// To the argument at this place.
    To(Effect, usize),
    /// The first argument goes from its place to that of the second one.
    Moves,
    /// The first argument is put in the place of the second one.
    Copies,
    /// It writes a file if its mode, the argument behind it, says so.
    Opens,
    /// It saves weights into a file, or a folder.
    Saves,
    /// It unpacks into a folder, the argument at this place.
    Unpacks(usize),
    /// A shell is given its text, or a program its words.
    Runs,
    /// The program is in another directory from there on.
    Goes,
}

pub(super) const WHOLE: Effect = Effect::Remove { recursive: true };

/// Names under which a path is given.
pub(super) const PATHS: &[&str] = &[
    "path",
    "src",
    "source",
    "name",
    "file",
    "filename",
    "top",
    "target",
    "fd",
    "directory",
    "f",
    "save_directory",
    "output_dir",
    "save_path",
    "args",
    "cmd",
    "command",
    "fp",
    "repo_id",
];
/// Names of the place that something goes to.
pub(super) const PLACES: &[&str] = &["dst", "dest", "destination", "target", "extract_dir", "path"];

/// Calls by their last name, with what must stand before it (nothing: whatever does).
pub(super) const CALLS: &[(&[&str], &[&str], Does)] = &[
    (
        &[
            "unlink",
            "unlinkSync",
            "rmSync",
            "rmdirSync",
            "removedirs",
            "rmtree",
            "_rmtree",
            "remove_tree",
            "rm_rf",
            "rm_r",
            "rm_f",
            "remove_dir",
            "remove_entry",
            "remove_entry_secure",
            "removeSync",
            "emptyDirSync",
            "rimraf",
            "rimrafSync",
            "send2trash",
        ],
        &[],
        Does::To(WHOLE, 0),
    ),
    (
        &["remove"],
        &["os", "Deno", "fs", "fse", "File", "FileUtils", "file", "removeSync", "Bun"],
        Does::To(WHOLE, 0),
    ),
    (
        &["rm", "rmdir"],
        &["fs", "fsp", "promises", "FileUtils", "Dir", "filesystem", "LocalFileSystem"],
        Does::To(WHOLE, 0),
    ),
    (
        &["delete"],
        &["File", "Dir", "FileUtils", "Pathname", "Files", "filesystem"],
        Does::To(WHOLE, 0),
    ),
    (&["sync"], &["rimraf", "del"], Does::To(WHOLE, 0)),
    (
        &["rename", "renames", "replace"],
        &["os", "fs", "fsp", "promises", "File", "FileUtils", "Deno"],
        Does::Moves,
    ),
    (&["renameSync", "moveSync"], &[], Does::Moves),
    (&["move", "mv"], &["shutil", "FileUtils", "File", "fs", "fse", "filesystem"], Does::Moves),
    (
        &["truncate", "ftruncate", "truncateSync", "ftruncateSync"],
        &["os", "fs", "File"],
        Does::To(Effect::Destroy, 0),
    ),
    (
        &[
            "writeFileSync",
            "writeFile",
            "createWriteStream",
            "file_put_contents",
            "writeTextFileSync",
        ],
        &[],
        Does::To(Effect::Overwrite, 0),
    ),
    (&["write", "binwrite"], &["File", "IO", "Bun"], Does::To(Effect::Overwrite, 0)),
    (
        &["copyfile", "copy", "copy2", "copyFile", "copyFileSync", "cpSync", "cp", "copytree"],
        &["shutil", "fs", "fse", "FileUtils", "promises"],
        Does::Copies,
    ),
    (&["copy_tree"], &[], Does::Copies),
    (&["open", "fopen", "openSync", "memmap", "File", "FileIO", "ZipFile"], &[], Does::Opens),
    (&["urlretrieve"], &[], Does::To(Effect::Overwrite, 1)),
    (&["save"], &["torch", "np", "numpy"], Does::Saves),
    (
        &["save_file", "dump", "save_model", "savez", "save_pretrained", "save_weights"],
        &[],
        Does::Saves,
    ),
    (&["extractall"], &[], Does::Unpacks(0)),
    (&["unpack_archive"], &[], Does::Unpacks(1)),
    (&["chdir"], &["os", "process", "Dir", "contextlib"], Does::Goes),
    (
        &[
            "system",
            "popen",
            "run",
            "call",
            "check_call",
            "check_output",
            "Popen",
            "getoutput",
            "getstatusoutput",
            "create_subprocess_shell",
            "create_subprocess_exec",
            "execSync",
            "exec",
            "execFile",
            "execFileSync",
            "spawn",
            "spawnSync",
            "shell_exec",
            "passthru",
            "execute",
            "system2",
            "execvp",
            "execv",
            "execve",
            "execl",
            "execlp",
            "spawnl",
            "spawnlp",
            "spawnv",
            "spawnvp",
            "posix_spawn",
            "capture2",
            "capture3",
        ],
        &[],
        Does::Runs,
    ),
];

/// Modules whose functions have the names of methods of paths.
pub(super) const MODULES: &[&str] =
    &["os", "fs", "shutil", "fsp", "promises", "File", "FileUtils", "Dir", "Deno", "fse"];

/// Methods of a path, the receiver: `Path("x").unlink()`.
pub(super) const METHODS: &[(&str, Effect)] = &[
    ("unlink", WHOLE),
    ("rmtree", WHOLE),
    ("rmdir", Effect::Remove { recursive: false }),
    ("write_text", Effect::Overwrite),
    ("write_bytes", Effect::Overwrite),
];
