//! Commits that were decided side by side. Each anomaly is tried twice: the two commits in one
//! group, and in two groups.

use std::sync::Arc;

use stagewright_core::key::Key;
use stagewright_core::seams::{Store, StoreError};

use super::fixture::{Draft, Subject, conflict, draft, index, indexed, record};

/// Two doctors go off duty, each because the other is on.
async fn two_on_duty(subject: &Subject) -> (Draft, Draft) {
    subject.apply(draft().puts(&record("ann"), 1, "on").puts(&record("bob"), 1, "on")).await;
    let both_on = || draft().expects(&record("ann"), 1).expects(&record("bob"), 1);
    (both_on().puts(&record("ann"), 2, "off"), both_on().puts(&record("bob"), 2, "off"))
}

pub(crate) async fn write_skew_is_a_conflict_within_one_group(subject: &Subject) {
    let (ann, bob) = two_on_duty(subject).await;

    assert_eq!(
        subject.commit_in_one_group(vec![ann, bob]).await,
        vec![Ok(()), conflict(&record("ann"))]
    );
    assert_eq!(subject.text(&record("bob")).await, Some(("on".to_owned(), 1)));
}

pub(crate) async fn write_skew_is_a_conflict_across_two_groups(subject: &Subject) {
    let (ann, bob) = two_on_duty(subject).await;
    subject.apply(bob).await;

    assert_eq!(subject.commit(ann).await, conflict(&record("bob")));
    assert_eq!(subject.text(&record("ann")).await, Some(("on".to_owned(), 1)));
}

/// Two clients with one telephone number, each made because there was none.
fn two_with_one_number() -> (Draft, Draft) {
    let made = |name| {
        draft()
            .expects(&Key::guard_of(&index()), 0)
            .puts(&indexed(name), 1, name)
            .bumps(&index(), 1)
    };
    (made("first"), made("second"))
}

pub(crate) async fn a_phantom_is_a_conflict_within_one_group(subject: &Subject) {
    let (first, second) = two_with_one_number();
    let answers = subject.commit_in_one_group(vec![first, second]).await;

    assert_eq!(answers, vec![Ok(()), conflict(&Key::guard_of(&index()))]);
    assert_eq!(subject.bytes(&indexed("second")).await, None);
}

pub(crate) async fn a_phantom_is_a_conflict_across_two_groups(subject: &Subject) {
    let (first, second) = two_with_one_number();
    subject.apply(second).await;

    assert_eq!(subject.commit(first).await, conflict(&Key::guard_of(&index())));
    assert_eq!(subject.bytes(&indexed("first")).await, None);
}

pub(crate) async fn a_refused_commit_leaves_no_trace_for_those_behind_it(subject: &Subject) {
    let first = draft().puts(&record("a"), 1, "a");
    let refused = draft().expects(&record("a"), 0).puts(&record("b"), 7, "b").bumps(&index(), 1);
    let behind = draft().expects(&record("b"), 0).expects(&Key::guard_of(&index()), 0).puts(
        &record("c"),
        1,
        "c",
    );

    let answers = subject.commit_in_one_group(vec![first, refused, behind]).await;

    assert_eq!(answers, vec![Ok(()), conflict(&record("a")), Ok(())]);
    assert_eq!(subject.bytes(&record("b")).await, None);
    assert_eq!(subject.text(&record("c")).await, Some(("c".to_owned(), 1)));
}

pub(crate) async fn a_commit_builds_on_the_one_before_it_in_the_group(subject: &Subject) {
    let first = draft().expects(&record("a"), 0).puts(&record("a"), 1, "one");
    let second = draft().expects(&record("a"), 1).puts(&record("a"), 2, "two");

    assert_eq!(subject.commit_in_one_group(vec![first, second]).await, vec![Ok(()), Ok(())]);
    assert_eq!(subject.text(&record("a")).await, Some(("two".to_owned(), 2)));
}

pub(crate) async fn a_row_deleted_in_the_group_is_absent_behind_it(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 5, "old")).await;

    let deleted = draft().expects(&record("a"), 5).deletes(&record("a"));
    let late = draft().expects(&record("a"), 5).puts(&record("a"), 6, "late");
    let made = draft().expects(&record("a"), 0).puts(&record("a"), 1, "new");

    let answers = subject.commit_in_one_group(vec![deleted, late, made]).await;

    assert_eq!(answers, vec![Ok(()), conflict(&record("a")), Ok(())]);
    assert_eq!(subject.text(&record("a")).await, Some(("new".to_owned(), 1)));
}

pub(crate) async fn guards_add_up_within_one_group(subject: &Subject) {
    let guard = Key::guard_of(&index());
    let bump = |seen| draft().expects(&guard, seen).bumps(&index(), 2);

    let answers = subject
        .commit_in_one_group(vec![bump(0), draft().bumps(&index(), 1), bump(3), bump(3)])
        .await;

    assert_eq!(answers, vec![Ok(()), Ok(()), Ok(()), conflict(&guard)]);
    subject.apply(draft().expects(&guard, 5)).await;
}

pub(crate) async fn concurrent_increments_lose_nothing(subject: &Subject) {
    const CLIENTS: usize = 8;
    const EACH: usize = 25;

    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::spawn(increment(Arc::clone(&subject.store), EACH))).collect();
    for client in clients {
        client.await.unwrap();
    }

    let (_, version) = subject.text(&record("counter")).await.unwrap();
    assert_eq!(version, (CLIENTS * EACH) as u64);
}

/// Adds one to the counter's version `times` times, as often as it takes.
async fn increment(store: Arc<dyn Store>, times: usize) {
    let subject = Subject::new(Arc::clone(&store));
    let mut done = 0;

    while done < times {
        let seen = subject.text(&record("counter")).await.map_or(0, |(_, version)| version);
        let next =
            draft().expects(&record("counter"), seen).puts(&record("counter"), seen + 1, "counted");

        match store.commit(next.0).await {
            Ok(()) => done += 1,
            Err(StoreError::Conflict(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
}
