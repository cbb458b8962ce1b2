//! safe-rm: a safety wrapper for destructive file-system operations on AI-model folders.
//!
//! Data runs one way: look, decide, ask, act, tell. See docs/ARCHITECTURE.md.

pub mod act;
pub mod agent;
pub mod app;
pub mod ask;
pub mod check;
pub mod cli;
pub mod crew;
pub mod decide;
pub mod facts;
pub mod families;
pub mod keep;
pub mod look;
pub mod policy;
pub mod shell;
pub mod sys;
pub mod tell;
pub mod when;
