//! Numbers that nobody can foretell.

use std::io;

use rustix::rand::{GetRandomFlags, getrandom};

/// Sixty-four bits of the kernel's own.
///
/// # Errors
/// As getrandom(2).
pub fn number() -> io::Result<u64> {
    let mut bytes = [0; 8];
    let got = getrandom(&mut bytes, GetRandomFlags::empty())?;
    if got == bytes.len() {
        Ok(u64::from_le_bytes(bytes))
    } else {
        Err(io::Error::other("too few"))
    }
}
