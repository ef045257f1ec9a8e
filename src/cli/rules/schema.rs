//! `rules schema`.

use super::{RulesError, write_file};
use crate::syntax::{CaseFile, LabelFile, PackSpec, PolicyFile, RuleFile};
use clap::{Args, ValueEnum};
use schemars::{Schema, schema_for};
use serde_json::{Value, json};
use std::{io::Write, path::PathBuf, process::ExitCode};

/// Arguments of `rules schema`.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    /// Which kind of file
    #[arg(value_enum, default_value_t)]
    pub kind: SchemaKind,
    /// Write the schemas of all kinds into this folder instead
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Kinds of files that have a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// Rule files
    #[default]
    Rules,
    /// Label files
    Labels,
    /// Packs
    Pack,
    /// Policies
    Policy,
    /// Cases that policies are tried with
    Cases,
}

impl SchemaKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Labels => "labels",
            Self::Pack => "pack",
            Self::Policy => "policy",
            Self::Cases => "cases",
        }
    }
}

pub(super) fn run(args: &SchemaArgs, out: &mut dyn Write) -> Result<ExitCode, RulesError> {
    match &args.out {
        Some(folder) => {
            for kind in SchemaKind::value_variants() {
                let path = folder.join(format!("{}.schema.json", kind.name()));
                write_file(&path, &schema(*kind))?;
            }
        }
        None => out.write_all(schema(args.kind).as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The JSON Schema of a kind of file, for editors.
pub fn schema(kind: SchemaKind) -> String {
    let (schema, title): (Schema, _) = match kind {
        SchemaKind::Rules => (schema_for!(RuleFile), "Lockgate rule file"),
        SchemaKind::Labels => (schema_for!(LabelFile), "Lockgate label file"),
        SchemaKind::Pack => (schema_for!(PackSpec), "Lockgate pack"),
        SchemaKind::Policy => (schema_for!(PolicyFile), "Lockgate policy"),
        SchemaKind::Cases => (schema_for!(CaseFile), "Lockgate cases of a policy"),
    };
    let mut value = json!({ "$schema": schema.get("$schema"), "title": title });
    if let (Some(all), Value::Object(rest)) = (value.as_object_mut(), schema.to_value()) {
        all.extend(rest.into_iter().filter(|(key, _)| key != "$schema" && key != "title"));
    }
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_have_titles_and_descriptions() {
        for (kind, property) in [
            (SchemaKind::Rules, "family"),
            (SchemaKind::Labels, "label"),
            (SchemaKind::Pack, "include"),
            (SchemaKind::Policy, "rule"),
            (SchemaKind::Cases, "case"),
        ] {
            let value: Value = serde_json::from_str(&schema(kind)).expect("JSON");
            assert!(value["$schema"].is_string(), "{kind:?}");
            assert!(value["title"].as_str().is_some_and(|title| title.starts_with("Lockgate")));
            assert!(value["properties"][property]["description"].is_string(), "{kind:?}");
            assert_eq!(value["additionalProperties"], false, "{kind:?}");
        }
    }
}
