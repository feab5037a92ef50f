//! The mark by which a store shows whose keys it belongs to.

use stagewright_core::drive;
use stagewright_core::id::TenantId;
use stagewright_core::model::tenant::Secret;
use stagewright_core::seams::Store;
use stagewright_core::time::Timestamp;

use super::keys::{KeyError, Keys};
use super::start_error::StartError;

/// The secret of the platform's that shows which key a store belongs to.
const MARK: &str = "master-key";

/// Makes sure that the secrets in `store` were sealed under `keys`. A new store is marked
/// with something sealed, so that every later start can tell.
///
/// # Errors
/// [`KeyError::Wrong`], or what the store says.
pub(super) async fn check(
    keys: &Keys,
    store: &dyn Store,
    now: Timestamp,
) -> Result<(), StartError> {
    let key = Secret::key(TenantId::PLATFORM, MARK);
    let vault = keys.vault();

    if let Some((mark, _)) = drive::query(store, |tx| tx.peek::<Secret>(&key)).await? {
        return match vault.open(TenantId::PLATFORM, MARK, &mark.sealed) {
            Ok(_mark) => Ok(()),
            Err(_does_not_open) => Err(KeyError::Wrong.into()),
        };
    }

    let sealed =
        vault.seal(TenantId::PLATFORM, MARK, MARK).map_err(|_source| KeyError::NoRandomness)?;
    let mark = Secret { sealed, updated_at: now };

    drive::execute(store, |tx| {
        // Read for the precondition alone: a mark that came in between is never written over.
        tx.get::<Secret>(&key)?;
        tx.put(key.clone(), &mark)?;
        Ok(())
    })
    .await?;
    Ok(())
}
