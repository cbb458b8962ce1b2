//! Pickles, read and never run: opcodes build a picture of what would be made, and nothing is made.
//!
//! Source: CPython's `pickletools`. A call (`REDUCE`, `NEWOBJ`, `BUILD`) becomes a node with its class,
//! arguments and state; a class is the text that names it. Every node costs at least one byte of a
//! bounded input, nodes are counted, and what a memo or a `DUP` repeats is pointed to, not copied.

use std::collections::HashMap;

use super::picture::{Id, Node, Pickle};

/// More nodes than the pickle of a model with 30,000 tensors has.
const NODES: usize = 500_000;
/// The longest text that is kept; names of tensors are shorter.
const TEXT: usize = 512;

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Pickle,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
    /// How many pairs were copied out of lists: one list can be named again and again.
    copied: usize,
}

/// Reads one pickle from the start of `bytes`.
#[must_use]
pub(super) fn scan(bytes: &[u8]) -> Pickle {
    let mut machine = Machine {
        bytes,
        at: 0,
        out: Pickle { nodes: vec![Node::Nothing, Node::Other], ..Pickle::default() },
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        copied: 0,
    };
    while !machine.out.whole {
        if machine.step().is_none() || machine.out.nodes.len() > NODES {
            break;
        }
    }
    machine.finish()
}

const NOTHING: Id = 0;
const OTHER: Id = 1;

