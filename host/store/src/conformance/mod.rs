//! The contract of [`Store`](stagewright_core::seams::Store) as tests: one function per behaviour,
//! each a sentence.
//!
//! A store proves itself with one line, `conforms!(subject)`, where `subject` makes a fresh
//! [`Subject`](fixture::Subject). The list of behaviours is here and nowhere else:
//! - [`rows`]: what is put is read back; a refused commit leaves nothing.
//! - [`guards`]: guards count, and make a phantom a conflict.
//! - [`ranges`]: order, cursors and limits.
//! - [`groups`]: commits that are decided side by side, within one group and across two.
//! - [`large`]: rows of a megabyte.

pub(crate) mod fixture;
pub(crate) mod groups;
pub(crate) mod guards;
pub(crate) mod large;
pub(crate) mod ranges;
pub(crate) mod rows;

/// Makes one test of each behaviour for the store that `$subject` makes.
macro_rules! conforms {
    ($subject:path) => {
        $crate::conformance::conforms! { @each $subject;
            rows: a_row_comes_back_as_it_was_put;
            rows: an_absent_row_is_nothing;
            rows: reads_are_answered_in_order;
            rows: the_expected_version_lets_a_commit_in;
            rows: another_version_is_a_conflict_that_names_the_row;
            rows: absence_can_be_expected;
            rows: a_blind_write_takes_no_notice_of_what_was_there;
            rows: a_deleted_row_is_gone_and_expected_as_absent;
            rows: deleting_what_is_not_there_is_no_error;
            rows: a_conflict_leaves_nothing_of_its_commit;
            rows: a_commit_without_writes_checks_all_the_same;
            rows: an_unreadable_value_never_gets_in;
            rows: keys_outside_the_space_for_rows_are_refused;
            rows: a_key_of_the_longest_length_is_taken;
            rows: what_could_be_read_is_settled;
            guards: a_guard_grows_by_the_steps_it_is_bumped;
            guards: an_expected_guard_is_compared_with_its_version;
            guards: a_range_brings_its_guard;
            ranges: a_range_is_in_order_and_within_its_prefix;
            ranges: the_newest_come_first_when_asked;
            ranges: a_cursor_continues_behind_the_last_row;
            ranges: a_cursor_continues_before_the_last_row_when_newest_first;
            ranges: a_limit_of_nothing_gives_nothing;
            ranges: due_rows_come_by_time_then_lane_number;
            ranges: tenants_do_not_see_each_other;
            groups: write_skew_is_a_conflict_within_one_group;
            groups: write_skew_is_a_conflict_across_two_groups;
            groups: a_phantom_is_a_conflict_within_one_group;
            groups: a_phantom_is_a_conflict_across_two_groups;
            groups: a_refused_commit_leaves_no_trace_for_those_behind_it;
            groups: a_commit_builds_on_the_one_before_it_in_the_group;
            groups: a_row_deleted_in_the_group_is_absent_behind_it;
            groups: guards_add_up_within_one_group;
            groups: concurrent_increments_lose_nothing;
            large: a_large_row_comes_back_as_it_was_put;
            large: a_large_row_is_replaced_and_deleted;
            large: large_rows_are_checked_like_small_ones;
            large: a_range_holds_large_rows_too;
        }
    };
    (@each $subject:path; $($group:ident: $behaviour:ident;)+) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                $crate::conformance::$group::$behaviour(&$subject()).await;
            }
        )+
    };
}
pub(crate) use conforms;

mod memory {
    use std::sync::Arc;

    use super::fixture::Subject;
    use crate::memory::MemoryStore;

    fn subject() -> Subject {
        Subject::new(Arc::new(MemoryStore::new()))
    }

    super::conforms!(subject);
}
