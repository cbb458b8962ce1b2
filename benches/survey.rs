//! Survey and plan of 100,000 files in 1,000 directories, inside one process.
//!
//! `cargo bench --bench survey`; `benches/compare.sh` compares whole processes.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::time::Instant;

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("tree");
    for d in 0..1000 {
        let inner = tree.join(format!("d{d}"));
        std::fs::create_dir_all(&inner).unwrap();
        for f in 0..100 {
            std::fs::write(inner.join(format!("f{f}.txt")), "x").unwrap();
        }
    }
    let surroundings = safe_rm::sys::env::surroundings();
    let clock = safe_rm::sys::clock::read(None);
    let policy = safe_rm::policy::Policy::default();
    let mut times: Vec<_> = (0..11)
        .map(|_| {
            let progress = safe_rm::look::Progress::default();
            let eyes = safe_rm::look::Eyes {
                surroundings: &surroundings,
                clock: &clock,
                protect: &[],
                roots: &[],
                progress: &progress,
            };
            let start = Instant::now();
            let targets = safe_rm::look::resolve(&[tree.clone().into()]).unwrap();
            let dossiers = safe_rm::look::look(&targets, &eyes).unwrap();
            let history = safe_rm::facts::History::default();
            let grounds = safe_rm::decide::Grounds {
                policy: &policy,
                clock: &clock,
                history: &history,
                actor: &safe_rm::facts::Actor::default(),
            };
            let plan = safe_rm::decide::decide(dossiers, safe_rm::decide::Mode::Trash, grounds);
            assert_eq!(plan.sums().totals.files, 100_000);
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("survey and plan of 100,000 files: median {:?}", times[times.len() / 2]);
}
