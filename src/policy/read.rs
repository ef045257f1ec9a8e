//! Conditions as written to conditions as they are checked, with everything that is wrong with them.

use super::condition::{Conditions, Count, Pattern, Points};
use super::facts::Field;
use super::time::{Window, minutes_of_day, moment_ms, offset_minutes};
use crate::base::limits::POLICY_LIST_MAX;
use crate::base::{Direction, is_name, is_spiffe, is_under};
use crate::rules::{Rules, level_of};
use crate::syntax::codes::{self, DiagnosticCode};
use crate::syntax::{
    ConditionSpec, CountSpec, DayName, DestinationSpec, Diagnostic, PointsSpec, Source, TimeSpec,
    did_you_mean,
};
use std::ops::Range;
use toml::Spanned;
use toml::value::Datetime;

/// Reads the conditions of one file.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) rules: &'a Rules,
    /// The rule, agent or grant that is read: its name and where it stands.
    pub(super) owner: (String, Range<usize>),
    pub(super) found: &'a mut Vec<Diagnostic>,
}

type Texts = Option<Vec<Spanned<String>>>;

impl Reader<'_> {
    pub(super) fn report(
        &mut self,
        code: &DiagnosticCode,
        title: impl Into<String>,
        at: Range<usize>,
        label: &str,
    ) -> &mut Diagnostic {
        let diagnostic = Diagnostic::new(code, self.source, title)
            .at(at, label)
            .rule(&self.owner.0)
            .help(code.fix);
        self.found.push(diagnostic);
        self.found.last_mut().expect("one was pushed a line above")
    }

    /// A name of something in the policy.
    pub(super) fn id(&mut self, id: &Spanned<String>) {
        let text = id.get_ref();
        if !crate::syntax::is_kebab(text) {
            let title = format!("`{text}` is not a name");
            self.report(&codes::POLICY_ID_MALFORMED, title, id.span(), "this name");
        }
    }

    /// A reason or an obligation.
    pub(super) fn sentence(&mut self, what: &str, text: &Spanned<String>) {
        if !is_name(text.get_ref()) {
            let title = format!("the {what} is empty, too long or not printable ASCII");
            self.report(&codes::POLICY_TEXT, title, text.span(), "this text");
        }
    }

    /// The conditions of `[rule.when]`, of an exception, of an envelope or of a grant.
    pub(super) fn conditions(&mut self, spec: &ConditionSpec) -> Conditions {
        let mut texts = Vec::new();
        if let Some(names) = &spec.direction {
            self.names(
                &mut texts,
                Field::Direction,
                names.iter().map(|name| Direction::from(*name).name()),
            );
        }
        self.text(&mut texts, Field::Actor, &spec.actor);
        self.text(&mut texts, Field::Tenant, &spec.tenant);
        self.text(&mut texts, Field::Agent, &spec.agent);
        self.text(&mut texts, Field::AgentVersion, &spec.agent_version);
        self.text(&mut texts, Field::Group, &spec.group);
        self.text(&mut texts, Field::Tool, &spec.tool);
        if let Some(destination) = &spec.destination {
            self.destination(&mut texts, destination);
        }
        for (claim, values) in spec.attestation.iter().flatten() {
            let field = Field::Attestation(claim.as_str().into());
            self.list(&mut texts, field, values);
        }
        if let Some(lineage) = &spec.lineage {
            self.text(&mut texts, Field::Origin, &lineage.origin);
            self.text(&mut texts, Field::Readers, &lineage.readers);
            if let Some(names) = &lineage.integrity {
                let names = names.iter().map(|name| name.name());
                self.names(&mut texts, Field::Integrity, names);
            }
        }
        texts.sort_by(|(a, _), (b, _)| a.cmp(b));
        Conditions {
            texts,
            labels: spec.label.as_ref().map(|labels| self.labels("label", labels)),
            sensitivity: spec.sensitivity.as_ref().map(|least| self.sensitivity(least)),
            points: spec.confidence.as_ref().map(|points| self.points(points)),
            count: spec.count.as_ref().map(|count| self.count(count)),
            time: spec.time.as_ref().map(|time| self.time(time)),
        }
    }

    pub(super) fn destination(
        &mut self,
        texts: &mut Vec<(Field, Vec<Pattern>)>,
        spec: &DestinationSpec,
    ) {
        self.text(texts, Field::Model, &spec.model);
        self.text(texts, Field::Provider, &spec.provider);
        self.text(texts, Field::Region, &spec.region);
        self.text(texts, Field::Domain, &spec.domain);
        if let Some(names) = &spec.trust {
            self.names(texts, Field::Trust, names.iter().map(|name| name.name()));
        }
    }

    pub(super) fn text(
        &mut self,
        texts: &mut Vec<(Field, Vec<Pattern>)>,
        field: Field,
        entries: &Texts,
    ) {
        if let Some(entries) = entries {
            self.list(texts, field, entries);
        }
    }

    fn list(
        &mut self,
        texts: &mut Vec<(Field, Vec<Pattern>)>,
        field: Field,
        entries: &[Spanned<String>],
    ) {
        self.length(&field.name(), entries.len());
        let patterns = entries.iter().map(|entry| self.pattern(&field, entry)).collect();
        texts.push((field, patterns));
    }

    fn names(
        &mut self,
        texts: &mut Vec<(Field, Vec<Pattern>)>,
        field: Field,
        names: impl ExactSizeIterator<Item = &'static str>,
    ) {
        self.length(&field.name(), names.len());
        texts.push((field, names.map(|name| Pattern::Exact(name.into())).collect()));
    }

    fn length(&mut self, what: &str, length: usize) {
        if length == 0 || length > POLICY_LIST_MAX {
            let title = format!("`{what}` has {length} entries");
            let at = self.owner.1.clone();
            self.report(&codes::POLICY_LIST, title, at, "in the conditions of this");
        }
    }

    fn pattern(&mut self, field: &Field, entry: &Spanned<String>) -> Pattern {
        let text = entry.get_ref().as_str();
        if *field == Field::Domain {
            if !is_domain(text) {
                let title = format!("`{text}` is not a domain");
                self.report(&codes::POLICY_DOMAIN, title, entry.span(), "");
            }
            return Pattern::Domain(text.into());
        }
        let prefix = text.strip_suffix('*');
        let actor = *field == Field::Actor;
        // A SPIFFE id may be longer than other names.
        if (!actor && !is_name(text)) || prefix.unwrap_or(text).contains('*') {
            let title = format!("an entry of `{}` that no fact can be", field.name());
            self.report(&codes::POLICY_ENTRY, title, entry.span(), "");
        } else if actor && !is_actor(text) {
            let title = format!("`{text}` is not a SPIFFE id");
            self.report(&codes::POLICY_ACTOR, title, entry.span(), "");
        }
        prefix.map_or_else(|| Pattern::Exact(text.into()), |text| Pattern::Prefix(text.into()))
    }

    fn labels(&mut self, what: &str, labels: &[Spanned<String>]) -> Vec<Box<str>> {
        self.length(what, labels.len());
        labels.iter().map(|label| self.label(label)).collect()
    }

    fn label(&mut self, label: &Spanned<String>) -> Box<str> {
        let text = label.get_ref().as_str();
        let known = || self.rules.labels().iter().map(|label| &*label.id);
        if !known().any(|known| is_under(known, text)) {
            let near = did_you_mean(text, known());
            let title = format!("there is no label `{text}`");
            let problem = self.report(&codes::POLICY_LABEL_UNKNOWN, title, label.span(), "");
            if near.is_some() {
                problem.help = near;
            }
        }
        text.into()
    }

    fn sensitivity(&mut self, least: &Spanned<u8>) -> u8 {
        if !(1..=4).contains(least.get_ref()) {
            let title = format!("a sensitivity of {}", least.get_ref());
            self.report(&codes::POLICY_RANGE, title, least.span(), "1 to 4");
        }
        *least.get_ref()
    }

    fn points(&mut self, spec: &Spanned<PointsSpec>) -> Points {
        let PointsSpec { act, alert } = *spec.get_ref();
        let points = Points { act: level_of(act), alert: alert.map(level_of) };
        if points.alert.is_some_and(|alert| alert >= points.act) {
            let title = "`alert` is not below `act`";
            self.report(&codes::POLICY_POINTS, title, spec.span(), "");
        }
        points
    }

    fn count(&mut self, spec: &CountSpec) -> Count {
        if *spec.unique.get_ref() == 0 {
            let title = "0 different values are always there";
            self.report(&codes::POLICY_RANGE, title, spec.unique.span(), "1 or more");
        }
        Count { labels: self.labels("count.label", &spec.label), unique: *spec.unique.get_ref() }
    }

    fn time(&mut self, spec: &Spanned<TimeSpec>) -> Window {
        let at = spec.span();
        let spec = spec.get_ref();
        let mut window = Window::ALWAYS;
        if let Some(days) = &spec.days {
            window.days = days.iter().fold(0, |days, day| days | 1 << day_number(*day));
        }
        if let Some(from) = &spec.from {
            window.from = self.of_text(from, minutes_of_day(from.get_ref()));
        }
        if let Some(to) = &spec.to {
            window.to = self.of_text(to, minutes_of_day(to.get_ref()));
        }
        if let Some(offset) = &spec.offset {
            window.offset = self.of_text(offset, offset_minutes(offset.get_ref()));
        }
        if let Some(after) = &spec.after {
            window.after_ms = self.moment(after);
        }
        if let Some(before) = &spec.before {
            window.before_ms = self.moment(before);
        }
        let empty =
            window.days == 0 || window.from == window.to || window.after_ms >= window.before_ms;
        if empty {
            self.report(&codes::POLICY_TIME, "the time never comes", at, "");
        }
        window
    }

    fn of_text<T: Default>(&mut self, text: &Spanned<String>, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            let title = format!("`{}` is not a time of the day", text.get_ref());
            self.report(&codes::POLICY_TIME, title, text.span(), "");
            T::default()
        })
    }

    pub(super) fn moment(&mut self, moment: &Spanned<Datetime>) -> u64 {
        moment_ms(moment.get_ref()).unwrap_or_else(|| {
            let title = "the moment lies before 1970";
            self.report(&codes::POLICY_TIME, title, moment.span(), "");
            0
        })
    }
}

