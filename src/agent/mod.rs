//! Coding agents: how one is known that calls. An agent may see a plan and file a request; nothing
//! here can confirm one.

pub mod guard;
pub mod hook;
pub mod judge;
mod known;
pub mod setup;
mod shell;
mod who;

pub use who::{Seen, client, who};
