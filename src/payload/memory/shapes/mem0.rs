//! mem0: what `get_all` and exports give.

use super::{Part, Shape};

const fn memory(at: &'static str) -> Part {
    Part {
        since: &["updated_at", "created_at"],
        role: &["role", "actor_id"],
        source: &["agent_id", "run_id", "app_id"],
        ..Part::new(at, "memory")
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "mem0.export",
    recognise: |top| top.has_below(&["results/0", "memories/0", "0", ""], &["memory", "id"]),
    parts: &[
        memory("results/[]"),
        memory("memories/[]"),
        memory("[]"),
        Part { id: &[], source: &["relationship"], ..Part::new("relations/[]", "relation") },
    ],
    line: Some(memory("")),
};
