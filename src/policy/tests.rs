//! Policies as people write them, and what they decide; the fast evaluation against the plain one.

use super::*;
use crate::base::Direction;
use crate::base::code::{POLICY_CANNOT_ASK, POLICY_CANNOT_REDACT, POLICY_TOKENS};
use crate::base::random::SplitMix64;
use crate::rules::{Compiler, Rules};
use crate::syntax::{Diagnostics, Source};
use std::fmt::Write as _;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> =
    LazyLock::new(|| Compiler::with_builtin().build().expect("the built-in rules are valid").0);

/// 23 November 2026, 09:30 UTC: a Monday.
const NOW_MS: u64 = 1_795_426_200_000;

fn compiled(text: &str) -> Result<(Policy, Diagnostics), Diagnostics> {
    Policy::compile(&[Source::new("p.toml", text)], &RULES)
}

/// A policy with a head in front.
fn policy(head: &str, text: &str) -> Policy {
    let text = format!("[policy]\nid = 'test'\ntitle = 'Test'\n{head}\n{text}");
    let (policy, _) = compiled(&text).unwrap_or_else(|found| panic!("{}", found.render(false)));
    policy
}

fn label(id: &str) -> LabelIndex {
    let place = RULES.labels().iter().position(|label| *label.id == *id).expect("a known label");
    LabelIndex(u16::try_from(place).unwrap())
}

fn facts() -> Facts {
    Facts { now_ms: NOW_MS, ..Facts::default() }
}

/// What the rules decide: `rule:action`, `rule:flag?` for one that only notes.
fn decided(
    policy: &Policy,
    facts: &Facts,
    values: &[(&str, u32)],
    found: Option<(&str, Confidence)>,
) -> String {
    let indexed: Vec<_> = values.iter().map(|(id, count)| (label(id), *count)).collect();
    let request = policy.request(facts, &indexed);
    let fast = match found {
        None => request.content(),
        Some((id, confidence)) => request.finding(label(id), confidence),
    };
    let about = found.map(|(id, confidence)| subject(&RULES, label(id), confidence));
    let plain = policy.deciding(&policy.explain(facts, values, about));
    assert_eq!(fast, plain, "{found:?} {facts:?}");
    fast.map_or("-".to_owned(), |found| {
        let noted = if found.noted { "?" } else { "" };
        format!("{}:{}{noted}", policy.rule_id(found.rule), found.action)
    })
}

fn finding(label: &str, confidence: Confidence) -> Option<(&str, Confidence)> {
    Some((label, confidence))
}

const HIGH: Confidence = Confidence::High;

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

#[test]
fn all_conditions_must_hold_and_of_a_list_one() {
    let policy = policy(
        "",
        "[[rule]]\nid = 'a'\naction = 'block'\nreason = 'r'\n\
         when = { direction = ['input', 'tool_call'], actor = ['spiffe://example.org/agent/*'], tool = ['mail.send'] }",
    );
    let check = |facts: Facts, expect: &str| {
        assert_eq!(decided(&policy, &facts, &[], None), expect, "{facts:?}");
    };
    let actor = text("spiffe://example.org/agent/support");
    let all = Facts { actor, tool: text("mail.send"), ..facts() };
    check(all.clone(), "a:block");
    check(Facts { direction: Direction::ToolCall, ..all.clone() }, "a:block");
    check(Facts { direction: Direction::Output, ..all.clone() }, "-");
    check(Facts { actor: text("spiffe://example.org/job/x"), ..all.clone() }, "-");
    check(Facts { actor: None, ..all.clone() }, "-");
    check(Facts { tool: text("mail.send_all"), ..all }, "-");
}

