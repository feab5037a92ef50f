//! Ranges: order, cursors, limits, and whose rows they hold.

use stagewright_core::id::TenantId;
use stagewright_core::key::{Key, Queue, Table};
use stagewright_core::read::Range;
use stagewright_core::time::Timestamp;

use super::fixture::{Subject, TENANT, draft, index, indexed, record};

async fn with_rows(subject: &Subject, names: &[&str]) {
    let rows = names.iter().fold(draft(), |draft, name| draft.puts(&indexed(name), 1, name));

    // One row on either side of the range, which must never show.
    let outside = rows.puts(&Key::new(TENANT, Table::Index, &["by-name", "x"]), 1, "x").puts(
        &record("x"),
        1,
        "x",
    );
    subject.apply(outside).await;
}

fn named(names: &[&str]) -> Vec<Key> {
    names.iter().map(|name| indexed(name)).collect()
}

pub(crate) async fn a_range_is_in_order_and_within_its_prefix(subject: &Subject) {
    with_rows(subject, &["c", "a", "b"]).await;

    assert_eq!(subject.keys(Range::first(index(), 99)).await, named(&["a", "b", "c"]));
    assert_eq!(subject.keys(Range::first(index(), 2)).await, named(&["a", "b"]));
}

pub(crate) async fn the_newest_come_first_when_asked(subject: &Subject) {
    with_rows(subject, &["c", "a", "b"]).await;

    assert_eq!(subject.keys(Range::last(index(), 99)).await, named(&["c", "b", "a"]));
    assert_eq!(subject.keys(Range::last(index(), 1)).await, named(&["c"]));
}

pub(crate) async fn a_cursor_continues_behind_the_last_row(subject: &Subject) {
    with_rows(subject, &["a", "b", "c", "d"]).await;
    let after = |key: Key| Range { after: Some(key), ..Range::first(index(), 2) };

    assert_eq!(subject.keys(after(indexed("a"))).await, named(&["b", "c"]));
    // A longer text sorts behind all shorter ones, its length coming first.
    assert_eq!(subject.keys(after(indexed("bb"))).await, vec![] as Vec<Key>);
    assert_eq!(subject.keys(after(indexed("d"))).await, vec![] as Vec<Key>);
    assert_eq!(subject.keys(after(Key::from_bytes(&[]))).await, named(&["a", "b"]));
    assert_eq!(subject.keys(after(record("z"))).await, vec![] as Vec<Key>);
}

pub(crate) async fn a_cursor_continues_before_the_last_row_when_newest_first(subject: &Subject) {
    with_rows(subject, &["a", "b", "c", "d"]).await;
    let before = |key: Key| Range { after: Some(key), ..Range::last(index(), 2) };

    assert_eq!(subject.keys(before(indexed("d"))).await, named(&["c", "b"]));
    assert_eq!(subject.keys(before(indexed("a"))).await, vec![] as Vec<Key>);
    assert_eq!(subject.keys(before(Key::from_bytes(&[0xFF]))).await, named(&["d", "c"]));
}

pub(crate) async fn a_limit_of_nothing_gives_nothing(subject: &Subject) {
    with_rows(subject, &["a"]).await;
    assert_eq!(subject.keys(Range::first(index(), 0)).await, vec![] as Vec<Key>);
}

pub(crate) async fn due_rows_come_by_time_then_lane_number(subject: &Subject) {
    let other = TenantId([0xEF; 16]);
    let due = |tenant, at, seq, id| Key::due(Queue::Step, tenant, Timestamp(at), seq, id);
    let ordered = [
        due(TENANT, -1, 9, "x"),
        due(TENANT, 5, 1, "y"),
        due(TENANT, 5, 2, "a"),
        due(TENANT, 6, 0, "b"),
        due(other, 0, 0, "o"),
    ];
    let elsewhere = Key::due(Queue::Delivery, TENANT, Timestamp(0), 0, "z");

    let rows = ordered.iter().rev().fold(draft(), |draft, key| draft.puts(key, 1, "due"));
    subject.apply(rows.puts(&elsewhere, 1, "elsewhere")).await;

    assert_eq!(subject.keys(Range::first(Key::due_queue(Queue::Step), 99)).await, ordered);
    assert_eq!(
        subject.keys(Range::first(Key::due_tenant(Queue::Step, TENANT), 3)).await,
        ordered[..3]
    );
    assert_eq!(
        subject.keys(Range::first(Key::due_tenant(Queue::Step, other), 3)).await,
        ordered[4..]
    );
}

pub(crate) async fn tenants_do_not_see_each_other(subject: &Subject) {
    let of = |tenant| Key::new(tenant, Table::Record, &["same"]);
    let (before, after) = (TenantId([6; 16]), TenantId([8; 16]));

    subject
        .apply(draft().puts(&of(before), 1, "before").puts(&of(TENANT), 1, "own").puts(
            &of(after),
            1,
            "after",
        ))
        .await;

    assert_eq!(subject.keys(Range::first(Key::from_bytes(&TENANT.0), 99)).await, vec![of(TENANT)]);
    assert_eq!(subject.keys(Range::last(Key::from_bytes(&TENANT.0), 99)).await, vec![of(TENANT)]);
}
