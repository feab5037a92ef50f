//! Rows far above what a store may want to keep in one place.

use stagewright_core::read::Range;

use super::fixture::{Subject, conflict, draft, index, indexed, note, record};

/// A megabyte of text that is nowhere the same.
pub(crate) fn megabyte(seed: usize) -> String {
    (0_usize..)
        .map(|n| format!("{seed}-{n};"))
        .scan(0, |length, part| {
            *length += part.len();
            (*length <= 1 << 20).then_some(part)
        })
        .collect()
}

pub(crate) async fn a_large_row_comes_back_as_it_was_put(subject: &Subject) {
    for (name, text) in [
        ("a", megabyte(1)),
        ("b", "x".repeat(4_000)),
        ("c", "x".repeat(4_096)),
        ("d", "x".repeat(8_192)),
    ] {
        subject.apply(draft().puts(&record(name), 1, &text)).await;
        assert_eq!(subject.bytes(&record(name)).await, Some(note(1, &text)), "{name}");
    }
}

pub(crate) async fn a_large_row_is_replaced_and_deleted(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 1, &megabyte(1))).await;
    subject.apply(draft().expects(&record("a"), 1).puts(&record("a"), 2, &megabyte(2))).await;
    assert_eq!(subject.bytes(&record("a")).await, Some(note(2, &megabyte(2))));

    subject.apply(draft().expects(&record("a"), 2).puts(&record("a"), 3, "small")).await;
    assert_eq!(subject.text(&record("a")).await, Some(("small".to_owned(), 3)));

    subject.apply(draft().expects(&record("a"), 3).puts(&record("a"), 4, &megabyte(4))).await;
    subject.apply(draft().expects(&record("a"), 4).deletes(&record("a"))).await;
    assert_eq!(subject.bytes(&record("a")).await, None);
}

pub(crate) async fn large_rows_are_checked_like_small_ones(subject: &Subject) {
    subject.apply(draft().puts(&record("a"), 1, &megabyte(1))).await;
    let late = draft().expects(&record("a"), 0).puts(&record("a"), 1, &megabyte(2));

    assert_eq!(subject.commit(late).await, conflict(&record("a")));
    assert_eq!(subject.bytes(&record("a")).await, Some(note(1, &megabyte(1))));
}

pub(crate) async fn a_range_holds_large_rows_too(subject: &Subject) {
    subject
        .apply(draft().puts(&indexed("a"), 1, "small").puts(&indexed("b"), 1, &megabyte(1)).puts(
            &indexed("c"),
            1,
            "small",
        ))
        .await;

    let (rows, _) = subject.range(Range::first(index(), 9)).await;
    assert_eq!(
        rows,
        vec![
            (indexed("a"), note(1, "small")),
            (indexed("b"), note(1, &megabyte(1))),
            (indexed("c"), note(1, "small"))
        ]
    );
}
