//! The names of the kinds that the host brings along, for code that means one of them.

/// An employee.
pub const USER: &str = "user";
/// A department.
pub const DEPARTMENT: &str = "department";
/// A person outside.
pub const CONTACT: &str = "contact";
/// A firm outside.
pub const COMPANY: &str = "company";
/// A lead.
pub const LEAD: &str = "lead";
/// A deal.
pub const DEAL: &str = "deal";
/// A task.
pub const TASK: &str = "task";
/// An activity.
pub const ACTIVITY: &str = "activity";
/// A conversation. It is no kind of record, but items link to it and events have it as their
/// subject.
pub const CONVERSATION: &str = "conversation";
