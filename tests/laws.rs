//! The laws of `decide`, for facts of any kind.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use safe_rm::decide::{Grounds, Mode, Plan, propose};
use safe_rm::facts::{
    Completeness, Digest, Dossier, Evidence, FileId, FileKind, History, How, Label, Member, Meta,
    Model, ModelKind, Pin, Stage, Stamp, Totals,
};
use safe_rm::policy::Policy;
use safe_rm::when::{Clock, Zone};

const NOW: i64 = 1_763_211_600;

fn clock(shift: i64) -> Clock {
    let zone = chrono::FixedOffset::east_opt(3600).unwrap();
    Clock::new(Stamp::at(NOW + shift), Zone::Fixed(zone))
}

fn meta() -> Meta {
    let at = Stamp::at(0);
    let id = FileId { dev: 1, ino: 2 };
    Meta {
        kind: FileKind::Directory,
        mode: 0o755,
        uid: 0,
        size: 0,
        allocated: 0,
        nlink: 2,
        mtime: at,
        ctime: at,
        btime: None,
        id,
        mount: 1,
        mount_root: false,
    }
}

fn judge(dossiers: Vec<Dossier>, mode: Mode, policy: &Policy, clock: &Clock) -> Plan {
    let history = History::default();
    let actor = safe_rm::facts::Actor::default();
    safe_rm::decide::decide(
        dossiers,
        mode,
        Grounds { policy, clock, history: &history, actor: &actor },
    )
}

fn dossier(models: Vec<Model>, problems: bool, protected: bool) -> Dossier {
    let problem = safe_rm::facts::Problem { path: PathBuf::new(), error: "denied".into() };
    Dossier {
        typed: "x".into(),
        path: "/data/x".into(),
        trashed: None,
        parent: FileId::default(),
        meta: meta(),
        totals: Totals::default(),
        digest: Digest::default(),
        around: [0; 32],
        newest: None,
        oldest: None,
        dirs: Vec::new(),
        problems: if problems { vec![problem] } else { Vec::new() },
        mounts: Vec::new(),
        foreign: Vec::new(),
        pins: Vec::new(),
        labelled: false,
        payload: Vec::new(),
        models,
        searched: std::sync::Arc::default(),
        part_of: None,
        side_of: None,
        protected: protected.then(|| "it is a mount point".into()),
    }
}

prop_compose! {
    fn model()(
        at in -200_000i64..200_000, how in 0..3u8, labelled: bool, wrong: bool, damaged: bool,
        newer in 0usize..6, same in prop::collection::vec(any::<bool>(), 6), keep: bool,
    ) -> Model {
        let path = PathBuf::from("/data/x");
        let mut series: Vec<Member> = (0..newer).map(|i| Member {
            path: format!("/data/y{i}").into(), key: vec![100 + i as u64], complete: same[i], structure: same[i].then_some([0; 32]), weights: None, written: None, says_best: None,
        }).collect();
        series.push(Member { path, key: vec![1], complete: !damaged, structure: Some([0; 32]), weights: None, written: None, says_best: None });
        let label = Label {
            path: "MODEL_INFO.txt".into(),
            model: if wrong { "Qwen2.5-7B".into() } else { "Qwen3".into() },
            keep: keep.then(|| "paper".into()),
            written: Stamp::at(NOW),
            ..Label::default()
        };
        Model {
            epoch: None, quantization: None, tool: None, declared: None, run: None, saved_as: None,
            points_to: None, parts: Vec::new(), sources: std::collections::BTreeMap::new(),
            path: PathBuf::new(), single_file: false, kind: ModelKind::Full, stage: Stage::Unknown,
            format: "safetensors".into(), family: Some("qwen3".into()), family_source: None, name: None,
            base: None, base_here: None, base_planned: false, files: vec![], unread: None, copies: vec![], dependants: vec![], rank: None, step: None, max_step: None, best: false, says_best: None, best_of_run: false, parameters: None, dtype: None,
            bytes: 1, weights_written: Some(Stamp::at(NOW - 1000)), structure: Some([0; 32]),
            complete: if damaged { Completeness::Damaged("cut short".into()) } else { Completeness::Complete },
            conflicts: Vec::new(),
            newest: Some(Evidence {
                at: Stamp::at(NOW + at),
                how: [How::Written, How::Arrived, How::Named][usize::from(how)],
                path: PathBuf::new(), own: Some(Stamp::at(NOW + at - 500_000)),
            }),
            label: labelled.then_some(label), bad_label: None, component_of: None,
            hub: None, installed: false, weights: None, series: std::sync::Arc::new(series),
        }
    }
}

fn rules(plan: &Plan) -> Vec<&'static str> {
    plan.targets.iter().flat_map(|t| t.all().map(|r| r.rule)).collect()
}

