//! A shell program, as far as it matters which commands it runs, with which words.

use std::rc::Rc;

/// A piece of a program.
#[derive(Debug)]
pub(in crate::agent) enum Node {
    /// One command.
    Simple(Simple),
    /// Commands that feed each other.
    Pipe(Vec<Node>),
    /// One after the other.
    List(Vec<Item>),
    /// In a shell of its own: what it changes ends with it.
    Sub(Box<Node>),
    /// One of these runs; or none, where that is not said to be all that there is.
    Branches(Vec<Node>, bool),
    /// What decides: its failure ends nothing.
    Tested(Box<Node>),
    /// It runs again and again, or not at all.
    Loop(Box<Node>),
    /// The body runs for each of these words, or, with none given, for the positional ones.
    For(String, Option<Vec<Raw>>, Box<Node>),
    /// A definition.
    Function(String, Rc<Node>),
    /// A variable that has some number from then on.
    Counted(String),
    /// A compound command with its redirections.
    With(Box<Node>, Vec<Redirect>),
}

/// A command of a list.
#[derive(Debug)]
pub(in crate::agent) struct Item {
    /// When it runs.
    pub link: Link,
    /// What.
    pub node: Node,
}

/// What the command before must have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agent) enum Link {
    /// Nothing.
    Always,
    /// Succeeded.
    And,
    /// Failed.
    Or,
}

/// One command.
#[derive(Debug, Default)]
pub(in crate::agent) struct Simple {
    /// Its assignments: name, words (several for an array), whether they are added.
    pub assigns: Vec<(String, Vec<Raw>, bool)>,
    /// Its words.
    pub words: Vec<Raw>,
    /// Arrays that are among its words: those of `declare`.
    pub arrays: Vec<(String, Vec<Raw>)>,
    /// Its redirections.
    pub redirects: Vec<Redirect>,
}

/// A redirection.
#[derive(Debug)]
pub(in crate::agent) enum Redirect {
    /// The file is emptied, then written.
    Write(Raw),
    /// Written at its end.
    Append(Raw),
    /// Read.
    Read(Raw),
    /// The text itself is read.
    Text(Raw),
}

/// A word before it is expanded.
#[derive(Debug)]
pub(in crate::agent) enum Raw {
    /// As it was written, quotes and all.
    Word(String),
    /// A here-document, with whether variables count in it.
    Document(String, bool),
    /// `<(..)` or `>(..)`.
    Process(Box<Node>),
}
