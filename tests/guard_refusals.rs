//! What is not started: on a kernel that does not enforce all of it, with a way round, without roots.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use common::{Answer, BIN, Sandbox, has_tool};

fn world() -> Sandbox {
    let world = Sandbox::now();
    world.file("models/run/a.bin", "weights");
    world.file("free/x", "x");
    world
}

/// Runs `safe-rm guard OPTIONS -- touch started`; it must not start.
fn refused(world: &Sandbox, options: &[&str], code: i32, said: &str) {
    let mut args = vec!["guard"];
    args.extend(options);
    args.extend(["--", "touch", "started"]);
    let answer = world.run(&args);
    not_started(world, &answer, code, said);
}

fn not_started(world: &Sandbox, answer: &Answer, code: i32, said: &str) {
    assert_eq!(answer.code, code, "{answer:?}");
    let flat = answer.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(said) && answer.err.contains("hint: "), "{said}: {answer:?}");
    assert!(!world.work().join("started").exists());
}

#[test]
fn words_that_make_no_sense() {
    let world = world();
    refused(&world, &["--protect", "nothing"], 2, "does not exist");
    refused(&world, &["--protect", "/"], 2, "cannot be protected");
    refused(&world, &["--protect", "models/.././../../../../../.."], 2, "cannot be protected");
    refused(&world, &[], 2, "nothing to protect");
    for allowed in ["models", ".", "/", "nothing", "models/run/a.bin"] {
        refused(&world, &["--protect", "models", "--allow-delete", allowed], 2, "allowed");
    }
    std::os::unix::fs::symlink("round", world.work().join("round")).unwrap();
    refused(&world, &["--protect", "round"], 2, "too many links");
    let answer = world.run(&["guard"]);
    assert_eq!(answer.code, 2, "{answer:?}");
    // A root of the policy that is not there is no less wrong.
    let policy = world.home().join(".config/safe-rm/policy.toml");
    std::fs::create_dir_all(policy.parent().unwrap()).unwrap();
    std::fs::write(policy, "roots = [\"/no/such/disk\"]").unwrap();
    refused(&world, &["--protect", "models"], 2, "/no/such/disk");
}

#[test]
fn older_kernels() {
    let world = world();
    for (version, lacks) in [
        ("0", "no Landlock"),
        ("1", "renaming between folders"),
        ("2", "cutting files"),
        ("3", "scopes"),
        ("5", "scopes"),
    ] {
        let mut command =
            world.command(&["guard", "--protect", "models", "--", "touch", "started"]);
        let output = command.env("SAFE_RM_TEST_LANDLOCK", version).output().unwrap();
        not_started(&world, &Answer::of(&output), 3, lacks);
    }
}

#[test]
fn a_kernel_that_has_none() {
    let world = world();
    if !has_tool("strace", &["-V"]) {
        return;
    }
    for (call, error, code, said) in [
        ("landlock_create_ruleset", "ENOSYS", 3, "Landlock"),
        ("landlock_create_ruleset", "EOPNOTSUPP", 3, "Landlock"),
        ("landlock_add_rule", "EPERM", 1, "nothing was started"),
        ("landlock_restrict_self", "E2BIG", 1, "Landlock"),
        ("seccomp", "EINVAL", 1, "seccomp"),
    ] {
        let inject = format!("inject={call}:error={error}");
        let mut command =
            world.command_of("strace", &["-f", "-qq", "-o", "/dev/null", "-e", &inject]);
        command.args([BIN, "guard", "--protect", "models", "--", "touch", "started"]);
        let answer = Answer::of(&command.output().unwrap());
        assert_eq!(answer.code, code, "{call}: {answer:?}");
        assert!(answer.err.contains(said), "{call}: {answer:?}");
        assert!(!world.work().join("started").exists());
    }
}

/// What is granted in a root must be what its name says, and show nothing else of it.
#[test]
fn what_is_allowed_leads_nowhere_else() {
    let world = world();
    let run = world.work().join("models/run");
    std::os::unix::fs::symlink("run", world.work().join("models/link")).unwrap();
    std::fs::create_dir_all(run.join("in")).unwrap();
    for through in ["models/link", "models/link/in"] {
        let options = ["--protect", "models", "--allow-delete", through];
        refused(&world, &options, 2, "leads through a link");
    }
    // A link that lies elsewhere is the person's own.
    std::os::unix::fs::symlink("models/run", world.work().join("mine")).unwrap();
    let options = ["guard", "--protect", "models", "--allow-delete", "mine", "--", "true"];
    assert_eq!(world.run(&options).code, 0);
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    for (prepare, refused) in [
        ("mount --bind models/run models/stage", Some((3, "as well"))),
        // The root itself, by that name.
        ("mount --bind models models/stage", Some((2, "is, or holds, what is protected"))),
        ("mkdir models/stage/in && mount --bind models/run models/stage/in", Some((3, "as well"))),
        ("mount -t tmpfs none models/stage", None),
        ("mount --bind free models/stage", None),
        ("mkdir models/stage/a models/stage/b && mount --bind models/stage/a models/stage/b", None),
    ] {
        let world = staged();
        let script = format!(
            "set -e; {prepare}; exec {BIN} guard --protect models --allow-delete models/stage -- \
             touch started"
        );
        let output = world.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
        let answer = Answer::of(&output);
        match refused {
            Some((code, said)) => not_started(&world, &answer, code, said),
            None => assert_eq!(answer.code, 0, "{prepare}: {answer:?}"),
        }
    }
}

