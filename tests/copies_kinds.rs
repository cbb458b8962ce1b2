//! What counts as a copy and what does not, on file systems that share blocks and in stores of links.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::os::unix::fs::symlink;

use common::{BIN, Sandbox, has_tool};
use serde_json::Value;

/// Two names of shared blocks are two copies: either can go without the other. That one disk holds
/// both is said.
#[test]
fn a_reflink_is_a_copy_on_the_same_disk() {
    if !has_tool("unshare", &["-m", "true"]) {
        return;
    }
    for fs in ["btrfs", "xfs"] {
        if !has_tool(&format!("mkfs.{fs}"), &["-V"]) {
            continue;
        }
        let sandbox = Sandbox::lasting();
        sandbox.fixture("qwen3_full", "one");
        sandbox.label("one", "Qwen3");
        let script = format!(
            "set -e; mkdir disk; truncate -s 400M image; mkfs.{fs} -q image; \
             mount -o loop image disk; cp -a one disk/one; rm -r one; \
             cp -a --reflink=always disk/one disk/two; cp -a --reflink=always disk/one disk/three; \
             set +e; cd disk; {BIN} plan --json one two three > ../all; \
             {BIN} plan --json one two > ../most; true"
        );
        let ran = sandbox.command_of("unshare", &["-m", "bash", "-c", &script]).output().unwrap();
        assert!(ran.status.success(), "{fs}: {ran:?}");
        let said = |name: &str| -> Value {
            serde_json::from_slice(&std::fs::read(sandbox.work().join(name)).unwrap()).unwrap()
        };
        assert_eq!(said("all")["verdict"], "refused", "{fs}");
        assert!(said("all").to_string().contains("last-copy"), "{fs}");
        assert_eq!(said("most")["verdict"], "allowed", "{fs}: {:#}", said("most"));
        let way = said("most")["targets"][0]["models"][0]["recoverable_from"][0].clone();
        assert_eq!(way["verified"], true, "{fs}: {way}");
        assert_eq!(way["same_disk"], true, "{fs}: {way}");
    }
}

/// The blob is a copy; the links to it are none.
#[test]
fn of_a_hub_repository_the_blob_counts_once() {
    let sandbox = Sandbox::lasting();
    sandbox.fixture("qwen3_full", "one");
    sandbox.label("one", "Qwen3");
    let weights = std::fs::read(sandbox.work().join("one/model.safetensors")).unwrap();
    let hash = "ab".repeat(32);
    sandbox.file(&format!("hub/models--org--q/blobs/{hash}"), weights);
    for commit in ["01".repeat(20), "23".repeat(20)] {
        let snapshot = sandbox.work().join("hub/models--org--q/snapshots").join(commit);
        std::fs::create_dir_all(&snapshot).unwrap();
        symlink(format!("../../blobs/{hash}"), snapshot.join("model.safetensors")).unwrap();
    }
    let json = sandbox.run(&["plan", "--json", "--verify", "one"]).json();
    let copies = json["targets"][0]["models"][0]["copies"].as_array().unwrap().clone();
    assert_eq!(copies.len(), 1, "{json:#}");
    assert!(copies[0]["path"].as_str().unwrap().ends_with("models--org--q"), "{json:#}");
    assert_eq!(copies[0]["sameness"], "verified");
    // Both at once: the repository could be had again, and is a copy all the same.
    let both = sandbox.run(&["plan", "--json", "one", "hub/models--org--q"]);
    assert_eq!(both.rules(), ["last-copy"], "{both:?}");
}
