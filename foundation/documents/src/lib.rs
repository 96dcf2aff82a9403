//! Official documents: one description, out as an editable .docx and as a PDF, laid out as GB/T 9704 says.
//!
//! The same description and the same fonts give the same bytes. What a page says is decided by the caller; this crate
//! only places it. It holds no font: the official ones are named in the .docx and used for the PDF where they are installed.

mod docx;
mod fonts;
mod model;
mod page;
mod pdf;

pub use docx::docx;
pub use fonts::{Fonts, Found, NoFont, Role};
pub use model::{Block, Chart, ChartKind, Column, Document, Series, Signature, Table};
pub use pdf::{PdfError, Printed, pdf};

/// The media type of a .docx.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// The media type of a PDF.
pub const PDF: &str = "application/pdf";
