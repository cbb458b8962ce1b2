//! What a training run says of its checkpoint: `trainer_state.json` of the Trainer, its arguments.

use std::path::Path;

use super::claims::claim;
use super::layout::Marks;
use super::torch;
use crate::facts::{Completeness, Model, Stage};
use crate::look::read;
use crate::look::tree::Tree;

/// What is read of `trainer_state.json`; its history of losses, which can be long, is passed over.
#[derive(serde::Deserialize)]
struct Trainer {
    global_step: Option<u64>,
    max_steps: Option<u64>,
    epoch: Option<f64>,
    best_model_checkpoint: Option<String>,
}

/// The name of the best checkpoint that the state in a run's own folder gives.
pub(in crate::look) fn best_of_run(run: &Path) -> Option<String> {
    let open = crate::sys::dir::open_path(run).ok()?;
    let file = crate::sys::dir::open_file_at(&open, "trainer_state.json".as_ref()).ok()?;
    let text = read::at(&file, 0, usize::try_from(read::JSON).ok()?).ok()?;
    let state: Trainer = serde_json::from_slice(&text).ok()?;
    Some(Path::new(&state.best_model_checkpoint?).file_name()?.to_str()?.to_owned())
}

/// Adds what state and arguments of the run say.
pub(super) fn read(model: &mut Model, tree: &Tree, marks: &Marks<'_>, dir: u32, target: &Path) {
    match marks.get(dir, "trainer_state.json").map(|f| read::typed(tree, f)) {
        Some(Some(state)) => from_state(model, &state, target),
        // A state that cannot be read cannot say that this is not the best one.
        Some(None) => {
            model.stage = Stage::Checkpoint;
            model.best = true;
            let why = "its trainer_state.json is not readable: it may be the best of its run";
            model.conflicts.push(why.to_owned());
        }
        None => unfinished(model, marks, dir),
    }
    if let Some(file) = marks.get(dir, "training_args.bin")
        && let Ok(opened) = tree.open(file)
        && let Some(told) = torch::arguments(&opened, file.meta.size)
    {
        claim(&mut model.run, told.run, &mut model.sources, "run", told.source);
        claim(&mut model.max_step, told.max_step, &mut model.sources, "max_step", told.source);
    }
}

fn from_state(model: &mut Model, state: &Trainer, target: &Path) {
    let file = "trainer_state.json";
    model.stage = Stage::Checkpoint;
    if let (Some(own), Some(step)) = (model.step, state.global_step)
        && own != step
    {
        let told = model.sources.get("step").map_or("its weights", String::as_str);
        model.conflicts.push(format!("{file} says step {step}, {told} says {own}"));
    }
    model.step = state.global_step.or(model.step);
    model.max_step = state.max_steps.filter(|n| *n > 0).or(model.max_step);
    model.epoch =
        state.epoch.filter(|e| e.is_finite()).map(|e| e.to_string()).or(model.epoch.take());
    for (key, there) in [
        ("step", state.global_step.is_some()),
        ("max_step", state.max_steps.is_some()),
        ("epoch", state.epoch.is_some()),
    ] {
        if there {
            model.sources.insert(key, file.to_owned());
        }
    }
    let own = target.join(&model.path);
    let own = own.file_name().map(std::ffi::OsStr::to_os_string);
    let best = state.best_model_checkpoint.as_ref();
    let best = best.and_then(|best| Path::new(best).file_name()?.to_str().map(str::to_owned));
    // Renamed, it is still the one whose step the best one has.
    let step = best.as_ref().and_then(|b| crate::look::names::parse(b)?.key.last().copied());
    let same = best.is_some() && best.as_deref() == own.as_ref().and_then(|n| n.to_str());
    model.best = same || (step.is_some() && step == model.step);
    model.says_best = best;
}

/// A Trainer writes `trainer_state.json` last: without it a checkpoint is unfinished. Loops of
/// people's own write optimizer and scheduler as well, but none of the Trainer's other files.
fn unfinished(model: &mut Model, marks: &Marks<'_>, dir: u32) {
    let files = marks.files(dir);
    let trainers = files.iter().any(|f| f.text().starts_with("rng_state"))
        && marks.get(dir, "training_args.bin").is_some();
    if trainers && marks.get(dir, "optimizer.pt").is_some() {
        model.stage = Stage::Checkpoint;
        model.complete =
            Completeness::Damaged("no trainer_state.json: the save was not finished".to_owned());
    }
}
