//! concerns
