//! What stands for weights that are elsewhere: pointers of git-lfs, git-annex and DVC, and links into
//! the stores of the latter two.
//!
//! Sources: the git-lfs specification, git-annex's key format, DVC's `.dvc` files.

use std::os::unix::ffi::OsStrExt;

use super::texts;
use super::weights::{Holds, Sample, WeightFile};
use crate::look::notable;
use crate::look::tree::{Notable, Tree};
use crate::sys::dir;

/// Suffixes that only weights have, for what stands in their place.
const WEIGHTS: &[&str] = &[
    "safetensors",
    "bin",
    "pt",
    "pth",
    "ckpt",
    "gguf",
    "onnx",
    "h5",
    "keras",
    "msgpack",
    "pkl",
    "joblib",
    "npz",
    "nemo",
    "tflite",
];

fn named(name: &str) -> bool {
    notable::suffix(name).is_some_and(|s| WEIGHTS.contains(&s.to_ascii_lowercase().as_str()))
}

/// Recognises a pointer by its text.
#[must_use]
pub(super) fn recognise(sample: &Sample<'_>) -> Option<WeightFile> {
    if sample.size >= 4096 {
        return None;
    }
    let text = String::from_utf8_lossy(sample.head);
    let (format, size) = if text.starts_with("version https://git-lfs.github.com/spec/v1") {
        let size = text.lines().find_map(|l| l.strip_prefix("size ")?.trim().parse().ok());
        ("git-lfs pointer", size)
    } else if text.starts_with("/annex/objects/") {
        ("git-annex pointer", annexed(&text))
    } else if let Some(out) = sample.name.strip_suffix(".dvc")
        && text.contains("outs:")
    {
        let path = texts::yaml_all(&text, "path").pop().unwrap_or_else(|| out.to_owned());
        if !named(&path) {
            return None;
        }
        let size = texts::yaml_all(&text, "size").pop().and_then(|n| n.parse().ok());
        let mut file = pointer("DVC pointer", size);
        file.told.beside = vec![path];
        return Some(file);
    } else {
        return None;
    };
    named(sample.name).then(|| pointer(format, size))
}

fn pointer(format: &str, size: Option<u64>) -> WeightFile {
    let mut file = WeightFile::new(format, Holds::Pointer);
    file.told.source = "the pointer";
    file.told.points_to = size;
    file
}

/// The size in a key: `SHA256E-s4096--0123.safetensors`.
fn annexed(path: &str) -> Option<u64> {
    let key = path.trim_end().rsplit('/').next()?;
    let size = key.split("--").next()?.split('-').find_map(|f| f.strip_prefix('s'));
    size.and_then(|n| n.parse().ok())
}

/// A link named like weights that leads into a store of git-annex or DVC, which stays: whether its
/// content is there or not, the link is a name of it, and no more.
pub(super) fn link(tree: &Tree, link: &Notable) -> Option<WeightFile> {
    if !named(link.text()) {
        return None;
    }
    let parent = tree.open_dir(link.dir).ok()?;
    let target = dir::read_link_at(&*parent, &link.name).ok()?;
    let target = String::from_utf8_lossy(std::ffi::OsStr::from_bytes(&target).as_encoded_bytes());
    if target.contains("/annex/objects/") {
        Some(pointer("git-annex link", annexed(&target)))
    } else if target.contains(".dvc/cache/") {
        Some(pointer("DVC link", None))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_git_annex_has_the_size() {
        let key = "/annex/objects/SHA256E-s16381470720--00ff.safetensors\n";
        assert_eq!(annexed(key), Some(16_381_470_720));
        assert_eq!(annexed("/annex/objects/URL--x"), None);
    }
}
