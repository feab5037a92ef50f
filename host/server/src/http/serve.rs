//! Serves the API on a socket.

use std::future::Future;

use tokio::net::TcpListener;

use super::router::router;
use super::state::HttpState;

/// Serves until `stop` resolves; requests under way are answered first.
///
/// # Errors
/// Where the socket fails.
pub async fn serve(
    state: HttpState,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(state)).with_graceful_shutdown(stop).await
}
