//! placeholder while the read model lands
use web::{PageError, Visit};
pub(super) async fn show(_: Visit) -> Result<String, PageError> { Err(PageError::NotFound) }
pub(super) async fn answer(_: Visit) -> Result<String, PageError> { Err(PageError::NotFound) }
pub(super) async fn add(_: Visit) -> Result<String, PageError> { Err(PageError::NotFound) }
pub(super) async fn reopen(_: Visit) -> Result<String, PageError> { Err(PageError::NotFound) }
pub(super) async fn photo(_: Visit) -> Result<String, PageError> { Err(PageError::NotFound) }
