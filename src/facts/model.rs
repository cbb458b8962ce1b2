//! What is known of a model.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Evidence, FileId, Meta, Stamp, Twin};

/// What a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelKind {
    /// All weights.
    Full,
    /// An adapter on a base model.
    Adapter,
    /// All weights, put together out of several models or of a model and its adapter.
    Merged,
    /// Weights stored in few bits.
    Quantized,
    /// Compiled for one kind of hardware, out of weights that are elsewhere.
    Engine,
    /// Only pointers: the weights are not here.
    Pointer,
    /// A part of a model.
    Partial,
    /// Weights of a known format or layout, of a kind that could not be told, or possibly weights.
    Unknown,
}

/// Where in its life a model stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A checkpoint of a training run.
    Checkpoint,
    /// A finished product.
    Final,
    /// Downloaded from a hub.
    Download,
    /// Not told by the files.
    Unknown,
}

/// Whether all of a model is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Everything that its headers and indexes name is there.
    Complete,
    /// Something is missing or cut short; the text says what.
    Damaged(String),
    /// The format does not tell, or only a later version of this program reads it.
    Unknown,
}

/// What a MODEL_INFO file says; text from the disk, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Which file, relative to the target (or absolute beside it).
    pub path: PathBuf,
    /// `Model:`; a label without it is no label.
    pub model: String,
    /// `Trained:`.
    pub trained: Option<String>,
    /// `Steps:`.
    pub steps: Option<u64>,
    /// `Base:`.
    pub base: Option<String>,
    /// `Run:`.
    pub run: Option<String>,
    /// `Note:`.
    pub note: Option<String>,
    /// `Keep:`.
    pub keep: Option<String>,
    /// `Retired:`.
    pub retired: Option<String>,
    /// The agent that wrote it, where `Written-By:` names one: it says what the model is, and lifts
    /// nothing else.
    pub agent: Option<String>,
    /// `Covers:`.
    pub covers: Option<Covers>,
    /// Modification time of the label file.
    pub written: Stamp,
    /// The newest of all its times: when it came to be as it is, whatever its own date says.
    pub arrived: Stamp,
    /// BLAKE3 of the file.
    pub digest: [u8; 32],
}

/// Key in lower case and value of one line of a label; a comment has none.
#[must_use]
pub fn label_line(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.split_once(':').filter(|_| !line.trim_start().starts_with('#'))?;
    let key = key.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    Some((key, value.trim_matches(['*', ' ', '\t', '\r'])))
}

/// Whether a value of a label takes back what its key says.
#[must_use]
pub fn is_no(value: &str) -> bool {
    let no = ["no", "false", "never", "0", "null", "none", "off", "n"];
    no.contains(&value.to_ascii_lowercase().as_str())
}

/// The fingerprint of the weights that a label was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covers {
    /// As the label says.
    pub says: String,
    /// That of the weights it lies beside, or why it cannot be told; nothing for the label of a run
    /// around a checkpoint.
    pub found: Option<Result<String, String>>,
}

/// Weights of a target that lie in a store outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Absolute.
    pub at: PathBuf,
    /// What statx said.
    pub meta: Meta,
    /// The name by which the target links to it: its hash.
    pub hash: String,
}

/// Somebody's word that something must be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The file that says so: relative to the target where it lies in it, else absolute.
    pub path: PathBuf,
    /// What a label says after `Keep:`; nothing where the file's name alone says it.
    pub keep: Option<String>,
}

/// A date that a file declares. It is shown, and decides nothing: anybody can write anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// As the file has it, in the form of ISO 8601; without a zone where the file names none.
    pub at: String,
    /// Which file or key says so.
    pub source: String,
}

/// A shape of tensors as the source of a model's name: other models may have the same one.
pub const FITS: &str = "the shape of its tensors, which is no proof";

