//! Who sends a content, with which tool and where to, as its headers say; and what the policy makes of that.

use super::app::App;
use super::lineage;
use crate::base::code::{POLICY_HEADER, POLICY_REFUSED};
use crate::base::limits::POLICY_FACTS_MAX;
use crate::base::{Action, Confidence, Direction, Fault, LabelIndex, Sinks, is_name};
use crate::lineage::{Caller, Member, RecordedFacts, dictionary};
use crate::policy::{Abilities, Enforced, Facts};
use crate::rules::Pack;
use crate::syntax::{IntegrityName, TrustName};
use crate::vault::{Scope, Session};
use axum::http::HeaderMap;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The header with facts for the policy: a dictionary of RFC 9651.
pub(super) const HEADER: &str = "dlp-context";

/// Who sends a content.
#[derive(Clone, Debug, Default)]
pub(super) struct Sender {
    pub(super) caller: Caller,
    /// What was said for the policy; nothing is read without one.
    facts: Facts,
    /// The session that its tokens belong to, if there is a vault.
    pub(super) tokens: Option<Arc<Scope>>,
}

impl Sender {
    /// What the headers say.
    pub(super) fn of(app: &App, headers: &HeaderMap) -> Result<Self, Fault> {
        let caller = lineage::caller(app, headers)?;
        let mut sender = Self { caller, ..Self::default() };
        if app.policy.is_some() {
            for value in headers.get_all(HEADER) {
                let text = value.to_str();
                let text = text.map_err(|_| Fault::new(POLICY_HEADER, "it is not ASCII"))?;
                read(text, &mut sender.facts)?;
            }
        }
        if let (Some(vault), Some(session)) = (&app.vault, &sender.caller.session) {
            let reader = sender.caller.actor.as_deref();
            let scope = vault.scope(sender.tenant(app), reader, session, now_ms());
            sender.tokens = Some(Arc::new(scope));
        }
        Ok(sender)
    }

    /// Whose data it is.
    pub(super) fn tenant<'a>(&'a self, app: &'a App) -> &'a str {
        self.caller.tenant.as_deref().unwrap_or(&app.config.lineage_tenant)
    }

    /// The session that has tokens already.
    pub(super) fn session(&self) -> Option<Session> {
        self.tokens.as_ref()?.session()
    }

    /// Where the policy lets values be put back into what comes from a model.
    pub(super) fn restores(&self, app: &App, direction: Direction) -> Sinks {
        if self.tokens.is_none() {
            return Sinks::NONE;
        }
        let enforced = self.enforced(app, direction);
        let sinks =
            enforced.map_or(Sinks::NONE, |enforced| enforced.policy.restores(&enforced.facts));
        match direction {
            Direction::Output => sinks,
            Direction::ToolCall => sinks.of_arguments(),
            _ => Sinks::NONE,
        }
    }

    /// What the proxy knows by itself: where its requests go, and that it can redact and nobody can be asked.
    pub(super) fn of_proxy(&mut self, domain: &str) {
        self.facts.destination.domain = Some(domain.to_ascii_lowercase());
        self.facts.can = Abilities { redact: true, step_up: false, ..self.facts.can };
    }

    /// The same for the answer: it goes to whoever asked.
    pub(super) fn answered(&mut self) {
        self.facts.destination = crate::policy::Destination::default();
    }

    /// The policy and the facts of a content, if there is a policy.
    pub(super) fn enforced(&self, app: &App, direction: Direction) -> Option<Arc<Enforced>> {
        let policy = Arc::clone(app.policy.as_ref()?);
        let Caller { actor, agent, .. } = &self.caller;
        // Where nothing is replaced by tokens, nobody lacks a session.
        let tokenize = self.tokens.is_some() || !policy.tokenizes();
        let facts = Facts {
            direction,
            actor: actor.clone(),
            tenant: Some(self.tenant(app).to_owned()),
            agent: agent.clone(),
            now_ms: now_ms(),
            can: Abilities { tokenize, ..self.facts.can },
            ..self.facts.clone()
        };
        Some(Arc::new(Enforced { policy, facts }))
    }

    /// What the policy makes of the pack for a stream, whose values nobody can count beforehand. Nobody can be asked in the middle of it.
    ///
    /// # Errors
    /// The stream may not begin.
    pub(super) fn acting(
        &self,
        app: &App,
        direction: Direction,
        pack: &str,
    ) -> Result<Option<Arc<Pack>>, Fault> {
        let Some(enforced) = self.enforced(app, direction) else { return Ok(None) };
        let Enforced { policy, facts } = &*enforced;
        let request = policy.request(facts, &[]);
        let content = policy.judge_content(request.content());
        if content.action >= Action::StepUp {
            return Err(Fault::new(POLICY_REFUSED, policy.name_of(content.by).to_string()));
        }
        let rules = app.engine.rules();
        // A pack that is not there is refused where the stream is opened.
        let Some(pack) = rules.pack(pack) else { return Ok(None) };
        // Streams are redacted: tokens are for prompts.
        let can = Abilities { step_up: false, tokenize: false, ..facts.can };
        let facts = Facts { can, ..facts.clone() };
        // Rules share their labels.
        let labels = (0..).take(rules.labels().len()).map(LabelIndex);
        let found = |label| Confidence::ALL.map(|level| request.finding(label, level));
        let found: Vec<_> = labels.map(found).collect();
        let acting = pack.acting(|rule, confidence, of_pack| {
            let found = found[rules.rule(rule).label.index()][confidence as usize];
            let judged = policy.judge_finding(found, || of_pack);
            let redacts = matches!(judged.action, Action::Redact | Action::Tokenize);
            facts.feasible(judged.action, redacts).0
        });
        Ok(Some(Arc::new(acting)))
    }
}

pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Facts as they are recorded.
pub(super) fn recorded(facts: &Facts) -> RecordedFacts {
    let destination = &facts.destination;
    let cannot = [
        ("redact", facts.can.redact),
        ("step_up", facts.can.step_up),
        ("tokenize", facts.can.tokenize),
    ];
    RecordedFacts {
        agent_version: facts.agent_version.clone(),
        groups: facts.groups.clone(),
        tool: facts.tool.clone(),
        model: destination.model.clone(),
        provider: destination.provider.clone(),
        region: destination.region.clone(),
        domain: destination.domain.clone(),
        trust: destination.trust.clone(),
        attestation: facts.attestation.clone(),
        origins: facts.origins.clone(),
        readers: facts.readers.clone(),
        integrity: facts.integrity.clone(),
        cannot: cannot
            .into_iter()
            .filter(|(_, can)| !can)
            .map(|(name, _)| Cow::Borrowed(name))
            .collect(),
    }
}

/// Reads one header into the facts.
fn read(text: &str, facts: &mut Facts) -> Result<(), Fault> {
    let wrong = |at: usize, what: &str| Fault::new(POLICY_HEADER, format!("{what} at byte {at}"));
    let members = dictionary(text).map_err(|at| wrong(at, "a member is damaged"))?;
    for Member { at, key, values } in members {
        let wrong = |what: &str| wrong(at, what);
        if !values.iter().all(|value| is_name(value)) {
            return Err(wrong("a value is empty or too long"));
        }
        if values.len() > POLICY_FACTS_MAX {
            return Err(wrong("there are too many values"));
        }
        let one = || match &values[..] {
            [value] => Ok(Some(value.clone())),
            _ => Err(wrong("a member needs one value")),
        };
        let of = |names: &[&str]| match &values[..] {
            [value] if names.contains(&value.as_str()) => Ok(Some(value.clone())),
            _ => Err(wrong("a member has a value that is not one of its names")),
        };
        match key {
            "groups" => facts.groups = values,
            "agent-version" => facts.agent_version = one()?,
            "tool" => facts.tool = one()?,
            "model" => facts.destination.model = one()?,
            "provider" => facts.destination.provider = one()?,
            "region" => facts.destination.region = one()?,
            "domain" => {
                let name = one()?.map(|name| name.trim_end_matches('.').to_ascii_lowercase());
                facts.destination.domain = name;
            }
            "trust" => facts.destination.trust = of(&TrustName::ALL.map(TrustName::name))?,
            "origin" => facts.origins = values,
            "readers" => facts.readers = values,
            "integrity" => facts.integrity = of(&IntegrityName::ALL.map(IntegrityName::name))?,
            "attestation" => {
                let claims = values.iter().map(|claim| {
                    let (name, value) = claim.split_once('=')?;
                    Some((name.to_owned(), value.to_owned()))
                });
                let claims: Option<_> = claims.collect();
                facts.attestation = claims.ok_or_else(|| wrong("a claim has no value"))?;
            }
            "can" => {
                let has = |name: &str| values.iter().any(|value| value == name);
                if !values.iter().all(|value| matches!(value.as_str(), "redact" | "step_up")) {
                    return Err(wrong("nobody can do this"));
                }
                facts.can =
                    Abilities { redact: has("redact"), step_up: has("step_up"), ..facts.can };
            }
            // The standard wants members that are not known ignored.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Result<Facts, Fault> {
        let mut facts = Facts::default();
        read(text, &mut facts).map(|()| facts)
    }

    #[test]
    fn all_members_are_read() {
        let read = facts(
            "groups=(eu \"tier 2\"), agent-version=\"2.1\", tool=crm.get, model=gpt-5, provider=acme, region=eu-1, \
             domain=API.Example.COM., trust=partner, origin=(user tool:crm), readers=hr, integrity=untrusted, \
             attestation=(\"tee=snp\" \"debug=false\"), can=(redact), later=1",
        )
        .unwrap();
        assert_eq!(read.groups, ["eu", "tier 2"]);
        assert_eq!(read.destination.domain.as_deref(), Some("api.example.com"));
        assert_eq!(read.destination.trust.as_deref(), Some("partner"));
        assert_eq!(read.attestation[1], ("debug".to_owned(), "false".to_owned()));
        assert!(read.can.redact && !read.can.step_up);
        assert_eq!(read.origins, ["user", "tool:crm"]);
        assert_eq!(
            (read.tool.as_deref(), read.integrity.as_deref()),
            (Some("crm.get"), Some("untrusted"))
        );
        assert!(read.now_ms == 0 && read.actor.is_none());
    }

    #[test]
    fn mistakes_are_refused_without_repeating_them() {
        for text in [
            "tool=(a b)",
            "tool",
            "trust=friends",
            "integrity=perhaps",
            "can=(fly)",
            "attestation=(tee)",
            "groups=(a",
            "tool=\"\"",
            &format!("tool={}", "x".repeat(257)),
            &format!("groups=({})", "g ".repeat(65)),
        ] {
            let fault = facts(text).expect_err(text);
            assert_eq!(fault.code, POLICY_HEADER, "{text}");
            assert!(!fault.detail.contains("friends") && !fault.detail.contains("xx"), "{fault}");
        }
        assert!(!facts("can=()").unwrap().can.redact);
    }
}
