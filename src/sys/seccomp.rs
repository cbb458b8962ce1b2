//! Seccomp: system calls that take away what a path leads to, and that no rule on paths sees (seccomp(2)).
//!
//! Landlock is asked where the kernel's calls on paths are; these go past it. They are refused wherever
//! they are made: a filter sees numbers, no paths.

use anyhow::{Context, Result, bail};
use rustix::io::Errno;
use seccompiler::{apply_filter, sock_filter};

/// Requests of ioctl(2), by the numbers that the kernel's headers of these file systems give them.
const REQUESTS: &[(u32, &str)] = &[
    (0x5000_940f, "BTRFS_IOC_SNAP_DESTROY: removes a subvolume with all that is in it"),
    (0x5000_943f, "BTRFS_IOC_SNAP_DESTROY_V2: the same, by its id"),
    (0x4020_bc11, "BCH_IOCTL_SUBVOLUME_DESTROY: the same on bcachefs"),
    (0x4030_bc1e, "BCH_IOCTL_SUBVOLUME_DESTROY_v2: the same, with a message"),
    (0x0000_6611, "EXT4_IOC_SWAP_BOOT: exchanges a file, its length too, with a hidden one"),
    (0x0000_f519, "F2FS_IOC_START_ATOMIC_REPLACE: begins to write a file anew from nothing"),
    (0x4028_5881, "XFS_IOC_EXCHANGE_RANGE: exchanges two files, their lengths too"),
    (0x4058_5883, "XFS_IOC_COMMIT_RANGE: the same, if nobody has changed them"),
];

/// How the kernel is called by one kind of program: the `AUDIT_ARCH_*` of linux/audit.h, what is added to the
/// numbers of calls, and the numbers of those that are not everywhere the same.
struct Kind {
    audit: u32,
    added: u32,
    ioctl: u32,
    prlimit: u32,
    open_by_handle: u32,
}

/// By which a superblock is made or changed without mount(2), everywhere: fsopen, fsconfig, fsmount and fspick.
/// To make that of an overlay is enough to have the folder `work` of any folder emptied.
const SUPERBLOCKS: std::ops::RangeInclusive<u32> = 430..=433;

/// The kinds of programs that run on this processor, those of 32 bits among them.
#[cfg(target_arch = "x86_64")]
const KINDS: &[Kind] = &[
    Kind { audit: 0xc000_003e, added: 0, ioctl: 16, prlimit: 302, open_by_handle: 304 },
    Kind { audit: 0xc000_003e, added: 1 << 30, ioctl: 514, prlimit: 302, open_by_handle: 304 },
    Kind { audit: 0x4000_0003, added: 0, ioctl: 54, prlimit: 340, open_by_handle: 342 },
];
#[cfg(target_arch = "aarch64")]
const KINDS: &[Kind] = &[
    Kind { audit: 0xc000_00b7, added: 0, ioctl: 29, prlimit: 261, open_by_handle: 265 },
    Kind { audit: 0x4000_0028, added: 0, ioctl: 54, prlimit: 369, open_by_handle: 371 },
];
#[cfg(target_arch = "riscv64")]
const KINDS: &[Kind] =
    &[Kind { audit: 0xc000_00f3, added: 0, ioctl: 29, prlimit: 261, open_by_handle: 265 }];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
const KINDS: &[Kind] = &[];

/// Where `struct seccomp_data` has the number of the call, the kind of program, and the halves of arguments
/// that are looked at. These processors are little-endian.
const NUMBER: u32 = 0;
const KIND: u32 = 4;
const FIRST: u32 = 16;
const SECOND: u32 = 24;
const THIRD: [u32; 2] = [32, 36];

/// Of linux/bpf_common.h and linux/seccomp.h.
const LOAD: u16 = 0x20;
const IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
const ALLOW: u32 = 0x7fff_0000;
const FAIL_WITH: u32 = 0x0005_0000;

/// A place in the filter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Ioctl,
    Prlimit,
    Prlimited,
    Refused,
    /// Behind what concerns the kind of this number.
    After(usize),
}

/// What the filter does, before places are counted.
enum Step {
    Load(u32),
    If(u32, Label),
    Unless(u32, Label),
    Return(u32),
    Here(Label),
}

/// Whether the kernel has it, and this program a filter for the processor.
#[must_use]
pub fn is_there() -> bool {
    !KINDS.is_empty() && rustix::thread::secure_computing_mode().is_ok()
}

/// Refuses these calls to the calling thread, and to all that it starts from then on.
///
/// # Errors
/// Where the kernel takes no filter, or none is known for this processor.
pub fn enforce() -> Result<()> {
    if KINDS.is_empty() {
        bail!("what must be refused has no known number on this processor");
    }
    apply_filter(&filter()?).context("the kernel does not take the filter of seccomp")
}

