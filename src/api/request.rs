//! What every server function begins with: who asks, when, and on what transaction.

use super::session::Session;
use crate::error::{Error, Result};

/// The session of this request.
pub async fn session() -> Result<Session> {
    Err(Error::Server)
}
