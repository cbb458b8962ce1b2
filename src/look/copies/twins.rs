//! What is told of a member's copies, and of what carries its stamp.

use super::groups::Groups;
use super::member::Member;
use super::search;
use crate::facts::{Gone, Sameness, Stamp, Twin, Whereabouts};
use crate::sys::mounts::Mount;

/// How many of one kind are told: what has thousands of copies needs no more.
const TOLD: usize = 3;

/// The copies of a member: of each kind a few, those that are left first.
pub(super) fn of(at: usize, groups: &Groups, gone: &[&Gone], mounts: &[Mount]) -> Vec<Twin> {
    let own = &groups.members[at];
    let mut list: Vec<Twin> = before(own, gone);
    let mut others = groups.alike(at, TOLD);
    others.extend(groups.linked(at).take(TOLD));
    others.extend(groups.stamped(at).take(TOLD * 4));
    others.sort_unstable();
    others.dedup();
    list.extend(others.into_iter().filter_map(|o| twin(own, &groups.members[o], mounts)));
    list.sort_by(|a, b| a.path.cmp(&b.path));
    list
}

fn twin(own: &Member, other: &Member, mounts: &[Mount]) -> Option<Twin> {
    let stamp = other.stamp.as_ref();
    let same_stamp = stamp.is_some_and(|s| own.shares_stamp(&s.folder, s.stamp));
    let alike = own.deep.is_some()
        && (own.structure, own.sample, own.deep) == (other.structure, other.sample, other.deep);
    let how = match own.content.zip(other.content) {
        _ if own.is_same_file(other) => Sameness::SameFile,
        Some((a, b)) if alike && a == b => Sameness::Verified,
        None if alike => Sameness::Probably,
        _ => Sameness::Unknown,
    };
    if how == Sameness::Unknown && !same_stamp {
        return None;
    }
    let disks = (own.files.first(), other.files.first());
    Some(Twin {
        path: other.path.clone(),
        how,
        place: match other.thrown {
            Some(at) => Whereabouts::Gone(at),
            None if other.planned => Whereabouts::Planned,
            None => Whereabouts::Here,
        },
        same_stamp,
        same_disk: matches!(disks, (Some((_, a)), Some((_, b))) if a.id.dev == b.id.dev),
        volatile: search::volatile(other, mounts),
        since: other.since(),
        files: other.files.clone(),
    })
}

/// What went before and was, or may have been, the same.
fn before(own: &Member, gone: &[&Gone]) -> Vec<Twin> {
    let twins = gone.iter().filter_map(|g| {
        let alike = own.sample.is_some() && g.prints.iter().any(|p| own.was(p));
        let same_stamp = g.stamps.iter().any(|(stamp, folder)| own.shares_stamp(folder, *stamp));
        (alike || same_stamp).then(|| Twin {
            path: g.path.clone(),
            how: if alike { Sameness::Probably } else { Sameness::Unknown },
            place: Whereabouts::Gone(g.at),
            same_stamp,
            same_disk: false,
            volatile: None,
            since: Stamp::default(),
            files: Vec::new(),
        })
    });
    // What was the same before what only had the same stamp.
    let mut twins: Vec<Twin> = twins.collect();
    twins.sort_by_key(|twin| (twin.how == Sameness::Unknown, std::cmp::Reverse(twin.went())));
    twins.truncate(TOLD * 4);
    twins
}

#[cfg(test)]
mod tests {
    use super::super::member::{Stamped, hex};
    use super::*;
    use crate::facts::Print;

    /// Much that carries the same stamp hides no copy that went.
    #[test]
    fn what_was_the_same_is_told_before_what_had_the_stamp() {
        let stamp = Stamped { folder: "/one/20251015_030850".into(), stamp: 20_251_015_030_850 };
        let (hash, files) = (Some([7; 32]), Vec::new());
        let own = Member {
            path: stamp.folder.clone(),
            subject: None,
            planned: true,
            thrown: None,
            files,
            structure: hash,
            stamp: Some(stamp),
            went: false,
            sound: true,
            sample: hash,
            deep: hash,
            content: None,
        };
        let known = hex(&[7; 32]);
        let same = Print { structure: known.clone(), sample: known.clone(), deep: known };
        let gone = |n: i64, prints: Vec<Print>| Gone {
            path: format!("/a{n}/20251015_030850").into(),
            lies: "/trash".into(),
            at: Stamp::at(n),
            prints,
            stamps: vec![(20_251_015_030_850, format!("/a{n}/20251015_030850").into())],
        };
        let mut all: Vec<Gone> = (1..40).map(|n| gone(n, Vec::new())).collect();
        all.insert(20, gone(0, vec![same]));
        let twins = before(&own, &all.iter().collect::<Vec<_>>());
        assert_eq!(twins[0].how, Sameness::Probably);
        assert_eq!(twins.len(), TOLD * 4);
    }
}
