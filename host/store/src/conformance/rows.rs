//! Single rows: versions, absence, deletion, and that a refused commit leaves nothing.

use stagewright_core::key::Key;
use stagewright_core::read::{Found, Read};
use stagewright_core::seams::StoreError;

use super::fixture::{Subject, TENANT, conflict, draft, note, record};
use crate::KEY_BYTES_MAX;

pub(crate) async fn a_row_comes_back_as_it_was_put(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 3, "hello")).await;
    assert_eq!(subject.bytes(&record("a")).await, Some(note(3, "hello")));
}

pub(crate) async fn an_absent_row_is_nothing(subject: &Subject) {
    assert_eq!(subject.bytes(&record("a")).await, None);
}

pub(crate) async fn reads_are_answered_in_order(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 1, "a").puts(&record("b"), 1, "b")).await;

    let reads = [record("b"), record("none"), record("a")].map(Read::Row);
    let expected =
        vec![Found::Row(Some(note(1, "b"))), Found::Row(None), Found::Row(Some(note(1, "a")))];

    assert_eq!(subject.store.read(&reads).await, Ok(expected));
}

pub(crate) async fn the_expected_version_lets_a_commit_in(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 1, "old")).await;
    subject.apply(draft().expects(&record("a"), 1).puts(&record("a"), 2, "new")).await;

    assert_eq!(subject.text(&record("a")).await, Some(("new".to_owned(), 2)));
}

pub(crate) async fn another_version_is_a_conflict_that_names_the_row(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 2, "now")).await;
    let late = draft().expects(&record("a"), 1).puts(&record("a"), 2, "late");

    assert_eq!(subject.commit(late).await, conflict(&record("a")));
    assert_eq!(subject.text(&record("a")).await, Some(("now".to_owned(), 2)));
}

pub(crate) async fn absence_can_be_expected(subject: &Subject) {
    let first = draft().expects(&record("a"), 0).puts(&record("a"), 1, "first");
    let twin = draft().expects(&record("a"), 0).puts(&record("a"), 1, "twin");
    subject.apply(first).await;

    assert_eq!(subject.commit(twin).await, conflict(&record("a")));
    assert_eq!(subject.text(&record("a")).await, Some(("first".to_owned(), 1)));
}

pub(crate) async fn a_blind_write_takes_no_notice_of_what_was_there(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 9, "old")).await;
    subject.apply(draft().puts(&record("a"), 1, "blind")).await;

    assert_eq!(subject.text(&record("a")).await, Some(("blind".to_owned(), 1)));
}

pub(crate) async fn a_deleted_row_is_gone_and_expected_as_absent(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 1, "a")).await;
    subject.apply(draft().expects(&record("a"), 1).deletes(&record("a"))).await;
    assert_eq!(subject.bytes(&record("a")).await, None);

    subject.apply(draft().expects(&record("a"), 0).puts(&record("a"), 1, "again")).await;
    assert_eq!(subject.text(&record("a")).await, Some(("again".to_owned(), 1)));
}

pub(crate) async fn deleting_what_is_not_there_is_no_error(subject: &Subject) {
    subject.apply(draft().deletes(&record("a"))).await;
    assert_eq!(subject.bytes(&record("a")).await, None);
}

pub(crate) async fn a_conflict_leaves_nothing_of_its_commit(subject: &Subject) {
    subject.apply(draft().puts(&record("b"), 1, "b").puts(&record("gone"), 1, "still here")).await;

    let refused =
        draft().expects(&record("z"), 4).puts(&record("a"), 1, "a").puts(&record("b"), 2, "new");
    let refused = refused.deletes(&record("gone")).bumps(&record("list"), 1);

    assert_eq!(subject.commit(refused).await, conflict(&record("z")));
    assert_eq!(subject.bytes(&record("a")).await, None);
    assert_eq!(subject.text(&record("b")).await, Some(("b".to_owned(), 1)));
    assert_eq!(subject.text(&record("gone")).await, Some(("still here".to_owned(), 1)));
    assert_eq!(subject.bytes(&Key::guard_of(&record("list"))).await, None);
}

pub(crate) async fn a_commit_without_writes_checks_all_the_same(subject: &Subject) {
    assert_eq!(subject.commit(draft().expects(&record("a"), 0)).await, Ok(()));
    assert_eq!(subject.commit(draft().expects(&record("a"), 1)).await, conflict(&record("a")));
}

pub(crate) async fn an_unreadable_value_never_gets_in(subject: &Subject) {
    let mut broken = note(1, "text").to_vec();
    broken[20] ^= 1;
    let mut commit = draft().puts(&record("b"), 1, "b");
    commit.0.writes.insert(record("a"), Some(broken.into()));

    assert!(matches!(subject.commit(commit).await, Err(StoreError::Damaged(_))));
    assert_eq!(subject.bytes(&record("b")).await, None);
}

pub(crate) async fn keys_outside_the_space_for_rows_are_refused(subject: &Subject) {
    let too_long = Key::from_bytes(&[7; KEY_BYTES_MAX + 1]);

    for key in
        [Key::from_bytes(&[]), Key::from_bytes(&[0xF2, 0]), Key::from_bytes(&[0xFF]), too_long]
    {
        assert!(
            matches!(subject.commit(draft().puts(&key, 1, "x")).await, Err(StoreError::Damaged(_))),
            "{key:?}"
        );
    }
}

pub(crate) async fn a_key_of_the_longest_length_is_taken(subject: &Subject) {
    let mut bytes = TENANT.0.to_vec();
    bytes.resize(KEY_BYTES_MAX, 0xFF);
    let key = Key::from_bytes(&bytes);

    subject.apply(draft().puts(&key, 1, "far")).await;
    assert_eq!(subject.text(&key).await, Some(("far".to_owned(), 1)));
}

pub(crate) async fn what_could_be_read_is_settled(subject: &Subject) {
    assert_eq!(subject.store.settled().await, Ok(()));

    subject.apply(draft().puts(&record("a"), 1, "a")).await;
    assert_eq!(subject.store.settled().await, Ok(()));
}
