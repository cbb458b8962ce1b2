//! Who calls, as far as it can be told.

/// How sure it is that no person is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing speaks of an agent. That proves no person.
    #[default]
    Unmarked,
    /// A variable of an agent is set, as in the terminals of editors: a person may still be there.
    Marked,
    /// An agent is among the processes above, or holds the terminal.
    Agent,
}

/// Who calls, with the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// How sure it is.
    pub standing: Standing,
    /// The agent's name.
    pub name: Option<String>,
    /// What gave it away.
    pub evidence: Vec<String>,
}
