//! The grammar: the parser of the brush shell, and its tree made into ours.

use std::rc::Rc;

use brush_parser::ast::{
    AndOr, AndOrList, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem,
    CompoundCommand, CompoundList, IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, Pipeline,
    RedirectList, SeparatorOperator, SimpleCommand, SubshellCommand,
};
use brush_parser::{ParserOptions, Token};

use super::ast::{Item, Link, Node, Raw, Redirect, Simple};
use super::documents;

/// Longer programs are not judged.
const LONGEST: usize = 256 << 10;
/// So much is read again to find where a text stops being a program.
const AGAIN: usize = 2 << 20;

/// Why a text could not be read as a program.
#[derive(Debug, Default)]
pub(in crate::agent) struct Unreadable {
    /// The words that could be told apart, in order; all of the text where none could.
    pub words: Vec<String>,
    /// It was not looked at, or not to its end.
    pub unseen: bool,
}

/// Reads a program, as far as it is one: what comes before an error runs.
pub(in crate::agent) fn parse(text: &str) -> (Node, Option<Unreadable>) {
    let text = documents::closed(text.replace('\0', ""));
    let ends = |c: char| c.is_whitespace() || "();&|{}<>`'\"".contains(c);
    let by_spaces = |text: &str| text.split(ends).map(str::to_owned).collect();
    if text.len() > LONGEST {
        let unreadable = Unreadable { words: by_spaces(&text), unseen: true };
        return (Node::List(Vec::new()), Some(unreadable));
    }
    let mut unseen = match whole(&text) {
        Ok(node) => return (node, None),
        Err(broken) => broken == Broken::Defect,
    };
    let (mut items, mut chunk, mut cost) = (Vec::new(), String::new(), 0);
    for line in text.split_inclusive('\n') {
        chunk.push_str(line);
        cost += chunk.len();
        if cost > AGAIN {
            let words = by_spaces(&text);
            return (Node::List(items), Some(Unreadable { words, unseen: true }));
        }
        match whole(&chunk) {
            Ok(node) => {
                items.push(always(node));
                chunk.clear();
            }
            Err(broken) => unseen |= broken == Broken::Defect,
        }
    }
    let rest = Unreadable { words: by_spaces(&chunk), unseen };
    (Node::List(items), Some(rest))
}

/// Why a text is no program.
#[derive(PartialEq, Eq)]
enum Broken {
    /// Its grammar.
    Error,
    /// A defect of the parser.
    Defect,
}

fn whole(text: &str) -> Result<Node, Broken> {
    std::panic::catch_unwind(|| read(text)).unwrap_or(Err(Broken::Defect))
}

fn read(text: &str) -> Result<Node, Broken> {
    let options = ParserOptions::default();
    let tokens = brush_parser::uncached_tokenize_str(text, &options.tokenizer_options())
        .map_err(|_| Broken::Error)?;
    let program = brush_parser::parse_tokens(&tokens, &options).or_else(|error| {
        // This grammar has no `select`; its shape is that of `for`.
        let as_for = |token: &Token| match token {
            Token::Word(word, span) if word == "select" => {
                Token::Word("for".to_owned(), span.clone())
            }
            other => other.clone(),
        };
        let changed: Vec<Token> = tokens.iter().map(as_for).collect();
        brush_parser::parse_tokens(&changed, &options).map_err(|_| error)
    });
    let program = program.map_err(|_| Broken::Error)?;
    Ok(Node::List(program.complete_commands.iter().map(list).map(always).collect()))
}

/// Whether this is a program as it stands.
pub(super) fn is_whole(text: &str) -> bool {
    text.len() <= LONGEST && whole(text).is_ok()
}

fn always(node: Node) -> Item {
    Item { link: Link::Always, node }
}

fn list(compound: &CompoundList) -> Node {
    let each = compound.0.iter().flat_map(|item| match item.1 {
        // What runs beside it is a shell of its own.
        SeparatorOperator::Async => vec![always(Node::Sub(Box::new(Node::List(and_or(&item.0)))))],
        SeparatorOperator::Sequence => and_or(&item.0),
    });
    Node::List(each.collect())
}

fn and_or(list: &AndOrList) -> Vec<Item> {
    let first = Item { link: Link::Always, node: pipeline(&list.first) };
    let rest = list.additional.iter().map(|next| match next {
        AndOr::And(p) => Item { link: Link::And, node: pipeline(p) },
        AndOr::Or(p) => Item { link: Link::Or, node: pipeline(p) },
    });
    std::iter::once(first).chain(rest).collect()
}

