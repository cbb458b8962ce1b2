//! Coding agents: how one is known that calls. An agent may see a plan and file a request; nothing
//! here can confirm one.

mod known;
mod who;

pub use who::{Seen, who};