#[test]
fn a_missing_fact_makes_no_exception() {
    let policy = policy(
        "",
        "[[rule]]\nid = 'a'\naction = 'block'\nreason = 'r'\n\
         unless = [{ destination = { trust = ['internal'] } }, { tenant = ['acme'], group = ['security'] }]",
    );
    let with_trust = |trust: &str| Facts {
        destination: Destination { trust: text(trust), ..Destination::default() },
        ..facts()
    };
    assert_eq!(decided(&policy, &facts(), &[], None), "a:block");
    assert_eq!(decided(&policy, &with_trust("public"), &[], None), "a:block");
    assert_eq!(decided(&policy, &with_trust("internal"), &[], None), "-");
    let member = Facts { tenant: text("acme"), ..facts() };
    assert_eq!(decided(&policy, &member, &[], None), "a:block");
    let member = Facts { groups: vec!["sales".into(), "security".into()], ..member };
    assert_eq!(decided(&policy, &member, &[], None), "-");
}

#[test]
fn every_kind_of_fact_is_looked_at() {
    type Give = fn(&mut Facts);
    let cases: [(&str, Give); 15] = [
        ("direction = ['memory']", |facts| facts.direction = Direction::Memory),
        ("actor = ['spiffe://a/b']", |facts| facts.actor = text("spiffe://a/b")),
        ("tenant = ['t']", |facts| facts.tenant = text("t")),
        ("agent = ['a*']", |facts| facts.agent = text("abc")),
        ("agent-version = ['2.*']", |facts| facts.agent_version = text("2.1")),
        ("group = ['g']", |facts| facts.groups = vec!["x".into(), "g".into()]),
        ("tool = ['t.*']", |facts| facts.tool = text("t.x")),
        ("destination = { model = ['gpt-*'] }", |facts| facts.destination.model = text("gpt-5")),
        ("destination = { provider = ['p'] }", |facts| facts.destination.provider = text("p")),
        ("destination = { region = ['eu-*'] }", |facts| facts.destination.region = text("eu-1")),
        ("destination = { domain = ['b.c'] }", |facts| facts.destination.domain = text("a.b.c")),
        ("destination = { trust = ['public'] }", |facts| facts.destination.trust = text("public")),
        ("attestation = { tee = ['snp', 'tdx'] }", |facts| {
            facts.attestation = vec![("debug".into(), "tdx".into()), ("tee".into(), "tdx".into())];
        }),
        (
            "lineage = { origin = ['tool:*'], readers = ['hr'], integrity = ['untrusted'] }",
            |facts| {
                facts.origins = vec!["user".into(), "tool:crm".into()];
                facts.readers = vec!["hr".into()];
                facts.integrity = text("untrusted");
            },
        ),
        ("time = { days = ['sun'] }", |facts| facts.now_ms -= 86_400_000),
    ];
    for (condition, give) in cases {
        let written =
            format!("[[rule]]\nid = 'a'\naction = 'flag'\nreason = 'r'\nwhen = {{ {condition} }}");
        let policy = policy("", &written);
        let mut facts = facts();
        assert_eq!(decided(&policy, &facts, &[], None), "-", "{condition}");
        give(&mut facts);
        assert_eq!(decided(&policy, &facts, &[], None), "a:flag", "{condition}");
    }
}

#[test]
fn trust_and_integrity_that_nobody_tells_are_unknown() {
    let policy = policy(
        "",
        "[[rule]]\nid = 'a'\naction = 'block'\nreason = 'r'\nwhen = { destination = { trust = ['unknown'] }, \
         lineage = { integrity = ['unknown'] } }",
    );
    assert_eq!(decided(&policy, &facts(), &[], None), "a:block");
    let trusted = Facts { integrity: text("trusted"), ..facts() };
    assert_eq!(decided(&policy, &trusted, &[], None), "-");
}

