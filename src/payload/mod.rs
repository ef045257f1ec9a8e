//! L1: from the bytes of a body to the places in it that hold text.
//!
//! A [`json::Document`] is the front of every JSON inspection: one pass validates the grammar, decodes the strings and
//! lists the leaves, so that the whole document is scanned once and every finding maps back to exact bytes of the original.
//! It knows nothing of rules or of what a field means.

pub mod json;
