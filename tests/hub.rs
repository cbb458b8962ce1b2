//! The hub cache's shared store: what a repository in the trash needs of it is kept alive.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use common::Sandbox;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A cache with one repository whose only blob is a link into the shared store, as huggingface_hub
/// 2.4 lays it out; the payload's path.
fn cache(sandbox: &Sandbox) -> PathBuf {
    let from = sandbox.fixture("qwen3_full", "from").join("model.safetensors");
    let sum = std::process::Command::new("sha256sum").arg(&from).output().unwrap();
    let hash = String::from_utf8(sum.stdout).unwrap()[..64].to_owned();
    let xet = "ab".repeat(32);
    let store = sandbox.file(&format!("hub/blobs/ab/{xet}"), std::fs::read(&from).unwrap());
    sandbox.file("hub/blobs/.huggingface-shared-blobs", "1");
    sandbox.file("hub/models--org--q/refs/main", COMMIT);
    let repository = sandbox.work().join("hub/models--org--q");
    std::fs::create_dir_all(repository.join("blobs")).unwrap();
    symlink(format!("../../blobs/ab/{xet}"), repository.join("blobs").join(&hash)).unwrap();
    let snapshot = repository.join("snapshots").join(COMMIT);
    std::fs::create_dir_all(&snapshot).unwrap();
    symlink(format!("../../blobs/{hash}"), snapshot.join("model.safetensors")).unwrap();
    std::fs::remove_dir_all(sandbox.work().join("from")).unwrap();
    store
}

fn rooms(sandbox: &Sandbox) -> usize {
    let rooms = sandbox.home().join(".local/share/Trash/safe-rm");
    std::fs::read_dir(rooms).map_or(0, Iterator::count)
}

#[test]
fn undo_brings_the_weights_back_after_the_cache_was_cleaned() {
    let sandbox = Sandbox::later();
    let store = cache(&sandbox);
    let weights =
        sandbox.work().join(format!("hub/models--org--q/snapshots/{COMMIT}/model.safetensors"));
    let before = std::fs::read(&weights).unwrap();
    sandbox.delete(&["hub/models--org--q"]);
    // What the cache's own cleaning does with a payload that nothing links to.
    std::fs::remove_file(&store).unwrap();
    std::fs::remove_dir(store.parent().unwrap()).unwrap();
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    assert!(std::fs::read(&weights).unwrap() == before);
    assert_eq!(rooms(&sandbox), 0, "nothing is left behind");
}

#[test]
fn what_is_still_in_the_store_stays_as_it_is() {
    let sandbox = Sandbox::later();
    let store = cache(&sandbox);
    let before = sandbox.snapshot();
    sandbox.delete(&["hub/models--org--q"]);
    assert_eq!(rooms(&sandbox), 1);
    assert_eq!(sandbox.run(&["undo"]).code, 0);
    assert!(sandbox.snapshot() == before && store.exists());
    assert_eq!(rooms(&sandbox), 0);
    // Purged, the second names go as well.
    sandbox.delete(&["hub/models--org--q"]);
    let id =
        sandbox.run(&["trash", "--json"]).json()["items"][0]["id"].as_str().unwrap().to_owned();
    sandbox.delete(&["purge", &id]);
    assert_eq!(rooms(&sandbox), 0);
    assert!(store.exists(), "the store is its own");
}

/// What was kept is looked at before it goes back: an altered payload is told, not restored.
#[test]
fn an_altered_payload_is_not_put_back() {
    let sandbox = Sandbox::later();
    let store = cache(&sandbox);
    sandbox.delete(&["hub/models--org--q"]);
    let mut bytes = std::fs::read(&store).unwrap();
    let written = std::fs::metadata(&store).unwrap().modified().unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    // In place, so that a second name of the same inode has it as well, with the date set back.
    std::fs::write(&store, bytes).unwrap();
    std::fs::File::options().write(true).open(&store).unwrap().set_modified(written).unwrap();
    std::fs::remove_file(&store).unwrap();
    let undo = sandbox.run(&["undo"]);
    assert_eq!(undo.code, 1, "{undo:?}");
    let flat = undo.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("their content is not what its name says"), "{flat}");
    assert!(!store.exists());
}

#[test]
fn a_payload_of_the_shared_store_is_a_part() {
    let sandbox = Sandbox::later();
    cache(&sandbox);
    for part in ["hub/blobs", "hub/blobs/ab"] {
        let rules = sandbox.run(&["plan", "--json", part]).rules();
        assert!(rules.contains(&"part-of".to_owned()), "{part}: {rules:?}");
    }
}
