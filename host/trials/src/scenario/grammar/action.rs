//! What a step does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::located::{Fields, Located, Name};
use super::provider::{ChangeChannel, ProviderReports, Reaction, SettleDelivery};

/// What can be done.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "each is described where its keys are")]
pub enum Action {
    ClientWrites(ClientWrites),
    Accept(Accept),
    Reply(Reply),
    Create(Create),
    Change(Change),
    Move(Move),
    Delete(Delete),
    Merge(Merge),
    FireEvent(FireEvent),
    Invoke(Invoke),
    SaveAutomation(SaveAutomation),
    Publish(Publish),
    ChangeChannel(ChangeChannel),
    Request(Request),
    Find(Find),
    ProviderAnswers(Vec<Reaction>),
    ProviderReports(ProviderReports),
    SettleDelivery(SettleDelivery),
    Hold(Hold),
    Release(Hold),
    /// What requests write is kept back: the next request stays under way, its decision made and
    /// not committed.
    HoldRequests,
    /// The request that is under way may commit.
    ReleaseRequests,
    /// The host stops in an orderly way and starts again on what lies on disk.
    Restart,
    /// The host stops in an orderly way and stays away until `start`; time passes without it.
    Stop,
    /// The host starts on what lies on disk.
    Start,
    /// The host is gone from one moment to the next and starts again on what lies on disk.
    Crash,
}

/// A client writes: signed bytes at the channel's webhook.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientWrites {
    /// The channel.
    pub channel: Name,
    /// The client's phone.
    pub from: String,
    /// The client's name as the messenger shows it.
    #[serde(default)]
    pub name: Option<String>,
    /// What is written.
    pub text: String,
    /// The provider's id of the message; a new one where absent. The same id again is the same
    /// message again.
    #[serde(default)]
    pub id: Option<String>,
    /// Whether the signature is made without knowing the secret.
    #[serde(default)]
    pub forged: bool,
    /// A name for the conversation.
    #[serde(default, rename = "as")]
    pub conversation: Option<Name>,
    /// A name for the item that the message creates.
    #[serde(default)]
    pub creates: Option<Name>,
}

/// An employee takes a conversation into work.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// A conversation, or an item that belongs to one.
    pub conversation: Name,
    /// The employee.
    pub by: Name,
}

/// An employee writes to the client.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// A conversation, or an item that belongs to one.
    pub conversation: Name,
    /// The employee.
    pub by: Name,
    /// What is written.
    pub text: String,
    /// Files that go along, as the API takes them.
    #[serde(default)]
    pub attachments: Option<Value>,
}

/// Somebody creates a record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Its kind.
    pub kind: Name,
    /// Its fields; links take names.
    pub fields: Fields,
    /// A name for it.
    #[serde(rename = "as")]
    pub name: Name,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody changes a record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The record.
    pub record: Name,
    /// What changes; `null` removes a field.
    pub fields: Fields,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody moves an item.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The item.
    pub record: Name,
    /// The stage.
    pub to: String,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody deletes a record.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// The record.
    pub record: Name,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody merges a record into another one.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The record that goes.
    pub record: Name,
    /// The record that stays.
    pub into: Name,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// A program says that something happened to an item.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FireEvent {
    /// The item.
    pub record: Name,
    /// `custom.<name>`.
    pub kind: String,
    /// What it is about.
    #[serde(default)]
    pub payload: Option<Value>,
}

/// Somebody runs one robot now.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invoke {
    /// The robot as `plugin/robot`.
    pub robot: Name,
    /// The item.
    pub record: Name,
    /// Its settings.
    #[serde(default)]
    pub settings: Option<Value>,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// Somebody saves an automation's draft.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveAutomation {
    /// Its id.
    pub id: String,
    /// The draft, as the API takes it.
    pub body: Located<Value>,
}

/// Somebody publishes an automation's draft.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// Its id.
    pub automation: String,
    /// What becomes of items that wait on the stage: `keep`, `cancel` or `migrate`.
    #[serde(default)]
    pub waiting: Option<String>,
}

/// Any request to the API, for what has no action of its own. `${name}` in its path and body is the
/// id of what has this name.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `get`, `post`, `put`, `patch` or `delete`.
    pub method: Method,
    /// The path with its query.
    pub path: Name,
    /// The JSON that goes along.
    #[serde(default)]
    pub body: Option<Value>,
    /// The text that goes along as it is, in place of JSON.
    #[serde(default)]
    pub text: Option<String>,
    /// What is kept of the answer: names, and where in the answer their texts stand, such as
    /// `/items/0/id`.
    #[serde(default)]
    pub keep: BTreeMap<String, Located<String>>,
    /// The employee; else the tenant's admin.
    #[serde(default)]
    pub by: Option<Name>,
}

/// An HTTP method.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each word is its own description")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// Finds the one record of a kind with these fields, such as a task that a robot made, and names
/// it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// Its kind.
    pub kind: Name,
    /// What its fields hold; ids are names, texts may have `*`.
    pub fields: BTreeMap<String, Value>,
    /// A name for it.
    #[serde(rename = "as")]
    pub name: Name,
}

/// A robot whose answer is kept back: its code has run, nothing of it is committed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The robot's id in its automation.
    pub robot: Name,
}
