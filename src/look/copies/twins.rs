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
    let mut told = |others: &mut dyn Iterator<Item = usize>| {
        let mut kinds: std::collections::HashMap<(u8, Sameness, bool), usize> = Default::default();
        for other in others {
            if list.iter().any(|t| t.path == groups.members[other].path) {
                continue;
            }
            let Some(twin) = twin(own, &groups.members[other], mounts) else { continue };
            let place = match twin.place {
                Whereabouts::Here => 0,
                Whereabouts::Planned => 1,
                Whereabouts::Gone(_) => 2,
            };
            let kind = kinds.entry((place, twin.how, twin.volatile.is_some())).or_default();
            *kind += 1;
            if *kind <= TOLD {
                list.push(twin);
            }
        }
    };
    told(&mut groups.alike(at));
    told(&mut groups.linked(at));
    told(&mut groups.stamped(at));
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
    let metas = || other.files.iter().map(|(_, meta)| meta);
    let disks = (own.files.first(), other.files.first());
    let since = metas().map(|m| m.mtime.max(m.btime.unwrap_or(m.ctime))).max();
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
        since: since.unwrap_or_default(),
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
    twins.take(TOLD * 4).collect()
}
