//! Files that an installed Python package lists in its RECORD, byte for byte: they can be installed
//! again, and are no model of anybody here.
//!
//! Source: PyPA's specification "Recording installed projects": `path,sha256=..,size` lines, paths
//! relative to the folder around `NAME.dist-info`.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::look::read;
use crate::look::tree::{Notable, Tree};

/// The largest RECORD that is read.
const LIMIT: u64 = 16 << 20;

/// What the RECORD files of a tree list: hash and size by path.
pub(super) struct Installed(HashMap<PathBuf, (String, u64)>);

impl Installed {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut listed = HashMap::new();
        for file in tree.notable.iter().filter(|f| f.name == "RECORD" && f.meta.size <= LIMIT) {
            let home = tree.path(file);
            let info = home.parent().unwrap_or(Path::new(""));
            let site = info.parent();
            let (Some(site), Some("dist-info")) = (site, info.extension().and_then(|e| e.to_str()))
            else {
                continue;
            };
            let text = read::head(tree, file, LIMIT).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            listed.extend(text.lines().filter_map(|line| {
                let (path, hash, size) = entry(line)?;
                Some((site.join(path), (hash.to_owned(), size)))
            }));
        }
        Self(listed)
    }

    /// Whether a file is the one that was installed: its content is compared, not only its name.
    pub(super) fn has(&self, tree: &Tree, file: &Notable) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let Some((hash, size)) = self.0.get(&tree.path(file)) else { return false };
        *size == file.meta.size && sum(tree, file).is_ok_and(|found| found == *hash)
    }
}

/// Path, hash and size of a line; nothing where it leads out of the folder or is quoted.
fn entry(line: &str) -> Option<(&Path, &str, u64)> {
    let mut fields = line.rsplitn(3, ',');
    let (size, hash, path) = (fields.next()?, fields.next()?, Path::new(fields.next()?));
    let inside = path.components().all(|c| matches!(c, Component::Normal(_)));
    Some((path, hash.strip_prefix("sha256=")?, size.trim().parse().ok()?)).filter(|_| inside)
}

fn sum(tree: &Tree, file: &Notable) -> std::io::Result<String> {
    let mut opened = tree.open(file)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match opened.read(&mut buffer)? {
            0 => return Ok(URL_SAFE_NO_PAD.encode(hasher.finalize())),
            n => hasher.update(&buffer[..n]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_path_hash_and_size() {
        let path = Path::new("lpips/weights/v0.1/alex.pth");
        assert_eq!(
            entry("lpips/weights/v0.1/alex.pth,sha256=ab_-,6009"),
            Some((path, "ab_-", 6009))
        );
        for bad in
            ["../../secret,sha256=a,1", "/etc/x,sha256=a,1", "x,,", "x,md5=a,1", "x,sha256=a,"]
        {
            assert_eq!(entry(bad), None, "{bad}");
        }
    }
}
