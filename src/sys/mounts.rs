//! Mount points, from /proc/self/mountinfo (proc(5)).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// One line of mountinfo.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The mount id, as `statx` gives it.
    pub id: u64,
    /// Where it is mounted.
    pub point: PathBuf,
    /// File system type.
    pub fs: String,
}

/// Reads the mounts of this process's namespace.
///
/// # Errors
/// Where /proc is not there.
pub fn read() -> std::io::Result<Vec<Mount>> {
    Ok(parse(&std::fs::read("/proc/self/mountinfo")?))
}

fn parse(text: &[u8]) -> Vec<Mount> {
    let line = |line: &[u8]| {
        let fields: Vec<&[u8]> = line.split(|&b| b == b' ').collect();
        let dash = fields.iter().position(|f| *f == b"-")?;
        Some(Mount {
            id: std::str::from_utf8(fields.first()?).ok()?.parse().ok()?,
            point: PathBuf::from(OsString::from_vec(unescape(fields.get(4)?))),
            fs: String::from_utf8_lossy(fields.get(dash + 1)?).into_owned(),
        })
    };
    text.split(|&b| b == b'\n').filter_map(line).collect()
}

/// Undoes the kernel's octal escapes of space, tab, newline and backslash.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, tail)) = rest.split_first() {
        let octal =
            tail.get(..3).filter(|d| byte == b'\\' && d.iter().all(|c| (b'0'..=b'7').contains(c)));
        match octal.and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 8).ok()) {
            Some(value) => {
                out.push(value);
                rest = &tail[3..];
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line_with_an_escaped_space() {
        let mounts = parse(b"36 35 98:0 /a /mnt\\040x rw,noatime master:1 - ext3 /dev/r rw\n");
        assert_eq!(mounts[0].id, 36);
        assert_eq!(mounts[0].point, PathBuf::from("/mnt x"));
        assert_eq!(mounts[0].fs, "ext3");
    }
}
