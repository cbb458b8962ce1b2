//! A disk of its own with a model on it, and ways to destroy that, tried inside and outside of the guard.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unreachable_pub, reason = "a module of a test is no crate")]

use std::path::{Path, PathBuf};

use super::common::{BIN, Sandbox, has_tool, skip};

/// A way to destroy the model: its name, the tool that it needs, and what bash is told. It runs in a
/// folder with the model at `top/model`, a free folder `free` with a file `x` in it, the absolute path
/// of the model in `$M`, and the model's folder open as descriptor 9 since before the guard began.
pub struct Way {
    pub name: &'static str,
    pub tool: &'static str,
    pub script: &'static str,
    /// Whether only root can try it.
    pub root: bool,
}

pub const fn way(name: &'static str, tool: &'static str, script: &'static str) -> Way {
    Way { name, tool, script, root: false }
}

pub const fn by_root(name: &'static str, tool: &'static str, script: &'static str) -> Way {
    Way { name, tool, script, root: true }
}

/// Who tries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Root,
    User,
}

/// Makes the model anew; on btrfs it is a snapshot, as checkpoints are kept there.
const FRESH: &str = r#"
fresh() {
    rm -rf top top2
    case $FS in
        btrfs) mkdir top; btrfs -q subvolume snapshot pristine/top/model top/model ;;
        *) cp -a pristine/top top ;;
    esac
}
"#;

/// Makes the disk, runs the tests on it as whoever is asked for.
const PREPARE: &str = r#"
set -e
cd "$PLACE"
mkdir disk
case $FS in
    tmpfs) mount -t tmpfs -o size=400m none disk ;;
    btrfs)
        truncate -s 400M image; mkfs.btrfs -q image; mount -o loop,user_subvol_rm_allowed image disk ;;
    *) truncate -s 400M image; mkfs.$FS -q image; mount -o loop image disk ;;
esac
# What remains in place of the image would be a way round.
rm -f image
cd disk
mkdir home bin pristine pristine/top free elsewhere
cp "$BIN" bin/safe-rm
cp "$SOURCES"/*.py bin
# A mount of the same disk that shows nothing of the model, as any container has one.
mount --bind free elsewhere
[ -z "$CC" ] || cc -O1 -o bin/uring "$SOURCES/uring.c"
[ -z "$CC" ] || [ "$(uname -m)" != x86_64 ] || cc -O1 -o bin/old_ioctl "$SOURCES/old_ioctl.c"
[ $FS != btrfs ] || btrfs -q subvolume create pristine/top/model
mkdir -p pristine/top/model/sub pristine/top/model/empty pristine/top/model/work
cd pristine/top/model
for name in weights.bin config.json sub/shard.bin work/adapter.bin; do
    { echo "$name of the model"; head -c 70000 /dev/urandom; } > $name
done
if command -v git > /dev/null; then git init -q . 2> /dev/null; fi
cd "$PLACE/disk"
fresh
find top -type f -not -path '*/.git/*' -exec sha256sum {} + > sums
[ $WHO = Root ] || chown -R 65534:65534 .
chmod 755 "$PLACE" .
"#;

/// Tries each way and says of each what became of the model.
const JUDGE: &str = r#"
cd "$PLACE/disk"
export M=$PWD/top/model W=$PWD HOME=$PWD/home
for way in "$WAYS"/*; do
    if [ "$1" = outside ]; then
        fresh
        exec 9< top/model
    fi
    find free -mindepth 1 -delete
    echo x > free/x
    timeout -k 1 20 bash "$way" > "said" 2>&1 < /dev/null
    if sha256sum --status -c sums 2> /dev/null && [ -d top/model/empty ]; then
        echo "kept $(basename "$way")"
    else
        echo "lost $(basename "$way")"
    fi
done
"#;

/// Where the tools of the system are, and not those of whoever runs the test.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Whether this machine can try it.
pub fn ready() -> bool {
    has_tool("unshare", &["-m", "true"]) && has_tool("setpriv", &["--version"])
}

fn there(tool: &str) -> bool {
    let found = PATH.split(':').any(|place| Path::new(place).join(tool).is_file());
    if !found {
        skip(&format!("{tool} is not here"));
    }
    found
}

/// Tries the ways outside, where each must destroy the model, and in a guard with these options, where
/// none may.
pub fn try_all(fs: &str, who: Who, options: &str, ways: &[Way]) {
    let sandbox = Sandbox::now();
    let place = sandbox.work();
    let folder = write(&place, who, ways);
    let cc = if there("cc") { "1" } else { "" };
    let user = match who {
        Who::Root => "",
        Who::User => "setpriv --reuid 65534 --regid 65534 --clear-groups",
    };
    let script = format!(
        "{FRESH}\n{PREPARE}\nset +e\n\
         {user} bash \"$JUDGE\" outside\n\
         echo ---\n\
         fresh\n\
         exec 9< top/model\n\
         export HOME=$PWD/home\n\
         {user} bin/safe-rm guard {options} -- bash \"$JUDGE\" inside\n\
         echo \"code $?\"\n"
    );
    let judge = place.join("judge.sh");
    std::fs::write(&judge, format!("{FRESH}\n{JUDGE}")).unwrap();
    let mut command = sandbox.command_of("unshare", &["-m", "bash", "-c", &script]);
    let top = place.parent().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(top, open).unwrap();
    command.env("PATH", PATH).env("PLACE", &place).env("WAYS", &folder).env("JUDGE", &judge);
    command.env("FS", fs).env("WHO", format!("{who:?}")).env("BIN", BIN).env("CC", cc);
    command.env("SOURCES", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guard"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let (outside, inside) = said.split_once("---\n").unwrap_or_else(|| panic!("{said} {told}"));
    let of = |text: &str, word: &str| -> Vec<String> {
        text.lines().filter_map(|l| l.strip_prefix(word)).map(str::to_owned).collect()
    };
    let count = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(of(outside, "kept "), [""; 0], "outside these must destroy it: {fs} {who:?} {told}");
    assert_eq!(of(outside, "lost ").len(), count, "{told}");
    assert_eq!(of(inside, "lost "), [""; 0], "inside these destroyed it: {fs} {who:?}");
    assert_eq!(of(inside, "kept ").len(), count, "{said} {told}");
    assert!(inside.ends_with("code 0\n"), "{inside} {told}");
}

/// Writes those that can be tried, a script each.
fn write(place: &Path, who: Who, ways: &[Way]) -> PathBuf {
    let folder = place.join("ways");
    std::fs::create_dir(&folder).unwrap();
    let possible = ways.iter().filter(|w| !w.root || who == Who::Root);
    for (at, way) in possible.filter(|w| there(w.tool)).enumerate() {
        std::fs::write(folder.join(format!("{at:02} {}", way.name.replace('/', " "))), way.script)
            .unwrap();
    }
    folder
}
