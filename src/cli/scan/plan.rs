//! Arguments, checked and resolved: everything that can be wrong with them is found before the first document is read.

use super::args::{Format, OffsetUnit, ScanArgs};
use crate::base::Fault;
use crate::base::code::{INPUT_MISSING, OUTPUT_SEVERAL};
use crate::batch::{Config, Root, TextField};
use crate::cli::console::Palette;
use crate::cli::output::unwritable;
use crate::engine::InspectOptions;
use crate::redact::Redaction;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// What is written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Text,
    Json,
    Jsonl,
    Sarif,
    /// The redacted text to standard output.
    Redact,
    /// Redacted copies into this folder (its canonical path).
    RedactInto(PathBuf),
}

impl Mode {
    pub(super) fn is_redact(&self) -> bool {
        matches!(self, Self::Redact | Self::RedactInto(_))
    }
}

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) batch: Config,
    pub(super) mode: Mode,
    pub(super) unit: OffsetUnit,
    pub(super) palette: Palette,
    /// Several files may be read, so that a JSONL result has to name its own.
    pub(super) several: bool,
}

impl Plan {
    pub(super) fn new(args: &ScanArgs) -> Result<Self, Fault> {
        let roots = roots(&args.paths)?;
        let several = match roots.as_slice() {
            [Root::Stdin] => false,
            [Root::Path(path)] => path.is_dir(),
            _ => true,
        };
        let mode = mode(args, several)?;
        let exclude = match &mode {
            Mode::RedactInto(folder) => Some(folder.clone()),
            _ => None,
        };
        let batch = Config {
            roots,
            input: args.input.kind(),
            fields: TextField {
                text: args.text_field.clone().unwrap_or_else(|| TextField::default().text),
                id: args.id_field.clone(),
                or_document: args.text_field.is_none(),
            },
            hidden: args.hidden,
            no_ignore: args.no_ignore,
            binary: args.binary,
            document_bytes_max: args.max_size,
            threads: usize::from(args.threads),
            gunzip: false,
            exclude,
            inspect: InspectOptions {
                pack: args.rule_set.pack.clone(),
                min_confidence: args.confidence.min_confidence,
                classify: args.classify.into(),
                redaction: redaction(args)?,
                format: args.payload,
                direction: args.links.direction.unwrap_or_default(),
                links: args.links.policy()?,
                ..InspectOptions::default()
            },
        };
        let palette = Palette::stdout(args.console.color);
        Ok(Self { batch, mode, unit: args.offsets, palette, several })
    }
}

fn roots(paths: &[PathBuf]) -> Result<Vec<Root>, Fault> {
    if paths.is_empty() {
        if io::stdin().is_terminal() {
            return Err(INPUT_MISSING.into());
        }
        return Ok(vec![Root::Stdin]);
    }
    let mut roots = Vec::with_capacity(paths.len());
    for path in paths {
        let root = if path == OsStr::new("-") { Root::Stdin } else { Root::Path(path.clone()) };
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    Ok(roots)
}

fn mode(args: &ScanArgs, several: bool) -> Result<Mode, Fault> {
    if !args.redact {
        return Ok(match args.format {
            Format::Text => Mode::Text,
            Format::Json => Mode::Json,
            Format::Jsonl => Mode::Jsonl,
            Format::Sarif => Mode::Sarif,
        });
    }
    match &args.out {
        Some(folder) => {
            let folder = create(folder).map_err(|error| unwritable(folder, &error))?;
            Ok(Mode::RedactInto(folder))
        }
        None if several => Err(OUTPUT_SEVERAL.into()),
        None => Ok(Mode::Redact),
    }
}

fn create(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    folder.canonicalize()
}

fn redaction(args: &ScanArgs) -> Result<Redaction, Fault> {
    Ok(Redaction { reencode: args.reencode, ..args.redaction.redaction()? })
}
