//! Agents and grants: the rules and exceptions that follow from them.

use super::{Build, exception, implicit};
use crate::base::Confidence;
use crate::policy::condition::{Conditions, Pattern, Points};
use crate::policy::facts::{Field, YES};
use crate::policy::read::Reader;
use crate::policy::time::Window;
use crate::policy::{Exception, Rule, lint};
use crate::syntax::{AgentSpec, ConditionSpec, GrantSpec, OutsideName, Source, codes};

impl<'a> Build<'a> {
    /// Adds the rules that follow from an agent, and returns who it is.
    pub(super) fn agent(
        &mut self,
        source: &'a Source,
        spec: &AgentSpec,
        all: &mut Vec<Rule>,
    ) -> Conditions {
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
    pub(super) fn grant(
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

fn alternatives(texts: impl IntoIterator<Item = Vec<(Field, Vec<Pattern>)>>) -> Vec<Exception> {
    let some = texts.into_iter().filter(|texts| !texts.is_empty());
    some.map(|mut texts| {
        texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        exception(Conditions { texts, ..Conditions::default() })
    })
    .collect()
}
