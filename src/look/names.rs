//! Dates and steps in names: what makes a series, and what a name says of an age.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// What a name carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The name with dates and steps taken out: members of a series agree in it.
    pub stem: String,
    /// Steps and dates as numbers, in the order of the name.
    pub key: Vec<u64>,
    /// The date, where there is one.
    pub date: Option<NaiveDateTime>,
}

/// Words before a number that make it a step. Sizes, folds, rates, shards and ranks are none.
const STEPS: &[&str] = &[
    "checkpoint",
    "ckpt",
    "step",
    "steps",
    "iter",
    "iteration",
    "epoch",
    "ep",
    "it",
    "globalstep",
];

/// Finds the dates and steps in a name.
#[must_use]
pub(super) fn parse(name: &str) -> Option<Named> {
    let bytes = name.as_bytes();
    let (mut stem, mut key, mut date) = (String::new(), Vec::new(), None);
    let mut at = 0;
    while at < bytes.len() {
        let digits = digits_at(bytes, at);
        if digits == 0 {
            let next = (at + 1..=bytes.len()).find(|&i| name.is_char_boundary(i));
            let next = next.unwrap_or(bytes.len());
            stem.push_str(&name[at..next]);
            at = next;
        } else if let Some((found, len)) = date_at(name, at) {
            key.push(found.format("%Y%m%d%H%M%S").to_string().parse().unwrap_or(0));
            date = date.max(Some(found));
            stem.push('#');
            at += len;
        } else {
            let number = &name[at..at + digits];
            let after = &name[at + digits..];
            match number.parse() {
                Ok(step) if is_step(&name[..at]) || counts(number, &name[..at], after) => {
                    key.push(step);
                    stem.push('#');
                }
                _ => stem.push_str(number),
            }
            at += digits;
        }
    }
    (!key.is_empty()).then_some(Named { stem, key, date })
}

fn digits_at(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

fn is_step(before: &str) -> bool {
    let word: String = before
        .trim_end_matches(['-', '_', '=', '.'])
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_alphabetic() || *c == '_')
        .filter(|c| *c != '_')
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let word = word.to_ascii_lowercase();
    STEPS.iter().any(|s| word == *s || (s.len() > 3 && word.ends_with(s)))
}

/// A number that counts without a word before it: `900steps`, or filled up with zeros, as kohya's
/// `lora-000030` and MLX's `0000400_adapters` are; one of a set of shards does not.
fn counts(number: &str, before: &str, after: &str) -> bool {
    let word: String = after.chars().take_while(char::is_ascii_alphabetic).collect();
    let filled = number.len() >= 5 && number.starts_with('0');
    let apart = !before.ends_with(|c: char| c.is_ascii_alphanumeric());
    let shard = after.starts_with("-of-") || before.ends_with("-of-");
    ["step", "steps", "epoch", "epochs", "iter", "iters"]
        .contains(&word.to_ascii_lowercase().as_str())
        || (filled && apart && !shard)
}

/// A date at this place: `20251115`, `2025-11-15`, `2025_11_15`, each with a time after it or not.
fn date_at(name: &str, at: usize) -> Option<(NaiveDateTime, usize)> {
    let bytes = name.as_bytes();
    let number = |from: usize, len: usize| -> Option<u32> {
        let part = bytes.get(from..from + len)?;
        if !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(part).ok()?.parse().ok()
    };
    let mark = |i: usize| bytes.get(i).is_some_and(|b| matches!(b, b'-' | b'_' | b'.'));
    let (day, mut len) = match digits_at(bytes, at) {
        8 | 12 | 14.. => (date(number(at, 4)?, number(at + 4, 2)?, number(at + 6, 2)?)?, 8),
        4 if mark(at + 4) && mark(at + 7) && digits_at(bytes, at + 8) == 2 => {
            (date(number(at, 4)?, number(at + 5, 2)?, number(at + 8, 2)?)?, 10)
        }
        _ => return None,
    };
    let mut time = NaiveTime::MIN;
    let after = at + len;
    let joined = bytes.get(after).is_some_and(u8::is_ascii_digit);
    let gap = usize::from(!joined);
    let separated = matches!(bytes.get(after), Some(b'-' | b'_' | b'T' | b't' | b' '));
    if joined || separated {
        let start = after + gap;
        let wide = bytes.get(start + 2).is_some_and(|b| matches!(b, b'-' | b':' | b'_'));
        let (step, total) = if wide { (3, 8) } else { (2, 6) };
        let run = digits_at(bytes, start.min(bytes.len()));
        // `202511150308`: without seconds; more digits than seconds are a fraction.
        if joined && run == 4 {
            if let Some(found) =
                NaiveTime::from_hms_opt(number(start, 2)?, number(start + 2, 2)?, 0)
            {
                return Some((day.and_time(found), len + 4));
            }
            return Some((day.and_time(time), len + 4));
        }
        let fraction = if joined { run.saturating_sub(6) } else { 0 };
        if !wide && run != 6 && fraction == 0 {
            return Some((day.and_time(time), len));
        }
        let total = total + fraction;
        if let (Some(h), Some(m), Some(s)) =
            (number(start, 2), number(start + step, 2), number(start + 2 * step, 2))
            && let Some(found) = NaiveTime::from_hms_opt(h, m, s)
        {
            time = found;
            len += gap + total;
        }
    }
    Some((day.and_time(time), len))
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    if !(1990..2100).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_steps_are_found() {
        let stamp = parse("20251115_030850").unwrap();
        assert_eq!((stamp.stem.as_str(), stamp.key[0]), ("#", 20_251_115_030_850));
        assert_eq!(parse("2025-11-15").unwrap().key, [20_251_115_000_000]);
        assert_eq!(parse("checkpoint-900").unwrap().key, [900]);
        assert_eq!(parse("epoch=1-step=8.ckpt").unwrap().key, [1, 8]);
        assert_eq!(parse("global_step900").unwrap().key, [900]);
        assert_eq!(parse("run-2025-11-15_12-30-00").unwrap().stem, "run-#");
        assert_eq!(parse("iter_0000100").unwrap().key, [100]);
        assert_eq!(parse("my_lora-000030").unwrap().key, [30]);
        assert_eq!(parse("0000400_adapters").unwrap().key, [400]);
        assert_eq!(parse("900steps").unwrap().key, [900]);
        assert_eq!(parse("ep10").unwrap().key, [10]);
        assert_eq!(parse("202511150308").unwrap().key, [20_251_115_030_800]);
        assert_eq!(parse("20251115030850123").unwrap().key, [20_251_115_030_850]);
        let two = parse("q_20240101_sft_20251115").unwrap();
        assert_eq!(two.date, parse("20251115").unwrap().date);
    }

    #[test]
    fn sizes_folds_and_shards_are_no_steps() {
        for name in [
            "qwen-72b",
            "fold-3",
            "lr-5",
            "model-00003-of-00003",
            "a00012",
            "model-00001-of-00003",
            "model_qwen25",
            "v2",
            "ü3",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
        assert_eq!(parse("20259915"), None);
    }
}