/// A SPIFFE id, or one with `*` at the end of its path: in the trust domain it would stand for other people's domains.
fn is_actor(text: &str) -> bool {
    let Some(prefix) = text.strip_suffix('*') else { return is_spiffe(text) };
    let has_path = prefix.strip_prefix("spiffe://").is_some_and(|rest| rest.contains('/'));
    has_path && is_spiffe(prefix.strip_suffix('/').unwrap_or(prefix))
}

fn is_domain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    is_name(name) && name.split('.').all(|part| !part.is_empty() && part.bytes().all(plain))
}

const fn day_number(day: DayName) -> u8 {
    match day {
        DayName::Mon => 0,
        DayName::Tue => 1,
        DayName::Wed => 2,
        DayName::Thu => 3,
        DayName::Fri => 4,
        DayName::Sat => 5,
        DayName::Sun => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors() {
        for (text, expect) in [
            ("spiffe://example.org/agent/support", true),
            ("spiffe://example.org/agent/*", true),
            ("spiffe://example.org/agent/sup*", true),
            ("spiffe://example.org/*", true),
            ("spiffe://example.org", true),
            ("spiffe://example.org*", false),
            ("spiffe://*", false),
            ("*", false),
            ("spiffe://example.org//*", false),
            ("https://example.org/*", false),
        ] {
            assert_eq!(is_actor(text), expect, "{text}");
        }
    }

    #[test]
    fn domains() {
        for (text, expect) in [
            ("example.com", true),
            ("xn--bcher-kva.example", true),
            ("localhost", true),
            ("10.0.0.1", true),
            ("Example.com", false),
            ("*.example.com", false),
            ("example.com.", false),
            ("https://example.com", false),
            ("", false),
        ] {
            assert_eq!(is_domain(text), expect, "{text}");
        }
    }
}
