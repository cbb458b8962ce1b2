//! The programs that everybody knows.

use super::data::{self, Operands, Which};
use super::{
    Effect, Program, REMOVE, WHOLE, archives, consent, copies, deputies, files, find, git, hosts,
    interpreters, operands, output, own, patch, ptys, scripts, stores, wrappers, xargs,
};

/// All of them.
pub(super) const PROGRAMS: &[Program] = &[
    operands(
        &["rm"],
        "what it removes; directories with -r",
        Operands { deep: &["-r", "-R", "--recursive"], ..data::all(REMOVE) },
    ),
    operands(&["unlink"], "what it removes", data::all(REMOVE)),
    operands(&["rmdir"], "nothing: what it removes is empty", data::all(REMOVE)),
    operands(
        &["shred"],
        "what it overwrites",
        Operands {
            valued: &["-n", "-s", "--iterations", "--size", "--random-source"],
            ..data::all(Effect::Destroy)
        },
    ),
    operands(
        &["truncate"],
        "what it cuts",
        Operands { valued: &["-s", "-r", "--size", "--reference"], ..data::all(Effect::Destroy) },
    ),
    operands(
        &["fallocate"],
        "holes and cuts (-p, -c, -z)",
        Operands {
            needs: &["-p", "-c", "-z", "--punch-hole", "--collapse-range", "--zero-range"],
            valued: &["-l", "-o"],
            ..data::all(Effect::Destroy)
        },
    ),
    operands(
        &["trash-put", "trash", "rmtrash", "gvfs-trash"],
        "what goes to the trash",
        data::all(WHOLE),
    ),
    operands(
        &["rename", "prename", "perl-rename", "vidir"],
        "what it renames",
        Operands { which: Which::ButFirst, unless: &["-n", "--no-act"], ..data::all(Effect::Move) },
    ),
    operands(
        &["gzip", "bzip2", "xz", "lzma", "pigz", "lz4", "lzop", "brotli"],
        "the original, which it removes",
        Operands {
            unless: &["-k", "-c", "-t", "-l", "--keep", "--stdout", "--test", "--list"],
            valued: &["-S", "-T", "-p"],
            ..data::all(Effect::Move)
        },
    ),
    operands(
        &["zstd"],
        "with --rm the original",
        Operands { needs: &["--rm"], ..data::all(Effect::Move) },
    ),
    own(&["tee"], "what it overwrites", false, files::tee),
    own(&["apply_patch", "applypatch"], "the files that its patch names", true, patch::program),
    operands(
        &["sponge"],
        "what it overwrites",
        Operands { unless: &["-a"], ..data::all(Effect::Overwrite) },
    ),
    operands(&["wipe", "srm", "scrub"], "what it removes", data::all(WHOLE)),
    operands(
        &["split", "csplit"],
        "nothing: it writes new files",
        Operands { which: Which::None, ..data::all(REMOVE) },
    ),
    own(&["dd"], "`of=`", true, files::dd),
    own(&["sed", "gsed"], "with -i the files; `w` and `e`", true, files::sed),
    own(
        &["sort", "curl", "wget", "aria2c"],
        "the file of -o or -O; a deletion told to Ollama",
        false,
        files::output_file,
    ),
    own(&["mv"], "what it moves, and what it replaces", true, copies::mv),
    own(&["cp", "install"], "what it replaces", false, copies::cp),
    own(&["ln"], "with -f what it replaces", false, copies::ln),
    own(&["mkdir"], "nothing: folders it makes are known to be new", false, files::mkdir),
    own(&["rsync"], "what it replaces, --delete, --remove-source-files", true, copies::rsync),
    own(
        &["find", "fd", "fdfind", "bfs"],
        "-delete, -exec, -execdir, -ok, -fprint; the paths that it finds",
        false,
        find::find,
    ),
    own(&["xargs", "parallel"], "the command with what it is given to read", false, xargs::xargs),
    own(
        &["git"],
        "clean, checkout and restore of paths, reset --hard, stash, rm, mv, worktree remove, submodule deinit",
        false,
        git::git,
    ),
    own(
        &["tar", "bsdtar", "gtar"],
        "--remove-files; extraction over weights",
        false,
        archives::tar,
    ),
    own(
        &["unzip", "7z", "7za", "7zz", "unrar"],
        "extraction over weights; -sdel",
        false,
        archives::unzip,
    ),
    own(&["zip"], "with -m what it moves", false, archives::zip),
    own(&["gio", "kioclient", "kioclient5", "kfmclient"], "trash, remove, move", true, stores::gio),
    own(&["hf", "huggingface-cli"], "cache rm, prune, delete; delete-cache", false, stores::hf),
    own(&["ollama"], "rm", false, stores::ollama),
    own(&["rclone"], "purge, delete, move, sync, cleanup of local paths", false, stores::rclone),
    own(&["zfs", "zpool"], "destroy, rollback", true, stores::pool),
    own(&["lvremove", "vgremove", "lvreduce"], "always", true, stores::volume),
    own(
        &[
            "mkfs",
            "mke2fs",
            "mkswap",
            "wipefs",
            "blkdiscard",
            "cryptsetup",
            "parted",
            "sgdisk",
            "fdisk",
        ],
        "on devices, and on files that are weights",
        true,
        stores::device,
    ),
    own(
        &["docker", "podman", "nerdctl"],
        "volume rm and prune, system prune --volumes, compose down -v; the command of `run` by its -v and --mount",
        false,
        hosts::docker,
    ),
    own(&["docker-compose"], "down -v", false, hosts::compose),
    own(
        &[
            "bash", "sh", "zsh", "dash", "ksh", "ash", "mksh", "fish", "rbash", "csh", "tcsh",
            "nu", "elvish", "xonsh",
        ],
        "-c, what it is given to read, the script",
        false,
        scripts::shell,
    ),
    own(&["source", "."], "the script", false, scripts::source),
    own(&["eval"], "the text", false, scripts::evaluated),
    own(
        &["python", "python2", "python3", "pypy3", "ipython"],
        "-c, what it is given to read, the script: calls that remove, move and overwrite",
        false,
        interpreters::python,
    ),
    own(
        &["node", "nodejs", "bun", "deno", "tsx", "ts-node"],
        "-e, what it is given to read, the script",
        false,
        interpreters::node,
    ),
    own(&["perl"], "-e, -i, what it is given to read, the script", false, interpreters::perl),
    own(&["ruby"], "-e, what it is given to read, the script", false, interpreters::ruby),
    own(
        &["php", "lua", "Rscript", "awk", "gawk", "mawk"],
        "-e, -r, awk's program: calls that remove, `system`",
        false,
        interpreters::other,
    ),
    own(
        &["safe-rm"],
        "approve, purge and ack; words fed to it; its surroundings changed; guard's command",
        false,
        consent::safe_rm,
    ),
    own(
        &[
            "script",
            "expect",
            "unbuffer",
            "socat",
            "autoexpect",
            "empty",
            "dtach",
            "abduco",
            "ttyd",
        ],
        "a terminal made around safe-rm; the command of script -c",
        false,
        ptys::terminal,
    ),
    own(
        &["tmux", "screen", "zellij"],
        "what another terminal is made to run, or typed into it",
        false,
        deputies::terminals,
    ),
    own(&["at", "batch"], "what it is given to run later", false, deputies::at),
    own(&["ssh", "dbclient"], "the command, on this host", false, deputies::ssh),
    own(&["su", "runuser", "machinectl"], "-c", false, deputies::su),
    own(&["env"], "the command that it runs", false, wrappers::env),
    own(&["watch"], "the command that it runs", false, wrappers::watch),
    own(&["flock"], "the command that it runs", false, wrappers::flock),
    own(&["busybox", "toybox", "shx"], "the applet", false, wrappers::applet),
    own(
        &[
            "echo", "printf", "ls", "cat", "head", "tail", "sort", "grep", "egrep", "fgrep", "rg",
            "realpath", "readlink", "dirname", "basename", "mktemp", "yes", "seq", "date", "tac",
            "awk", "cut", "which", "hostname",
        ],
        "nothing: what they write is known to the command that reads it",
        false,
        output::known,
    ),
];
