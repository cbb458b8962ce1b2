//! What is protected has other names: mounts of what holds it, hard links, another view of the mounts. Rules
//! lie on what a name leads to, so that what is granted by one name is granted by all.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Answer, BIN, Sandbox, has_tool};

/// Runs a script in mounts of its own, in a folder with a disk of its own at `disk`; `$G` starts the guard.
fn run(script: &str) -> Option<Answer> {
    if !has_tool("unshare", &["-m", "true"]) {
        return None;
    }
    let world = Sandbox::now();
    let script = format!("set -e; mkdir disk; mount -t tmpfs none disk; cd disk; {script}");
    let mut command = world.command_of("unshare", &["-m", "bash", "-c", &script]);
    let output = command.env("G", format!("{BIN} guard")).output().unwrap();
    Some(Answer::of(&output))
}

/// The weights must be there at the end.
fn kept(script: &str) {
    let Some(answer) = run(&format!("{script}; cat data/x/models/a.bin")) else { return };
    assert_eq!((answer.code, answer.out.as_str()), (0, "weights\n"), "{script}: {answer:?}");
}

const MODEL: &str = "mkdir -p data/x/models copy; echo weights > data/x/models/a.bin";
const TRY: &str = "$G --protect data/x/models -- bash -c 'rm -rf data/x/models/*; : > data/x/models/a.bin' || true";

#[test]
fn a_mount_of_what_holds_it() {
    // It shows nothing of the models themselves, which lie on a disk of their own.
    kept(&format!(
        "mkdir -p data/x copy; mount -t tmpfs none data/x; {MODEL}; mount --bind data copy; {TRY}"
    ));
    kept(&format!("{MODEL}; mount --bind data copy; mount -t tmpfs none copy/x; {TRY}"));
    // The disk as a whole.
    kept(&format!("{MODEL}; mount --bind . copy; mount -t tmpfs none copy/data; {TRY}"));
    let told = run(&format!("{MODEL}; mount --bind data copy; mount -t tmpfs none copy/x; {TRY}"));
    let Some(told) = told else { return };
    let flat = told.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("disk/copy can be deleted in the guard: it is another name"), "{told:?}");
}

#[test]
fn a_hard_link_beside_the_way() {
    let link = format!("{MODEL}; ln data/x/models/a.bin b.bin; ln data/x/models/a.bin data/b.bin");
    kept(&format!("{link}; {TRY}"));
    kept(&format!(
        "{link}; $G --read-only data/x/models -- bash -c 'for f in data/x/models/a.bin b.bin data/b.bin; do
            echo more >> $f; : > $f; done' || true"
    ));
}

/// What may not be written is not shown where it may, although nothing can be removed there.
#[test]
fn what_is_read_only_within_what_is_not() {
    let script = format!(
        "{MODEL}; mkdir data/other data/other/m; mount --bind data/x/models data/other/m; \
         $G --protect data/other --read-only data/x/models -- touch started"
    );
    let Some(answer) = run(&script) else { return };
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.err.contains("data/other/m` as well"), "{answer:?}");
    let nested = format!(
        "{MODEL}; $G --protect data --read-only data/x/models --allow-delete data/x -- true"
    );
    assert_eq!(run(&nested).unwrap().code, 2);
}

/// Where the mount of `/` is not told nothing can be told of ways round.
#[test]
fn a_chroot() {
    let script = format!(
        "mkdir jail; cd jail; {MODEL}; mkdir -p usr proc; cp {BIN} program; \
         for d in bin lib lib64 sbin; do [ ! -e /$d ] || ln -s usr/$d $d; done; \
         mount --bind /usr usr; mount -t proc proc proc; \
         HOME=/ chroot . /program guard --protect /data/x/models -- touch /started || echo code $?; ls"
    );
    let Some(answer) = run(&script) else { return };
    assert!(answer.out.contains("code 3\n") && !answer.out.contains("started"), "{answer:?}");
    assert!(answer.err.contains("is not listed"), "{answer:?}");
}

#[test]
fn the_image_of_a_disk_and_layers_that_are_not_told() {
    for (prepare, said) in [
        (
            "truncate -s 20M image; mkfs.ext4 -q image; mkdir -p data/x; mount -o loop image data/x",
            "disk/image`, which can be removed",
        ),
        // A name that ends in a space.
        (
            "truncate -s 20M 'i '; mkfs.ext4 -q 'i '; mkdir -p data/x; mount -o loop 'i ' data/x",
            "disk/i `, which can be removed",
        ),
        (
            "mkdir -p data/x/models low up work; mount -t overlay -o lowerdir=low,upperdir=up,workdir=work none data/x",
            "is not told in full",
        ),
        (
            "mkdir -p low up work m; mkdir -p data/x; mount -t overlay -o lowerdir=low,upperdir=data/x,workdir=data none m || \
             mount -t overlay -o lowerdir=low,upperdir=up,workdir=work none m",
            "is not told in full",
        ),
    ] {
        let script = format!("{prepare}; {MODEL}; $G --protect data/x/models -- touch started");
        let Some(answer) = run(&script) else { return };
        assert_eq!(answer.code, 3, "{prepare}: {answer:?}");
        assert!(answer.err.contains(said), "{prepare}: {answer:?}");
    }
}

/// Root can enter another view of the mounts that is kept in a file, where what is granted shows the models.
#[test]
fn another_view_of_the_mounts() {
    let way = "nsenter --mount=views/one rm -f $PWD/copy/a.bin";
    // The kernel keeps a view only in one that has a smaller number, and these come from batches.
    let prepare = format!(
        "mkdir views; mount -t tmpfs none views; mount --make-private views; touch views/one; {MODEL}; \
         for turn in $(seq 60); do \
             unshare -m sleep 60 > /dev/null & P=$!; \
             until ! [ /proc/$P/ns/mnt -ef /proc/self/ns/mnt ]; do sleep 0.02; done; \
             nsenter --mount=/proc/$P/ns/mnt mount --bind $PWD/data/x/models $PWD/copy; \
             ! mount --bind /proc/$P/ns/mnt views/one 2> /dev/null || break; \
             kill $P; \
         done; kill $P"
    );
    kept(&format!("{prepare}; $G --protect data/x/models -- bash -c '{way}' || true"));
    // The same outside, so that this can fail.
    let Some(outside) = run(&format!("{prepare}; {way}; ls data/x/models")) else { return };
    assert_eq!((outside.code, outside.out.as_str()), (0, ""), "{outside:?}");
}

/// A limit that is set for a process outside ends it, as a signal would.
#[test]
fn limits_of_processes_outside() {
    if !has_tool("prlimit", &["--version"]) {
        return;
    }
    let way = "prlimit --pid $P --nofile=7:7";
    let script = format!(
        "{MODEL}; sleep 60 & export P=$!; $G --protect data/x/models -- bash -c '{way}' && echo set; \
         $G --protect data/x/models -- bash -c 'ulimit -n 9; ulimit -n' ; kill $P"
    );
    let Some(answer) = run(&script) else { return };
    assert_eq!(answer.out, "9\n", "{answer:?}");
}
