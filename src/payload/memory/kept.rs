//! Names of what a framework finds its records by.

/// Names of ids, kinds, versions and times.
const NAMES: [&str; 22] = [
    "id",
    "ids",
    "uuid",
    "type",
    "role",
    "object",
    "model",
    "lc",
    "v",
    "version",
    "hash",
    "sender",
    "ts",
    "timestamp",
    "datetime",
    "created",
    "updated",
    "next",
    "source_id",
    "embedding",
    "vector",
    "status",
];
/// What the names of ids and times end with.
const ENDS: [&str; 10] =
    ["_id", "Id", "_ids", "Ids", "_uuid", "Uuid", "_at", "At", "_time", "_hash"];

/// Whether values of this name stay as they are in a redacted copy: a framework looks records up by them, or sorts by them, and does not load
/// what does not fit together.
pub fn is_kept(name: &str) -> bool {
    NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_times_are_kept_and_words_are_not() {
        for name in ["id", "thread_id", "parentUuid", "created_at", "create_time", "sessionId"] {
            assert!(is_kept(name), "{name}");
        }
        for name in ["content", "text", "memory", "name", "email", "value", "valid", "Chat"] {
            assert!(!is_kept(name), "{name}");
        }
    }
}