/// One model found in (or as) a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Relative to the target; empty for the target itself.
    pub path: PathBuf,
    /// A single weight file rather than a directory.
    pub single_file: bool,
    /// What it is.
    pub kind: ModelKind,
    /// Where in its life it stands.
    pub stage: Stage,
    /// Container: `safetensors`, `gguf`, `torch zip`, ..
    pub format: String,
    /// Family in lower case, by tensors before configuration: `qwen3`, `qwen2`, `llama`.
    pub family: Option<String>,
    /// How the family is known.
    pub family_source: Option<String>,
    /// A name that the files give, or the shape that fits.
    pub name: Option<String>,
    /// The base model on record.
    pub base: Option<String>,
    /// The base, where that names something on a disk here.
    pub base_here: Option<PathBuf>,
    /// The base is to go by this plan.
    pub base_planned: bool,
    /// Rank of a LoRA adapter.
    pub rank: Option<u64>,
    /// Training step on record.
    pub step: Option<u64>,
    /// Steps that the run was to have.
    pub max_step: Option<u64>,
    /// The run's own word that this is its best checkpoint.
    pub best: bool,
    /// The name of the best checkpoint, as this one's state has it.
    pub says_best: Option<String>,
    /// The state in the run's own folder says that this is the best one.
    pub best_of_run: bool,
    /// Stored elements of all tensors.
    pub parameters: Option<u64>,
    /// Dtype of most elements.
    pub dtype: Option<String>,
    /// Epoch on record, as written.
    pub epoch: Option<String>,
    /// How its weights were stored in few bits: `gptq, 4 bits`.
    pub quantization: Option<String>,
    /// What wrote it, with the version: `transformers 5.23.0`.
    pub tool: Option<String>,
    /// When its own files say that it was made.
    pub declared: Option<Declared>,
    /// Where or under which name its run was started.
    pub run: Option<String>,
    /// The name that it was saved under, where it has another one now.
    pub saved_as: Option<String>,
    /// Of pointers: how many bytes the weights have that they stand for.
    pub points_to: Option<u64>,
    /// What it was made of: the models of a merge.
    pub parts: Vec<String>,
    /// Which file or tensors say what: `base`, `family`, `name`, `step`, ..
    pub sources: BTreeMap<&'static str, String>,
    /// Apparent bytes of the model's directory or file.
    pub bytes: u64,
    /// Newest modification time of its weight files.
    pub weights_written: Option<Stamp>,
    /// The inode of its first weight file.
    pub weights: Option<FileId>,
    /// Its weight files, relative to the target (empty for the target itself).
    pub files: Vec<(PathBuf, Meta)>,
    /// Why its weights cannot be read, where they cannot.
    pub unread: Option<String>,
    /// Where else these weights are.
    pub copies: Vec<Twin>,
    /// Adapters elsewhere whose base it is.
    pub dependants: Vec<PathBuf>,
    /// BLAKE3 of the sorted tensor names, dtypes and shapes, where every header could be read.
    pub structure: Option<[u8; 32]>,
    /// Whether all of it is there.
    pub complete: Completeness,
    /// What disagrees, in words: the name says one thing, the tensors another.
    pub conflicts: Vec<String>,
    /// The evidence that decides its age.
    pub newest: Option<Evidence>,
    /// Its label.
    pub label: Option<Label>,
    /// Why a MODEL_INFO file that lies there is no label.
    pub bad_label: Option<String>,
    /// Covered by the label of the model or run around it.
    pub component_of: Option<PathBuf>,
    /// Repository and commit of a hub cache, which label themselves.
    pub hub: Option<String>,
    /// A package has installed all of its weights, byte for byte: they can be installed again, and
    /// are ordinary files.
    pub installed: bool,
    /// It and the models beside it whose names differ in a date or a step; one list for all of them.
    pub series: Arc<Vec<Member>>,
}

/// One member of a series, this model included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Absolute path.
    pub path: PathBuf,
    /// What orders the series: steps and dates as numbers, the last of its name first.
    pub key: Vec<u64>,
    /// When its weights were written.
    pub written: Option<Stamp>,
    /// The name of the best one, as its state has it.
    pub says_best: Option<String>,
    /// Complete, so that it counts.
    pub complete: bool,
    /// As [`Model::structure`]; members of another one, or of an unknown one, do not count.
    pub structure: Option<[u8; 32]>,
    /// Its first weight file: another name of the same inode is no other member.
    pub weights: Option<FileId>,
}
