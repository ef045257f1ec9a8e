//! `lockgate stream`: redacts standard input to standard output while it arrives.

use super::args::{ColorArgs, ConfidenceArgs, RedactionArgs};
use super::console;
use super::output;
use super::scan::FailOn;
use super::{EXIT_DONE, EXIT_ERROR, EXIT_FINDINGS, RuleSetArgs};
use crate::base::code::FILE_UNREADABLE;
use crate::base::{Confidence, Fault, limits};
use crate::engine::{
    Classify, Engine, FrameOptions, OnBlock, Overflow, Released, StreamFormat, StreamOptions,
};
use clap::{Args, ValueEnum};
use std::io::{self, ErrorKind, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

const EXAMPLES: &str = "\
What may leave is written and flushed at once; only what may still become part of a finding is held
back. In the end the same bytes are written as for the whole text, however the input arrives.
Encodings that hide values are not decoded.

Examples:
  tail -f app.log | lockgate stream                     a log without secrets, live
  some-agent | lockgate stream --pack ai-output         the answer of a model
  curl -N \"$URL\" | lockgate stream --overflow block     end rather than leave something out

Exit codes: 0 done, 1 findings at or above --fail-on, 2 error (nothing more was written).";

/// Bytes that are read at a time, at most.
const READ_BYTES: usize = 64 << 10;

/// Arguments of `lockgate stream`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct StreamArgs {
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub rule_set: RuleSetArgs,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub confidence: ConfidenceArgs,

    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub redaction: RedactionArgs,
    /// What the stream is made of: text, sse, ndjson, openai.chat, openai.responses, anthropic,
    /// gemini, bedrock, ollama, or auto to recognise it
    #[arg(long, value_parser = format_of, default_value = "text", value_name = "FORMAT", help_heading = "Stream")]
    pub format: FormatArg,
    /// What happens when the pack demands that something is blocked
    #[arg(long, value_enum, default_value_t, value_name = "WHAT", help_heading = "Stream")]
    pub on_block: OnBlockArg,
    /// Most bytes that are held back
    #[arg(long, value_name = "BYTES", default_value_t = limits::STREAM_HOLD_BYTES_MAX, help_heading = "Stream")]
    pub hold_max: usize,
    /// What happens when more would have to be held back
    #[arg(long, value_enum, default_value_t, value_name = "WHAT", help_heading = "Stream")]
    pub overflow: OverflowArg,
    /// Exit with 1 if there is a finding of this confidence or above
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL", help_heading = "Stream")]
    pub fail_on: FailOn,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub color: ColorArgs,
}

/// What a stream is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatArg(pub StreamFormat);

fn format_of(name: &str) -> Result<FormatArg, String> {
    let names: Vec<_> = StreamFormat::names().collect();
    let known = StreamFormat::named(name).map(FormatArg);
    known.ok_or_else(|| format!("it is one of {}", names.join(", ")))
}

/// What happens when something is to be blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OnBlockArg {
    /// It is redacted like everything else
    #[default]
    Redact,
    /// The stream ends with an error
    End,
}

/// What happens when too much would have to be held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OverflowArg {
    /// `[held]` is written instead of it
    #[default]
    Redact,
    /// The stream ends with an error
    Block,
}

pub(super) fn run(args: &StreamArgs) -> ExitCode {
    match stream(args) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            console::error(args.color.color, &fault);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn stream(args: &StreamArgs) -> Result<u8, Fault> {
    let options = options(args)?;
    let engine = Engine::new(Arc::new(args.rule_set.compile()?));
    let frames = FrameOptions {
        text: options,
        format: args.format.0,
        on_block: match args.on_block {
            OnBlockArg::Redact => OnBlock::Redact,
            OnBlockArg::End => OnBlock::End,
        },
        ..FrameOptions::default()
    };
    let mut stream = engine.frames(frames)?;
    let mut input = io::stdin().lock();
    let mut output = Output { out: io::stdout().lock(), found: None, closed: false };
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let len = match input.read(&mut buffer) {
            Ok(len) => len,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Fault::new(FILE_UNREADABLE, format!("-: {error}"))),
        };
        let released = if len == 0 { stream.finish() } else { stream.push(&buffer[..len]) };
        output.write(released)?;
        if let Some(fault) = stream.ended() {
            return Err(fault.clone());
        }
        // With --fail-on the exit code is still wanted when nobody reads the output any more.
        if len == 0 || output.closed && args.fail_on == FailOn::None {
            break;
        }
    }
    let fails = args.fail_on.confidence().is_some_and(|least| output.found >= Some(least));
    Ok(if fails { EXIT_FINDINGS } else { EXIT_DONE })
}

fn options(args: &StreamArgs) -> Result<StreamOptions, Fault> {
    Ok(StreamOptions {
        acting: None,
        pack: args.rule_set.pack.clone(),
        min_confidence: args.confidence.min_confidence,
        redaction: args.redaction.redaction()?,
        hold_bytes_max: args.hold_max,
        overflow: match args.overflow {
            OverflowArg::Redact => Overflow::Redact,
            OverflowArg::Block => Overflow::Block,
        },
        classify: Classify::default(),
    })
}

/// Where the text goes, and what was found in it.
struct Output<W> {
    out: W,
    /// The highest confidence of a finding.
    found: Option<Confidence>,
    /// Nobody reads any more.
    closed: bool,
}

impl<W: Write> Output<W> {
    fn write(&mut self, released: Released<'_>) -> Result<(), Fault> {
        let confidences = released.findings.iter().map(|finding| finding.confidence);
        self.found = self.found.max(confidences.max());
        if self.closed || released.bytes.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(released.bytes).and_then(|()| self.out.flush());
        self.closed = !output::open(written)?;
        Ok(())
    }
}