#[test]
fn findings_are_judged_by_label_sensitivity_and_confidence() {
    use Confidence::{Low, Medium};
    let policy = policy(
        "",
        "[[rule]]\nid = 'cards'\naction = 'block'\nreason = 'r'\n\
         when = { label = ['finance'], confidence = { act = 'high', alert = 'medium' } }\n\
         [[rule]]\nid = 'severe'\naction = 'redact'\nreason = 'r'\nwhen = { sensitivity = 4 }",
    );
    let check = |label, confidence, expect: &str| {
        assert_eq!(decided(&policy, &facts(), &[], finding(label, confidence)), expect, "{label}");
    };
    check("finance.card", HIGH, "cards:block");
    check("finance.card", Medium, "severe:redact");
    check("pii.email", HIGH, "-");
    assert_eq!(decided(&policy, &facts(), &[], None), "-", "the content has no label");
    let alone = self::policy(
        "",
        "[[rule]]\nid = 'cards'\naction = 'block'\nreason = 'r'\n\
         when = { label = ['finance'], confidence = { act = 'high', alert = 'medium' } }",
    );
    assert_eq!(decided(&alone, &facts(), &[], finding("finance.card", Medium)), "cards:flag?");
    assert_eq!(decided(&alone, &facts(), &[], finding("finance.card", Low)), "-");
}

#[test]
fn different_values_are_counted_over_all_labels_of_a_condition() {
    let policy = policy(
        "",
        "[[rule]]\nid = 'many'\naction = 'block'\nreason = 'r'\nwhen = { count = { label = ['pii'], unique = 5 } }",
    );
    assert!(policy.counts_values());
    for (values, expect) in [
        (&[][..], "-"),
        (&[("pii.email", 4)], "-"),
        (&[("pii.email", 5)], "many:block"),
        (&[("pii.email", 3), ("pii.phone", 2)], "many:block"),
        (&[("pii.email", 3), ("finance.card", 9)], "-"),
        (&[("pii.email", u32::MAX), ("pii.phone", u32::MAX)], "many:block"),
    ] {
        assert_eq!(decided(&policy, &facts(), values, None), expect, "{values:?}");
    }
}

const TWO: &str = "[[rule]]\nid = 'back'\naction = 'allow'\nreason = 'r'\nwhen = { label = ['pii.email'], direction = ['output'] }\n\
                   [[rule]]\nid = 'mail'\naction = 'redact'\nreason = 'r'\nwhen = { label = ['pii'] }";

#[test]
fn the_first_or_the_strongest_rule_decides() {
    let output = Facts { direction: Direction::Output, ..facts() };
    let first = policy("combine = 'first-match'", TWO);
    assert_eq!(decided(&first, &output, &[], finding("pii.email", HIGH)), "back:allow");
    assert_eq!(decided(&first, &output, &[], finding("pii.phone", HIGH)), "mail:redact");
    let strongest = policy("", TWO);
    assert_eq!(decided(&strongest, &output, &[], finding("pii.email", HIGH)), "mail:redact");
}

#[test]
fn the_pack_has_its_say_where_the_strongest_wins_and_where_nobody_speaks() {
    let judged = |policy: &Policy, found: &str, pack| {
        let request = policy.request(&facts(), &[]);
        let judged = policy.judge_finding(request.finding(label(found), HIGH), || pack);
        format!("{}:{}", policy.name_of(judged.by), judged.action)
    };
    let allow = "[[rule]]\nid = 'a'\naction = 'allow'\nreason = 'r'\nwhen = { label = ['pii'] }";
    let strongest = policy("", allow);
    assert_eq!(judged(&strongest, "pii.email", Action::Redact), "pack:redact");
    assert_eq!(judged(&strongest, "pii.email", Action::Allow), "a:allow");
    let first = policy("combine = 'first-match'", allow);
    assert_eq!(judged(&first, "pii.email", Action::Redact), "a:allow");
    assert_eq!(judged(&first, "finance.card", Action::Redact), "pack:redact");
    let alone = policy("finding = 'block'", allow);
    assert_eq!(judged(&alone, "pii.email", Action::Redact), "a:allow");
    assert_eq!(judged(&alone, "finance.card", Action::Allow), "default:block");
}

