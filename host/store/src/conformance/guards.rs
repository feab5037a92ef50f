//! Guard rows: the version of a range's membership.

use stagewright_core::key::Key;
use stagewright_core::read::Range;
use stagewright_core::row;

use super::fixture::{Subject, conflict, draft, index, indexed};

pub(crate) async fn a_guard_grows_by_the_steps_it_is_bumped(subject: &Subject) {
    subject.apply(draft().bumps(&index(), 1)).await;
    subject.apply(draft().bumps(&index(), 3)).await;

    assert_eq!(subject.bytes(&Key::guard_of(&index())).await, Some(row::guard(4)));
}

pub(crate) async fn an_expected_guard_is_compared_with_its_version(subject: &Subject) {
    let guard = Key::guard_of(&index());
    subject.apply(draft().expects(&guard, 0).bumps(&index(), 2)).await;

    assert_eq!(
        subject.commit(draft().expects(&guard, 0).bumps(&index(), 1)).await,
        conflict(&guard)
    );
    assert_eq!(
        subject.commit(draft().expects(&guard, 1).bumps(&index(), 1)).await,
        conflict(&guard)
    );

    subject.apply(draft().expects(&guard, 2).bumps(&index(), 1)).await;
}

pub(crate) async fn a_range_brings_its_guard(subject: &Subject) {
    assert_eq!(subject.range(Range::first(index(), 9)).await, (vec![], 0));

    subject.apply(draft().puts(&indexed("a"), 1, "a").bumps(&index(), 1)).await;
    let (rows, guard) = subject.range(Range::first(index(), 9)).await;
    assert_eq!((rows.len(), guard), (1, 1));
}
