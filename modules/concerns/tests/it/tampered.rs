//! tampered
