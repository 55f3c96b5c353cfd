//! From text to commands. A small part of the POSIX shell: lists, pipelines, redirections, quotes, substitutions.

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text as it is; `true` where it was quoted, so that it is no pattern.
    Text(String, bool),
    /// The value of a variable; `true` where it stays one word.
    Variable(String, bool),
    /// What a command prints; `true` where it stays one word.
    Output(String, bool),
}

/// A word before it is expanded.
pub(super) type Word = Vec<Part>;

/// Where a redirection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a file, after what is there where `true`.
    File(Word, bool),
    /// To where the other stream goes.
    Other,
}

/// A command of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Variables set before it.
    pub(super) sets: Vec<(String, Word)>,
    /// Its name and arguments.
    pub(super) words: Vec<Word>,
    /// Where its input comes from.
    pub(super) input: Option<Word>,
    /// Where standard output goes.
    pub(super) out: Option<Target>,
    /// Where standard error goes.
    pub(super) err: Option<Target>,
}

/// When a pipeline runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Whatever came of the one before.
    Always,
    /// Where it succeeded.
    And,
    /// Where it failed.
    Or,
}

/// Pipelines in order, each with when it runs.
pub(super) type List = Vec<(When, Vec<Command>)>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    /// An operator; the digit before a redirection is part of it.
    Operator(&'static str),
}

const OPERATORS: &[&str] =
    &["2>&1", "1>&2", "&>", "2>>", "2>", "1>>", "1>", "&&", "||", ">&2", ">>", ">", "<", "|", ";", "&"];
const UNKNOWN: &[&str] = &["if", "while", "until", "case", "for", "function"];

/// Parses a script.
pub(super) fn parse(text: &str) -> Result<List, String> {
    let mut list: List = Vec::new();
    let (mut when, mut pipeline, mut command) = (When::Always, Vec::new(), Command::default());
    let mut tokens = tokens(text)?.into_iter();
    while let Some(token) = tokens.next() {
        let operator = match token {
            Token::Word(word) => {
                add(&mut command, word)?;
                continue;
            }
            Token::Operator(operator) => operator,
        };
        match operator {
            ";" | "&&" | "||" | "|" => {
                let empty = command == Command::default();
                if empty && (operator != ";" || !pipeline.is_empty()) {
                    return Err(unexpected(operator));
                }
                if !empty {
                    pipeline.push(std::mem::take(&mut command));
                }
                if operator != "|" && !pipeline.is_empty() {
                    list.push((when, std::mem::take(&mut pipeline)));
                }
                when = match operator {
                    "&&" => When::And,
                    "||" => When::Or,
                    "|" => when,
                    _ => When::Always,
                };
            }
            "2>&1" => command.err = Some(Target::Other),
            "1>&2" | ">&2" => command.out = Some(Target::Other),
            "&" => return Err("jobs in the background are not known here".to_owned()),
            operator => {
                let Some(Token::Word(word)) = tokens.next() else { return Err(unexpected("newline")) };
                redirect(&mut command, operator, word);
            }
        }
    }
    if command != Command::default() {
        pipeline.push(command);
    } else if !pipeline.is_empty() || when != When::Always {
        return Err(unexpected("end of file"));
    }
    if !pipeline.is_empty() {
        list.push((when, pipeline));
    }
    Ok(list)
}

fn unexpected(what: &str) -> String {
    format!("syntax error: unexpected \"{what}\"")
}

fn add(command: &mut Command, word: Word) -> Result<(), String> {
    if command.words.is_empty() {
        if let [Part::Text(text, false), rest @ ..] = word.as_slice()
            && let Some((name, value)) = text.split_once('=')
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            let mut value = vec![Part::Text(value.to_owned(), true)];
            value.extend_from_slice(rest);
            command.sets.push((name.to_owned(), value));
            return Ok(());
        }
        if let [Part::Text(text, false)] = word.as_slice()
            && UNKNOWN.contains(&text.as_str())
        {
            return Err(format!("\"{text}\" is not known to this small shell: write the commands one after the other"));
        }
    }
    command.words.push(word);
    Ok(())
}

