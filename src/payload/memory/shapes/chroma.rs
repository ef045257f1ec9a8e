//! Chroma: what `collection.get()` gives, a list for each column.

use super::{Part, Shape};

const fn column(at: &'static str, what: &'static str) -> Part {
    Part {
        id: &["@0/ids/#"],
        since: &["@0/metadatas/#/created_at", "@0/metadatas/#/timestamp"],
        role: &["@0/metadatas/#/role"],
        source: &["@0/metadatas/#/source"],
        ..Part::new(at, what)
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "chroma.collection",
    recognise: |top| top.has_all(&["ids", "documents"]) || top.has_all(&["ids", "metadatas"]),
    parts: &[
        Part { strings: true, ..column("documents/[]", "document") },
        column("metadatas/[]", "metadata"),
    ],
    line: None,
};
