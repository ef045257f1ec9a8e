//! Claude Code: the transcript of a session, one entry a line.

use super::{Part, Shape};

pub(super) static SHAPE: Shape = Shape {
    name: "claude-code.transcript",
    recognise: |top| top.has_all(&["sessionId", "type"]) || top.has_all(&["leafUuid", "summary"]),
    parts: &[],
    line: Some(Part {
        id: &["uuid", "leafUuid"],
        since: &["timestamp"],
        role: &["message/role", "type"],
        source: &["message/content/*/name", "message/content/*/tool_use_id", "type"],
        ..Part::new("", "entry")
    }),
};
