//! The floor under a survey and a removal: the bare system calls on as many threads as there are
//! processors, nothing remembered, nothing judged. `benches/compare.sh` measures the program by it,
//! for a ratio to it carries over from machine to machine.
//!
//!     bare look DIR      getdents64, and one statx an entry
//!     bare unlink DIR    getdents64, and one unlinkat an entry, of the files alone

#![expect(clippy::unwrap_used, reason = "an instrument may fail loudly")]
#![expect(clippy::disallowed_methods, reason = "it measures a removal of what its caller made")]

use std::os::fd::OwnedFd;
use std::sync::Mutex;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, StatxFlags};

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW);

fn main() {
    let mut words = std::env::args().skip(1);
    let (what, dir) = (words.next().unwrap(), words.next().unwrap());
    let unlink = what == "unlink";
    let top = rustix::fs::open(dir, DIRECTORY, Mode::empty()).unwrap();
    let mut inner = Vec::new();
    each(&top, unlink, &mut inner);
    // Two levels are enough to spread a tree of folders; what lies deeper is one thread's.
    let queue = Mutex::new(inner);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                loop {
                    let Some(name) = queue.lock().unwrap().pop() else { return };
                    let mut open =
                        vec![rustix::fs::openat(&top, name, DIRECTORY, Mode::empty()).unwrap()];
                    while let Some(dir) = open.pop() {
                        let mut inner = Vec::new();
                        each(&dir, unlink, &mut inner);
                        open.extend(inner.into_iter().map(|name| {
                            rustix::fs::openat(&dir, name, DIRECTORY, Mode::empty()).unwrap()
                        }));
                    }
                }
            });
        }
    });
    if unlink {
        std::fs::remove_dir_all(std::env::args().nth(2).unwrap()).unwrap();
    }
}

fn each(dir: &OwnedFd, unlink: bool, inner: &mut Vec<std::ffi::CString>) {
    let mut buffer = Vec::with_capacity(256 * 1024);
    let mut names = RawDir::new(dir, buffer.spare_capacity_mut());
    while let Some(entry) = names.next() {
        let entry = entry.unwrap();
        if [c".", c".."].contains(&entry.file_name()) {
            continue;
        }
        let is_dir = entry.file_type() == FileType::Directory;
        if is_dir {
            inner.push(entry.file_name().to_owned());
        }
        if !unlink {
            let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::STATX_DONT_SYNC;
            rustix::fs::statx(
                dir,
                entry.file_name(),
                flags,
                StatxFlags::BASIC_STATS | StatxFlags::BTIME | StatxFlags::MNT_ID,
            )
            .unwrap();
        } else if !is_dir {
            rustix::fs::unlinkat(dir, entry.file_name(), AtFlags::empty()).unwrap();
        }
    }
}
