//! Policy files to a [`Policy`], with everything that is wrong with them.

mod agents;

use super::condition::Conditions;
use super::index::Index;
use super::lint;
use super::read::Reader;
use super::{Combine, Exception, Policy, Rule};
use crate::base::limits::{POLICY_OBLIGATIONS_MAX, POLICY_RULES_MAX};
use crate::base::{Action, Sinks};
use crate::rules::Rules;
use crate::syntax::{
    self, CombineName, ConditionSpec, ContentDefault, Diagnostic, Diagnostics, FindingDefault,
    OutsideName, PolicyFile, PolicyHead, PolicyRuleSpec, RestoreSpec, SinkName, Source, TokenName,
    codes, line_column, parse_policy,
};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

/// Name of the rule about agents that no `[[agent]]` describes.
const UNLISTED: &str = "agents/unlisted";

impl Policy {
    /// Compiles the files of a policy, in their order, against the labels of a rule set. The second part holds what could be better.
    ///
    /// # Errors
    /// Everything that is wrong, and what could be better.
    pub fn compile(sources: &[Source], rules: &Rules) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut found = Vec::new();
        let mut files = Vec::new();
        for source in sources {
            match parse_policy(source) {
                Ok(file) => files.push((source, file)),
                Err(problems) => found.extend(problems),
            }
        }
        let broken = !found.is_empty();
        let mut build = Build { rules, found, written: Vec::new(), first: HashMap::new() };
        let policy = build.policy(&files, broken);
        let mut found = Diagnostics(build.found);
        found.sort();
        match policy {
            Some(mut policy) if !found.has_errors() => {
                policy.fingerprint = syntax::fingerprint(sources, []).into();
                policy.index = Index::new(&policy, rules);
                Ok((policy, found))
            }
            _ => Err(found),
        }
    }
}

type Files<'a> = [(&'a Source, PolicyFile)];

/// A rule of the policy and where it was written, for lints.
pub(super) struct Written {
    pub(super) source: Source,
    pub(super) at: Range<usize>,
    /// Written as a rule; others follow from agents.
    pub(super) own: bool,
}

struct Build<'a> {
    rules: &'a Rules,
    found: Vec<Diagnostic>,
    /// For each rule of the policy, in their order.
    written: Vec<Written>,
    /// Kind and name of what was read, and where.
    first: HashMap<(&'static str, String), (Source, Range<usize>)>,
}

impl<'a> Build<'a> {
    fn policy(&mut self, files: &Files<'a>, broken: bool) -> Option<Policy> {
        let head = self.head(files, broken);
        let mut all = Vec::new();
        let mut identities = Vec::new();
        for (source, file) in files {
            for agent in &file.agents {
                let identity = self.agent(source, agent, &mut all);
                identities.push((agent.id.get_ref().clone(), identity));
            }
        }
        if let Some(outside) = head.as_ref().and_then(|(_, head)| head.unlisted_agents) {
            let (source, head) = head.as_ref()?;
            let unless = identities.iter().map(|(_, identity)| exception(identity.clone()));
            let rule = Rule {
                unless: unless.collect(),
                ..implicit(UNLISTED.into(), "the agent is not listed", outside)
            };
            self.add(&mut all, rule, source, head.id.span(), false);
        }
        for (source, file) in files {
            for rule in &file.rules {
                let compiled = self.rule(source, rule);
                self.add(&mut all, compiled, source, rule.id.span(), true);
            }
        }
        for (source, file) in files {
            for grant in &file.grants {
                self.grant(source, grant, &identities, &mut all);
            }
        }
        let mut restores = Vec::new();
        for (source, file) in files {
            restores.extend(file.restores.iter().map(|spec| self.restore(source, spec)));
        }
        let exceptions: usize = all.iter().map(|rule| rule.unless.len()).sum();
        if let Some((source, _)) = files.first()
            && all.len().max(exceptions).max(restores.len()) > POLICY_RULES_MAX
        {
            let title = format!("{} rules and {exceptions} exceptions", all.len());
            let problem = Diagnostic::new(&codes::POLICY_TOO_MANY, source, title);
            self.found.push(problem.help(codes::POLICY_TOO_MANY.fix));
        }
        let (_, head) = head?;
        let combine = match head.combine {
            CombineName::MostRestrictive => Combine::MostRestrictive,
            CombineName::FirstMatch => Combine::FirstMatch,
        };
        let finding = match head.finding {
            FindingDefault::Pack => None,
            FindingDefault::Allow => Some(Action::Allow),
            FindingDefault::Flag => Some(Action::Flag),
            FindingDefault::Redact => Some(Action::Redact),
            FindingDefault::Block => Some(Action::Block),
        };
        let content = match head.content {
            ContentDefault::Allow => Action::Allow,
            ContentDefault::Flag => Action::Flag,
            ContentDefault::StepUp => Action::StepUp,
            ContentDefault::Block => Action::Block,
        };
        let policy = Policy {
            id: head.id.get_ref().as_str().into(),
            title: head.title.clone(),
            version: head.version.clone(),
            combine,
            finding,
            content,
            rules: all,
            restores,
            fingerprint: Arc::from(""),
            index: Index::default(),
        };
        lint::rules(&policy, &self.written, &mut self.found);
        Some(policy)
    }