impl<'a> Machine<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let part = self.bytes.get(self.at..self.at.checked_add(n)?)?;
        self.at += n;
        Some(part)
    }

    fn number(&mut self, width: usize) -> Option<u64> {
        let bytes = self.take(width)?;
        Some(bytes.iter().rev().fold(0, |n: u64, b| (n << 8) | u64::from(*b)))
    }

    fn counted(&mut self, width: usize) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number(width)?).ok()?;
        self.take(len)
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let len = rest.iter().position(|b| *b == b'\n')?;
        self.at += len + 1;
        Some(&rest[..len])
    }

    fn push(&mut self, node: Node) -> Option<()> {
        let id = Id::try_from(self.out.nodes.len()).ok()?;
        self.out.nodes.push(node);
        self.stack.push(id);
        Some(())
    }

    /// Pushes what is kept once.
    fn push_known(&mut self, id: Id) -> Option<()> {
        // A stack of nothings grows by a byte each all the same.
        (self.stack.len() < NODES).then(|| self.stack.push(id))
    }

    fn pop(&mut self) -> Option<Id> {
        // What lies below a mark belongs to whatever set it.
        (self.stack.len() > self.marks.last().copied().unwrap_or(0)).then(|| self.stack.pop())?
    }

    fn popped(&mut self) -> Option<Vec<Id>> {
        let mark = self.marks.pop()?;
        (mark <= self.stack.len()).then(|| self.stack.split_off(mark))
    }

    fn top(&self) -> Option<Id> {
        self.stack.last().copied()
    }

    fn call(&mut self, class: Id, args: Id) -> Option<()> {
        let items = if self.copied < NODES { self.listed(class, args) } else { Vec::new() };
        self.copied += items.len();
        self.push(Node::Object { class, args, state: None, items })
    }

    /// The pairs of an `OrderedDict([[key, value], ..])`, as Python 2 wrote them.
    fn listed(&self, class: Id, args: Id) -> Vec<(Id, Id)> {
        let ordered = self.out.class(class) == Some("collections.OrderedDict");
        let list = self.out.seq(args).filter(|_| ordered).and_then(|a| a.first());
        let pairs = list.and_then(|list| self.out.seq(*list)).unwrap_or_default();
        let pair = |id: &Id| match self.out.seq(*id) {
            Some([key, value]) => Some((*key, *value)),
            _ => None,
        };
        pairs.iter().filter_map(pair).collect()
    }

    fn global(&mut self, module: &[u8], name: &[u8]) -> Option<()> {
        let text = format!("{}.{}", text(module), text(name));
        self.push(Node::Global(text.into()))
    }

    fn recall(&mut self, key: u32) -> Option<()> {
        let id = *self.memo.get(&key)?;
        self.push_known(id)
    }

    fn remember(&mut self, key: u32) -> Option<()> {
        let top = self.top()?;
        self.memo.insert(key, top);
        Some(())
    }

    fn digits(&mut self) -> Option<u32> {
        std::str::from_utf8(self.line()?).ok()?.trim().parse().ok()
    }

    fn items(&mut self, pairs: &[Id]) {
        let Some(top) = self.top() else { return };
        let pairs = pairs.chunks_exact(2).map(|p| (p[0], p[1]));
        let top = self.out.nodes.get_mut(top as usize);
        if let Some(Node::Map(items) | Node::Object { items, .. }) = top {
            items.extend(pairs);
        }
    }

    fn append(&mut self, more: &[Id]) {
        let Some(top) = self.top() else { return };
        if let Some(Node::Seq(items)) = self.out.nodes.get_mut(top as usize) {
            items.extend(more);
        }
    }

    fn step(&mut self) -> Option<()> {
        let op = self.take(1)?[0];
        match op {
            0x80 => self.take(1).map(drop),
            0x95 => self.take(8).map(drop),
            b'.' => {
                self.out.root = self.top();
                self.out.whole = true;
                Some(())
            }
            b'(' => (self.marks.len() < NODES).then(|| self.marks.push(self.stack.len())),
            b'0' => self.pop().map(drop),
            b'1' => self.popped().map(drop),
            b'2' => self.top().and_then(|top| self.push_known(top)),
            b'N' => self.push_known(NOTHING),
            0x88 | 0x89 => self.push(Node::Bool(op == 0x88)),
            b'I' => {
                let line = std::str::from_utf8(self.line()?).ok()?.trim();
                match line {
                    "00" | "01" => self.push(Node::Bool(line == "01")),
                    _ => self.push(Node::Int(line.parse().ok()?)),
                }
            }
            b'J' => {
                let n = i32::from_le_bytes(self.take(4)?.try_into().ok()?);
                self.push(Node::Int(n.into()))
            }
            b'K' => self.int(1),
            b'M' => self.int(2),
            b'L' => {
                let line = std::str::from_utf8(self.line()?).ok()?;
                let n = line.trim().trim_end_matches('L').parse().ok();
                match n {
                    Some(n) => self.push(Node::Int(n)),
                    None => self.push_known(OTHER),
                }
            }
            0x8a | 0x8b => {
                let bytes = self.counted(if op == 0x8a { 1 } else { 4 })?;
                match long(bytes) {
                    Some(n) => self.push(Node::Int(n)),
                    None => self.push_known(OTHER),
                }
            }
            b'F' => {
                let line = std::str::from_utf8(self.line()?).ok()?.trim().parse().ok()?;
                self.push(Node::Float(line))
            }
            b'G' => {
                let n = f64::from_be_bytes(self.take(8)?.try_into().ok()?);
                self.push(Node::Float(n))
            }
            b'S' | b'V' => {
                let line = self.line()?;
                let line = line.strip_prefix(b"'").unwrap_or(line);
                self.text(line.strip_suffix(b"'").unwrap_or(line))
            }
            b'T' | b'X' => self.counted(4).and_then(|t| self.text(t)),
            b'U' | 0x8c => self.counted(1).and_then(|t| self.text(t)),
            0x8d => self.counted(8).and_then(|t| self.text(t)),
            b'B' => self.counted(4).and_then(|_| self.push_known(OTHER)),
            b'C' => self.counted(1).and_then(|_| self.push_known(OTHER)),
            0x8e | 0x96 => self.counted(8).and_then(|_| self.push_known(OTHER)),
            0x97 => self.push_known(OTHER),
            0x98 => Some(()),
            _ => self.structure(op),
        }
    }

    fn int(&mut self, width: usize) -> Option<()> {
        let n = i64::try_from(self.number(width)?).ok()?;
        self.push(Node::Int(n))
    }

    fn text(&mut self, bytes: &[u8]) -> Option<()> {
        self.push(Node::Text(text(bytes).into()))
    }

    /// Opcodes that put together what lies on the stack.
    fn structure(&mut self, op: u8) -> Option<()> {
        match op {
            b'}' => self.push(Node::Map(Vec::new())),
            b']' | b')' | 0x8f => self.push(Node::Seq(Vec::new())),
            b't' | b'l' | 0x91 => self.popped().and_then(|items| self.push(Node::Seq(items))),
            0x85..=0x87 => {
                let count = usize::from(op - 0x84);
                let from = self.stack.len().checked_sub(count)?;
                let items = self.stack.split_off(from);
                self.push(Node::Seq(items))
            }
            b'd' => {
                let items = self.popped()?;
                let pairs = items.chunks_exact(2).map(|p| (p[0], p[1])).collect();
                self.push(Node::Map(pairs))
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.items(&[key, value]);
                Some(())
            }
            b'u' => {
                let pairs = self.popped()?;
                self.items(&pairs);
                Some(())
            }
            b'a' => {
                let one = self.pop()?;
                self.append(&[one]);
                Some(())
            }
            b'e' | 0x90 => {
                let more = self.popped()?;
                self.append(&more);
                Some(())
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.global(module, name)
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (module, name) = (self.out.text(module)?, self.out.text(name)?);
                let text = format!("{module}.{name}");
                self.push(Node::Global(text.into()))
            }
            b'R' | 0x81 => {
                let (args, class) = (self.pop()?, self.pop()?);
                self.call(class, args)
            }
            0x92 => {
                let (_, args, class) = (self.pop()?, self.pop()?, self.pop()?);
                self.call(class, args)
            }
            b'i' => {
                let (module, name) = (self.line()?, self.line()?);
                let args = self.popped()?;
                self.global(module, name)?;
                let class = self.pop()?;
                self.push(Node::Seq(args))?;
                let args = self.pop()?;
                self.call(class, args)
            }
            b'o' => {
                let mut args = self.popped()?;
                let class = *args.first()?;
                args.remove(0);
                self.push(Node::Seq(args))?;
                let args = self.pop()?;
                self.call(class, args)
            }
            b'b' => {
                let new = self.pop()?;
                let top = self.top()?;
                if let Some(Node::Object { state, .. }) = self.out.nodes.get_mut(top as usize) {
                    *state = Some(new);
                }
                Some(())
            }
            b'Q' => {
                let id = self.pop()?;
                self.push(Node::Stored(id))
            }
            b'P' => {
                let line = self.line()?;
                self.text(line)?;
                let id = self.pop()?;
                self.push(Node::Stored(id))
            }
            b'g' => self.digits().and_then(|key| self.recall(key)),
            b'h' => self.number(1).and_then(|key| self.recall(u32::try_from(key).ok()?)),
            b'j' => self.number(4).and_then(|key| self.recall(u32::try_from(key).ok()?)),
            b'p' => self.digits().and_then(|key| self.remember(key)),
            b'q' => self.number(1).and_then(|key| self.remember(u32::try_from(key).ok()?)),
            b'r' => self.number(4).and_then(|key| self.remember(u32::try_from(key).ok()?)),
            0x94 => self.remember(u32::try_from(self.memo.len()).ok()?),
            0x82..=0x84 => {
                self.take(1 << (op - 0x82))?;
                self.push_known(OTHER)
            }
            _ => None,
        }
    }

    /// Puts what a cut pickle has begun into what it was begun for.
    fn finish(mut self) -> Pickle {
        while let Some(items) = self.popped() {
            // A call whose arguments are not all there yet stands where its value would.
            self.items(&items);
            self.append(&items);
        }
        if !self.out.whole {
            self.out.root = self.stack.first().copied();
        }
        self.out.used = self.at;
        self.out
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT)]).into_owned()
}

/// A whole number in two's complement.
fn long(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 8 {
        return None;
    }
    let negative = bytes.last().is_some_and(|b| b & 0x80 != 0);
    let mut all = [if negative { 0xff } else { 0 }; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    Some(i64::from_le_bytes(all))
}
