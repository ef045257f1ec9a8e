//! Rows of SQLite files, as the command line writes them: a table, a row id and the columns. LangGraph's savers and CrewAI's long-term memory
//! keep theirs so.

use super::{Part, Shape};

pub(super) static SHAPE: Shape = Shape {
    name: "sqlite",
    recognise: |top| top.has_all(&["table", "row"]),
    parts: &[],
    line: Some(Part {
        id: &["row/checkpoint_id", "row/id", "rowid"],
        since: &[
            "row/checkpoint/ts",
            "row/created_at",
            "row/timestamp",
            "row/datetime",
            "row/updated_at",
        ],
        role: &["row/role"],
        source: &["row/channel", "row/source", "table"],
        ..Part::new("", "row")
    }),
};
