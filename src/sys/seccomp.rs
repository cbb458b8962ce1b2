//! Seccomp: ioctls that take away what a path leads to, and that no rule on paths sees (seccomp(2)).
//!
//! Landlock is asked where the kernel's calls on paths are; these go to the file system directly. They are
//! refused wherever they are made: a filter sees numbers, no paths.

use anyhow::{Context, Result, bail};
use rustix::io::Errno;
use seccompiler::{apply_filter, sock_filter};

/// By the numbers that the kernel's headers of these file systems give them.
const REFUSED: &[(u32, &str)] = &[
    (0x5000_940f, "BTRFS_IOC_SNAP_DESTROY: removes a subvolume with all that is in it"),
    (0x5000_943f, "BTRFS_IOC_SNAP_DESTROY_V2: the same, by its id"),
    (0x4020_bc11, "BCH_IOCTL_SUBVOLUME_DESTROY: the same on bcachefs"),
    (0x4030_bc1e, "BCH_IOCTL_SUBVOLUME_DESTROY_v2: the same, with a message"),
    (0x0000_6611, "EXT4_IOC_SWAP_BOOT: exchanges a file, its length too, with one that is empty"),
    (0x4028_5881, "XFS_IOC_EXCHANGE_RANGE: exchanges two files, their lengths too"),
    (0x4058_5883, "XFS_IOC_COMMIT_RANGE: the same, if nobody has changed them"),
];

/// How a kernel for this processor is called: the `AUDIT_ARCH_*` of linux/audit.h, and the number that
/// ioctl has there, for the programs of 32 bits as well.
#[cfg(target_arch = "x86_64")]
const IOCTLS: &[(u32, u32)] = &[(0xc000_003e, 16), (0xc000_003e, 0x4000_0202), (0x4000_0003, 54)];
#[cfg(target_arch = "aarch64")]
const IOCTLS: &[(u32, u32)] = &[(0xc000_00b7, 29), (0x4000_0028, 54)];
#[cfg(target_arch = "riscv64")]
const IOCTLS: &[(u32, u32)] = &[(0xc000_00f3, 29)];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
const IOCTLS: &[(u32, u32)] = &[];

/// Where `struct seccomp_data` has the number of the call, the processor, and the second argument's lower
/// half, which is all that ioctl looks at. These processors are little-endian.
const NUMBER: u32 = 0;
const PROCESSOR: u32 = 4;
const REQUEST: u32 = 24;

/// Of linux/bpf_common.h and linux/seccomp.h.
const LOAD: u16 = 0x20;
const IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
const ALLOW: u32 = 0x7fff_0000;
const FAIL_WITH: u32 = 0x0005_0000;

/// Whether the kernel has it, and this program a filter for the processor.
#[must_use]
pub fn is_there() -> bool {
    !IOCTLS.is_empty() && rustix::thread::secure_computing_mode().is_ok()
}

/// Refuses these ioctls to the calling thread, and to all that it starts from then on.
///
/// # Errors
/// Where the kernel takes no filter, or none is known for this processor.
pub fn enforce() -> Result<()> {
    if IOCTLS.is_empty() {
        bail!("what must be refused has no known number on this processor");
    }
    apply_filter(&filter()).context("the kernel does not take the filter of seccomp")
}

/// The filter. The one that the crate would build ends programs of another processor's kind, such as all
/// those of 32 bits.
fn filter() -> Vec<sock_filter> {
    let plain = |code, k| sock_filter { code, jt: 0, jf: 0, k };
    let unless = |k, skipped| sock_filter { code: IF_EQUAL, jt: 0, jf: skipped, k };
    let when = |k, skipped| sock_filter { code: IF_EQUAL, jt: skipped, jf: 0, k };
    let mut program = Vec::new();
    // From the end: what a jump skips is then known.
    let refusals = u8::try_from(REFUSED.len()).unwrap_or(u8::MAX);
    let mut asked = vec![plain(LOAD, REQUEST)];
    asked
        .extend((0..refusals).zip(REFUSED).map(|(at, (request, _))| when(*request, refusals - at)));
    asked.push(plain(RETURN, ALLOW));
    asked.push(plain(RETURN, FAIL_WITH | Errno::ACCESS.raw_os_error().unsigned_abs()));
    let kinds = u8::try_from(IOCTLS.len()).unwrap_or(u8::MAX);
    for (at, (processor, number)) in (0..kinds).zip(IOCTLS) {
        program.push(plain(LOAD, PROCESSOR));
        program.push(unless(*processor, 2));
        program.push(plain(LOAD, NUMBER));
        // The checks of the other kinds, and the end for what is no ioctl.
        program.push(when(*number, 4 * (kinds - at - 1) + 1));
    }
    program.push(plain(RETURN, ALLOW));
    program.extend(asked);
    program
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter says, as the kernel reads it.
    fn verdict(processor: u32, number: u32, request: u32) -> u32 {
        let (program, mut loaded, mut at) = (filter(), 0, 0);
        loop {
            let step = &program[at];
            at += 1;
            match step.code {
                LOAD if step.k == NUMBER => loaded = number,
                LOAD if step.k == PROCESSOR => loaded = processor,
                LOAD if step.k == REQUEST => loaded = request,
                IF_EQUAL if loaded == step.k => at += usize::from(step.jt),
                IF_EQUAL => at += usize::from(step.jf),
                RETURN => return step.k,
                other => unreachable!("{other:#x}"),
            }
        }
    }

    #[test]
    fn it_refuses_these_requests_of_every_kind_of_program_and_nothing_else() {
        for (processor, number) in IOCTLS {
            for (request, what) in REFUSED {
                assert_eq!(verdict(*processor, *number, *request), FAIL_WITH | 13, "{what}");
                assert_eq!(verdict(*processor, number + 1, *request), ALLOW, "{what}");
                assert_eq!(verdict(*processor, *number, request + 1), ALLOW, "{what}");
                assert_eq!(verdict(processor ^ 1, *number, *request), ALLOW, "{what}");
            }
        }
    }
}
