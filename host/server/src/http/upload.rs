//! Bodies that are files: written as they come, so that many at once cost no memory.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};

use stagewright_core::refusal::{Refusal, RefusalKind};

use super::error::Problem;
use super::state::HttpState;
use crate::service::Kept;

/// Keeps a body of at most `bytes_max` bytes as a file.
///
/// # Errors
/// `request.too-large`, `request.incomplete`, `storage.no-space`.
pub(super) async fn keep(
    app: &HttpState,
    mut body: Body,
    bytes_max: usize,
) -> Result<Kept, Problem> {
    let mut incoming = app.service.receive_file().await?;
    while let Some(piece) = next(&mut body).await? {
        // Counted as it comes, since the head of a body in chunks names no length.
        if incoming.bytes() + piece.len() as u64 > bytes_max as u64 {
            let message = format!("a body here has at most {bytes_max} bytes");
            return Err(Refusal::new(RefusalKind::TooLarge, "request.too-large", message).into());
        }
        incoming.write(piece).await?;
    }

    Ok(incoming.finish().await?)
}

/// The next piece of a body; nothing where it is whole.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    loop {
        let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await else {
            return Ok(None);
        };
        let cut_off = |_source| {
            Problem::malformed(
                "request.incomplete",
                "the connection ended before the whole body had come",
            )
        };

        // What is no data are trailers, which say nothing here.
        if let Ok(piece) = frame.map_err(cut_off)?.into_data() {
            return Ok(Some(piece));
        }
    }
}