#[test]
fn content_that_no_rule_matches_meets_the_default() {
    let denied = policy(
        "content = 'block'\ncombine = 'first-match'",
        "[[rule]]\nid = 'a'\naction = 'allow'\nreason = 'r'\nwhen = { tenant = ['acme'] }",
    );
    let judged = |facts: &Facts| denied.judge_content(denied.request(facts, &[]).content());
    assert_eq!(judged(&facts()), Judged { action: Action::Block, by: By::Default });
    let acme = Facts { tenant: text("acme"), ..facts() };
    assert_eq!(judged(&acme), Judged { action: Action::Allow, by: By::Rule(0) });
}

#[test]
fn what_redacts_says_nothing_of_the_content_itself() {
    let policy = policy(
        "combine = 'first-match'",
        "[[rule]]\nid = 'a'\naction = 'redact'\nreason = 'r'\n\
         [[rule]]\nid = 'b'\naction = 'step_up'\nreason = 'r'\nwhen = { tool = ['x'] }",
    );
    let facts = Facts { tool: text("x"), ..facts() };
    assert_eq!(decided(&policy, &facts, &[], None), "b:step_up");
    assert_eq!(decided(&policy, &facts, &[], finding("pii.email", HIGH)), "a:redact");
}

const AGENT: &str = "[[agent]]\nid = 'support'\nactor = ['spiffe://example.org/agent/support']\n\
    tools = ['crm.get_*', 'mail.send']\ndestinations = [{ provider = ['acme'], region = ['eu-*'] }, { trust = ['internal'] }]\n\
    envelope = [{ label = ['pii.email'], tool = ['mail.send'] }, { label = ['pii'], direction = ['input'] }]\n";

fn support() -> Facts {
    let actor = text("spiffe://example.org/agent/support");
    let destination = Destination { trust: text("internal"), ..Destination::default() };
    Facts { actor, destination, ..facts() }
}

#[test]
fn agents_keep_to_their_tools_and_destinations() {
    let policy = policy("unlisted-agents = 'block'", AGENT);
    let check = |facts: Facts, expect: &str| {
        assert_eq!(decided(&policy, &facts, &[], None), expect, "{facts:?}");
    };
    check(support(), "-");
    check(facts(), "agents/unlisted:block");
    let call = Facts { direction: Direction::ToolCall, ..support() };
    check(call.clone(), "support/tools:block");
    check(Facts { tool: text("crm.get_customer"), ..call.clone() }, "-");
    check(Facts { tool: text("shell.run"), ..call }, "support/tools:block");
    check(Facts { destination: Destination::default(), ..support() }, "support/destinations:block");
    let to = |provider: &str, region: Option<&str>| Facts {
        destination: Destination {
            provider: text(provider),
            region: region.map(str::to_owned),
            ..Destination::default()
        },
        ..support()
    };
    check(to("acme", Some("eu-1")), "-");
    check(to("acme", Some("us-1")), "support/destinations:block");
    check(to("acme", None), "support/destinations:block");
    // Where nothing travels to a destination, none is asked for.
    let answer =
        Facts { direction: Direction::Output, destination: Destination::default(), ..support() };
    check(answer, "-");
}

#[test]
fn agents_keep_to_their_envelope() {
    let policy = policy("", AGENT);
    let check = |facts: &Facts, label, confidence, expect: &str| {
        assert_eq!(decided(&policy, facts, &[], finding(label, confidence)), expect, "{label}");
    };
    let mail = Facts { direction: Direction::ToolCall, tool: text("mail.send"), ..support() };
    check(&mail, "pii.email", HIGH, "-");
    check(&mail, "pii.phone", HIGH, "support/envelope:block");
    check(&mail, "pii.phone", Confidence::Low, "support/envelope:flag?");
    check(&support(), "pii.phone", HIGH, "-");
    check(&support(), "finance.card", HIGH, "support/envelope:block");
    check(&facts(), "finance.card", HIGH, "-");
}

#[test]
fn an_empty_list_of_tools_allows_none() {
    let policy = policy("", "[[agent]]\nid = 'a'\nagent = ['a']\ntools = []\noutside = 'step_up'");
    let facts = Facts { agent: text("a"), tool: text("x"), ..facts() };
    assert_eq!(decided(&policy, &facts, &[], None), "a/tools:step_up");
}

