//! Codex: the rollout of a session, one item a line.

use super::{Part, Shape};

pub(super) static SHAPE: Shape = Shape {
    name: "codex.rollout",
    recognise: |top| top.has_all(&["timestamp", "type", "payload"]),
    parts: &[],
    line: Some(Part {
        id: &["payload/id", "payload/call_id"],
        since: &["timestamp"],
        role: &["payload/role"],
        source: &["payload/name", "payload/type", "type"],
        ..Part::new("", "item")
    }),
};