proptest! {
    #[test]
    fn a_proposal_is_made_of_exactly_the_plans_without_objections(
        models in prop::collection::vec(model(), 0..4), problems: bool, protected: bool,
    ) {
        let plan = judge(vec![dossier(models, problems, protected)], Mode::Trash, &Policy::default(), &clock(0));
        let refused = !rules(&plan).is_empty();
        prop_assert_eq!(plan.allowed(), !refused);
        prop_assert_eq!(propose(plan).is_err(), refused);
    }

    #[test]
    fn nothing_unlabelled_young_or_damaged_is_ever_allowed(model in model()) {
        let young = model.newest.as_ref().unwrap().at.plus(86_400) > Stamp::at(NOW);
        let unlabelled = model.label.is_none();
        let plan = judge(vec![dossier(vec![model], false, false)], Mode::Trash, &Policy::default(), &clock(0));
        let rules = rules(&plan);
        prop_assert!(!unlabelled || rules.contains(&"unlabeled"));
        prop_assert!(!young || rules.contains(&"too-young"));
        prop_assert!(!(young || unlabelled) || propose(plan).is_err());
    }

    #[test]
    fn time_only_lifts(model in model(), hours in 0i64..2000) {
        let judged = |shift| rules(&judge(vec![dossier(vec![model.clone()], false, false)], Mode::Trash, &Policy::default(), &clock(shift)));
        let (now, later) = (judged(0), judged(hours * 3600));
        prop_assert!(later.iter().all(|r| now.contains(r)), "{:?} then {:?}", now, later);
    }

    #[test]
    fn a_stricter_policy_lifts_nothing(model in model(), last in 3u64..9, age in 86_400i64..900_000) {
        let strict = Policy { keep_last: last, age_min: age, ..Policy::default() };
        let judged = |policy: &Policy| rules(&judge(vec![dossier(vec![model.clone()], false, false)], Mode::Trash, policy, &clock(0)));
        let (usual, strict) = (judged(&Policy::default()), judged(&strict));
        prop_assert!(usual.iter().all(|r| strict.contains(r)));
    }

    #[test]
    fn one_refusal_refuses_all(model in model()) {
        let clean = dossier(Vec::new(), false, false);
        let unlabelled = Model { label: None, ..model };
        let both = vec![clean, dossier(vec![unlabelled], false, false)];
        let plan = judge(both, Mode::Trash, &Policy::default(), &clock(0));
        prop_assert!(propose(plan.clone()).is_err());
        let rest = plan.only_allowed();
        prop_assert_eq!((rest.targets.len(), rest.left_out.len()), (1, 1));
        prop_assert!(propose(rest).is_ok());
    }

    #[test]
    fn until_is_when_it_is_lifted(model in model()) {
        let judged = |shift| judge(vec![dossier(vec![model.clone()], false, false)], Mode::Trash, &Policy::default(), &clock(shift));
        for refusal in judged(0).targets[0].all() {
            if let Some(until) = refusal.until {
                let later = judged(until.secs - NOW);
                prop_assert!(!rules(&later).contains(&refusal.rule), "{}", refusal.rule);
                let before = judged(until.secs - NOW - 1);
                prop_assert!(rules(&before).contains(&refusal.rule), "{}", refusal.rule);
            }
        }
    }
}

#[test]
fn no_plan_without_targets_is_proposed() {
    assert!(propose(judge(Vec::new(), Mode::Trash, &Policy::default(), &clock(0))).is_err());
}

#[test]
fn the_near_misses_pass() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let some = model().new_tree(&mut runner).unwrap().current();
    let member = |i: u64| Member {
        path: format!("/data/y{i}").into(),
        key: vec![i],
        complete: true,
        structure: Some([0; 32]),
        weights: Some(FileId { dev: 1, ino: i }),
        written: None,
        says_best: None,
    };
    let fine = Model {
        label: Some(Label {
            model: "Qwen3-8B".into(),
            written: Stamp::at(NOW),
            ..Label::default()
        }),
        newest: Some(Evidence {
            at: Stamp::at(NOW - 86_400),
            how: How::Written,
            path: PathBuf::new(),
            own: None,
        }),
        complete: Completeness::Complete,
        series: std::sync::Arc::new(vec![
            member(4),
            member(3),
            member(2),
            Member { path: "/data/x".into(), ..member(1) },
        ]),
        structure: Some([0; 32]),
        ..some
    };
    // A day old to the second, yesterday by the calendar, three newer ones, a true label.
    let judged = |dossier| judge(vec![dossier], Mode::Trash, &Policy::default(), &clock(0));
    let plan = judged(dossier(vec![fine.clone()], false, false));
    assert_eq!(rules(&plan), Vec::<&str>::new());
    assert!(propose(plan).is_ok());
    // The same with somebody's word to keep it.
    let pin = Pin { path: "MODEL_INFO.txt".into(), keep: Some("paper".into()) };
    let pinned = Dossier { pins: vec![pin], ..dossier(vec![fine.clone()], false, false) };
    assert_eq!(rules(&judged(pinned)), ["pinned"]);
    // Two of the three newer ones are one inode under two names.
    let mut twins = Vec::clone(&fine.series);
    twins[0].weights = twins[1].weights;
    let twin = Model { series: std::sync::Arc::new(twins), ..fine };
    assert_eq!(rules(&judged(dossier(vec![twin], false, false))), ["keep-last"]);
}
