//! `unlabeled`, `label-mismatch` and `pinned`.

use super::{Case, Reason};
use crate::facts::{Label, Model, ModelKind};
use crate::families;

pub(super) fn unlabeled(case: &Case<'_>, model: &Model) -> Option<Reason> {
    if !case.policy.labels_required || model.label.is_some() || model.hub.is_some() {
        return None;
    }
    let message = match &model.bad_label {
        Some(why) => format!("its MODEL_INFO file is no label: {why}"),
        None => "nothing says what it is: no MODEL_INFO file".to_owned(),
    };
    let file =
        if model.single_file { "NAME.MODEL_INFO.txt beside it" } else { "MODEL_INFO.txt in it" };
    Some(Reason::new(message, format!("a {file} with a line `Model: ..`")))
}

pub(super) fn mismatch(_: &Case<'_>, model: &Model) -> Option<Reason> {
    let label = model.label.as_ref()?;
    let wrong = [family(label, model), size(label, model), step(label, model), stale(label, model)];
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    (!wrong.is_empty()).then(|| Reason::new(wrong.join("; "), "a true label"))
}

fn family(label: &Label, model: &Model) -> Option<String> {
    let claimed = families::claimed_family(&label.model)?;
    let found = model.family.as_deref()?;
    let source = model.family_source.as_deref().unwrap_or("its files");
    (!families::compatible(claimed, found))
        .then(|| format!("the label says {}, but {source} say {found}", label.model))
}

fn size(label: &Label, model: &Model) -> Option<String> {
    // An adapter is named after its base, and packed weights are not the model's parameters.
    if model.kind != ModelKind::Full {
        return None;
    }
    let (claimed, found) = (families::claimed_size(&label.model)?, model.parameters?);
    let twice = claimed > found.saturating_mul(2) || found > claimed.saturating_mul(2);
    twice
        .then(|| format!("the label says {}, but its tensors hold {found} parameters", label.model))
}

fn step(label: &Label, model: &Model) -> Option<String> {
    let (claimed, found) = (label.steps?, model.step?);
    (claimed != found)
        .then(|| format!("the label says step {claimed}, but trainer_state.json says {found}"))
}

fn stale(label: &Label, model: &Model) -> Option<String> {
    // The label of a run around a checkpoint is written before its later checkpoints are.
    let covered = model.component_of.is_some() || !label.path.starts_with(&model.path);
    (!covered && label.written < model.weights_written?)
        .then(|| "the label is older than the weights beside it".to_owned())
}

pub(super) fn pinned(_: &Case<'_>, model: &Model) -> Option<Reason> {
    if let Some(why) = model.label.as_ref().and_then(|l| l.keep.as_deref()) {
        return Some(Reason::new(
            format!("its label says `Keep: {why}`"),
            "whoever wrote it, by taking that line out",
        ));
    }
    let file = model.keep_file.as_ref()?;
    let message = format!("a file {} pins it", file.display());
    Some(Reason::new(message, "whoever put that file there, by removing it"))
}

pub(super) fn pinned_target(case: &Case<'_>) -> Option<Reason> {
    let file = case.facts.keep_files.first()?;
    let message = format!("a file {} pins it", file.display());
    Some(Reason::new(message, "whoever put that file there, by removing it"))
}
