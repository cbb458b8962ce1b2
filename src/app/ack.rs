//! `safe-rm ack clock|DIR`: a person's word for what a file or a clock alone cannot say.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Exit, carry_out, world};
use crate::ask;
use crate::keep::{Event, encode};
use crate::look;
use crate::tell::{self, Voice};

/// The word that is asked for.
const WORD: &str = "YES";

/// Asks, and records the answer.
pub(super) fn run(what: &OsStr, voice: Voice) -> Result<Exit> {
    let world = world::read()?;
    let now = world.clock.now();
    let (above, event) = if what == "clock" {
        let above = format!("the clock says {}: is that right?", world.clock.minute(now));
        (above, Event::Acked { what: "clock".to_owned(), label: None })
    } else {
        let dir = Path::new(what).canonicalize();
        let dir = dir.with_context(|| format!("cannot find `{}`", what.display()))?;
        let Some(label) = look::label_in(&dir) else {
            bail!(
                "`{}` has no label; a MODEL_INFO.txt with a line `Retired: ..` is one",
                dir.display()
            );
        };
        let Some(retired) = &label.retired else {
            bail!("its label `{}` says nothing of `Retired:`", label.path.display());
        };
        let above = format!(
            "{}: label of {}, `Retired: {}`: the newest and the best of it may go from now on",
            label.path.display(),
            label.model,
            retired
        );
        let hash = blake3::Hash::from(label.digest).to_hex().to_string();
        (tell::harmless(&above), Event::Acked { what: encode(&dir), label: Some(hash) })
    };
    match ask::assent(&above, WORD, world.door(&world.at_the_door())) {
        None => {
            voice.remark("a person must say this at a terminal of their own; nothing was recorded");
            Ok(Exit::NeedsPerson)
        }
        Some(Err(_)) => {
            voice.remark("declined: nothing was recorded");
            Ok(Exit::Declined)
        }
        Some(Ok(_)) => {
            carry_out::journal(&world)?.append(now, &event)?;
            voice.remark("recorded");
            Ok(Exit::Done)
        }
    }
}
