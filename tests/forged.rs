//! Lines of the journal that this program did not write: nothing is moved, removed or shown wrongly
//! by them.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use common::{Sandbox, Snapshot};
use serde_json::json;

/// A journal of these events, the chain as it must be: whoever can write there can compute it.
fn journal(sandbox: &Sandbox, events: &[serde_json::Value]) {
    let mut text = String::new();
    let mut prev = blake3::hash(b"");
    for event in events {
        let mut line = event.clone();
        line["time"] = 1_700_000_000.into();
        line["prev"] = prev.to_hex().as_str().into();
        let line = line.to_string();
        prev = blake3::hash(line.as_bytes());
        text += &line;
        text.push('\n');
    }
    sandbox.file("../home/.local/state/safe-rm/journal.jsonl", text);
}

/// Makes the lines for a work folder.
type Forger = fn(&Path) -> Vec<serde_json::Value>;

fn ino(path: &Path) -> u64 {
    path.symlink_metadata().unwrap().ino()
}

/// Every command that acts on the journal, and what stands in the work folder afterwards.
fn unmoved(sandbox: &Sandbox, before: &Snapshot, what: &str) {
    for args in [
        &["bystander"][..],
        &["undo"],
        &["undo", "abcd1234"],
        &["purge", "--expired", "--older-than", "0s"],
        &["purge", "abcd1234"],
        &["trash"],
    ] {
        let answer = sandbox.run(args);
        assert_ne!(answer.code, 101, "{what} {args:?}: {answer:?}");
        assert!(!answer.err.contains('\x1b') && !answer.out.contains('\x1b'), "{what} {args:?}");
        assert!(sandbox.snapshot() == *before, "{what} {args:?}: {answer:?}");
    }
}

#[test]
fn no_line_of_another_hand_moves_anything() {
    let cases: &[(&str, Forger)] = &[
        ("an info file that is somebody's weights", |work| {
            let (from, to) = (work.join("x"), work.join("safe-rm/abcd1234/0"));
            let item = json!({"from": from, "to": to, "info": work.join("live/model.safetensors"), "ino": ino(&from), "bytes": 1});
            vec![json!({"event": "intent", "plan": "abcd1234", "how": "trash", "items": [item]})]
        }),
        ("a live model said to be in the trash", |work| {
            let to = work.join("live");
            let item = json!({"from": work.join("junk"), "to": to, "info": "", "ino": ino(&to), "bytes": 1});
            vec![
                json!({"event": "intent", "plan": "abcd1234", "items": [item]}),
                json!({"event": "moved", "plan": "abcd1234", "from": work.join("junk")}),
            ]
        }),
        ("a folder that only looks like a trash", |work| {
            let to = work.join("t/files/n");
            let item = json!({"from": work.join("junk"), "to": to, "info": work.join("t/info/n.trashinfo"), "ino": ino(&to), "bytes": 1});
            vec![json!({"event": "intent", "plan": "abcd1234", "items": [item]})]
        }),
        ("a folder that only looks like a room", |work| {
            let to = work.join("safe-rm/abcd1234/0");
            std::fs::create_dir_all(&to).unwrap();
            let item = json!({"from": work.join("junk"), "to": to, "info": "", "ino": ino(&to), "bytes": 1});
            vec![
                json!({"event": "intent", "plan": "abcd1234", "how": "permanent", "items": [item]}),
                json!({"event": "freeing", "plan": "abcd1234"}),
            ]
        }),
        ("an id that is a path", |work| {
            let to = work.join("live");
            let item = json!({"from": work.join("junk"), "to": to, "info": "", "ino": ino(&to), "bytes": 1});
            let plan = "abcd1234/../../live";
            vec![
                json!({"event": "intent", "plan": plan, "how": "permanent", "items": [item]}),
                json!({"event": "freeing", "plan": plan}),
            ]
        }),
        ("an id that is a flood of escapes", |work| {
            let to = work.join("live");
            let item = json!({"from": work.join("junk"), "to": to, "info": "", "ino": ino(&to), "bytes": 1});
            let plan = "\x1b[31m".repeat(60);
            vec![
                json!({"event": "intent", "plan": plan, "items": [item]}),
                json!({"event": "moved", "plan": plan, "from": work.join("junk")}),
            ]
        }),
    ];
    for (what, events) in cases {
        let sandbox = Sandbox::later();
        sandbox.file("live/model.safetensors", "three days");
        sandbox.file("x", "x");
        sandbox.file("t/files/n/f", "x");
        sandbox.file("bystander", "x");
        let events = events(&sandbox.work());
        let before = sandbox.snapshot();
        journal(&sandbox, &events);
        unmoved(&sandbox, &before, what);
    }
}