#[test]
fn grants_lift_limits_until_they_end() {
    let grant = "[[grant]]\nid = 'incident-7'\nagent = 'support'\nwhen = { tool = ['shell.run'], label = ['credential'] }\n\
                 from = 2026-11-23T09:00:00Z\nuntil = 2026-11-23T10:00:00Z\nreason = 'INC-7'";
    let policy = policy("", &format!("{AGENT}{grant}"));
    let shell = Facts { direction: Direction::ToolCall, tool: text("shell.run"), ..support() };
    let key = finding("credential.aws", HIGH);
    let check = |now_ms: u64, content: &str, found: &str| {
        let facts = Facts { now_ms, ..shell.clone() };
        assert_eq!(decided(&policy, &facts, &[], None), content, "{now_ms}");
        assert_eq!(decided(&policy, &facts, &[], key), found, "{now_ms}");
    };
    let (begin, end) = (NOW_MS - 30 * 60_000, NOW_MS + 30 * 60_000);
    check(NOW_MS, "-", "-");
    check(begin, "-", "-");
    check(begin - 1, "support/tools:block", "support/tools:block");
    check(end - 1, "-", "-");
    check(end, "support/tools:block", "support/tools:block");
    let facts = Facts { now_ms: NOW_MS, ..shell };
    assert_eq!(
        decided(&policy, &facts, &[], finding("pii.phone", HIGH)),
        "support/envelope:block",
        "the grant is about credentials only"
    );
}

#[test]
fn grants_lift_rules_for_their_agent_only() {
    let text_of = "[[agent]]\nid = 'ops'\nagent = ['ops']\n\
        [[grant]]\nid = 'g'\nagent = 'ops'\nlifts = ['keys']\nwhen = {}\n\
        from = 2026-11-23T09:00:00Z\nuntil = 2026-11-23T10:00:00Z\nreason = 'r'\n\
        [[rule]]\nid = 'keys'\naction = 'block'\nreason = 'r'\nwhen = { label = ['credential'] }";
    let policy = policy("", text_of);
    let key = finding("credential.aws", HIGH);
    let agent = |name: &str| Facts { agent: text(name), ..facts() };
    assert_eq!(decided(&policy, &agent("ops"), &[], key), "-");
    assert_eq!(decided(&policy, &agent("other"), &[], key), "keys:block");
}

#[test]
fn permissions_say_where_values_come_back() {
    let sinks = |text: &str, tool: &str| {
        let facts = Facts { tool: self::text(tool), direction: Direction::Output, ..facts() };
        policy("", text).restores(&facts)
    };
    assert_eq!(sinks("", "a"), Sinks::TEXT);
    let both = "[[restore]]\nid = 'a'\nsinks = ['text']\nwhen = { tool = ['mail.*'] }\n\
                [[restore]]\nid = 'b'\nsinks = ['tool_arguments', 'link']\nwhen = { tool = ['mail.send'] }";
    assert_eq!(sinks(both, "crm"), Sinks::NONE);
    assert_eq!(sinks(both, "mail.get"), Sinks::TEXT);
    assert_eq!(sinks(both, "mail.send"), Sinks { text: true, link: true, tool_arguments: true });
    assert_eq!(sinks("[[restore]]\nid = 'a'\nsinks = []", "a"), Sinks::NONE);
    let tokens = "[[rule]]\nid = 'a'\naction = 'tokenize'\nreason = 'r'\ntoken = 'digits'";
    assert!(policy("", tokens).tokenizes() && !policy("", both).tokenizes());
}

#[test]
fn permissions_and_tokens_have_their_place() {
    let check = |text: &str, code: &str| {
        let text = format!("[policy]\nid = 'test'\ntitle = 'Test'\n{text}");
        let found = compiled(&text).expect_err(&text).render(false);
        assert!(found.contains(code), "{found}");
    };
    check("[[restore]]\nid = 'a'\nsinks = ['text']\nwhen = { label = ['pii'] }", "R418");
    check("[[restore]]\nid = 'a'\nsinks = ['words']", "R006");
    check("[[restore]]\nid = 'a'\nsinks = []\n[[restore]]\nid = 'a'\nsinks = []", "R401");
    check("[[rule]]\nid = 'a'\naction = 'redact'\nreason = 'r'\ntoken = 'digits'", "R413");
}