fn pipeline(pipeline: &Pipeline) -> Node {
    let mut nodes: Vec<Node> = pipeline.seq.iter().map(command).collect();
    match nodes.pop() {
        Some(only) if nodes.is_empty() && pipeline.bang => Node::Tested(Box::new(only)),
        Some(only) if nodes.is_empty() => only,
        Some(last) => {
            nodes.push(last);
            Node::Pipe(nodes)
        }
        None => Node::List(Vec::new()),
    }
}

fn command(command: &Command) -> Node {
    match command {
        Command::Simple(simple) => Node::Simple(simple_of(simple)),
        Command::Compound(compound, redirects) => with(compound_of(compound), redirects.as_ref()),
        Command::Function(function) => {
            let body = with(compound_of(&function.body.0), function.body.1.as_ref());
            Node::Function(function.fname.value.clone(), Rc::new(body))
        }
        Command::ExtendedTest(test, redirects) => {
            with(substitutions([test.expr.to_string()]), redirects.as_ref())
        }
    }
}

/// Operands that may run commands in substitutions, and do nothing else.
fn substitutions(texts: impl IntoIterator<Item = String>) -> Node {
    // As inside of double quotes, where only substitutions count.
    let quoted = |text: String| Raw::Word(format!("\"{}\"", text.replace(['"', '\\'], "")));
    let words = std::iter::once(Raw::Word(":".to_owned()));
    let words = words.chain(texts.into_iter().map(quoted)).collect();
    Node::Simple(Simple { words, ..Simple::default() })
}

/// What is between two brackets each: it may be two shells as well, `( (rm x) )`.
fn arithmetic(text: &str) -> Node {
    let mut both = vec![always(substitutions([text.to_owned()]))];
    both.extend(counted(text).map(|name| always(Node::Counted(name))));
    if text.contains(' ') {
        // `(a) ; (b)` without its outermost brackets, too.
        let texts = [text.to_owned(), format!("({text})")];
        both.extend(
            texts.iter().find_map(|t| whole(t).ok()).map(|n| always(Node::Sub(Box::new(n)))),
        );
    }
    Node::List(both)
}

/// The names in an arithmetic expression that it may give a value to.
fn counted(text: &str) -> impl Iterator<Item = String> + '_ {
    let changes = text.contains("++") || text.contains("--") || text.contains('=');
    let part = |c: char| !(c.is_alphanumeric() || c == '_');
    let names = text.split(part).filter(|n| n.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    names.filter(move |_| changes).map(str::to_owned)
}

fn with(node: Node, redirects: Option<&RedirectList>) -> Node {
    match redirects {
        Some(list) if !list.0.is_empty() => {
            Node::With(Box::new(node), list.0.iter().filter_map(redirect).collect())
        }
        _ => node,
    }
}

fn compound_of(compound: &CompoundCommand) -> Node {
    match compound {
        CompoundCommand::Arithmetic(a) => arithmetic(&a.expr.value),
        CompoundCommand::ArithmeticForClause(f) => {
            let parts = [&f.initializer, &f.condition, &f.updater];
            let parts = parts.into_iter().flatten().map(|e| e.value.clone());
            let body = Node::Loop(Box::new(list(&f.body.list)));
            Node::List(vec![always(substitutions(parts)), always(body)])
        }
        CompoundCommand::BraceGroup(group) => list(&group.list),
        CompoundCommand::Subshell(sub) => Node::Sub(Box::new(list(&sub.list))),
        CompoundCommand::ForClause(f) => {
            let words = f.values.as_ref();
            let words = words.map(|all| all.iter().map(|w| Raw::Word(w.value.clone())).collect());
            Node::For(f.variable_name.clone(), words, Box::new(list(&f.body.list)))
        }
        CompoundCommand::CaseClause(case) => {
            let all = case.cases.iter().flat_map(|c| &c.patterns);
            let any = all.clone().any(|p| p.value == "*");
            let words = std::iter::once(&case.value).chain(all).map(|w| w.value.clone());
            let words = substitutions(words);
            let branches = case.cases.iter();
            let empty = || Node::List(Vec::new());
            let branches = branches.map(|c| c.cmd.as_ref().map_or_else(empty, list)).collect();
            Node::List(vec![always(words), always(Node::Branches(branches, any))])
        }
        CompoundCommand::IfClause(clause) => {
            // Each condition is tested where those before it were, and failed.
            let tested = |l: &CompoundList| always(Node::Tested(Box::new(list(l))));
            let mut branches = vec![list(&clause.then)];
            let mut first = vec![tested(&clause.condition)];
            let elses = clause.elses.as_deref().unwrap_or_default();
            let exhaustive = elses.iter().any(|other| other.condition.is_none());
            for other in elses {
                first.extend(other.condition.iter().map(tested));
                branches.push(list(&other.body));
            }
            first.push(always(Node::Branches(branches, exhaustive)));
            Node::List(first)
        }
        CompoundCommand::WhileClause(w) | CompoundCommand::UntilClause(w) => {
            let tested = always(Node::Tested(Box::new(list(&w.0))));
            let body = Node::List(vec![tested, always(list(&w.1.list))]);
            Node::Loop(Box::new(body))
        }
        CompoundCommand::Coprocess(process) => Node::Sub(Box::new(command(&process.body))),
    }
}

