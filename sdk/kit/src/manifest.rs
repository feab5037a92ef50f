//! `plugin.toml`: who a plugin is and what it asks for. What it offers is in its `describe`, next
//! to the code.

use std::time::Duration;

use semver::Version;
use serde::{Deserialize, Deserializer, de};

use crate::scope::Scope;

/// The only schema so far.
const SCHEMA: u32 = 1;
/// The line of the contract that this kit knows.
const API: &str = "0.1";

/// The manifest.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The manifest's own version: 1.
    pub schema: u32,
    /// Who it is.
    pub plugin: PluginSection,
    /// What it asks for.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// What it asks to be limited to; the tenant's policy has the last word.
    #[serde(default)]
    pub limits: Limits,
}

/// `[plugin]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginSection {
    /// `publisher.name`, both `[a-z][a-z0-9-]*`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The application it belongs to; shown before the names of its robots: `[app] robot`.
    pub app: Option<String>,
    /// Its version.
    pub version: Version,
    /// Who made it.
    pub publisher: String,
    /// Its licence, as an SPDX expression.
    pub license: String,
    /// The line of the contract it was built for: `0.1`.
    pub api: String,
}

/// `[[permissions]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// What it wants to do.
    pub scope: Scope,
    /// Why; shown to whoever grants it.
    pub reason: String,
    /// Whether the plugin copes without.
    #[serde(default)]
    pub optional: bool,
}

/// `[limits]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Units of work per call.
    pub fuel: Option<u64>,
    /// Bytes of memory per call; written as `"32 MiB"`.
    #[serde(default, deserialize_with = "bytes")]
    pub memory: Option<u64>,
    /// Time per call; written as `"10 s"`.
    #[serde(default, deserialize_with = "duration")]
    pub wall: Option<Duration>,
}

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not UTF-8 or not TOML, or a value of the wrong type.
    #[error("plugin.toml cannot be read; correct this place: {0}")]
    Syntax(String),
    /// A field that this schema does not have.
    #[error("plugin.toml has a field that schema 1 does not know; remove or correct it: {0}")]
    UnknownField(String),
    /// Another schema.
    #[error("plugin.toml has schema = {0}, this host knows 1; write schema = 1 or update the host")]
    Schema(u32),
    /// Not `publisher.name`.
    #[error(
        "`{0}` is no plugin id; write publisher.name in small letters, digits and dashes, for \
         example acme.follow-up"
    )]
    Id(String),
    /// Another line of the contract.
    #[error(
        "plugin.toml has api = \"{0}\", this host offers \"0.1\"; build against that line or \
         update the host"
    )]
    Api(String),
    /// A text that an admin would look for is empty.
    #[error(
        "`{0}` is empty in plugin.toml; fill it in, an admin reads it before granting anything"
    )]
    Empty(&'static str),
    /// The same permission twice.
    #[error("plugin.toml declares `{0}` twice; keep one of them")]
    PermissionTwice(Scope),
}

impl ManifestError {
    /// The stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "manifest.syntax",
            Self::UnknownField(_) => "manifest.unknown-field",
            Self::Schema(_) => "manifest.schema",
            Self::Id(_) => "manifest.id",
            Self::Api(_) => "manifest.api",
            Self::Empty(_) => "manifest.empty",
            Self::PermissionTwice(_) => "manifest.permission-twice",
        }
    }
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// What is wrong with it and how to write it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let text =
            std::str::from_utf8(bytes).map_err(|cause| ManifestError::Syntax(cause.to_string()))?;
        let manifest: Self = toml::from_str(text).map_err(|cause| {
            match cause.message().starts_with("unknown field") {
                true => ManifestError::UnknownField(cause.to_string()),
                false => ManifestError::Syntax(cause.to_string()),
            }
        })?;

        manifest.check()?;
        Ok(manifest)
    }

    /// The name of the bundle's file.
    pub fn file_name(&self) -> String {
        format!("{}-{}.stagewright", self.plugin.id, self.plugin.version)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let plugin = &self.plugin;
        if self.schema != SCHEMA {
            return Err(ManifestError::Schema(self.schema));
        }
        if !is_id(&plugin.id) {
            return Err(ManifestError::Id(plugin.id.clone()));
        }
        if plugin.api != API {
            return Err(ManifestError::Api(plugin.api.clone()));
        }

        let texts = [
            ("name", &plugin.name),
            ("publisher", &plugin.publisher),
            ("license", &plugin.license),
        ];
        let reasons = self.permissions.iter().map(|permission| ("reason", &permission.reason));
        if let Some((field, _)) =
            texts.into_iter().chain(reasons).find(|(_, text)| text.trim().is_empty())
        {
            return Err(ManifestError::Empty(field));
        }

        self.check_twice()
    }

    fn check_twice(&self) -> Result<(), ManifestError> {
        let mut scopes: Vec<&Scope> =
            self.permissions.iter().map(|permission| &permission.scope).collect();
        scopes.sort();

        let twice = scopes
            .windows(2)
            .find(|pair| pair.first() == pair.last())
            .and_then(|pair| pair.first());
        twice.map_or(Ok(()), |scope| Err(ManifestError::PermissionTwice((*scope).clone())))
    }
}

fn is_id(id: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part.chars().all(|character| {
                character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
            })
    };

    id.len() <= 64
        && id.split_once('.').is_some_and(|(publisher, name)| word(publisher) && word(name))
}

fn bytes<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u64>, D::Error> {
    let text = String::deserialize(input)?;
    let (number, unit) = quantity(&text);

    let factor = match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => {
            return Err(de::Error::custom(format!(
                "`{text}` is no amount of memory; write for example \"32 MiB\""
            )));
        }
    };

    let number: u64 = number.parse().map_err(de::Error::custom)?;
    number
        .checked_mul(factor)
        .map(Some)
        .ok_or_else(|| de::Error::custom(format!("`{text}` is too much memory")))
}

fn duration<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(input)?;
    let (number, unit) = quantity(&text);
    let number: u64 = number.parse().map_err(de::Error::custom)?;

    match unit {
        "ms" => Ok(Some(Duration::from_millis(number))),
        "s" => Ok(Some(Duration::from_secs(number))),
        _ => Err(de::Error::custom(format!(
            "`{text}` is no time; write for example \"10 s\" or \"500 ms\""
        ))),
    }
}

/// `"32 MiB"` as number and unit.
fn quantity(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(' ').map_or((text, ""), |(number, unit)| (number, unit.trim()))
}
