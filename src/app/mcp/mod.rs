//! `safe-rm mcp`: what an agent may ask for, over stdin and stdout. A call becomes the words that would
//! be typed for it, is read by the same grammar and done by the same function, for a caller without a
//! person: there is no prompt, no elicitation, and no answer to a request.

#[cfg(feature = "mcp")]
mod call;
#[cfg(feature = "mcp")]
mod input;
#[cfg(feature = "mcp")]
mod server;
#[cfg(feature = "mcp")]
mod tools;
#[cfg(feature = "mcp")]
mod wrong;

use anyhow::Result;

use super::Exit;

/// Serves until the standard input ends.
#[cfg(feature = "mcp")]
pub(super) fn run() -> Result<Exit> {
    server::serve()?;
    Ok(Exit::Done)
}

/// Says that it cannot.
#[cfg(not(feature = "mcp"))]
pub(super) fn run() -> Result<Exit> {
    anyhow::bail!(
        "this build has no MCP server: it was built without the feature `mcp`; agents can run \
         `safe-rm plan --json` and the other commands instead"
    )
}
