//! Permissions: what a plugin may be granted, and which of its imports need one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One permission, for example `directory.read` or `records.read:deal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope {
    family: Family,
    subject: Option<String>,
}

/// What a permission is about, without its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    RecordsRead,
    RecordsObserve,
    RecordsWrite,
    RecordsMove,
    RecordsAssign,
    DirectoryRead,
    MessagingSend,
    TasksCreate,
    TasksComplete,
    ActivitiesWrite,
    HistoryWrite,
    NotifySend,
    SecretsCheck,
    HttpSend,
}

use Family::{
    ActivitiesWrite, DirectoryRead, HistoryWrite, HttpSend, MessagingSend, NotifySend,
    RecordsAssign, RecordsMove, RecordsObserve, RecordsRead, RecordsWrite, SecretsCheck,
    TasksComplete, TasksCreate,
};

/// Every family with its name and whether it has a subject.
const FAMILIES: [(Family, &str, bool); 14] = [
    (RecordsRead, "records.read", true),
    (RecordsObserve, "records.observe", true),
    (RecordsWrite, "records.write", true),
    (RecordsMove, "records.move", true),
    (RecordsAssign, "records.assign", true),
    (DirectoryRead, "directory.read", false),
    (MessagingSend, "messaging.send", false),
    (TasksCreate, "tasks.create", false),
    (TasksComplete, "tasks.complete", false),
    (ActivitiesWrite, "activities.write", false),
    (HistoryWrite, "history.write", false),
    (NotifySend, "notify.send", false),
    (SecretsCheck, "secrets.check", true),
    (HttpSend, "http.send", true),
];

/// What a plugin must be granted before it may call a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Every plugin may.
    Nothing,
    /// A permission of this family.
    Permission(Family),
    /// The host does not have it.
    Foreign,
}

impl Need {
    /// What the function of `stagewright:package/interface@version` needs. Only where an interface
    /// has functions of several families does it matter which one it is.
    pub(crate) fn of(interface: &str, function: &str) -> Self {
        let path = interface.strip_prefix("stagewright:").and_then(|path| path.split_once("@0.1."));

        Self::Permission(match (path.map_or("", |(path, _)| path), function) {
            ("records/read", _) => RecordsRead,
            ("records/observe", _) => RecordsObserve,
            ("records/change", "move") => RecordsMove,
            ("records/change", "assign") => RecordsAssign,
            ("records/change", _) => RecordsWrite,
            ("directory/directory", _) => DirectoryRead,
            ("messaging/messaging", _) => MessagingSend,
            ("work/tasks", "complete") => TasksComplete,
            ("work/tasks", _) => TasksCreate,
            ("work/activities", _) => ActivitiesWrite,
            ("history/history", _) => HistoryWrite,
            ("notify/notify", _) => NotifySend,
            ("http/http", _) => HttpSend,
            ("secrets/secret-check", _) => SecretsCheck,
            ("types/types" | "log/log" | "clock/clock" | "calendar/calendar" | "wait/wait", _) => {
                return Self::Nothing;
            }
            ("channel/settings" | "channel/http" | "plugin/call", _) => return Self::Nothing,
            _ => return Self::Foreign,
        })
    }
}

impl Family {
    fn entry(self) -> (&'static str, bool) {
        FAMILIES
            .iter()
            .find(|(family, ..)| *family == self)
            .map_or(("", false), |(_, name, subject)| (*name, *subject))
    }

    /// The widest scope of the family, as a manifest would declare it.
    pub(crate) fn widest(self) -> Scope {
        let (_, has_subject) = self.entry();
        Scope { family: self, subject: has_subject.then(|| "*".to_owned()) }
    }
}

impl Scope {
    pub(crate) fn family(&self) -> Family {
        self.family
    }

    /// The name without the subject: `records.read`.
    pub fn name(&self) -> &'static str {
        self.family.entry().0
    }

    /// The kind, secret or host that it is limited to; `*` is all of them.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Whether whoever has this scope may do what `wanted` names.
    pub fn covers(&self, wanted: &Self) -> bool {
        self.family == wanted.family
            && (self.subject.as_deref() == Some("*") || self.subject == wanted.subject)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => write!(f, "{}:{subject}", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl TryFrom<String> for Scope {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, subject) = text
            .split_once(':')
            .map_or((text.as_str(), None), |(name, subject)| (name, Some(subject)));

        let Some((family, _, has_subject)) = FAMILIES.iter().find(|(_, known, _)| *known == name)
        else {
            let known: Vec<String> =
                FAMILIES.iter().map(|(family, ..)| family.widest().to_string()).collect();
            return Err(format!(
                "there is no permission `{text}`; the permissions are {}",
                known.join(", ")
            ));
        };

        let fits = |subject: &str| {
            !subject.is_empty()
                && subject.chars().all(|c| c.is_ascii_alphanumeric() || "._-*:".contains(c))
        };

        match subject {
            Some(subject) if *has_subject && fits(subject) => {
                Ok(Self { family: *family, subject: Some(subject.to_owned()) })
            }
            None if !has_subject => Ok(Self { family: *family, subject: None }),
            _ => Err(format!("`{text}` is no permission; write it like `{}`", family.widest())),
        }
    }
}
