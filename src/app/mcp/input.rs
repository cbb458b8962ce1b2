//! What each tool takes, and the words that would be typed for it.

use std::ffi::OsString;

use schemars::JsonSchema;
use serde::Deserialize;

/// What can be typed instead.
pub(super) trait Typed {
    /// The words after the program's name.
    fn words(self) -> Vec<OsString>;
}

/// The words so far.
struct Words(Vec<OsString>);

impl Words {
    fn of(words: &[&str]) -> Self {
        Self(words.iter().map(OsString::from).collect())
    }

    fn flag(mut self, name: &str, set: bool) -> Self {
        if set {
            self.0.push(name.into());
        }
        self
    }

    /// In one word, so that no value is taken for an option.
    fn value(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.0.push(format!("{name}={}", value.to_string()).into());
        }
        self
    }

    fn operands(mut self, operands: impl IntoIterator<Item = String>) -> Vec<OsString> {
        self.0.push("--".into());
        self.0.extend(operands.into_iter().map(OsString::from));
        self.0
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// What would be deleted: files and folders. A relative path is relative to the working directory
    /// of the server.
    paths: Vec<String>,
    /// Compare possible copies byte by byte, wherever there are some. Slow.
    #[serde(default)]
    verify: bool,
}

impl Typed for Plan {
    fn words(self) -> Vec<OsString> {
        Words::of(&["plan", "--json"]).flag("--verify", self.verify).operands(self.paths)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    /// What is to be deleted: files and folders. A relative path is relative to the working directory
    /// of the server.
    paths: Vec<String>,
    /// What it is for, in one line: the person is told it, as a claim.
    #[serde(default)]
    reason: Option<String>,
    /// Leave out what is refused, and ask for the rest.
    #[serde(default)]
    only_allowed: bool,
    /// Ask that the space is freed at once: then nothing brings it back. Without it things go to the
    /// trash.
    #[serde(default)]
    permanent: bool,
    /// Compare possible copies byte by byte, wherever there are some. Slow.
    #[serde(default)]
    verify: bool,
}

impl Typed for Delete {
    fn words(self) -> Vec<OsString> {
        Words::of(&["--json"])
            .value("--reason", self.reason)
            .flag("--only-allowed", self.only_allowed)
            .flag("--permanent", self.permanent)
            .flag("--verify", self.verify)
            .operands(self.paths)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Status {
    /// The request's id, as `request_deletion` gave it under `request.id`; its beginning will do.
    id: String,
}

impl Typed for Status {
    fn words(self) -> Vec<OsString> {
        Words::of(&["wait", "--json", "--timeout=0s"]).operands([self.id])
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// Where to look; by default the policy's roots, else the working directory of the server. A
    /// relative path is relative to that.
    #[serde(default)]
    roots: Vec<String>,
    /// Only what all of these say: `size>1GB`, `age>30d`, `kind=checkpoint`, `family=qwen3`,
    /// `verdict=allowed`, `label=none`.
    #[serde(default)]
    filter: Vec<String>,
    /// What stands first.
    #[serde(default)]
    sort: Sort,
    /// At most so many.
    #[serde(default)]
    limit: Option<u32>,
    /// Compare possible copies byte by byte. Slow.
    #[serde(default)]
    verify: bool,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Sort {
    #[default]
    Irreplaceable,
    Size,
    Age,
    Path,
}

impl Typed for List {
    fn words(self) -> Vec<OsString> {
        let sort = match self.sort {
            Sort::Irreplaceable => "irreplaceable",
            Sort::Size => "size",
            Sort::Age => "age",
            Sort::Path => "path",
        };
        let mut words = Words::of(&["ls", "--json"])
            .value("--sort", Some(sort))
            .value("--limit", self.limit)
            .flag("--verify", self.verify);
        for filter in self.filter {
            words = words.value("--filter", Some(filter));
        }
        words.operands(self.roots)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Explain {
    /// A rule's id, as refusals name it; without one, all rules.
    #[serde(default)]
    rule: Option<String>,
}

impl Typed for Explain {
    fn words(self) -> Vec<OsString> {
        Words::of(&["explain", "--json"]).operands(self.rule)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    /// A model's folder, the folder of a run, or a single weight file. A relative path is relative to
    /// the working directory of the server.
    path: String,
    /// What it is, as `Qwen3-8B, our support chats`. Needed where its files do not say it.
    #[serde(default)]
    model: Option<String>,
    /// When it was trained.
    #[serde(default)]
    trained: Option<String>,
    /// How many steps it was trained for.
    #[serde(default)]
    steps: Option<u64>,
    /// The model that it was made of.
    #[serde(default)]
    base: Option<String>,
    /// The run that made it.
    #[serde(default)]
    run: Option<String>,
    /// Anything else worth knowing.
    #[serde(default)]
    note: Option<String>,
    /// Pin it, with the reason: it is refused to be deleted from then on.
    #[serde(default)]
    keep: Option<String>,
    /// Show the label and write nothing.
    #[serde(default)]
    dry_run: bool,
}

impl Typed for Label {
    fn words(self) -> Vec<OsString> {
        Words::of(&["label", "--json"])
            .value("--model", self.model)
            .value("--trained", self.trained)
            .value("--steps", self.steps)
            .value("--base", self.base)
            .value("--run", self.run)
            .value("--note", self.note)
            .value("--keep", self.keep)
            .flag("--dry-run", self.dry_run)
            .operands([self.path])
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Undo {
    /// The id of a deletion (its beginning will do), or the path that was deleted; without it, the
    /// last deletion of this user.
    #[serde(default)]
    what: Option<String>,
}

impl Typed for Undo {
    fn words(self) -> Vec<OsString> {
        Words::of(&["undo", "--json"]).operands(self.what)
    }
}
