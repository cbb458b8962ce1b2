//! `safe-rm doctor`.

use anyhow::Result;

use super::Exit;
use crate::tell::Voice;

pub(super) fn run(_voice: Voice) -> Result<Exit> {
    Ok(Exit::Done)
}
