//! What a policy of a hundred rules costs, beside the plain evaluation that its explanations use.

use criterion::Criterion;
use lockgate::base::{Action, Confidence, Direction, LabelIndex};
use lockgate::policy::{Destination, Facts, Match, Policy, Request, subject};
use lockgate::rules::{Compiler, Rules};
use lockgate::syntax::Source;
use std::fmt::Write as _;
use std::hint::black_box;

const RULES: usize = 100;

/// A hundred rules of which each looks at three or four kinds of facts, and every other one has an exception.
fn text() -> String {
    let mut text = "[policy]\nid = 'bench'\ntitle = 'Bench'\n".to_owned();
    let labels = ["pii", "pii.email", "finance.card", "credential", "credential.aws"];
    for rule in 0..RULES {
        let label = labels[rule % labels.len()];
        let action = ["flag", "redact", "step_up", "block"][rule % 4];
        let _ = writeln!(
            text,
            "[[rule]]\nid = 'r{rule}'\naction = '{action}'\nreason = 'r'\n\
             when = {{ label = ['{label}'], direction = ['input', 'tool_call'], tool = ['tool{rule}.*', 'mail.send'], \
             actor = ['spiffe://example.org/agent/team{}/*'] }}",
            rule % 3
        );
        if rule % 2 == 0 {
            let _ = writeln!(
                text,
                "unless = [{{ destination = {{ region = ['eu-{}'], trust = ['internal'] }}, group = ['g{rule}'] }}]",
                rule % 7
            );
        }
    }
    text
}

fn facts() -> Facts {
    let some = |text: &str| Some(text.to_owned());
    Facts {
        direction: Direction::ToolCall,
        actor: some("spiffe://example.org/agent/team1/17"),
        tenant: some("acme"),
        agent: some("support"),
        groups: vec!["g18".to_owned(), "everybody".to_owned()],
        tool: some("mail.send"),
        destination: Destination {
            provider: some("acme"),
            region: some("eu-3"),
            domain: some("api.example.com"),
            trust: some("internal"),
            ..Destination::default()
        },
        now_ms: 1_795_426_200_000,
        ..Facts::default()
    }
}

fn label(rules: &Rules, id: &str) -> LabelIndex {
    let place = rules.labels().iter().position(|label| *label.id == *id).expect("it is known");
    LabelIndex(u16::try_from(place).expect("there are few"))
}

/// A request with three kinds of findings, fast and plain.
pub(super) fn policy(c: &mut Criterion) {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules compile");
    let source = Source::new("bench.toml", text());
    let (policy, _) = Policy::compile(&[source], &rules).expect("the policy is valid");
    assert_eq!(policy.rule_count(), RULES);
    let facts = facts();
    let labels = ["pii.email", "finance.card", "credential.aws"].map(|id| label(&rules, id));
    let decide = |request: &Request<'_>| -> [Option<Match>; 4] {
        let [one, two, three] = labels.map(|label| request.finding(label, Confidence::High));
        [request.content(), one, two, three]
    };
    let fast = |facts: &Facts| decide(&policy.request(facts, &[]));
    let plain = |facts: &Facts| -> [Option<Match>; 4] {
        let of = |label: Option<LabelIndex>| {
            let about = label.map(|label| subject(&rules, label, Confidence::High));
            policy.deciding(&policy.explain(facts, &[], about))
        };
        [of(None), of(Some(labels[0])), of(Some(labels[1])), of(Some(labels[2]))]
    };
    let decided = fast(&facts);
    assert_eq!(decided, plain(&facts), "both decide alike");
    assert!(decided[3].is_some_and(|found| found.action >= Action::Redact), "{decided:?}");
    let request = policy.request(&facts, &[]);
    let mut group = c.benchmark_group("policy of 100 rules");
    group.bench_function("facts and one finding", |b| {
        b.iter(|| policy.request(black_box(&facts), &[]).finding(labels[0], Confidence::High));
    });
    group.bench_function("facts, content and three findings", |b| {
        b.iter(|| fast(black_box(&facts)))
    });
    group.bench_function("one finding, facts known", |b| {
        b.iter(|| request.finding(black_box(labels[0]), Confidence::High));
    });
    group.bench_function("plain: facts, content and three findings", |b| {
        b.iter(|| plain(black_box(&facts)));
    });
    group.finish();
}