/// Killed before its rename, its info file swept away, another tool's thing of the same name there:
/// that one's record stays.
#[test]
fn another_things_record_is_left_alone() {
    let sandbox = Sandbox::later();
    let from = sandbox.file("p", "ours");
    sandbox.file("bystander", "x");
    let trash = sandbox.home().join(".local/share/Trash");
    for half in ["files", "info"] {
        std::fs::create_dir_all(trash.join(half)).unwrap();
    }
    for dir in [trash.clone(), trash.join("files"), trash.join("info")] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    std::fs::write(trash.join("files/p"), "theirs").unwrap();
    let info = trash.join("info/p.trashinfo");
    std::fs::write(&info, "[Trash Info]\nPath=/elsewhere/p\nDeletionDate=2025-01-01T00:00:00\n")
        .unwrap();
    let item = json!({"from": from, "to": trash.join("files/p"), "info": info, "ino": ino(&from), "bytes": 1});
    journal(&sandbox, &[json!({"event": "intent", "plan": "abcd1234", "items": [item]})]);
    sandbox.run(&["bystander"]);
    sandbox.run(&["undo"]);
    assert!(info.exists() && trash.join("files/p").exists() && from.exists());
}

/// What lies in the trash goes back to where it was, whatever else a line says: neither the line that was
/// there before nor the trash's own record can be taken away where deleting is refused.
#[test]
fn a_thing_that_is_said_to_have_been_elsewhere_stays_in_the_trash() {
    for keeps_line in [true, false] {
        let sandbox = Sandbox::now();
        let trash = sandbox.home().join(".local/share/Trash");
        for dir in [trash.clone(), trash.join("files"), trash.join("info")] {
            use std::os::unix::fs::PermissionsExt;
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        let thing = trash.join("files/p");
        std::fs::write(&thing, "weights").unwrap();
        let info = trash.join("info/p.trashinfo");
        let was = sandbox.work().join("models/p");
        if !keeps_line {
            std::fs::write(&info, format!("[Trash Info]\nPath={}\n", was.display())).unwrap();
        }
        for folder in ["models", "free"] {
            std::fs::create_dir_all(sandbox.work().join(folder)).unwrap();
        }
        let entry = |plan: &str, from: &Path| {
            let item =
                json!({"from": from, "to": thing, "info": info, "ino": ino(&thing), "bytes": 7});
            [
                json!({"event": "intent", "plan": plan, "items": [item]}),
                json!({"event": "moved", "plan": plan, "from": from}),
            ]
        };
        let mut events = Vec::new();
        if keeps_line {
            events.extend(entry("abcd1234", &was));
        }
        events.extend(entry("abcd5678", &sandbox.work().join("free/p")));
        journal(&sandbox, &events);
        let answer = sandbox.run(&["undo"]);
        assert_eq!(answer.code, 1, "{answer:?}");
        assert!(answer.err.contains("by hand") || answer.out.contains("by hand"), "{answer:?}");
        assert!(thing.exists() && !sandbox.work().join("free/p").exists());
    }
}

/// A thing that came back by other means, and went again from elsewhere, comes back to where it went from.
#[test]
fn a_thing_that_went_twice_comes_back() {
    let sandbox = Sandbox::later();
    let (first, second) = (sandbox.file("one/notes", "x"), sandbox.work().join("two/notes"));
    std::fs::create_dir(sandbox.work().join("two")).unwrap();
    sandbox.delete(&["one/notes"]);
    let trash = sandbox.home().join(".local/share/Trash");
    std::fs::rename(trash.join("files/notes"), &second).unwrap();
    std::fs::remove_file(trash.join("info/notes.trashinfo")).unwrap();
    sandbox.delete(&["two/notes"]);
    let answer = sandbox.run(&["undo"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(second.exists() && !first.exists());
}

/// A confirmation in a journal that somebody else has written into is nobody's word.
#[test]
fn a_confirmation_in_a_broken_journal_counts_for_nothing() {
    let sandbox = Sandbox::later();
    for step in [1, 2] {
        sandbox.fixture("qwen3_full", &format!("run/step-{step}"));
    }
    let label = "Model: Qwen3\nRetired: yes\n";
    sandbox.file("run/MODEL_INFO.txt", label);
    let hash = blake3::hash(label.as_bytes()).to_hex().to_string();
    let line = json!({"time": 1, "prev": "0", "event": "acked", "what": "/x", "label": hash});
    sandbox.file("../home/.local/state/safe-rm/journal.jsonl", format!("{line}\n"));
    assert_eq!(sandbox.run(&["plan", "--json", "run"]).rules(), ["keep-last"]);
}

/// Without a question nothing goes before its date, whatever the command line says, and nothing
/// that somebody has labelled as a model.
#[test]
fn nothing_expires_before_its_date() {
    let mut sandbox = Sandbox::later();
    sandbox.file("notes/x", "x");
    sandbox.file("odd/weights.dat", "unknown");
    sandbox.label("odd", "a model of a kind that nobody knows");
    sandbox.delete(&["notes", "odd"]);
    let items = |sandbox: &Sandbox| {
        sandbox.run(&["trash", "--json"]).json()["items"].as_array().unwrap().len()
    };
    assert_eq!(sandbox.run(&["purge", "--expired", "--older-than", "0s"]).code, 0);
    assert_eq!(items(&sandbox), 2);
    let later = chrono::Utc::now() + chrono::Duration::days(18);
    sandbox.clock = Some(later.to_rfc3339());
    assert_eq!(sandbox.run(&["purge", "--expired"]).code, 0);
    assert_eq!(items(&sandbox), 1, "the labelled one stays");
}

/// What another tool has trashed is not ours to free, whatever a line says of it.
#[test]
fn another_tools_thing_is_not_freed() {
    let sandbox = Sandbox::later();
    sandbox.file("x", "x");
    sandbox.delete(&["x"]);
    let trash = sandbox.home().join(".local/share/Trash");
    let theirs = trash.join("files/p");
    std::fs::write(&theirs, "theirs").unwrap();
    let info = trash.join("info/p.trashinfo");
    std::fs::write(&info, "[Trash Info]\nPath=/elsewhere/p\nDeletionDate=2025-01-01T00:00:00\n")
        .unwrap();
    let from = sandbox.work().join("junk");
    let own = sandbox.file("own", "x");
    std::fs::create_dir_all(sandbox.work().join("safe-rm/y.kept")).unwrap();
    let kept = sandbox.file("safe-rm/y.kept/0", "somebody's");
    let kept = json!([{"store": "/s", "kept": kept, "size": 1, "written": 1, "hash": "a"}]);
    let items = json!([
        {"from": from, "to": theirs, "info": info, "ino": ino(&theirs), "bytes": 1},
        // Never went, and said to have kept something alive.
        {"from": own, "to": trash.join("files/q"), "info": trash.join("info/q.trashinfo"),
         "ino": ino(&own), "bytes": 1, "kept": kept},
    ]);
    journal(
        &sandbox,
        &[
            json!({"event": "intent", "plan": "abcd1234", "items": items}),
            json!({"event": "moved", "plan": "abcd1234", "from": from}),
        ],
    );
    sandbox.run(&["purge", "--expired"]);
    assert_eq!(sandbox.run(&["purge", "abcd1234"]).code, 1);
    sandbox.run(&["undo", "own"]);
    assert!(theirs.exists() && sandbox.work().join("safe-rm/y.kept/0").exists());
}
