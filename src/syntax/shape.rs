//! What may stand in which table, as data. The serde types of `spec.rs` read the same; a test compares the two.

/// The value a field takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A string.
    Text,
    /// A string, or an array of strings to join.
    Parts,
    /// An array of strings.
    Texts,
    /// A whole number from 0 to this.
    Whole(u64),
    /// Any number.
    Number,
    /// `true` or `false`.
    Flag,
    /// One of these strings.
    Name(&'static [&'static str]),
    /// An array of these strings.
    Names(&'static [&'static str]),
    /// A date and a time with its offset.
    Moment,
    /// A table of strings under any names.
    Texted,
    /// A table of arrays of strings under any names.
    Listed,
    /// A table.
    Table(&'static Table),
    /// An array of tables.
    Tables(&'static Table),
}

/// One field of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// The fields of a table.
#[derive(Debug)]
pub(super) struct Table {
    /// What the table is, for messages.
    pub(super) what: &'static str,
    pub(super) fields: &'static [Field],
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

const COUNT: Kind = Kind::Whole(i64::MAX as u64);
const CONFIDENCE: Kind = Kind::Name(&["low", "medium", "high"]);
const SIDE: Kind = Kind::Name(&["before", "after", "both"]);

pub(super) static RULE_FILE: Table = Table {
    what: "a rule file",
    fields: &[
        must("family", Kind::Text),
        must("title", Kind::Text),
        may("references", Kind::Texts),
        may("rule", Kind::Tables(&RULE)),
    ],
};

pub(super) static RULE: Table = Table {
    what: "a rule",
    fields: &[
        must("id", Kind::Text),
        must("title", Kind::Text),
        may("status", Kind::Name(&["preview", "stable", "deprecated"])),
        may("replaced-by", Kind::Text),
        must("since", Kind::Text),
        must("labels", Kind::Texts),
        must("confidence", CONFIDENCE),
        must("why", Kind::Text),
        may("pattern", Kind::Text),
        may("patterns", Kind::Texts),
        may("region", Kind::Table(&REGION)),
        may("words", Kind::Texts),
        may("dictionary", Kind::Text),
        may("exact-data", Kind::Table(&EXACT_DATA)),
        may("fingerprint", Kind::Table(&FINGERPRINT)),
        may(
            "link",
            Kind::Name(&[
                "payload",
                "seen",
                "script",
                "denied",
                "disguised",
                "name",
                "series",
                "judged",
            ]),
        ),
        may("validators", Kind::Texts),
        may("keywords", Kind::Table(&KEYWORDS)),
        may("exclude", Kind::Table(&EXCLUDE)),
        may("shape", Kind::Table(&SHAPE)),
        may("classifier", Kind::Name(&["secret"])),
        may("allow", Kind::Texts),
        may("requires", Kind::Tables(&COMPANION)),
        may("precedence", Kind::Name(&["specific", "generic"])),
        may("redact", Kind::Table(&REDACT)),
        may("slow-ok", Kind::Text),
        may("references", Kind::Texts),
        may("match", Kind::Tables(&MATCH)),
        may("no_match", Kind::Tables(&NO_MATCH)),
    ],
};

static REGION: Table = Table {
    what: "a region",
    fields: &[
        must("begin", Kind::Text),
        must("end", Kind::Text),
        must("max", COUNT),
        may("body", Kind::Text),
    ],
};

static EXACT_DATA: Table = Table {
    what: "exact data",
    fields: &[must("file", Kind::Text), may("supporting", COUNT), may("within", COUNT)],
};

static FINGERPRINT: Table = Table {
    what: "a fingerprint",
    fields: &[must("file", Kind::Text), may("containment", Kind::Number), may("passage", COUNT)],
};

static KEYWORDS: Table = Table {
    what: "keywords",
    fields: &[
        must("any", Kind::Texts),
        may("within", COUNT),
        may("side", SIDE),
        may("require", Kind::Flag),
    ],
};

static EXCLUDE: Table = Table {
    what: "excluding keywords",
    fields: &[must("any", Kind::Texts), may("within", COUNT), may("side", SIDE)],
};

static SHAPE: Table = Table {
    what: "a shape",
    fields: &[
        may("min-digits", COUNT),
        may("min-letters", COUNT),
        may("min-upper", COUNT),
        may("min-lower", COUNT),
        may("min-unique", COUNT),
        may("entropy", Kind::Number),
        may("randomness", Kind::Number),
    ],
};

static COMPANION: Table =
    Table { what: "a companion", fields: &[must("rule", Kind::Text), must("within", COUNT)] };

static REDACT: Table = Table {
    what: "a redaction hint",
    fields: &[
        must("style", Kind::Name(&["placeholder", "numbered", "mask", "hash", "remove"])),
        may("keep-first", COUNT),
        may("keep-last", COUNT),
    ],
};

static MATCH: Table = Table {
    what: "a match example",
    fields: &[must("text", Kind::Parts), must("find", Kind::Parts)],
};

static NO_MATCH: Table = Table {
    what: "a counter-example",
    fields: &[must("text", Kind::Parts), must("why", Kind::Text)],
};

pub(super) static LABEL_FILE: Table =
    Table { what: "a label file", fields: &[may("label", Kind::Tables(&LABEL))] };

static LABEL: Table = Table {
    what: "a label",
    fields: &[
        must("id", Kind::Text),
        must("title", Kind::Text),
        must("sensitivity", Kind::Whole(u8::MAX as u64)),
        must("linkability", Kind::Name(&["L0", "L1", "L2", "L3"])),
        may("regulations", Kind::Texts),
    ],
};

pub(super) static PACK: Table = Table {
    what: "a pack",
    fields: &[
        must("id", Kind::Text),
        must("title", Kind::Text),
        must("include", Kind::Texts),
        may("exclude", Kind::Texts),
        may("preview", Kind::Flag),
        may("min-confidence", CONFIDENCE),
        may("on", Kind::Tables(&ON)),
    ],
};

static ON: Table = Table {
    what: "an action of a pack",
    fields: &[
        must("label", Kind::Text),
        must("min-confidence", CONFIDENCE),
        must("action", Kind::Name(&["ignore", "allow", "flag", "redact", "block"])),
    ],
};

const DIRECTIONS: &[&str] = &["input", "output", "memory", "tool_call", "tool_result"];
const TRUST: &[&str] = &["internal", "partner", "public", "unknown"];
const INTEGRITY: &[&str] = &["trusted", "untrusted", "unknown"];
const POLICY_ACTION: Kind =
    Kind::Name(&["allow", "flag", "redact", "tokenize", "step_up", "block"]);
const OUTSIDE: Kind = Kind::Name(&["flag", "step_up", "block"]);

pub(super) static POLICY_FILE: Table = Table {
    what: "a policy file",
    fields: &[
        may("policy", Kind::Table(&POLICY_HEAD)),
        may("agent", Kind::Tables(&AGENT)),
        may("grant", Kind::Tables(&GRANT)),
        may("rule", Kind::Tables(&POLICY_RULE)),
        may("restore", Kind::Tables(&RESTORE)),
    ],
};

static RESTORE: Table = Table {
    what: "a permission to restore",
    fields: &[
        must("id", Kind::Text),
        may("when", Kind::Table(&CONDITION)),
        must("sinks", Kind::Names(&["text", "link", "tool_arguments"])),
    ],
};

static POLICY_HEAD: Table = Table {
    what: "a policy",
    fields: &[
        must("id", Kind::Text),
        must("title", Kind::Text),
        may("version", Kind::Text),
        may("combine", Kind::Name(&["most-restrictive", "first-match"])),
        may("finding", Kind::Name(&["pack", "allow", "flag", "redact", "block"])),
        may("content", Kind::Name(&["allow", "flag", "step_up", "block"])),
        may("unlisted-agents", OUTSIDE),
    ],
};

pub(super) static POLICY_RULE: Table = Table {
    what: "a rule of a policy",
    fields: &[
        must("id", Kind::Text),
        may("when", Kind::Table(&CONDITION)),
        may("unless", Kind::Tables(&CONDITION)),
        must("action", POLICY_ACTION),
        must("reason", Kind::Text),
        may("obligations", Kind::Texts),
        may("redact", Kind::Table(&REDACT)),
        may("token", Kind::Name(&["placeholder", "surrogate", "digits", "carrying"])),
    ],
};

static CONDITION: Table = Table {
    what: "a condition",
    fields: &[
        may("direction", Kind::Names(DIRECTIONS)),
        may("actor", Kind::Texts),
        may("tenant", Kind::Texts),
        may("agent", Kind::Texts),
        may("agent-version", Kind::Texts),
        may("group", Kind::Texts),
        may("tool", Kind::Texts),
        may("destination", Kind::Table(&DESTINATION)),
        may("attestation", Kind::Listed),
        may("label", Kind::Texts),
        may("sensitivity", Kind::Whole(u8::MAX as u64)),
        may("confidence", Kind::Table(&POINTS)),
        may("count", Kind::Table(&VALUES)),
        may("lineage", Kind::Table(&CLAIMS)),
        may("time", Kind::Table(&TIME)),
    ],
};

static DESTINATION: Table = Table {
    what: "a destination",
    fields: &[
        may("model", Kind::Texts),
        may("provider", Kind::Texts),
        may("region", Kind::Texts),
        may("domain", Kind::Texts),
        may("trust", Kind::Names(TRUST)),
    ],
};

static POINTS: Table = Table {
    what: "operating points",
    fields: &[must("act", CONFIDENCE), may("alert", CONFIDENCE)],
};

static VALUES: Table = Table {
    what: "a number of values",
    fields: &[must("label", Kind::Texts), must("unique", Kind::Whole(u32::MAX as u64))],
};

static CLAIMS: Table = Table {
    what: "a condition on lineage",
    fields: &[
        may("origin", Kind::Texts),
        may("readers", Kind::Texts),
        may("integrity", Kind::Names(INTEGRITY)),
    ],
};

static TIME: Table = Table {
    what: "a time",
    fields: &[
        may("days", Kind::Names(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"])),
        may("from", Kind::Text),
        may("to", Kind::Text),
        may("offset", Kind::Text),
        may("after", Kind::Moment),
        may("before", Kind::Moment),
    ],
};

static AGENT: Table = Table {
    what: "an agent",
    fields: &[
        must("id", Kind::Text),
        may("actor", Kind::Texts),
        may("agent", Kind::Texts),
        may("agent-version", Kind::Texts),
        may("tenant", Kind::Texts),
        may("tools", Kind::Texts),
        may("destinations", Kind::Tables(&DESTINATION)),
        may("envelope", Kind::Tables(&CONDITION)),
        may("outside", OUTSIDE),
    ],
};

static GRANT: Table = Table {
    what: "a grant",
    fields: &[
        must("id", Kind::Text),
        may("agent", Kind::Text),
        may("lifts", Kind::Texts),
        may("when", Kind::Table(&CONDITION)),
        must("from", Kind::Moment),
        must("until", Kind::Moment),
        must("reason", Kind::Text),
    ],
};

pub(super) static CASE_FILE: Table =
    Table { what: "a file of cases", fields: &[may("case", Kind::Tables(&CASE))] };

static CASE: Table = Table {
    what: "a case",
    fields: &[
        must("name", Kind::Text),
        may("direction", Kind::Name(DIRECTIONS)),
        may("actor", Kind::Text),
        may("tenant", Kind::Text),
        may("agent", Kind::Text),
        may("agent-version", Kind::Text),
        may("groups", Kind::Texts),
        may("tool", Kind::Text),
        may("model", Kind::Text),
        may("provider", Kind::Text),
        may("region", Kind::Text),
        may("domain", Kind::Text),
        may("trust", Kind::Name(TRUST)),
        may("attestation", Kind::Texted),
        may("origin", Kind::Texts),
        may("readers", Kind::Texts),
        may("integrity", Kind::Name(INTEGRITY)),
        may("can", Kind::Names(&["redact", "step_up", "tokenize"])),
        may("at", Kind::Moment),
        may("text", Kind::Text),
        may("findings", Kind::Tables(&CASE_FINDING)),
        must("expect", POLICY_ACTION),
        may("rule", Kind::Text),
    ],
};

static CASE_FINDING: Table = Table {
    what: "a finding of a case",
    fields: &[
        must("label", Kind::Text),
        may("confidence", CONFIDENCE),
        may("unique", Kind::Whole(u32::MAX as u64)),
    ],
};

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;
    use schemars::{JsonSchema, schema_for};
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// The tables here and the types that serde fills must have the same fields, required ones included.
    fn check<T: JsonSchema>(table: &Table) {
        let schema = schema_for!(T).to_value();
        compare(&schema, &schema, table);
    }

    fn compare(root: &Value, schema: &Value, table: &Table) {
        let keys = |value: &Value| -> BTreeSet<String> {
            value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
        };
        let ours: BTreeSet<_> = table.fields.iter().map(|field| field.name.to_owned()).collect();
        assert_eq!(keys(&schema["properties"]), ours, "{}", table.what);
        let required: BTreeSet<_> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let ours: BTreeSet<_> =
            table.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        assert_eq!(required, ours, "{}", table.what);
        for field in table.fields {
            let property = resolve(root, &schema["properties"][field.name]);
            match field.kind {
                Kind::Table(inner) => compare(root, property, inner),
                Kind::Tables(inner) => compare(root, resolve(root, &property["items"]), inner),
                Kind::Name(names) => assert_eq!(variants(property), names, "{}", field.name),
                Kind::Names(names) => {
                    let items = resolve(root, &property["items"]);
                    assert_eq!(variants(items), names, "{}", field.name);
                }
                _ => {}
            }
        }
    }

    fn resolve<'v>(root: &'v Value, mut schema: &'v Value) -> &'v Value {
        if let Some(first) = schema["anyOf"].get(0) {
            schema = first;
        }
        match schema["$ref"].as_str() {
            Some(path) => root.pointer(path.trim_start_matches('#')).expect("reference resolves"),
            None => schema,
        }
    }

    fn variants(schema: &Value) -> Vec<&str> {
        let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let single = schema["oneOf"].as_array().into_iter().flatten();
        listed.chain(single.filter_map(|one| one["const"].as_str())).collect()
    }

    #[test]
    fn tables_and_types_agree() {
        check::<crate::syntax::RuleFile>(&RULE_FILE);
        check::<crate::syntax::LabelFile>(&LABEL_FILE);
        check::<crate::syntax::PackSpec>(&PACK);
        check::<crate::syntax::PolicyFile>(&POLICY_FILE);
        check::<crate::syntax::CaseFile>(&CASE_FILE);
    }
}
