//! The product's limits, in one place. What an operator may choose is in the host's configuration
//! instead.

/// Longest name, title or label, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest free text of a field, in characters.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Longest text of one message, in characters.
pub const MESSAGE_CHARS_MAX: usize = 4_096;
/// Largest payload of an event that is fired from outside, in bytes of JSON.
pub const EVENT_PAYLOAD_BYTES_MAX: usize = 64 << 10;
/// Longest address of a messenger, in characters: a phone, a user name, a chat's id.
pub const ADDRESS_CHARS_MAX: usize = 256;
/// Longest id that a client may choose, in characters.
pub const ID_CHARS_MAX: usize = 64;
/// Longest point of a checklist, in characters.
pub const POINT_CHARS_MAX: usize = 500;
/// Most entries of a list field.
pub const LIST_MAX: usize = 200;
/// Most stages of a pipeline.
pub const STAGES_MAX: usize = 100;
/// Most robots, and most triggers, of one stage.
pub const ROBOTS_MAX: usize = 50;
/// Longest delay of a robot, in milliseconds (five years).
pub const DELAY_MS_MAX: i64 = 5 * 366 * 86_400_000;
/// How deep automations may lead to one another before the loop guard cuts.
pub const DEPTH_MAX: usize = 32;
/// Runs of one item that are not over at most: each change of the item reads them all.
pub const OPEN_RUNS_MAX: usize = 200;
/// How often one robot may start for one item within any [`LOOP_WINDOW_MS`].
pub const LOOP_RUNS_MAX: usize = 100;
/// The loop guard's window, in milliseconds. It ends now, wherever now is.
pub const LOOP_WINDOW_MS: i64 = 600_000;
/// How often a step is tried before a transient failure becomes final.
pub const STEP_ATTEMPTS_MAX: u32 = 5;
/// How often a delivery is tried before it is dead.
pub const DELIVERY_ATTEMPTS_MAX: u32 = 8;
/// Longest reason that is kept of a delivery, in characters; channels may hand over whole answers.
pub const REASON_CHARS_MAX: usize = 1_000;
/// Statuses of one message that are kept until the message is known or its try has ended.
pub const EARLY_STATUSES_MAX: usize = 20;
/// Largest file that is fetched for somebody who asks for it, in bytes: the most that WhatsApp
/// takes of a video.
pub const MEDIUM_BYTES_MAX: usize = 16 << 20;
/// How often a trigger is called for one event before its failure is its decision.
pub const TRIGGER_TRIES_MAX: u32 = 3;
/// How often a decision is made anew after another commit came first.
pub const CONFLICTS_MAX: u32 = 64;
/// How long a receipt is kept, in milliseconds.
pub const RECEIPT_MS: i64 = 86_400_000;
/// Most work a template may do, in bytes of text that it makes or looks through; a part of it or an
/// entry of a list counts as twenty.
pub const TEMPLATE_WORK_MAX: usize = 4_000_000;
/// Longest template, in characters.
pub const TEMPLATE_CHARS_MAX: usize = 20_000;
/// Longest `{{ … }}` or `{% … %}` of a template, in characters: every link of a chain is a level of
/// its tree.
pub const TEMPLATE_TAG_CHARS_MAX: usize = 1_000;
/// Most `{% … %}` of a template; `elif` and `endif` count as well.
pub const TEMPLATE_STATEMENTS_MAX: usize = 200;
/// Longest rendered template, in characters.
pub const RENDERED_CHARS_MAX: usize = 20_000;
/// Rows of one page of a list, at most.
pub const PAGE_MAX: usize = 200;
/// Longest chain of departments that is followed to find a supervisor.
pub const DEPARTMENTS_MAX: usize = 32;
/// Departments of a tenant that are looked through at once for the supervisor.
pub const DEPARTMENTS_READ_MAX: usize = 1_000;
/// Pipelines of a tenant that are looked through at once for published triggers.
pub const PIPELINES_READ_MAX: usize = 1_000;
/// Days of a calendar that differ from its week.
pub const CALENDAR_DAYS_MAX: usize = 2_000;
/// Stretches of working time in one day.
pub const HOURS_MAX: usize = 12;
/// Own fields of one kind of record.
pub const OWN_FIELDS_MAX: usize = 200;
/// Linked tasks of one item that one command looks through.
pub const TASKS_READ_MAX: usize = 1_000;
/// Tasks, and activities, of an item that a merge hands over in its own commit; a job hands over
/// the rest.
pub const HAND_OVER_MAX: usize = 100;
/// Open activities of one item that leaving the stage completes.
pub const OPEN_ACTIVITIES_MAX: usize = 100;
/// Largest file that is attached to a record, in bytes.
pub const FILE_BYTES_MAX: usize = 16 << 20;
/// Files of one record.
pub const FILES_MAX: usize = 200;
