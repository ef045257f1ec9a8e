//! Qdrant: points with payloads, as `scroll` gives them and as dumps list them.

use super::{Part, Shape};

const fn point(at: &'static str) -> Part {
    Part {
        since: &["payload/created_at", "payload/timestamp", "payload/metadata/created_at"],
        role: &["payload/role"],
        source: &["payload/source", "payload/metadata/source"],
        ..Part::new(at, "point")
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "qdrant.points",
    recognise: |top| {
        top.has_below(&["result/points/0", "points/0", "result/0", "0", ""], &["id", "payload"])
    },
    parts: &[point("result/points/[]"), point("points/[]"), point("result/[]"), point("[]")],
    line: Some(point("")),
};
