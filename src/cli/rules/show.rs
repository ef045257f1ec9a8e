//! `rules show`.

use super::{RulesError, describe, list};
use crate::cli::load::{self, RuleSources};
use crate::rules::Rule;
use clap::Args;
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Arguments of `rules show`.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// Full id of the rule
    #[arg(value_name = "ID")]
    pub id: String,
}

pub(super) fn run(
    args: &ShowArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let (rules, _) = load::rules(dirs)?;
    let rule = rules.rule(list::find(&rules, &args.id)?);
    show(rule, out)?;
    Ok(ExitCode::SUCCESS)
}

fn show(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let spec = &rule.spec;
    writeln!(out, "{}\n{} ({})\n", rule.id, spec.title, rule.family_title)?;
    let labels: Vec<&str> = spec.labels.iter().map(|label| label.get_ref().as_str()).collect();
    field(out, "labels", &labels.join(", "))?;
    field(out, "confidence", describe::confidence_words(*spec.confidence.get_ref()))?;
    field(out, "status", spec.status.name())?;
    if let Some(replacement) = &spec.replaced_by {
        field(out, "replaced by", replacement)?;
    }
    field(out, "since", &spec.since)?;
    field(out, "why", &spec.why)?;
    for (name, pattern) in describe::patterns(spec) {
        block(out, name, pattern)?;
    }
    for (index, condition) in describe::conditions(spec).iter().enumerate() {
        field(out, if index == 0 { "conditions" } else { "" }, condition)?;
    }
    if let Some(reason) = &spec.slow_ok {
        field(out, "slow because", reason)?;
    }
    for (index, reference) in spec.references.iter().enumerate() {
        field(out, if index == 0 { "references" } else { "" }, reference)?;
    }
    field(out, "file", &rule.source.name)?;
    for example in &spec.matches {
        writeln!(out, "\nfinds")?;
        indented(out, &describe::example(example))?;
    }
    for example in &spec.no_matches {
        writeln!(out, "\nleaves alone: {}", example.why)?;
        indented(out, &example.text.joined())?;
    }
    Ok(())
}

fn field(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{name:<14}{value}")
}

/// A value that may have several lines: the first one follows the name, the others stand below it.
fn block(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    let mut name = name;
    for line in value.trim_matches('\n').lines() {
        field(out, name, line)?;
        name = "";
    }
    Ok(())
}

fn indented(out: &mut dyn Write, text: &str) -> io::Result<()> {
    for line in text.lines() {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LabelIndex;
    use crate::syntax::{Source, parse_rules};

    #[test]
    fn a_rule_is_shown_whole() {
        let text = "family='a.b'\ntitle='Fam'\n[[rule]]\nid='x'\ntitle='Tok'\nsince='0.1.0'\nlabels=['a.b']\n\
                    confidence='high'\nwhy='Bad.'\npattern='''\n(?x) tok_\n  [a-z]{4}'''\nreferences=['r1','r2']\n\
                    [[rule.match]]\ntext=['k=tok_','abcd']\nfind='tok_abcd'\n[[rule.no_match]]\ntext='tok_a'\nwhy='short'\n";
        let source = Source::new("f.toml", text);
        let spec = parse_rules(&source).expect("valid").rules.remove(0);
        let rule = Rule {
            id: "a.b.x".into(),
            label: LabelIndex(0),
            spec,
            family_title: "Fam".into(),
            source,
            patterns: 0..0,
            stored: None,
        };
        let mut out = Vec::new();
        show(&rule, &mut out).expect("written");
        let expect = "a.b.x\nTok (Fam)\n\nlabels        a.b\nconfidence    high: right in nearly every case\n\
            status        stable\nsince         0.1.0\nwhy           Bad.\npattern       (?x) tok_\n                [a-z]{4}\n\
            references    r1\n              r2\nfile          f.toml\n\nfinds\n    k=tok_abcd\n      ^^^^^^^^\n\n\
            leaves alone: short\n    tok_a\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expect);
    }
}
