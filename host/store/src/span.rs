//! Which keys a range covers, as bounds for an ordered map.

use std::ops::Bound;

use stagewright_core::key::Key;
use stagewright_core::read::Range;

use super::check::OWN_SPACE;

/// First and last key of a range; nothing where no key can lie in it, since an ordered map panics
/// on reversed bounds.
pub(super) fn span(range: &Range) -> Option<(Bound<Key>, Bound<Key>)> {
    let (mut from, mut to) = (Bound::Included(range.prefix.clone()), end_of(&range.prefix));
    match &range.after {
        Some(after) if range.newest_first => to = to.min(after.clone()),
        Some(after) if *after >= range.prefix => from = Bound::Excluded(after.clone()),
        _ => {}
    }

    let (Bound::Included(first) | Bound::Excluded(first)) = &from else { return None };
    if *first < to { Some((from, Bound::Excluded(to))) } else { None }
}

/// The first key behind all that start with `prefix`, and never in the store's own space.
fn end_of(prefix: &Key) -> Key {
    let mut bytes = prefix.as_bytes().to_vec();
    let own_space = Key::from_bytes(&[OWN_SPACE]);

    while let Some(last) = bytes.pop() {
        if let Some(next) = last.checked_add(1) {
            bytes.push(next);
            return Key::from_bytes(&bytes).min(own_space);
        }
    }
    own_space
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(prefix: &[u8], after: Option<&[u8]>, newest_first: bool) -> Range {
        Range {
            prefix: Key::from_bytes(prefix),
            after: after.map(Key::from_bytes),
            limit: 9,
            newest_first,
        }
    }

    #[test]
    fn a_prefix_that_ends_in_the_highest_byte_carries_over() {
        let (_, to) = span(&range(&[1, 0xFF, 0xFF], None, false)).unwrap();
        assert_eq!(to, Bound::Excluded(Key::from_bytes(&[2])));
    }

    #[test]
    fn the_stores_own_space_is_never_covered() {
        assert!(span(&range(&[0xF2], None, false)).is_none());
        assert!(span(&range(&[0xFF, 0xFF], None, true)).is_none());

        let (_, to) = span(&range(&[], None, false)).unwrap();
        assert_eq!(to, Bound::Excluded(Key::from_bytes(&[OWN_SPACE])));
    }

    #[test]
    fn a_cursor_outside_the_prefix_leaves_all_or_nothing() {
        assert!(span(&range(&[5], Some(&[6]), false)).is_none());
        assert!(span(&range(&[5], Some(&[4]), true)).is_none());
        assert_eq!(span(&range(&[5], Some(&[4]), false)), span(&range(&[5], None, false)));
        assert_eq!(span(&range(&[5], Some(&[9]), true)), span(&range(&[5], None, true)));
    }
}
