//! Files that nobody's shape describes: their records are what their lists hold, or their lines.

use super::{Part, Shape};

const fn record(at: &'static str) -> Part {
    Part {
        id: &["id", "uuid", "_id", "key"],
        since: &[
            "timestamp",
            "created_at",
            "updated_at",
            "createdAt",
            "created",
            "ts",
            "time",
            "date",
            "metadata/timestamp",
            "metadata/created_at",
        ],
        role: &["role", "message/role", "author", "sender", "speaker"],
        source: &["tool", "tool_name", "name", "source", "agent", "metadata/source"],
        ..Part::new(at, "record")
    }
}

/// A JSON document.
pub(in crate::payload::memory) static LISTS: Shape = Shape {
    name: "json",
    recognise: |_| false,
    parts: &[record("[]"), record("{}/[]"), record("{}/{}/[]")],
    line: None,
};

/// A document in each line.
pub(in crate::payload::memory) static LINES: Shape =
    Shape { name: "jsonl", recognise: |_| false, parts: &[], line: Some(record("")) };

/// Text: Markdown mostly.
pub(in crate::payload::memory) static TEXT: Shape =
    Shape { name: "text", recognise: |_| false, parts: &[], line: None };
