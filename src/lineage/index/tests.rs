//! The index: edges and their evidence, and the answers.

use super::*;
use crate::base::limits::LINEAGE_ANSWER_MAX;
use crate::lineage::event::Found;
use crate::lineage::ids::FlowSource;

/// A content to record: number, tenant, session, values as (letter, tier), parents.
struct Content<'a> {
    number: u64,
    tenant: &'a str,
    session: Option<&'a str>,
    values: &'a [(u8, u8)],
    parents: &'a [u64],
}

impl Default for Content<'_> {
    fn default() -> Self {
        Self { number: 0, tenant: "acme", session: None, values: &[], parents: &[] }
    }
}

fn id(number: u64) -> ArtifactId {
    ArtifactId::new(number, [0; 10])
}

fn token(letter: u8) -> ValueToken {
    ValueToken([letter; 16])
}

fn event(content: &Content<'_>) -> Event {
    let artifact = id(content.number);
    let source = content.session.map_or(FlowSource::Artifact(artifact), FlowSource::Session);
    let findings = content.values.iter().map(|(letter, tier)| Found {
        label: format!("test.{tier}").into(),
        tier: *tier,
        count: 1,
        levels: None,
        tokens: vec![token(*letter)],
    });
    Event::Inspection(Box::new(Inspection {
        artifact,
        flow: FlowId::new(content.tenant, source),
        tenant: content.tenant.into(),
        epoch: 1,
        actor: Some("spiffe://example.org/agent".to_owned()),
        agent: None,
        session: content.session.map(str::to_owned),
        trace: None,
        parents: content.parents.iter().map(|parent| id(*parent)).collect(),
        direction: "input".into(),
        format: "text".into(),
        bytes: 1,
        action: "allow".into(),
        reason: None,
        pack: "default".into(),
        rules: "x".into(),
        findings: findings.collect(),
        tokens_dropped: 0,
        bytes_scanned: 1,
        gaps: Vec::new(),
        policy: None,
        took_us: 1,
    }))
}

