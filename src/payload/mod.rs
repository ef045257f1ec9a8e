//! L1: from the bytes of a body to the places in it that hold text.
//!
//! A [`json::Document`] is the front of every JSON inspection: one pass validates the grammar, decodes the strings and
//! lists the leaves, so that the whole document is scanned once and every finding maps back to exact bytes of the original.
//! [`formats`] say what a field means: whose words it holds, what for, and whether it may be edited. [`media`] finds the text that pictures
//! carry. [`memory`] cuts snapshots of what agents remember into records, [`stream`] streams into events. Nothing here knows what is looked for.

pub mod formats;
pub mod json;
pub mod media;
pub mod memory;
pub mod stream;
