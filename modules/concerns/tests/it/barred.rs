//! barred