fn staged() -> Sandbox {
    let world = world();
    std::fs::create_dir(world.work().join("models/stage")).unwrap();
    world
}

/// Each is a way to what is protected through a place where deleting is granted; the last ones are none.
#[test]
fn ways_round() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    for (prepare, seen) in [
        ("mount --bind models free/m", "free/m"),
        ("mount --bind models/run free/m", "free/m"),
        ("mount --bind . free/m", "free/m/models"),
        ("mount --bind models free/m && mount -o remount,bind,ro free/m", "free/m"),
        ("mount -t tmpfs none models/run && mount --bind models/run free/m", "free/m"),
        (
            "mount -t tmpfs none models/run && mkdir models/run/in && mount --bind models/run/in free/m",
            "free/m",
        ),
        ("mount --bind models/run/a.bin free/x", "free/x"),
        (
            "mkdir free/up free/work && mount -t overlay -o \
             lowerdir=models,upperdir=free/up,workdir=free/work none models",
            "free/up",
        ),
        (
            "mount -t tmpfs none models && mkdir models/up models/work models/low && \
             mount -t overlay -o lowerdir=models/low,upperdir=models/up,workdir=models/work none free/m",
            "free/m",
        ),
        ("mount --bind models free/m && mount -t tmpfs none free/m", ""),
        ("mount --bind free models/run", "free"),
        ("mount -t tmpfs none free/m", ""),
        ("mount --bind models models", ""),
    ] {
        let world = world();
        std::fs::create_dir(world.work().join("free/m")).unwrap();
        let work = world.work();
        let prepare = prepare
            .replace("dir=models", &format!("dir={}/models", work.display()))
            .replace("dir=free", &format!("dir={}/free", work.display()));
        let script =
            format!("set -e; {prepare}; exec {BIN} guard --protect models -- touch started");
        let output = world.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
        let answer = Answer::of(&output);
        if seen.is_empty() {
            assert_eq!(answer.code, 0, "{prepare}: {answer:?}");
        } else {
            let seen = format!("/work/{seen}`");
            not_started(&world, &answer, 3, "as well");
            assert!(answer.err.contains(&seen), "{prepare}: {answer:?}");
        }
    }
}

/// With both ends protected there is no way round.
#[test]
fn both_ends_may_be_protected() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    let world = world();
    let script = format!(
        "mkdir free/m; mount --bind models free/m; \
         {BIN} guard --protect models --protect free/m -- rm -rf models/run free/m/run; \
         cat models/run/a.bin free/m/run/a.bin"
    );
    let output = world.command_of("unshare", &["-m", "sh", "-c", &script]).output().unwrap();
    assert_eq!(output.stdout, b"weightsweights", "{output:?}");
}

/// A root that is named by a link: the place itself is protected, and so is the link.
#[test]
fn a_link_to_a_root() {
    let world = world();
    std::fs::create_dir(world.work().join("names")).unwrap();
    std::os::unix::fs::symlink("../models", world.work().join("names/link")).unwrap();
    let script = "rm -rf names/link/run models/run; mv names/link names/other; rm -f names/link; \
                  ln -sfn /tmp names/link; cat names/link/run/a.bin";
    let answer = world.run(&["guard", "--protect", "names/link/run", "--", "sh", "-c", script]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "weights"), "{answer:?}");
}

/// The step that the guard starts inside of itself is nothing that could be called for it.
#[test]
fn the_inner_step_alone_starts_nothing() {
    let world = world();
    for how in ["alone", "kept", "x"] {
        let answer = world.run(&["guard", "--inner", how, "--", "touch", "started"]);
        assert_eq!(answer.code, 1, "{answer:?}");
        assert!(!world.work().join("started").exists());
    }
}

#[test]
fn check_tells_it_all_and_starts_nothing() {
    let world = world();
    let json =
        world.run(&["guard", "--protect", "models", "--read-only", "free", "--check", "--json"]);
    assert_eq!(json.code, 0, "{json:?}");
    let json = json.json();
    assert_eq!(json["schema"], "safe-rm/guard/1");
    assert_eq!(json["possible"], true);
    let work = world.work();
    let protected = |name: &str| {
        let path = work.join(name);
        let all = json["protected"].as_array().unwrap();
        all.iter().find(|p| p["path"] == path.to_str().unwrap()).unwrap().clone()
    };
    assert_eq!(
        (&protected("models")["why"], &protected("models")["read_only"]),
        (&"root".into(), &false.into())
    );
    assert_eq!(protected("free")["read_only"], true);
    let held = json["held"].as_array().unwrap();
    for folder in [work.as_path(), std::path::Path::new("/")] {
        assert!(held.iter().any(|h| h["path"] == folder.to_str().unwrap()), "{held:?}");
    }
    let text = world.run(&["guard", "--protect", "models", "--check"]);
    assert!(text.code == 0 && text.out.contains("models") && text.err.is_empty(), "{text:?}");
    let wrong = world.run(&["guard", "--protect", "nothing", "--check", "--json"]);
    assert_eq!((wrong.code, &wrong.json()["possible"]), (2, &false.into()));
    assert!(wrong.json()["problems"][0]["message"].as_str().unwrap().contains("nothing"));
}
