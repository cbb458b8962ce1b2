//! Reads the disk and decides nothing: survey of the targets, identity of models, labels.

pub mod gather;
pub mod identify;
pub mod labels;
pub mod names;
pub mod notable;
pub mod read;
pub mod survey;
pub mod tree;