fn simple_of(simple: &SimpleCommand) -> Simple {
    let mut made = Simple::default();
    for item in simple.prefix.iter().flat_map(|p| &p.0) {
        put(&mut made, item, true);
    }
    made.words.extend(simple.word_or_name.iter().map(|w| Raw::Word(w.value.clone())));
    for item in simple.suffix.iter().flat_map(|s| &s.0) {
        put(&mut made, item, false);
    }
    made
}

fn put(made: &mut Simple, item: &CommandPrefixOrSuffixItem, before: bool) {
    match item {
        CommandPrefixOrSuffixItem::IoRedirect(io) => made.redirects.extend(redirect(io)),
        CommandPrefixOrSuffixItem::Word(word) => made.words.push(Raw::Word(word.value.clone())),
        CommandPrefixOrSuffixItem::AssignmentWord(assignment, word) => {
            // After the name it is an argument as well: of `export`, or `dd of=..`.
            if !before {
                made.words.push(Raw::Word(word.value.clone()));
                if let (AssignmentName::VariableName(name), AssignmentValue::Array(all)) =
                    (&assignment.name, &assignment.value)
                {
                    let words = all.iter().map(|(_, word)| Raw::Word(word.value.clone()));
                    made.arrays.push((name.clone(), words.collect()));
                }
                return;
            }
            // What is in the brackets of an array runs as well.
            if let AssignmentName::ArrayElementName(_, index) = &assignment.name {
                let index = format!("\"{}\"", index.replace(['"', '\\'], ""));
                made.assigns.push(("_".to_owned(), vec![Raw::Word(index)], false));
            }
            let (AssignmentName::VariableName(name) | AssignmentName::ArrayElementName(name, _)) =
                &assignment.name;
            let values = match &assignment.value {
                AssignmentValue::Scalar(word) => vec![Raw::Word(word.value.clone())],
                AssignmentValue::Array(all) => {
                    all.iter().map(|(_, word)| Raw::Word(word.value.clone())).collect()
                }
            };
            let added = assignment.append
                || matches!(assignment.name, AssignmentName::ArrayElementName(..));
            made.assigns.push((name.clone(), values, added));
        }
        CommandPrefixOrSuffixItem::ProcessSubstitution(_, sub) => made.words.push(process(sub)),
    }
}

fn process(sub: &SubshellCommand) -> Raw {
    Raw::Process(Box::new(list(&sub.list)))
}

fn redirect(io: &IoRedirect) -> Option<Redirect> {
    match io {
        IoRedirect::File(_, kind, target) => {
            let target = match target {
                IoFileRedirectTarget::Filename(word) => Raw::Word(word.value.clone()),
                IoFileRedirectTarget::ProcessSubstitution(_, sub) => process(sub),
                IoFileRedirectTarget::Fd(_) => return None,
                // `>&file` is a file; `>&2` is none.
                IoFileRedirectTarget::Duplicate(word) => {
                    let text = word.value.trim_end_matches('-');
                    if text.bytes().all(|b| b.is_ascii_digit()) {
                        return None;
                    }
                    Raw::Word(word.value.clone())
                }
            };
            Some(match kind {
                IoFileRedirectKind::Write
                | IoFileRedirectKind::Clobber
                // What is written there begins at the file's beginning.
                | IoFileRedirectKind::ReadAndWrite
                | IoFileRedirectKind::DuplicateOutput => Redirect::Write(target),
                IoFileRedirectKind::Append => Redirect::Append(target),
                IoFileRedirectKind::Read | IoFileRedirectKind::DuplicateInput => {
                    Redirect::Read(target)
                }
            })
        }
        IoRedirect::HereDocument(_, document) => {
            let text = document.doc.value.clone();
            Some(Redirect::Text(Raw::Document(text, document.requires_expansion)))
        }
        IoRedirect::HereString(_, word) => Some(Redirect::Text(Raw::Word(word.value.clone()))),
        IoRedirect::OutputAndError(word, append) => {
            let target = Raw::Word(word.value.clone());
            Some(if *append { Redirect::Append(target) } else { Redirect::Write(target) })
        }
    }
}