fn index(contents: &[Content<'_>]) -> Index {
    let mut index = Index::new(1000);
    for (seq, content) in contents.iter().enumerate() {
        index.insert(seq as u64, event(content));
    }
    index
}

/// Edges into a content, as (source, mode, pieces of evidence).
fn sources(index: &Index, number: u64) -> Vec<(u64, Mode, usize)> {
    let closure = index.closure("acme", id(number), Toward::Sources, Reachable, 1).unwrap();
    let into = closure.edges.iter().filter(|edge| edge.to == id(number));
    into.map(|edge| (edge.from.time_ms(), edge.mode, edge.evidence.len())).collect()
}

use Mode::{Observed, Reachable};

#[test]
fn a_value_that_links_alone_leads_to_where_it_was_first() {
    let index = index(&[
        Content { number: 1, values: &[(b'a', 3)], ..Content::default() },
        Content { number: 2, values: &[(b'a', 3)], ..Content::default() },
        Content { number: 3, values: &[(b'a', 3), (b'b', 2)], ..Content::default() },
    ]);
    assert_eq!(sources(&index, 2), [(1, Observed, 1)]);
    assert_eq!(sources(&index, 3), [(1, Observed, 1)]);
    assert!(sources(&index, 1).is_empty());
}

#[test]
fn a_named_parent_that_holds_the_value_comes_first_then_the_flow() {
    let index = index(&[
        Content { number: 1, values: &[(b'a', 3)], ..Content::default() },
        Content { number: 2, session: Some("s"), values: &[(b'a', 3)], ..Content::default() },
        Content { number: 3, session: Some("s"), ..Content::default() },
        Content { number: 4, session: Some("s"), values: &[(b'a', 3)], ..Content::default() },
        Content {
            number: 5,
            session: Some("s"),
            values: &[(b'a', 3)],
            parents: &[1],
            ..Content::default()
        },
        Content { number: 6, values: &[(b'a', 3)], parents: &[3], ..Content::default() },
    ]);
    assert_eq!(sources(&index, 4), [(3, Reachable, 1), (2, Observed, 1)]);
    assert_eq!(sources(&index, 5), [(4, Reachable, 1), (1, Observed, 1), (1, Reachable, 1)]);
    // The parent does not hold the value: it is only reachable, and the value is traced to its origin.
    assert_eq!(sources(&index, 6), [(3, Reachable, 1), (1, Observed, 1)]);
}

#[test]
fn weak_values_link_within_a_flow_or_together() {
    let index = index(&[
        Content {
            number: 1,
            session: Some("s"),
            values: &[(b'a', 1), (b'b', 1)],
            ..Content::default()
        },
        Content { number: 2, values: &[(b'a', 1)], ..Content::default() },
        Content { number: 3, session: Some("s"), values: &[(b'a', 1)], ..Content::default() },
        Content { number: 4, values: &[(b'a', 1), (b'b', 1)], ..Content::default() },
        Content { number: 5, values: &[(b'z', 0)], ..Content::default() },
        Content { number: 6, values: &[(b'z', 0)], ..Content::default() },
    ]);
    assert!(sources(&index, 2).is_empty());
    assert_eq!(sources(&index, 3), [(1, Observed, 1), (1, Reachable, 1)]);
    assert_eq!(sources(&index, 4), [(1, Observed, 2)]);
    assert!(sources(&index, 6).is_empty());
}

#[test]
fn confidence_follows_the_evidence() {
    let index = index(&[
        Content {
            number: 1,
            session: Some("s"),
            values: &[(b'a', 3), (b'b', 2), (b'c', 1)],
            ..Content::default()
        },
        Content { number: 2, values: &[(b'a', 3)], ..Content::default() },
        Content { number: 3, values: &[(b'a', 3), (b'b', 2)], ..Content::default() },
        Content { number: 4, session: Some("s"), values: &[(b'c', 1)], ..Content::default() },
    ]);
    let confidence = |to: u64| index.why("acme", id(1), id(to)).unwrap()[0].confidence;
    let near = |a: f32, b: f32| assert!((a - b).abs() < 1e-4, "{a} {b}");
    near(confidence(2), 0.98);
    near(confidence(3), 1.0 - 0.02 * 0.05);
    near(confidence(4), 0.60);
    let common: Vec<_> = (1..=33)
        .map(|number| Content { number, values: &[(b'a', 3)], ..Content::default() })
        .collect();
    let index = self::index(&common);
    near(index.why("acme", id(1), id(33)).unwrap()[0].confidence, 0.98 * 8.0 / 32.0);
}

#[test]
fn closures_go_both_ways_and_keep_the_modes_apart() {
    let index = index(&[
        Content { number: 1, values: &[(b'a', 3)], ..Content::default() },
        Content { number: 2, values: &[(b'a', 3), (b'b', 3)], ..Content::default() },
        Content { number: 3, values: &[(b'b', 3)], ..Content::default() },
        Content { number: 4, parents: &[3], ..Content::default() },
    ]);
    let check = |number, toward, mode, depth, expect: &[(u64, u32)]| {
        let closure = index.closure("acme", id(number), toward, mode, depth).unwrap();
        let reached: Vec<_> =
            closure.artifacts.iter().map(|r| (r.artifact.time_ms(), r.distance)).collect();
        assert_eq!(reached, expect, "{number} {toward:?} {mode:?} {depth}");
        assert!(closure.edges.iter().all(|edge| edge.mode <= mode));
        assert_eq!(closure.edges.len(), expect.len() - 1);
    };
    check(4, Toward::Sources, Reachable, 9, &[(4, 0), (3, 1), (2, 2), (1, 3)]);
    check(4, Toward::Sources, Reachable, 2, &[(4, 0), (3, 1), (2, 2)]);
    check(4, Toward::Sources, Observed, 9, &[(4, 0)]);
    check(3, Toward::Sources, Observed, 9, &[(3, 0), (2, 1), (1, 2)]);
    check(1, Toward::Targets, Observed, 9, &[(1, 0), (2, 1), (3, 2)]);
    check(1, Toward::Targets, Reachable, 9, &[(1, 0), (2, 1), (3, 2), (4, 3)]);
    let way = |from, to| {
        let edges = index.why("acme", id(from), id(to)).unwrap();
        edges.iter().map(|edge| (edge.from.time_ms(), edge.to.time_ms())).collect::<Vec<_>>()
    };
    assert_eq!(way(1, 4), [(1, 2), (2, 3), (3, 4)]);
    assert_eq!(way(1, 3), [(1, 2), (2, 3)]);
    assert!(way(4, 1).is_empty());
    assert!(way(1, 1).is_empty());
    assert!(index.why("acme", id(1), id(99)).is_none());
}

#[test]
fn tenants_do_not_see_each_other() {
    let index = index(&[
        Content { number: 1, session: Some("s"), values: &[(b'a', 3)], ..Content::default() },
        Content {
            number: 2,
            tenant: "other",
            session: Some("s"),
            parents: &[1],
            ..Content::default()
        },
    ]);
    assert!(index.artifact("other", id(1)).is_none());
    assert!(index.trail("other", token(b'a')).0.is_empty());
    let closure = index.closure("other", id(2), Toward::Sources, Reachable, 9).unwrap();
    assert!(closure.edges.is_empty());
    assert_eq!(index.session("other", "s").0.len(), 1);
    assert_eq!(index.exposure("other", "spiffe://example.org/agent", 0, u64::MAX).artifacts, 1);
}

#[test]
fn trails_sessions_and_exposures() {
    let index = index(&[
        Content { number: 1, session: Some("s"), values: &[(b'a', 3)], ..Content::default() },
        Content {
            number: 5,
            session: Some("t"),
            values: &[(b'a', 3), (b'b', 3)],
            ..Content::default()
        },
        Content { number: 9, session: Some("s"), ..Content::default() },
    ]);
    let (trail, more) = index.trail("acme", token(b'a'));
    let seen: Vec<_> = trail.iter().map(|s| (s.label, s.step.seq, s.step.time_ms)).collect();
    assert_eq!((seen, more), (vec![("test.3", 0, 1), ("test.3", 1, 5)], false));
    let steps: Vec<_> = index.session("acme", "s").0.iter().map(|step| step.seq).collect();
    assert_eq!(steps, [0, 2]);
    let exposure = index.exposure("acme", "spiffe://example.org/agent", 2, 9);
    assert_eq!((exposure.artifacts, exposure.flows, exposure.labels.len()), (2, 2, 1));
    let label = &exposure.labels[0];
    assert_eq!((label.findings, label.values, label.first_ms, label.last_ms), (2, 2, 5, 5));
    assert!(index.exposure("acme", "nobody", 0, 9).labels.is_empty());
}

#[test]
fn answers_and_the_index_have_limits() {
    let many = LINEAGE_ANSWER_MAX as u64 + 5;
    let contents: Vec<_> = (1..=many)
        .map(|number| Content {
            number,
            session: Some("s"),
            values: &[(b'a', 3)],
            ..Content::default()
        })
        .collect();
    let mut index = Index::new(many as usize);
    contents.iter().for_each(|content| index.insert(content.number, event(content)));
    let (steps, more) = index.session("acme", "s");
    assert_eq!((steps.len(), more), (LINEAGE_ANSWER_MAX, true));
    assert!(index.trail("acme", token(b'a')).1);
    let closure = index.closure("acme", id(many), Toward::Sources, Reachable, u32::MAX).unwrap();
    assert!(closure.cut && closure.artifacts.len() <= LINEAGE_ANSWER_MAX);
    assert!(closure.edges.len() <= LINEAGE_ANSWER_MAX);
    assert_eq!(index.forgotten(), 0);
    index.insert(0, event(&Content { number: many + 1, ..Content::default() }));
    assert_eq!(index.len() as u64 + index.forgotten(), many + 1);
    assert!(index.forgotten() > 0 && index.artifact("acme", id(1)).is_none());
    assert!(index.artifact("acme", id(many)).is_some());
    index.insert(0, event(&Content { number: many, ..Content::default() }));
    assert_eq!(index.len() as u64 + index.forgotten(), many + 1);
}