/// The filter. The one that the crate would build ends programs of another kind, such as all those of 32
/// bits.
fn filter() -> Result<Vec<sock_filter>> {
    use Label::{After, Ioctl, Prlimit, Prlimited, Refused};
    use Step::{Here, If, Load, Return, Unless};
    let mut steps = Vec::new();
    for (at, kind) in KINDS.iter().enumerate() {
        steps.extend([Load(KIND), Unless(kind.audit, After(at)), Load(NUMBER)]);
        steps.push(If(kind.added + kind.ioctl, Ioctl));
        steps.push(If(kind.added + kind.prlimit, Prlimit));
        steps.push(If(kind.added + kind.open_by_handle, Refused));
        steps.extend(SUPERBLOCKS.map(|number| If(kind.added + number, Refused)));
        steps.push(Here(After(at)));
    }
    steps.push(Return(ALLOW));
    steps.extend([Here(Ioctl), Load(SECOND)]);
    steps.extend(REQUESTS.iter().map(|(request, _)| If(*request, Refused)));
    steps.push(Return(ALLOW));
    // Of this process, or only asked for: a limit that is set for another one can end it, as a signal could.
    steps.extend([Here(Prlimit), Load(FIRST), If(0, Prlimited), Load(THIRD[0])]);
    steps.extend([Unless(0, Refused), Load(THIRD[1]), Unless(0, Refused), Here(Prlimited)]);
    steps.push(Return(ALLOW));
    steps.extend([Here(Refused), Return(FAIL_WITH | Errno::ACCESS.raw_os_error().unsigned_abs())]);
    assembled(&steps)
}

/// The steps with their jumps counted.
fn assembled(steps: &[Step]) -> Result<Vec<sock_filter>> {
    let is_step = |step: &&Step| !matches!(step, Step::Here(_));
    let skipped = |from: usize, label: Label| {
        let to = steps[from..].iter().position(|s| matches!(s, Step::Here(l) if *l == label));
        let between = to.map(|to| steps[from + 1..from + to].iter().filter(is_step).count());
        between.and_then(|count| u8::try_from(count).ok()).context("the filter is too long")
    };
    let mut filter = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        filter.push(match step {
            Step::Here(_) => continue,
            Step::Load(k) => sock_filter { code: LOAD, jt: 0, jf: 0, k: *k },
            Step::Return(k) => sock_filter { code: RETURN, jt: 0, jf: 0, k: *k },
            Step::If(k, label) => {
                sock_filter { code: IF_EQUAL, jt: skipped(at, *label)?, jf: 0, k: *k }
            }
            Step::Unless(k, label) => {
                sock_filter { code: IF_EQUAL, jt: 0, jf: skipped(at, *label)?, k: *k }
            }
        });
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter says to a call with these halves of arguments, as the kernel reads it.
    fn verdict(kind: u32, number: u32, halves: [u32; 6]) -> u32 {
        let (program, mut loaded, mut at) = (filter().unwrap(), 0, 0);
        loop {
            let step = &program[at];
            at += 1;
            match step.code {
                LOAD if step.k == NUMBER => loaded = number,
                LOAD if step.k == KIND => loaded = kind,
                LOAD => loaded = halves[(step.k as usize - 16) / 4],
                IF_EQUAL if loaded == step.k => at += usize::from(step.jt),
                IF_EQUAL => at += usize::from(step.jf),
                RETURN => return step.k,
                other => unreachable!("{other:#x}"),
            }
        }
    }

    const REFUSED: u32 = FAIL_WITH | 13;

    #[test]
    fn it_refuses_these_calls_of_every_kind_of_program_and_no_others() {
        for Kind { audit, added, ioctl, prlimit, open_by_handle } in KINDS {
            let says = |number: u32, halves| verdict(*audit, added + number, halves);
            for (request, what) in REQUESTS {
                let with = |request| [3, 0, request, 0, 0, 0];
                assert_eq!(says(*ioctl, with(*request)), REFUSED, "{what}");
                assert_eq!(says(*ioctl, with(request + 1)), ALLOW, "{what}");
                assert_eq!(says(ioctl + 1, with(*request)), ALLOW, "{what}");
                assert_eq!(verdict(audit ^ 1, added + ioctl, with(*request)), ALLOW, "{what}");
            }
            for number in SUPERBLOCKS.chain([*open_by_handle]) {
                assert_eq!(says(number, [0; 6]), REFUSED, "{number}");
                assert_eq!(verdict(audit ^ 1, added + number, [0; 6]), ALLOW, "{number}");
            }
            for (halves, wanted) in [
                ([0, 0, 7, 0, 8, 9], ALLOW),
                ([5, 0, 7, 0, 0, 0], ALLOW),
                ([5, 0, 7, 0, 8, 0], REFUSED),
                ([5, 0, 7, 0, 0, 8], REFUSED),
            ] {
                assert_eq!(says(*prlimit, halves), wanted, "{halves:?}");
            }
            for number in (0..500).filter(|n| ![ioctl, prlimit, open_by_handle].contains(&n)) {
                let wanted = if SUPERBLOCKS.contains(&number) { REFUSED } else { ALLOW };
                assert_eq!(says(number, [1; 6]), wanted, "{number}");
            }
        }
    }
}
