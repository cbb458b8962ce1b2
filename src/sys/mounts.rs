//! Mount points, from /proc/self/mountinfo (proc(5)).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// One line of mountinfo.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The mount id, as `statx` gives it.
    pub id: u64,
    /// Where it is mounted.
    pub point: PathBuf,
    /// File system type.
    pub fs: String,
    /// The device, as `major:minor`.
    pub device: String,
    /// Which folder of that file system is shown there.
    pub root: PathBuf,
    /// What it was made of: a device, or the folder that it mirrors.
    pub source: PathBuf,
    /// Of an overlay the layer that is written to, then the others.
    pub upper: Option<PathBuf>,
    /// Its other layers.
    pub lower: Vec<PathBuf>,
}

impl Mount {
    /// The files in which the disk of this mount lies, however many devices are between (sysfs).
    #[must_use]
    pub fn images(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let named = Some(&self.source).filter(|source| source.is_absolute());
        let of_source = || super::dir::device_of(named?).ok();
        let anonymous = self.device.starts_with("0:");
        let first = if anonymous { of_source() } else { Some(self.device.clone()) };
        let mut left: Vec<PathBuf> =
            first.map(|device| Path::new("/sys/dev/block").join(device)).into_iter().collect();
        // No device is made of more.
        for _ in 0..64 {
            let Some(device) = left.pop() else { break };
            if let Ok(file) = std::fs::read(device.join("loop/backing_file")) {
                // A name may end in white space itself.
                let path = file.strip_suffix(b"\n").unwrap_or(&file).to_vec();
                found.push(PathBuf::from(OsString::from_vec(path)));
            }
            if device.join("partition").exists() {
                left.push(device.join(".."));
            }
            let below = std::fs::read_dir(device.join("slaves")).into_iter().flatten().flatten();
            left.extend(below.map(|entry| entry.path()));
        }
        found
    }
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
        let path = |at: usize| Some(PathBuf::from(OsString::from_vec(unescape(fields.get(at)?))));
        let fs = String::from_utf8_lossy(fields.get(dash + 1)?).into_owned();
        let options = fields.get(dash + 3).copied().filter(|_| fs == "overlay");
        let (upper, lower) = layers(&unescape(&commas_kept(options.unwrap_or_default())));
        Some(Mount {
            id: std::str::from_utf8(fields.first()?).ok()?.parse().ok()?,
            point: path(4)?,
            device: String::from_utf8_lossy(fields.get(2)?).into_owned(),
            root: path(3)?,
            source: path(dash + 2).unwrap_or_default(),
            fs,
            upper,
            lower,
        })
    };
    text.split(|&b| b == b'\n').filter_map(line).collect()
}

/// The options with commas that are a part of one marked as the kernel did before Linux 6.5, by a backslash.
fn commas_kept(options: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(options.len());
    for (at, &byte) in options.iter().enumerate() {
        if options[at..].starts_with(b"\\054") {
            out.extend(b"\\134");
        }
        out.push(byte);
    }
    out
}

/// The layers of an overlay, by its options.
fn layers(options: &[u8]) -> (Option<PathBuf>, Vec<PathBuf>) {
    let (mut upper, mut lower) = (None, Vec::new());
    for (key, value) in separated(options, b',').iter().filter_map(|o| o.split_once_byte(b'=')) {
        match key {
            b"upperdir" => upper = Some(plain(value)),
            b"lowerdir+" | b"datadir+" => lower.push(plain(value)),
            b"lowerdir" => {
                lower.extend(
                    separated(value, b':').iter().filter(|l| !l.is_empty()).map(|l| plain(l)),
                );
            }
            _ => {}
        }
    }
    (upper, lower)
}

trait SplitOnce {
    fn split_once_byte(&self, at: u8) -> Option<(&[u8], &[u8])>;
}

impl SplitOnce for Vec<u8> {
    fn split_once_byte(&self, at: u8) -> Option<(&[u8], &[u8])> {
        let place = self.iter().position(|b| *b == at)?;
        Some((&self[..place], &self[place + 1..]))
    }
}

/// Splits where no backslash stands before the separator.
fn separated(text: &[u8], separator: u8) -> Vec<Vec<u8>> {
    let (mut parts, mut escaped) = (vec![Vec::new()], false);
    for &byte in text {
        if byte == separator && !escaped {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(byte);
        }
        escaped = byte == b'\\' && !escaped;
    }
    parts
}

/// A path without the backslashes of an overlay's options.
fn plain(text: &[u8]) -> PathBuf {
    let (mut out, mut escaped) = (Vec::new(), false);
    for &byte in text {
        escaped = byte == b'\\' && !escaped;
        if !escaped {
            out.push(byte);
        }
    }
    PathBuf::from(OsString::from_vec(out))
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
        assert_eq!((mounts[0].device.as_str(), &mounts[0].root), ("98:0", &PathBuf::from("/a")));
    }

    #[test]
    fn reads_the_layers_of_an_overlay() {
        let line =
            b"40 1 0:9 / /m rw - overlay overlay rw,lowerdir=/a:/b\\134:c,upperdir=/u,workdir=/w\n";
        let mount = &parse(line)[0];
        assert_eq!(mount.upper, Some(PathBuf::from("/u")));
        assert_eq!(mount.lower, [PathBuf::from("/a"), PathBuf::from("/b:c")]);
        let line =
            b"40 1 0:9 / /m rw - overlay none rw,lowerdir+=/a:b,upperdir=/f\\054e/u,workdir=/w\n";
        let mount = &parse(line)[0];
        assert_eq!(mount.upper, Some(PathBuf::from("/f,e/u")));
        assert_eq!(mount.lower, [PathBuf::from("/a:b")]);
    }
}
