//! Weights that are written into a tree while rm is at work on it are never lost: rm has seen them,
//! and the plan decides, or they came later, and stay.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Sandbox, safetensors};

/// How a training saves.
#[derive(Clone, Copy, Debug)]
enum Saves {
    /// Under the final name.
    InPlace,
    /// Under another name, renamed then.
    Renamed,
    /// Opened first, and written later.
    OpenedFirst,
}

fn save(at: &PathBuf, saves: Saves) -> std::io::Result<()> {
    let tensors = || vec![("a".to_owned(), vec![64, 64])];
    let place = at.with_extension("made-elsewhere");
    let outside = PathBuf::from(format!("{}.src", at.display()).replace("/tree/", "/src/"));
    safetensors(&outside, tensors());
    let bytes = std::fs::read(&outside)?;
    match saves {
        Saves::InPlace => std::fs::write(at, bytes),
        Saves::Renamed => {
            std::fs::write(&place, bytes)?;
            std::fs::rename(&place, at)
        }
        Saves::OpenedFirst => {
            let mut file = std::fs::File::create(at)?;
            std::thread::sleep(std::time::Duration::from_millis(3));
            std::io::Write::write_all(&mut file, &bytes)
        }
    }
}

#[test]
fn what_is_saved_meanwhile_is_not_lost() {
    let mut codes = Vec::new();
    for round in 0..8 {
        let saves = [Saves::InPlace, Saves::Renamed, Saves::OpenedFirst][round % 3];
        let world = Sandbox::later();
        for n in 0..4000 {
            world.file(&format!("tree/d{}/f{n}.txt", n % 60), "x");
        }
        std::fs::create_dir_all(world.work().join("src")).unwrap();
        for d in 0..60 {
            std::fs::create_dir_all(world.work().join(format!("src/d{d}"))).unwrap();
        }
        let over = AtomicBool::new(false);
        let saved = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut saved = Vec::new();
                let mut n = 0;
                // In most rounds the removal is under way when the first one is saved.
                while round > 1
                    && std::fs::read_dir(world.work().join("tree")).unwrap().count() == 60
                {
                    std::hint::spin_loop();
                }
                while !over.load(Ordering::Relaxed) {
                    let at = world.work().join(format!("tree/d{}/late{n}.safetensors", n % 60));
                    // A folder may be gone by now.
                    if save(&at, saves).is_ok() {
                        saved.push(at);
                    }
                    n += 7;
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                saved
            });
            let answer = world.run(&["rm", "-rf", "tree"]);
            over.store(true, Ordering::Relaxed);
            codes.push(answer.code);
            assert!([0, 1, 3].contains(&answer.code), "{answer:?}");
            writer.join().unwrap()
        });
        let lost: Vec<_> = saved.iter().filter(|at| !at.exists()).collect();
        assert!(lost.is_empty(), "{saves:?}, {codes:?}: {lost:?}");
    } // It must have come to both: seen in time, and come later.
    assert!(codes.contains(&3) && codes.contains(&1), "{codes:?}");
}
