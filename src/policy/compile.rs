//! Policy files to a [`Policy`], with everything that is wrong with them.

use super::condition::{Conditions, Pattern, Points};
use super::facts::{Field, YES};
use super::index::Index;
use super::lint;
use super::read::Reader;
use super::time::Window;
use super::{Combine, Exception, Policy, Rule};
use crate::base::limits::{POLICY_OBLIGATIONS_MAX, POLICY_RULES_MAX};
use crate::base::{Action, Confidence};
use crate::rules::Rules;
use crate::syntax::{
    AgentSpec, CombineName, ConditionSpec, ContentDefault, Diagnostic, Diagnostics, FindingDefault,
    GrantSpec, OutsideName, PolicyFile, PolicyHead, PolicyRuleSpec, Source, codes, line_column,
    parse_policy,
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
                policy.fingerprint = fingerprint(sources).into();
                policy.index = Index::new(&policy, rules);
                Ok((policy, found))
            }
            _ => Err(found),
        }
    }
}

/// Names the texts of the files and the program that reads them.
fn fingerprint(sources: &[Source]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    for source in sources {
        hasher.update(&(source.text.len() as u64).to_le_bytes());
        hasher.update(source.text.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
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
        let exceptions: usize = all.iter().map(|rule| rule.unless.len()).sum();
        if let Some((source, _)) = files.first()
            && all.len().max(exceptions) > POLICY_RULES_MAX
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
            when,
        }
    }

    /// Adds the rules that follow from an agent, and returns who it is.
    fn agent(&mut self, source: &'a Source, spec: &AgentSpec, all: &mut Vec<Rule>) -> Conditions {
        self.unique("agent", source, &spec.id);
        let mut reader = self.reader(source, &spec.id);
        if spec.actor.is_none() && spec.agent.is_none() {
            let title = "the agent is not named";
            reader.report(&codes::POLICY_AGENT_ANYONE, title, spec.id.span(), "who is it?");
        }
        let identity = reader.conditions(&ConditionSpec {
            actor: spec.actor.clone(),
            agent: spec.agent.clone(),
            agent_version: spec.agent_version.clone(),
            tenant: spec.tenant.clone(),
            ..ConditionSpec::default()
        });
        let mut limits = Vec::new();
        if let Some(tools) = &spec.tools {
            let mut texts = Vec::new();
            if !tools.is_empty() {
                reader.text(&mut texts, Field::Tool, &Some(tools.clone()));
            }
            limits.push(("tools", Field::ToolUse, alternatives([texts])));
        }
        if let Some(destinations) = &spec.destinations {
            let texts = destinations.iter().map(|destination| {
                let mut texts = Vec::new();
                reader.destination(&mut texts, destination);
                if texts.is_empty() {
                    let title = "a destination that says nothing would be any";
                    reader.report(&codes::POLICY_LIST, title, spec.id.span(), "of this agent");
                }
                texts
            });
            let texts: Vec<_> = texts.collect();
            limits.push(("destinations", Field::Travel, alternatives(texts)));
        }
        let envelope = spec.envelope.as_ref().map(|envelope| {
            let unless = envelope.iter().map(|spec| exception(reader.envelope(spec)));
            unless.collect::<Vec<_>>()
        });
        let id = spec.id.get_ref();
        for (what, field, unless) in limits {
            let mut when = identity.clone();
            when.texts.push((field, vec![Pattern::Exact(YES.into())]));
            when.texts.sort_by(|(a, _), (b, _)| a.cmp(b));
            let reason = format!("not among the {what} of the agent {id}");
            let rule = implicit(format!("{id}/{what}"), &reason, spec.outside);
            self.add(all, Rule { when, unless, ..rule }, source, spec.id.span(), false);
        }
        if let Some(unless) = envelope {
            let alert = (spec.outside != OutsideName::Flag).then_some(Confidence::Low);
            let points = Some(Points { act: Confidence::Medium, alert });
            let when = Conditions { points, ..identity.clone() };
            let reason = format!("outside of what the agent {id} may handle");
            let rule = implicit(format!("{id}/envelope"), &reason, spec.outside);
            self.add(all, Rule { when, unless, ..rule }, source, spec.id.span(), false);
        }
        identity
    }

    /// Adds a grant to the rules that it lifts.
    fn grant(
        &mut self,
        source: &Source,
        spec: &GrantSpec,
        identities: &[(String, Conditions)],
        all: &mut [Rule],
    ) {
        self.unique("grant", source, &spec.id);
        let mut reader = self.reader(source, &spec.id);
        reader.sentence("reason", &spec.reason);
        if spec.agent.is_some() {
            reader.identity(&spec.when, "a grant to an agent");
        }
        let mut granted = reader.conditions(&spec.when);
        let (from, until) = (reader.moment(&spec.from), reader.moment(&spec.until));
        if until <= from {
            let title = "the grant ends before it begins";
            reader.report(&codes::POLICY_GRANT, title, spec.until.span(), "the end");
        }
        if spec.agent.is_none() && spec.lifts.is_empty() {
            let title = "the grant lifts nothing";
            reader.report(&codes::POLICY_GRANT, title, spec.id.span(), "this grant");
        }
        lint::grant_length(&mut reader, spec, from, until);
        let window = granted.time.unwrap_or(Window::ALWAYS);
        granted.time = Some(Window {
            after_ms: window.after_ms.max(from),
            before_ms: window.before_ms.min(until),
            ..window
        });
        let mut identity = None;
        let mut lifted = Vec::new();
        if let Some(agent) = &spec.agent {
            identity = identities.iter().find(|(id, _)| id == agent.get_ref());
            if identity.is_none() {
                let title = format!("there is no agent `{}`", agent.get_ref());
                reader.report(&codes::POLICY_REFERENCE, title, agent.span(), "");
            }
            let prefix = format!("{}/", agent.get_ref());
            lifted.extend((0..all.len()).filter(|rule| all[*rule].id.starts_with(&prefix)));
        }
        for rule in &spec.lifts {
            match all.iter().position(|known| *known.id == **rule.get_ref()) {
                Some(known) => lifted.push(known),
                None => {
                    let title = format!("there is no rule `{}`", rule.get_ref());
                    reader.report(&codes::POLICY_REFERENCE, title, rule.span(), "");
                }
            }
        }
        if let Some((_, identity)) = identity {
            granted.texts.extend(identity.texts.iter().cloned());
            granted.texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        lifted.sort_unstable();
        lifted.dedup();
        for rule in lifted {
            let mut conditions = granted.clone();
            // Which tools and destinations are allowed is not about findings.
            if !all[rule].when.of_findings() {
                conditions =
                    Conditions { labels: None, sensitivity: None, points: None, ..conditions };
            }
            let grant = Some(spec.id.get_ref().as_str().into());
            all[rule].unless.push(Exception { conditions, grant });
        }
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

    /// What an agent may handle.
    fn envelope(&mut self, spec: &ConditionSpec) -> Conditions {
        self.identity(spec, "an envelope");
        self.exception(spec)
    }

    /// Refuses conditions on who somebody is where that is known already.
    fn identity(&mut self, spec: &ConditionSpec, place: &str) {
        let ConditionSpec { actor, tenant, agent, agent_version, .. } = spec;
        let strange = [
            ("actor", actor.is_some()),
            ("tenant", tenant.is_some()),
            ("agent", agent.is_some()),
            ("agent-version", agent_version.is_some()),
        ];
        for (name, _) in strange.into_iter().filter(|(_, there)| *there) {
            let title = format!("`{name}` in {place}");
            let at = self.owner.1.clone();
            self.report(&codes::POLICY_ENVELOPE, title, at, "in this");
        }
    }
}

fn exception(conditions: Conditions) -> Exception {
    Exception { conditions, grant: None }
}

fn alternatives(texts: impl IntoIterator<Item = Vec<(Field, Vec<Pattern>)>>) -> Vec<Exception> {
    let some = texts.into_iter().filter(|texts| !texts.is_empty());
    some.map(|mut texts| {
        texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        exception(Conditions { texts, ..Conditions::default() })
    })
    .collect()
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
        when: Conditions::default(),
        unless: Vec::new(),
    }
}
