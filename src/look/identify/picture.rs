//! What a pickle would make, as a picture: nodes that point to each other, and questions to them.

/// An index among the nodes.
pub(super) type Id = u32;

/// What an opcode made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Nothing,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<str>),
    /// `module.name`.
    Global(Box<str>),
    Seq(Vec<Id>),
    Map(Vec<(Id, Id)>),
    /// The result of a call, with what was set on it later.
    Object {
        class: Id,
        args: Id,
        state: Option<Id>,
        items: Vec<(Id, Id)>,
    },
    /// A persistent id: a storage of torch's.
    Stored(Id),
    /// Bytes, sets, extensions: nothing that says anything.
    Other,
}

/// What a pickle would make.
#[derive(Debug, Default)]
pub(super) struct Pickle {
    pub(super) nodes: Vec<Node>,
    /// The result; of a pickle that was cut, what there was of it.
    pub root: Option<Id>,
    /// It came to its end.
    pub whole: bool,
    /// How many bytes it has.
    pub used: usize,
}

impl Pickle {
    /// A node; what is out of range says nothing.
    pub(super) fn node(&self, id: Id) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&Node::Other)
    }

    pub(super) fn text(&self, id: Id) -> Option<&str> {
        if let Node::Text(text) = self.node(id) { Some(text) } else { None }
    }

    /// A whole number that is not negative.
    pub(super) fn count(&self, id: Id) -> Option<u64> {
        if let Node::Int(n) = self.node(id) { u64::try_from(*n).ok() } else { None }
    }

    pub(super) fn seq(&self, id: Id) -> Option<&[Id]> {
        if let Node::Seq(items) = self.node(id) { Some(items) } else { None }
    }

    /// Every persistent id.
    pub(super) fn stored(&self) -> impl Iterator<Item = Id> {
        self.nodes.iter().filter_map(|n| if let Node::Stored(id) = n { Some(*id) } else { None })
    }

    /// The name of a class or function, or of the class of an object.
    pub(super) fn class(&self, id: Id) -> Option<&str> {
        match self.node(id) {
            Node::Global(name) => Some(name),
            Node::Object { class, .. } => match self.node(*class) {
                Node::Global(name) => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a map holds, or an object as a map or in its state.
    pub(super) fn entries(&self, id: Id) -> &[(Id, Id)] {
        match self.node(id) {
            Node::Map(items) => items,
            Node::Object { items, .. } if !items.is_empty() => items,
            Node::Object { state: Some(state), .. } => match self.node(*state) {
                Node::Map(items) => items,
                // `(state, slots)`.
                Node::Seq(parts) => match parts.first().map(|p| self.node(*p)) {
                    Some(Node::Map(items)) => items,
                    _ => &[],
                },
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, id: Id, key: &str) -> Option<Id> {
        self.get_within(id, key, usize::MAX)
    }

    /// The value of a key among the first few: for what is asked of very many objects.
    pub(super) fn get_within(&self, id: Id, key: &str, few: usize) -> Option<Id> {
        self.entries(id).iter().take(few).find(|(k, _)| self.text(*k) == Some(key)).map(|(_, v)| *v)
    }
}
