//! What the model's answer does to the score of a rule's finding.

/// Whose words a text is made of: what is an attack from a stranger can be an ordinary order of the owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Author {
    /// Users, tools, documents.
    #[default]
    Anyone,
    /// The owner of the agent: the text is a system prompt.
    Owner,
}

impl Author {
    /// Probability from which a window counts as an attack. Set on corpora that were left out of training (the model's card).
    pub const fn attack_min(self) -> f32 {
        match self {
            Self::Anyone => 0.5,
            Self::Owner => 0.92,
        }
    }

    /// Probability below which a phrase that announces an attack is taken as talk about one.
    const fn talk_max(self) -> f32 {
        match self {
            Self::Anyone => 0.01,
            Self::Owner => 0.5,
        }
    }
}

/// Probability from which a text counts as an attack although no rule found a cue in it. Windows are many, and ordinary role play reads
/// like a jailbreak.
pub const UNCUED_ATTACK_MIN: f32 = 0.97;

/// Score of a finding from which it is a phrase that announces an attack; below, it is a weak cue.
const ANNOUNCED_SCORE_MIN: f32 = 0.5;

/// Highest score of a finding that is taken as talk.
const TALK_SCORE_MAX: f32 = 0.2;

/// No score says that there is no doubt.
const SCORE_MAX: f32 = 0.99;

/// What a finding's score becomes, given the probability that the window around it is an attack; `None` if it is no finding: a weak cue
/// counts only where the model agrees.
///
/// ```
/// use lockgate::classify::injection::{Author, revise};
/// assert_eq!(revise(0.3, 0.95, Author::Anyone), Some(0.95));
/// assert_eq!(revise(0.3, 0.05, Author::Anyone), None);
/// assert_eq!(revise(0.6, 0.3, Author::Anyone), Some(0.6));
/// assert_eq!(revise(0.6, 0.001, Author::Anyone), Some(0.2));
/// ```
pub fn revise(score: f32, attack: f32, author: Author) -> Option<f32> {
    let announced = score >= ANNOUNCED_SCORE_MIN;
    if attack >= author.attack_min() {
        // A rule that was surer stays so.
        Some(score.max(attack.min(SCORE_MAX)))
    } else if !announced {
        None
    } else if attack < author.talk_max() {
        Some(score.min(TALK_SCORE_MAX))
    } else {
        Some(score)
    }
}