    fn head<'f>(
        &mut self,
        files: &'f Files<'a>,
        broken: bool,
    ) -> Option<(&'f Source, &'f PolicyHead)> {
        let heads =
            files.iter().filter_map(|(source, file)| Some((*source, file.policy.as_ref()?)));
        let heads: Vec<_> = heads.collect();
        for (source, head) in heads.iter().skip(1) {
            let title = "a second [policy]";
            let problem = Diagnostic::new(&codes::POLICY_HEAD, source, title)
                .at(head.span(), "one file has it already");
            self.found.push(problem.help(codes::POLICY_HEAD.fix));
        }
        // A file that could not be read may have had it.
        if let (None, Some((source, _)), false) = (heads.first(), files.first(), broken) {
            let problem = Diagnostic::new(&codes::POLICY_HEAD, source, "there is no [policy]");
            self.found.push(problem.help(codes::POLICY_HEAD.fix));
        }
        let (source, head) = *heads.first()?;
        self.reader(source, &head.get_ref().id).id(&head.get_ref().id);
        Some((source, head.get_ref()))
    }

    fn reader<'b>(&'b mut self, source: &'b Source, id: &Spanned<String>) -> Reader<'b> {
        let owner = (id.get_ref().clone(), id.span());
        Reader { source, rules: self.rules, owner, found: &mut self.found }
    }

    fn unique(&mut self, kind: &'static str, source: &Source, id: &Spanned<String>) {
        self.reader(source, id).id(id);
        let key = (kind, id.get_ref().clone());
        if let Some((earlier, at)) = self.first.get(&key) {
            let (line, _) = line_column(&earlier.text, at.start);
            let title = format!("there are two {kind}s `{}`", id.get_ref());
            let help = format!("the first one is at {}:{line}; rename one of them", earlier.name);
            let problem = Diagnostic::new(&codes::POLICY_DUPLICATE, source, title)
                .at(id.span(), "taken")
                .rule(id.get_ref());
            self.found.push(problem.help(help));
        } else {
            self.first.insert(key, (source.clone(), id.span()));
        }
    }

    fn add(
        &mut self,
        all: &mut Vec<Rule>,
        rule: Rule,
        source: &Source,
        at: Range<usize>,
        own: bool,
    ) {
        all.push(rule);
        self.written.push(Written { source: source.clone(), at, own });
    }

    fn rule(&mut self, source: &Source, spec: &PolicyRuleSpec) -> Rule {
        self.unique("rule", source, &spec.id);
        let mut reader = self.reader(source, &spec.id);
        reader.sentence("reason", &spec.reason);
        for obligation in &spec.obligations {
            reader.sentence("obligation", obligation);
        }
        if spec.obligations.len() > POLICY_OBLIGATIONS_MAX {
            let title = format!("{} obligations", spec.obligations.len());
            reader.report(&codes::POLICY_TEXT, title, spec.id.span(), "of this rule");
        }
        let action = Action::from(*spec.action.get_ref());
        if let Some(style) = &spec.redact
            && !matches!(action, Action::Redact | Action::Tokenize)
        {
            let title = format!("`{action}` replaces nothing");
            reader.report(&codes::POLICY_STYLE, title, style.span(), "");
        }
        if let Some(token) = &spec.token
            && action != Action::Tokenize
        {
            let title = format!("`{action}` makes no tokens");
            reader.report(&codes::POLICY_STYLE, title, token.span(), "");
        }
        let when = reader.conditions(&spec.when);
        if when.points.is_some_and(|points| points.alert.is_some()) && action <= Action::Flag {
            let title = format!("`alert` with `{action}`");
            reader.report(&codes::POLICY_POINTS, title, spec.action.span(), "");
        }
        let unless = spec.unless.iter().map(|spec| exception(reader.exception(spec)));
        Rule {
            unless: unless.collect(),
            id: spec.id.get_ref().as_str().into(),
            action,
            reason: spec.reason.get_ref().as_str().into(),
            obligations: spec
                .obligations
                .iter()
                .map(|text| text.get_ref().as_str().into())
                .collect(),
            style: spec.redact.as_ref().map(|style| *style.get_ref()),
            token: spec.token.as_ref().map(|token| *token.get_ref()).unwrap_or_default(),
            when,
        }
    }
}

