//! System calls, wrapped: the only code that names rustix.
//!
//! Nothing here knows the rooms above. What is wrapped keeps to open directory handles and never
//! follows the last component of a path.

pub mod budget;
pub mod capabilities;
pub mod change;
pub mod clock;
pub mod dir;
pub mod env;
pub mod errors;
pub mod jobs;
pub mod landlock;
pub mod lines;
pub mod mounts;
pub mod process;
pub mod pty;
pub mod random;
pub mod relay;
pub mod run;
pub mod seccomp;
pub mod signals;
pub mod stop;
pub mod terminal;
pub mod uncached;
