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
    Some(Reason::new(message, "`safe-rm label`, which writes one"))
}

pub(super) fn mismatch(case: &Case<'_>, model: &Model) -> Option<Reason> {
    let label = model.label.as_ref()?;
    let wrong = [
        family(label, model),
        size(label, model),
        step(case, label, model),
        stale(case, label, model),
        other_weights(label),
    ];
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    (!wrong.is_empty()).then(|| Reason::new(wrong.join("; "), "a true label"))
}

/// What of a label, yet to be written beside a model, its files contradict.
pub(super) fn contradictions(label: &Label, model: &Model) -> Vec<String> {
    let wrong = [family(label, model), size(label, model), steps(label, model)];
    wrong.into_iter().flatten().collect()
}

/// `Covers:` was written for these weights, or the label is somebody's about others.
fn other_weights(label: &Label) -> Option<String> {
    let covers = label.covers.as_ref()?;
    match covers.found.as_ref()? {
        Ok(found) if *found == covers.says => None,
        Ok(_) => Some("the label was written for other weights: its `Covers:` says so".to_owned()),
        Err(why) => Some(format!("whether the label is about these weights cannot be told: {why}")),
    }
}

/// A label that nobody has had the time to doubt.
pub(super) fn young(case: &Case<'_>, model: &Model) -> Option<String> {
    let label = model.label.as_ref().filter(|_| !model.installed)?;
    (label.arrived.plus(86_400) > case.clock.now()).then(|| {
        let (file, at) = (label.path.display(), case.clock.minute(label.arrived));
        format!("the label {file} is younger than a day ({at}): is it true?")
    })
}

fn family(label: &Label, model: &Model) -> Option<String> {
    let found = model.family.as_deref()?;
    let source = model.family_source.as_deref().unwrap_or("its files");
    families::contradicted(&label.model, found)
        .map(|_| format!("the label says {}, but {source} say {found}", label.model))
}

fn size(label: &Label, model: &Model) -> Option<String> {
    // An adapter is named after its base, and packed weights are not the model's parameters.
    if model.kind == ModelKind::Quantized
        && let Some(named) = model.name.as_deref().and_then(families::claimed_size)
        && let Some(claimed) = families::claimed_size(&label.model)
    {
        let twice = claimed > named.saturating_mul(2) || named > claimed.saturating_mul(2);
        let name = model.name.as_deref().unwrap_or_default();
        return twice
            .then(|| format!("the label says {}, but its header says {name}", label.model));
    }
    if !matches!(model.kind, ModelKind::Full | ModelKind::Merged) {
        return None;
    }
    let (claimed, found) = (families::claimed_size(&label.model)?, model.parameters?);
    let twice = claimed > found.saturating_mul(2) || found > claimed.saturating_mul(2);
    twice
        .then(|| format!("the label says {}, but its tensors hold {found} parameters", label.model))
}

fn step(case: &Case<'_>, label: &Label, model: &Model) -> Option<String> {
    // The steps of a run are not those of each of its checkpoints.
    if is_beside(case, label, model) { steps(label, model) } else { None }
}

fn steps(label: &Label, model: &Model) -> Option<String> {
    let (claimed, found) = (label.steps?, model.step?);
    (claimed != found)
        .then(|| format!("the label says step {claimed}, but trainer_state.json says {found}"))
}

fn stale(case: &Case<'_>, label: &Label, model: &Model) -> Option<String> {
    // The label of a run around a checkpoint is written before its later checkpoints are.
    (is_beside(case, label, model) && label.written < model.weights_written?)
        .then(|| "the label is older than the weights beside it".to_owned())
}

/// Whether the label lies in the model's own folder, and not in one around it.
fn is_beside(case: &Case<'_>, label: &Label, model: &Model) -> bool {
    let root = &case.facts.path;
    let place =
        if model.path.as_os_str().is_empty() { root.clone() } else { root.join(&model.path) };
    let home = if model.single_file { place.parent() } else { Some(place.as_path()) };
    home.is_some() && root.join(&label.path).parent() == home
}

pub(super) fn pinned(case: &Case<'_>) -> Option<Reason> {
    let pin = case.facts.pins.first()?;
    let file = pin.path.display();
    let (message, lift) = match pin.keep.as_deref() {
        Some("") => (format!("{file} says `Keep:`"), "by taking that line out"),
        Some(why) => (format!("{file} says `Keep: {why}`"), "by taking that line out"),
        None => (format!("a file {file} pins it"), "by removing it"),
    };
    let more = case.facts.pins.len() - 1;
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    Some(Reason::new(format!("{message}{more}"), format!("the person who wrote it, {lift}")))
}