#[test]
fn what_the_caller_cannot_do_is_blocked() {
    let facts_with = |redact, step_up| {
        let can = Abilities { redact, step_up, tokenize: false };
        Facts { can, ..facts() }
    };
    let able = Abilities { tokenize: true, ..Abilities::default() };
    assert_eq!(Facts { can: able, ..facts() }.feasible(Tokenize, true), (Tokenize, None));
    let check = |redact, step_up, decided, redacts, expect| {
        let got = facts_with(redact, step_up).feasible(decided, redacts);
        assert_eq!(got, expect, "{redact} {step_up} {decided}");
    };
    use Action::{Allow, Block, Flag, Redact, StepUp, Tokenize};
    check(true, true, Redact, true, (Redact, None));
    check(false, true, Redact, true, (Block, Some(POLICY_CANNOT_REDACT)));
    check(false, true, Tokenize, true, (Block, Some(POLICY_CANNOT_REDACT)));
    check(true, true, Tokenize, true, (Redact, Some(POLICY_TOKENS)));
    check(true, false, StepUp, false, (Block, Some(POLICY_CANNOT_ASK)));
    check(false, true, StepUp, false, (StepUp, None));
    check(false, true, StepUp, true, (Block, Some(POLICY_CANNOT_REDACT)));
    check(false, false, Flag, false, (Flag, None));
    check(false, false, Allow, false, (Allow, None));
    check(false, false, Block, true, (Block, None));
}

#[test]
fn fingerprints_follow_the_text() {
    let fingerprint = |text: &str| policy("", text).fingerprint().to_string();
    assert_eq!(fingerprint(""), fingerprint(""));
    assert_ne!(fingerprint(""), fingerprint("# changed"));
    assert_eq!(fingerprint("").len(), 32);
}

#[test]
fn an_explanation_names_the_condition_that_fails() {
    let policy = policy("", &format!("{TWO}\nunless = [{{ tenant = ['acme'] }}]"));
    let outcomes = |facts: &Facts, found: Option<Subject<'_>>| -> Vec<String> {
        policy.explain(facts, &[], found).iter().map(|one| one.outcome.describe()).collect()
    };
    let mail = Some(subject(&RULES, label("pii.email"), HIGH));
    assert_eq!(outcomes(&facts(), mail), ["direction is another one", "matches"]);
    assert_eq!(outcomes(&facts(), None), ["direction is another one", "it is about findings only"]);
    let acme = Facts { tenant: text("acme"), ..facts() };
    assert_eq!(outcomes(&acme, mail)[1], "its exception 1 holds");
}

/// A policy that chance wrote, of a few values, so that rules match often.
fn random_policy(random: &mut SplitMix64) -> Option<Policy> {
    let mut written = String::from("[policy]\nid = 'p'\ntitle = 'P'\n");
    if random.below(2) == 0 {
        written.push_str("combine = 'first-match'\n");
    }
    let actions = ["allow", "flag", "redact", "tokenize", "step_up", "block"];
    for agent in 0..random.below(3) {
        let _ = writeln!(written, "[[agent]]\nid = 'g{agent}'\nagent = ['a{agent}*']");
        if random.below(2) == 0 {
            written.push_str("tools = ['t1', 't2.*']\n");
        }
        if random.below(2) == 0 {
            written.push_str("destinations = [{ region = ['eu*'] }, { domain = ['b.c'] }]\n");
        }
        if random.below(2) == 0 {
            let _ = writeln!(written, "envelope = [{{ {} }}]", condition(random, 1));
        }
    }
    // Enough for more than one word of rules and of exceptions.
    for rule in 0..1 + random.below(90) {
        let action = actions[random.below(actions.len())];
        let count = random.below(4);
        let when = condition(random, count);
        let _ = writeln!(
            written,
            "[[rule]]\nid = 'r{rule}'\naction = '{action}'\nreason = 'r'\nwhen = {{ {when} }}"
        );
        let unless: Vec<_> =
            (0..random.below(3)).map(|_| format!("{{ {} }}", condition(random, 1))).collect();
        let _ = writeln!(written, "unless = [{}]", unless.join(", "));
    }
    compiled(&written).ok().map(|(policy, _)| policy)
}

