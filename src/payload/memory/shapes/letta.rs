//! Letta agent files (`.af`), with one agent at the top as first written, and with lists of agents and blocks.

use super::{Part, Shape};

const fn message(at: &'static str) -> Part {
    Part { source: &["name", "tool_calls/*/function/name"], ..Part::new(at, "message") }
}

const fn block(at: &'static str) -> Part {
    Part { id: &["id", "label"], source: &["label"], ..Part::new(at, "block") }
}

const fn tool(at: &'static str) -> Part {
    Part { since: &["created_at", "updated_at"], ..Part::new(at, "tool") }
}

pub(super) static SHAPE: Shape = Shape {
    name: "letta.agent-file",
    recognise: |top| {
        top.has_all(&["agents", "blocks", "tools"])
            || top.has_all(&["agent_type", "messages"])
            || top.has_all(&["core_memory", "messages"])
    },
    parts: &[
        message("messages/[]"),
        message("agents/[]/messages/[]"),
        block("core_memory/[]"),
        block("blocks/[]"),
        block("agents/[]/core_memory/[]"),
        tool("tools/[]"),
        Part { source: &["file_name", "source_id"], ..Part::new("files/[]", "file") },
        Part { source: &["source_id"], ..Part::new("passages/[]", "passage") },
    ],
    line: None,
};
