//! What the model's answer does to the score of a rule's finding.

/// Probability from which the window around a cue counts as an attack. Set on corpora left out of training (the card).
pub const ATTACK_MIN: f32 = 0.62;

/// Probability below which a weak cue is nothing at all.
pub const HARMLESS_MAX: f32 = 0.30;

/// Probability below which even a phrase that announces an attack is taken as talk about one.
pub const TALK_MAX: f32 = 0.12;

/// Score of a finding from which it is a phrase that announces itself; below, it is a weak cue.
const ANNOUNCED_SCORE_MIN: f32 = 0.5;

/// What a finding's score becomes, given the probability that the window around it is an attack; `None` if it is no finding.
///
/// ```
/// use lockgate::classify::injection::revise;
/// assert!(revise(0.3, 0.95) > Some(0.6));
/// assert_eq!(revise(0.3, 0.05), None);
/// assert!(revise(0.6, 0.05) < Some(0.5));
/// ```
pub fn revise(score: f32, attack: f32) -> Option<f32> {
    let announced = score >= ANNOUNCED_SCORE_MIN;
    if attack >= ATTACK_MIN {
        // The model's answer, but a rule that was surer stays so.
        return Some(score.max(attack.min(SCORE_MAX)));
    }
    match (announced, attack) {
        (true, attack) if attack < TALK_MAX => Some(score.min(TALK_SCORE)),
        (true, _) => Some(score),
        (false, attack) if attack < HARMLESS_MAX => None,
        (false, _) => Some(score),
    }
}

/// Score of a finding that is taken as talk.
const TALK_SCORE: f32 = 0.2;

/// No score says that there is no doubt.
const SCORE_MAX: f32 = 0.99;
