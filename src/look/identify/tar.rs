//! Tar archives that are models: NeMo's `.nemo`. Members are leapt over by their lengths.
//!
//! Sources: POSIX ustar; NeMo's `save_restore_connector`.

use super::texts;
use super::weights::{Holds, Sample, Told, WeightFile};
use crate::facts::Completeness;
use crate::look::read;

/// As many members as are looked at: the configuration is among the first few.
const MEMBERS: usize = 64;

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

/// What a tar of NeMo says.
#[must_use]
pub(super) fn nemo(sample: &Sample<'_>) -> Option<WeightFile> {
    if sample.head.get(257..262) != Some(b"ustar") {
        return None;
    }
    let (mut at, mut config, mut weights, mut whole) = (0_u64, None, false, true);
    for _ in 0..MEMBERS {
        let Ok(header) = read::at(sample.file, at, 512) else { break };
        let Some(size) = header.get(124..136).and_then(octal) else { break };
        let name = header.get(..100).unwrap_or_default();
        let name = name.split(|b| *b == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        let Some(data) = at.checked_add(512) else { break };
        let Some(next) = size.div_ceil(512).checked_mul(512).and_then(|n| data.checked_add(n))
        else {
            whole = false;
            break;
        };
        if name.ends_with("model_config.yaml") {
            let text = read::at(sample.file, data, usize::try_from(size.min(64 << 10)).ok()?);
            config = text.ok().map(|t| String::from_utf8_lossy(&t).into_owned());
        }
        weights |= name.contains("model_weights");
        whole &= next <= sample.size;
        at = next;
        if at >= sample.size {
            break;
        }
    }
    let named = super::containers::suffix(sample.name) == "nemo";
    let like = weights && config.is_some();
    if !named && !like {
        return None;
    }
    let mut file = WeightFile::new("NeMo", Holds::Weights);
    let config = config.unwrap_or_default();
    let class = texts::yaml(&config, "target");
    file.told = Told {
        source: "its model_config.yaml",
        name: class.map(|c| c.rsplit('.').next().unwrap_or(&c).to_owned()),
        tool: Some(match texts::yaml(&config, "nemo_version") {
            Some(version) => format!("nemo {version}"),
            None => "nemo".to_owned(),
        }),
        ..Told::default()
    };
    if !whole {
        file.complete = Completeness::Damaged("cut short: a member ends beyond its end".to_owned());
    }
    Some(file)
}