fn redirect(command: &mut Command, operator: &str, word: Word) {
    match operator {
        "<" => command.input = Some(word),
        "2>" => command.err = Some(Target::File(word, false)),
        "2>>" => command.err = Some(Target::File(word, true)),
        ">>" | "1>>" => command.out = Some(Target::File(word, true)),
        "&>" => {
            command.out = Some(Target::File(word, false));
            command.err = Some(Target::Other);
        }
        _ => command.out = Some(Target::File(word, false)),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r']);
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        if first == '#' {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if first == '\n' {
            rest = &rest[1..];
            if !matches!(tokens.last(), None | Some(Token::Operator(";" | "&&" | "||" | "|"))) {
                tokens.push(Token::Operator(";"));
            }
        } else if let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(**operator)) {
            rest = &rest[operator.len()..];
            tokens.push(Token::Operator(operator));
        } else {
            let (word, length) = word(rest)?;
            rest = &rest[length..];
            tokens.push(Token::Word(word));
        }
    }
}

/// The word at the start of `text`, and how many bytes it takes.
fn word(text: &str) -> Result<(Word, usize), String> {
    let mut parts: Word = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            ' ' | '\t' | '\n' | '\r' | ';' | '|' | '&' | '<' | '>' => break,
            '\'' => {
                let end = text[at + 1..].find('\'').ok_or("syntax error: unterminated quoted string")?;
                push(&mut parts, &text[at + 1..at + 1 + end], true);
                at += end + 2;
            }
            '"' => at += 1 + double(&text[at + 1..], &mut parts)?,
            '\\' => {
                let next = text[at + 1..].chars().next();
                next.iter().for_each(|next| push(&mut parts, &next.to_string(), true));
                at += 1 + next.map_or(0, char::len_utf8);
            }
            '$' | '`' => at += substitution(&text[at..], false, &mut parts)?,
            '~' if parts.is_empty() && text[at + 1..].starts_with(['/', ' ', '\n', ';']) || text[at..] == *"~" => {
                parts.push(Part::Variable("HOME".to_owned(), true));
                at += 1;
            }
            c => {
                push(&mut parts, &c.to_string(), false);
                at += c.len_utf8();
            }
        }
    }
    Ok((parts, at))
}

fn push(parts: &mut Word, text: &str, quoted: bool) {
    match parts.last_mut() {
        Some(Part::Text(before, same)) if *same == quoted => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned(), quoted)),
    }
}

/// What stands in double quotes; returns how many bytes, the closing quote included.
fn double(text: &str, parts: &mut Word) -> Result<usize, String> {
    push(parts, "", true);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match c {
            '"' => return Ok(at + 1),
            '\\' if text[at + 1..].starts_with(['"', '\\', '$', '`']) => {
                push(parts, &text[at + 1..at + 2], true);
                at += 2;
            }
            '$' | '`' => at += substitution(&text[at..], true, parts)?,
            c => {
                push(parts, &c.to_string(), true);
                at += c.len_utf8();
            }
        }
    }
    Err("syntax error: unterminated quoted string".to_owned())
}

/// `$NAME`, `${NAME}`, `$?`, `$(…)` or backquotes at the start of `text`; returns how many bytes.
fn substitution(text: &str, quoted: bool, parts: &mut Word) -> Result<usize, String> {
    if let Some(rest) = text.strip_prefix('`') {
        let end = rest.find('`').ok_or("syntax error: unterminated backquote")?;
        parts.push(Part::Output(rest[..end].to_owned(), quoted));
        return Ok(end + 2);
    }
    let rest = &text[1..];
    if let Some(inside) = rest.strip_prefix('(') {
        let mut depth = 1;
        for (at, c) in inside.char_indices() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 {
                parts.push(Part::Output(inside[..at].to_owned(), quoted));
                return Ok(at + 3);
            }
        }
        return Err("syntax error: unterminated $(".to_owned());
    }
    if let Some(inside) = rest.strip_prefix('{') {
        let end = inside.find('}').ok_or("syntax error: missing \"}\"")?;
        parts.push(Part::Variable(inside[..end].to_owned(), quoted));
        return Ok(end + 3);
    }
    if rest.starts_with(['?', '$', '#', '@', '0', '!']) {
        parts.push(Part::Variable(rest[..1].to_owned(), quoted));
        return Ok(2);
    }
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    if length == 0 {
        push(parts, "$", quoted);
        return Ok(1);
    }
    parts.push(Part::Variable(rest[..length].to_owned(), quoted));
    Ok(length + 1)
}
