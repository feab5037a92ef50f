//! Installed plugins, their frozen catalogues and what each tenant granted them.

mod catalogue;
mod installed;
mod open_word;

pub use catalogue::{
    Catalogue, ChannelInfo, Choice, ResultInfo, RobotInfo, SecretInfo, SettingInfo, Texts,
    TriggerInfo,
};
pub use installed::{Grant, Permission, Plugin, PluginLimits};
pub use open_word::OpenWord;
pub use stagewright_catalogue::{ResultKind, SettingKind, Word};