impl Build<'_> {
    fn restore(&mut self, source: &Source, spec: &RestoreSpec) -> (Conditions, Sinks) {
        self.unique("permission", source, &spec.id);
        let mut reader = self.reader(source, &spec.id);
        let when = reader.conditions(&spec.when);
        if when.of_findings() || when.count.is_some() {
            let title = "values are put back whatever is found";
            reader.report(&codes::POLICY_ENVELOPE, title, spec.id.span(), "a condition of this");
        }
        let sinks = spec.sinks.iter().fold(Sinks::NONE, |sinks, name| {
            sinks.or(Sinks {
                text: *name == SinkName::Text,
                link: *name == SinkName::Link,
                tool_arguments: *name == SinkName::ToolArguments,
            })
        });
        (when, sinks)
    }
}

impl Reader<'_> {
    /// Conditions of an exception: there is nothing to note.
    fn exception(&mut self, spec: &ConditionSpec) -> Conditions {
        if let Some(points) = &spec.confidence
            && points.get_ref().alert.is_some()
        {
            let title = "an exception has no `alert`";
            self.report(&codes::POLICY_POINTS, title, points.span(), "");
        }
        let conditions = self.conditions(spec);
        if conditions == Conditions::default() {
            let title = "an exception without conditions always holds";
            let at = self.owner.1.clone();
            self.report(&codes::POLICY_LIST, title, at, "an exception of this");
        }
        conditions
    }
}

fn exception(conditions: Conditions) -> Exception {
    Exception { conditions, grant: None }
}

/// A rule that nobody wrote as one.
fn implicit(id: String, reason: &str, outside: OutsideName) -> Rule {
    let action = match outside {
        OutsideName::Flag => Action::Flag,
        OutsideName::StepUp => Action::StepUp,
        OutsideName::Block => Action::Block,
    };
    Rule {
        id: id.into(),
        action,
        reason: reason.into(),
        obligations: Vec::new(),
        style: None,
        token: TokenName::default(),
        when: Conditions::default(),
        unless: Vec::new(),
    }
}
