//! Tenants, tokens, receipts and sealed secrets.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::TenantId;
use crate::key::{Key, Table};
use crate::row::{Bytes, Row};
use crate::time::Timestamp;

/// One customer account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Name for people.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// `en`, `ru` or `uk`.
    pub language: String,
    /// ISO 3166 country for phone numbers written without one, such as `UA`.
    pub country: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Row for Tenant {
    const NAME: &'static str = "tenant";
}

impl Tenant {
    /// Where a tenant is kept: in the platform's space.
    #[must_use]
    pub fn key(id: TenantId) -> Key {
        Key::new(TenantId::PLATFORM, Table::Tenant, &[&id.to_string()])
    }
}

/// What a token may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Runs the installation: tenants, plugins, tokens. Sees no tenant's data.
    PlatformAdmin,
    /// Runs one tenant.
    Admin,
    /// Configures automations and channels of one tenant.
    Integrator,
    /// Works as one employee.
    Employee,
    /// A program.
    Service,
}

/// A bearer token. Kept under the hash of its secret; the secret itself is nowhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Token {
    /// Its public id.
    pub id: String,
    /// Name for people; shown as the author of what it does.
    pub name: String,
    /// Its tenant; the platform's space for platform admins.
    pub tenant: TenantId,
    /// What it may do.
    pub role: Role,
    /// The employee it acts as.
    pub user: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The hash it is kept under, hexadecimal SHA-256.
    pub hash: String,
}

impl Row for Token {
    const NAME: &'static str = "token";
}

impl Token {
    /// Where a token is found by its secret's hash.
    #[must_use]
    pub fn key(hash: &str) -> Key {
        Key::new(TenantId::PLATFORM, Table::Token, &[hash])
    }

    /// Where a tenant's tokens are listed.
    #[must_use]
    pub fn list_key(tenant: TenantId, id: &str) -> Key {
        Key::new(tenant, Table::Index, &["token", id])
    }
}

/// The durable answer to a request with an idempotency key.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of the request's body.
    pub body_hash: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// The answer.
    pub answer: Value,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

impl Row for Receipt {
    const NAME: &'static str = "receipt";
}

impl Receipt {
    /// Where a receipt is kept.
    #[must_use]
    pub fn key(tenant: TenantId, credential: &str, route: &str, idempotency_key: &str) -> Key {
        Key::new(tenant, Table::Receipt, &[credential, route, idempotency_key])
    }
}

/// A secret, sealed under the master key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Secret {
    /// Nonce and ciphertext.
    pub sealed: Bytes,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl Row for Secret {
    const NAME: &'static str = "secret";
}

impl Secret {
    /// Where a secret is kept.
    #[must_use]
    pub fn key(tenant: TenantId, name: &str) -> Key {
        Key::new(tenant, Table::Secret, &[name])
    }
}
