//! The Debian package as its definition says: the example of a policy is whole, every file that is
//! packed has a source, and none is one that Debian's own safe-rm ships.

#![allow(clippy::disallowed_methods, reason = "tests change files of their own")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use common::Sandbox;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The example with every key in force.
fn example() -> String {
    let text = read("packaging/policy.toml");
    let key = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
    let lines = text.lines().map(|l| if key(l) { &l[1..] } else { l });
    lines.collect::<Vec<_>>().join("\n")
}

fn with_policy(text: &str) -> (Sandbox, common::Answer) {
    let sandbox = Sandbox::now();
    sandbox.file("../home/.config/safe-rm/policy.toml", text);
    let answer = sandbox.run(&["policy", "--json"]);
    (sandbox, answer)
}

/// The keys of a table, as the reader of the policy names them when it meets another one.
fn keys(table: &str) -> BTreeSet<String> {
    let (_, answer) = with_policy(&format!("{table}\nno-such-key = 1\n"));
    assert_eq!(answer.code, 1, "{answer:?}");
    let (_, expected) = answer.err.split_once("expected").unwrap();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_example_of_a_policy_has_every_key_with_its_default() {
    let example: toml::Table = example().parse().unwrap();
    let names = |table: &toml::Table| table.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&example), keys(""));
    for (name, value) in &example {
        if let Some(table) = value.as_table().filter(|_| name != "rules") {
            assert_eq!(names(table), keys(&format!("[{name}]")), "{name}");
        }
    }
    let (_, defaults) = with_policy("");
    let (_, set) = with_policy(&self::example());
    assert_eq!((defaults.code, set.code), (0, 0), "{set:?}");
    let (defaults, set) = (defaults.json(), set.json());
    let values = |json: &serde_json::Value| {
        let items = json["items"].as_array().unwrap().clone();
        items.iter().map(|i| (i["key"].to_string(), i["value"].to_string())).collect::<Vec<_>>()
    };
    assert_eq!(values(&defaults), values(&set));
    assert_eq!(set["weakened"], serde_json::json!([]));
    // And every rule that can be switched off is there.
    let rules = names(example["rules"].as_table().unwrap());
    for (key, _) in values(&defaults) {
        if let Some(rule) = key.trim_matches('"').strip_prefix("rules.") {
            let (_, off) = with_policy(&format!("rules.{rule} = false"));
            assert_eq!(off.code == 0, rules.contains(rule), "{rule}");
        }
    }
}

/// The files of the package with where they come from.
fn assets() -> Vec<(String, String)> {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let assets = deb["assets"].as_array().unwrap().iter();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    assets.map(|asset| (text(&asset[0]), text(&asset[1]))).collect()
}

#[test]
fn every_packed_file_has_a_source() {
    let script = read("packaging/deb.sh");
    for (source, _) in assets() {
        let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(made) = folder.strip_prefix("target/package/") {
            assert!(script.contains(&format!("$out/{made}")), "{source}");
        } else {
            assert!(root().join(folder).is_dir(), "{source}");
            assert!(source.contains('*') || root().join(&source).is_file(), "{source}");
        }
    }
    for script in ["deb.sh", "beside.sh", "debian/postinst", "debian/prerm"] {
        let path = root().join("packaging").join(script);
        let shell = if script.ends_with(".sh") { "bash" } else { "sh" };
        assert!(Command::new(shell).arg("-n").arg(path).status().unwrap().success(), "{script}");
    }
}

#[test]
fn no_packed_file_is_one_of_debians_own_safe_rm() {
    // Of its version 1.1.0-5; `packaging/beside.sh` tries the two with the real dpkg.
    let theirs = [
        "etc/profile.d/safe-rm.sh",
        "etc/safe-rm.conf",
        "usr/bin/safe-rm",
        "usr/share/man/man1/safe-rm.1.gz",
        "usr/share/safe-rm/bin/rm",
    ];
    for (source, place) in assets() {
        let name = source.rsplit('/').next().unwrap();
        let place = if place.ends_with('/') { format!("{place}{name}") } else { place };
        // `safe-rm-*.1` never matches `safe-rm.1`.
        assert!(!theirs.iter().any(|t| *t == place || *t == format!("{place}.gz")), "{place}");
        assert!(!place.starts_with("usr/share/doc/safe-rm/"), "{place}");
    }
}
