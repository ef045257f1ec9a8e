//! Rows of a PostgreSQL table with embeddings, as `row_to_json` or `json_agg` writes them.

use super::{Part, Shape};

const METADATA_TIMES: [&str; 4] =
    ["created_at", "cmetadata/created_at", "metadata/created_at", "cmetadata/timestamp"];

const fn row(at: &'static str) -> Part {
    Part {
        id: &["id", "uuid", "custom_id"],
        since: &METADATA_TIMES,
        role: &["cmetadata/role", "metadata/role"],
        source: &["cmetadata/source", "metadata/source", "collection_id"],
        ..Part::new(at, "row")
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "pgvector.rows",
    recognise: |top| {
        let rows = ["0", "rows/0", ""];
        ["document", "content", "text", "chunk", "cmetadata"]
            .iter()
            .any(|text| top.has_below(&rows, &["embedding", text]))
    },
    parts: &[row("[]"), row("rows/[]")],
    line: Some(row("")),
};