fn condition(random: &mut SplitMix64, count: usize) -> String {
    let all = [
        "direction = ['input']",
        "direction = ['output', 'memory']",
        "agent = ['a1']",
        "agent = ['a*', 'a1', 'a12*']",
        "agent-version = ['1.*', '1.2.*', '2']",
        "group = ['g1', 'g2']",
        "tool = ['t1', 't2.x']",
        "tool = ['t*', 't2*', 't2.*']",
        "destination = { region = ['eu-1'], domain = ['c'] }",
        "destination = { domain = ['a.b.c', 'b.c'] }",
        "destination = { trust = ['unknown', 'public'] }",
        "attestation = { tee = ['x'] }",
        "label = ['pii', 'finance.card']",
        "label = ['pii.email']",
        "sensitivity = 3",
        "confidence = { act = 'medium' }",
        "count = { label = ['pii'], unique = 2 }",
        "lineage = { integrity = ['untrusted'] }",
        "time = { from = '09:00', to = '10:00' }",
    ];
    let mut chosen: Vec<&str> = Vec::new();
    for _ in 0..count {
        let one = all[random.below(all.len())];
        let key = |text: &str| text.split(' ').next().map(str::to_owned);
        if chosen.iter().all(|known| key(known) != key(one)) {
            chosen.push(one);
        }
    }
    chosen.join(", ")
}

fn random_facts(random: &mut SplitMix64) -> Facts {
    let mut one = |values: &[&str]| {
        let place = random.below(values.len() + 1);
        values.get(place).map(|value| (*value).to_owned())
    };
    let mut facts = Facts {
        agent: one(&["a1", "a12", "a2", "b"]),
        agent_version: one(&["1.2.3", "1.3", "2", "1."]),
        groups: one(&["g1", "g3"]).into_iter().chain(one(&["g2"])).collect(),
        tool: one(&["t1", "t2.x", "t2", "t", "u"]),
        destination: Destination {
            region: one(&["eu-1", "us"]),
            domain: one(&["a.b.c", "b.c", "x.c", "ab.c"]),
            trust: one(&["public", "internal"]),
            ..Destination::default()
        },
        attestation: one(&["x", "y"]).map(|value| ("tee".to_owned(), value)).into_iter().collect(),
        integrity: one(&["untrusted"]),
        ..facts()
    };
    facts.direction = Direction::ALL[random.below(5)];
    facts.now_ms += 3_600_000 * random.below(2) as u64;
    facts
}

#[test]
fn the_fast_evaluation_is_the_plain_one() {
    let mut random = SplitMix64::new(7);
    let (mut compared, mut matched) = (0, 0);
    // Chance contradicts itself often, and is refused then.
    let policies: Vec<_> = (0..400).filter_map(|_| random_policy(&mut random)).take(100).collect();
    for policy in policies {
        for _ in 0..40 {
            let facts = random_facts(&mut random);
            let values = [("pii.email", random.below(3) as u32), ("finance.card", 1)];
            let labels = ["pii.email", "pii.phone", "finance.card", "credential.aws"];
            let found = finding(labels[random.below(4)], Confidence::ALL[random.below(3)]);
            for found in [None, found] {
                compared += 1;
                matched += usize::from(decided(&policy, &facts, &values, found) != "-");
            }
        }
    }
    assert!(compared > 4000, "only {compared}: chance writes policies that are refused");
    assert!(matched > compared / 4 && matched < compared, "{matched} of {compared} match");
}
