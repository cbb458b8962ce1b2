//! The grammar: the parser of the brush shell, and its tree made into ours.

use std::rc::Rc;

use brush_parser::ast::{
    AndOr, AndOrList, AssignmentName, AssignmentValue, Command, CommandPrefixOrSuffixItem,
    CompoundCommand, CompoundList, IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, Pipeline,
    RedirectList, SimpleCommand, SubshellCommand,
};
use brush_parser::{ParserOptions, Token};

use super::ast::{Item, Link, Node, Raw, Redirect, Simple};

/// Longer programs are not judged.
const LONGEST: usize = 256 << 10;

/// Why a text could not be read as a program.
#[derive(Debug)]
pub(in crate::agent) struct Unreadable {
    /// The words that could be told apart, in order; all of the text where none could.
    pub words: Vec<String>,
}

/// Reads a program.
pub(in crate::agent) fn parse(text: &str) -> Result<Node, Unreadable> {
    let by_spaces = || Unreadable { words: text.split_whitespace().map(str::to_owned).collect() };
    if text.len() > LONGEST || text.contains('\0') {
        return Err(by_spaces());
    }
    let options = ParserOptions::default();
    let tokens = brush_parser::uncached_tokenize_str(text, &options.tokenizer_options())
        .map_err(|_| by_spaces())?;
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
    let program = program.map_err(|_| Unreadable {
        words: tokens.iter().map(|t| t.to_str().to_owned()).collect(),
    })?;
    let lists =
        program.complete_commands.iter().map(|l| Item { link: Link::Always, node: list(l) });
    Ok(Node::List(lists.collect()))
}

fn list(compound: &CompoundList) -> Node {
    Node::List(compound.0.iter().flat_map(|item| and_or(&item.0)).collect())
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
            // Its operands may run commands in substitutions.
            let words = vec![
                Raw::Word(":".to_owned()),
                Raw::Word(format!("\"{}\"", quoted(&test.expr.to_string()))),
            ];
            with(Node::Simple(Simple { words, ..Simple::default() }), redirects.as_ref())
        }
    }
}

/// As inside of double quotes, where only substitutions count.
fn quoted(text: &str) -> String {
    text.replace(['"', '\\'], "")
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
        CompoundCommand::Arithmetic(_) => Node::List(Vec::new()),
        CompoundCommand::ArithmeticForClause(f) => Node::Branches(vec![list(&f.body.list)]),
        CompoundCommand::BraceGroup(group) => list(&group.list),
        CompoundCommand::Subshell(sub) => Node::Sub(Box::new(list(&sub.list))),
        CompoundCommand::ForClause(f) => {
            let words = f.values.as_ref();
            let words = words.map(|all| all.iter().map(|w| Raw::Word(w.value.clone())).collect());
            Node::For(f.variable_name.clone(), words, Box::new(list(&f.body.list)))
        }
        CompoundCommand::CaseClause(case) => {
            Node::Branches(case.cases.iter().filter_map(|c| c.cmd.as_ref()).map(list).collect())
        }
        CompoundCommand::IfClause(clause) => {
            let mut branches = vec![list(&clause.then)];
            let mut first = vec![Item { link: Link::Always, node: list(&clause.condition) }];
            for other in clause.elses.iter().flatten() {
                first.extend(
                    other.condition.iter().map(|c| Item { link: Link::Always, node: list(c) }),
                );
                branches.push(list(&other.body));
            }
            first.push(Item { link: Link::Always, node: Node::Branches(branches) });
            Node::List(first)
        }
        CompoundCommand::WhileClause(w) | CompoundCommand::UntilClause(w) => {
            let both = vec![
                Item { link: Link::Always, node: list(&w.0) },
                Item { link: Link::Always, node: Node::Branches(vec![list(&w.1.list)]) },
            ];
            Node::List(both)
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
                return;
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
                | IoFileRedirectKind::DuplicateOutput => Redirect::Write(target),
                IoFileRedirectKind::Append | IoFileRedirectKind::ReadAndWrite => {
                    Redirect::Append(target)
                }
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
