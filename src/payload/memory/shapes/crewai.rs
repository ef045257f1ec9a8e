//! CrewAI: logs of what crews did, and outputs of their tasks.

use super::{Part, Shape};

const fn task(at: &'static str) -> Part {
    Part {
        id: &["task_id", "id", "task_index"],
        since: &["timestamp", "datetime"],
        role: &["agent", "output/agent"],
        source: &["task_name", "output/name", "agent"],
        ..Part::new(at, "task")
    }
}

pub(super) static SHAPE: Shape = Shape {
    name: "crewai.log",
    recognise: |top| {
        let bases = ["0", "", "tasks_output/0"];
        top.has_below(&bases, &["task_name", "agent"])
            || top.has_below(&bases, &["expected_output", "output"])
            || top.has_below(&bases, &["description", "raw", "agent"])
            || top.has_below(&bases, &["task_description", "metadata"])
    },
    parts: &[task("[]"), task("tasks_output/[]")],
    line: Some(task("")),
};
