//! Reads of much data that is wanted once, without driving other data out of the page cache.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;

use rustix::io::{Errno, ReadWriteFlags, preadv2};

/// `RWF_DONTCACHE` (Linux 6.14): what this read brings into the cache is dropped after it.
const DONTCACHE: u32 = 0x80;

/// Fills the buffer from this place on.
///
/// # Errors
/// As pread(2), or where the file ends before.
pub fn read_exact(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let flags = ReadWriteFlags::from_bits_retain(DONTCACHE);
        match preadv2(file, &mut [IoSliceMut::new(buffer)], at, flags) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                buffer = &mut buffer[n..];
                at += n as u64;
            }
            Err(Errno::INTR) => {}
            // An older kernel, or a file system that keeps everything in memory anyway.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                return file.read_exact_at(buffer, at);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
