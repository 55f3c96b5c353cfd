//! Simple commands: functions, what the shell does itself, programs.

use std::sync::PoisonError;

use super::{
    io::{Fd, Feed},
    run::{Flow, Shell},
    syntax::{Redirect, Word},
};
use crate::pods::userland::{Disk, commands::which};

impl Shell {
    /// Runs a simple command.
    pub(super) async fn simple(&mut self, sets: &[(String, Word)], words: &[Word], redirects: &[Redirect]) -> i32 {
        self.substituted = None;
        let mut argv = Vec::new();
        for word in words {
            argv.extend(self.arguments(word).await);
        }
        let mut values = Vec::new();
        for (name, word) in sets {
            values.push((name.clone(), self.text(word).await));
        }
        if self.flow.is_some() {
            return self.status;
        }
        let kept = self.fds.clone();
        if let Err(code) = self.redirect(redirects).await {
            self.fds = kept;
            return code;
        }
        if argv.is_empty() {
            self.env.extend(values);
            self.fds = kept;
            return self.substituted.unwrap_or(0);
        }
        if argv.len() == 1 && argv[0] == "exec" {
            // Only the redirections are meant, and they stay.
            self.env.extend(values);
            return 0;
        }
        let before: Vec<_> = values.iter().map(|(name, _)| (name.clone(), self.env.get(name).cloned())).collect();
        self.env.extend(values);
        let status = self.execute(argv).await;
        for (name, value) in before {
            match value {
                Some(value) => drop(self.env.insert(name, value)),
                None => drop(self.env.remove(&name)),
            }
        }
        self.fds = kept;
        status
    }

    /// Runs a command of these words.
    pub(super) async fn execute(&mut self, argv: Vec<String>) -> i32 {
        if let Some(body) = self.functions.get(&argv[0]).cloned() {
            return self.function(&body, argv).await;
        }
        match argv[0].as_str() {
            "exec" if argv.len() > 1 => {
                let argv = argv[1..].to_vec();
                self.disk.host.processes.becomes(self.pid, &argv.join(" "), &self.env);
                let status = Box::pin(self.execute(argv)).await;
                self.flow.get_or_insert(Flow::Exit(status));
                return status;
            }
            "command" if argv.len() > 1 && !argv[1].starts_with('-') => {
                return Box::pin(self.execute(argv[1..].to_vec())).await;
            }
            _ => {}
        }
        if let Some(status) = self.own(&argv).await {
            return status;
        }
        match self.start(&argv[0], &argv[1..]) {
            Some(task) => self.perform(task).await,
            None => self.complain(&format!("sh: {}: not found", argv[0]), 127).await,
        }
    }

    /// What the shell does itself; `None` where the command is none of these.
    async fn own(&mut self, argv: &[String]) -> Option<i32> {
        let args = &argv[1..];
        let number = |at: usize| args.get(at).and_then(|text| text.parse::<usize>().ok());
        Some(match argv[0].as_str() {
            ":" | "trap" | "umask" => 0,
            "exit" | "return" => {
                let code = args.first().and_then(|code| code.parse().ok()).unwrap_or(self.status);
                self.flow = Some(if argv[0] == "exit" { Flow::Exit(code) } else { Flow::Return(code) });
                code
            }
            "break" => {
                self.flow = Some(Flow::Break(number(0).unwrap_or(1)));
                0
            }
            "continue" => {
                self.flow = Some(Flow::Continue(number(0).unwrap_or(1)));
                0
            }
            "shift" => {
                let count = number(0).unwrap_or(1);
                if count >= self.arguments.len().max(1) {
                    return Some(self.complain("sh: shift: can't shift that many", 1).await);
                }
                self.arguments.drain(1..=count);
                0
            }
            "set" => self.set(args).await,
            "export" | "local" | "readonly" => {
                let sets = args.iter().filter_map(|arg| arg.split_once('='));
                self.env.extend(sets.map(|(name, value)| (name.to_owned(), value.to_owned())));
                0
            }
            "unset" => {
                self.env.retain(|name, _| !args.contains(name));
                self.functions.retain(|name, _| !args.contains(name));
                0
            }
            "eval" => {
                let text = args.join(" ");
                Box::pin(self.script(&text)).await
            }
            "read" => self.read(args).await,
            "wait" => self.wait(args).await,
            "kill" => self.kill(args).await,
            "cd" => self.cd(args).await,
            "ulimit" => {
                let text = if args.is_empty() || args == ["-n"] { "1048576\n" } else { "unlimited\n" };
                i32::from(!self.write(1, text.as_bytes()).await)
            }
            "command" | "type" => {
                let names: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "-v").collect();
                let mut code = 0;
                for name in names {
                    let found = match self.functions.contains_key(name) || OWN.contains(&name) {
                        true => Some(name.to_owned()),
                        false => which(&self.disk, name),
                    };
                    match found {
                        Some(path) => drop(self.write(1, format!("{path}\n").as_bytes()).await),
                        None => code = 127,
                    }
                }
                code
            }
            _ => return None,
        })
    }

    async fn set(&mut self, args: &[String]) -> i32 {
        if args.is_empty() {
            let all: String = self.env.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
            return i32::from(!self.write(1, all.as_bytes()).await);
        }
        let operands = match args.iter().position(|arg| !arg.starts_with(['-', '+']) || arg == "--") {
            Some(at) if args[at] == "--" => &args[at + 1..],
            Some(at) => &args[at..],
            // Options such as `-e` are taken, and change nothing here.
            None => return 0,
        };
        let name = self.arguments.first().cloned().unwrap_or_else(|| "sh".to_owned());
        self.arguments = std::iter::once(name).chain(operands.iter().cloned()).collect();
        0
    }

    async fn read(&mut self, args: &[String]) -> i32 {
        let names: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
        let feed = match self.fds.get(&0) {
            Some(Fd::In(feed)) => feed.clone(),
            _ => return 1,
        };
        let line = match feed.line(&self.session).await {
            Ok(Some(line)) => String::from_utf8_lossy(&line).into_owned(),
            Ok(None) => {
                for name in names {
                    self.env.insert(name.clone(), String::new());
                }
                return 1;
            }
            Err(()) => {
                self.flow = Some(Flow::Interrupted);
                return 130;
            }
        };
        let splits = self.env.get("IFS").is_none_or(|between| !between.is_empty());
        let mut rest = if splits { line.trim() } else { line.as_str() };
        for (at, name) in names.iter().enumerate() {
            let (value, more) = match rest.split_once(char::is_whitespace) {
                Some((value, more)) if splits && at + 1 < names.len() => (value, more.trim_start()),
                _ => (rest, ""),
            };
            self.env.insert((*name).clone(), value.to_owned());
            rest = more;
        }
        0
    }

    async fn wait(&mut self, args: &[String]) -> i32 {
        let all = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).ended.clone();
        let meant: Vec<u32> = args.iter().filter_map(|pid| pid.parse().ok()).collect();
        let mut status = if meant.iter().all(|pid| all.contains_key(pid)) { 0 } else { 127 };
        for (pid, mut ended) in all {
            if meant.is_empty() || meant.contains(&pid) {
                let code = ended.wait_for(Option::is_some).await.ok().and_then(|code| *code);
                status = if meant.is_empty() { 0 } else { code.unwrap_or(127) };
            }
        }
        status
    }

    async fn kill(&mut self, args: &[String]) -> i32 {
        let mut signal = 15;
        let mut pids = args;
        if let Some(name) = args.first().and_then(|arg| arg.strip_prefix('-')) {
            pids = &args[1..];
            let numbers = [("HUP", 1), ("INT", 2), ("QUIT", 3), ("KILL", 9), ("TERM", 15), ("0", 0)];
            let name = name.trim_start_matches("SIG");
            let known = numbers.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
            match known.or_else(|| name.parse().ok()) {
                Some(number) => signal = number,
                None => return self.complain(&format!("sh: kill: bad signal name '{name}'"), 1).await,
            }
        }
        let mut code = 0;
        for pid in pids {
            let number = pid.parse::<u32>().unwrap_or_default();
            if !self.disk.host.processes.kill(number, signal) {
                let why = if number == 1 { "Operation not permitted" } else { "No such process" };
                code = self.complain(&format!("sh: can't kill pid {pid}: {why}"), 1).await;
            }
        }
        // Whoever was told ends before the next command.
        tokio::task::yield_now().await;
        code
    }

    async fn cd(&mut self, args: &[String]) -> i32 {
        let value = |name: &str| self.env.get(name).cloned();
        let target = match args.first().map(String::as_str) {
            None => value("HOME").unwrap_or_else(|| "/".to_owned()),
            Some("-") => value("OLDPWD").unwrap_or_else(|| self.folder.clone()),
            Some(path) => path.to_owned(),
        };
        let path = Disk::absolute(&self.folder, &target);
        let why = match self.disk.stat(&path) {
            Some(stat) if stat.folder => {
                let old = std::mem::replace(&mut self.folder, path.clone());
                self.env.insert("OLDPWD".to_owned(), old);
                self.env.insert("PWD".to_owned(), path);
                return 0;
            }
            Some(_) => "Not a directory",
            None => "No such file or directory",
        };
        self.complain(&format!("sh: cd: can't cd to {target}: {why}"), 2).await
    }

    /// Standard input, where there is one.
    pub(super) fn input(&self) -> Option<Feed> {
        match self.fds.get(&0) {
            Some(Fd::In(feed)) => Some(feed.clone()),
            _ => None,
        }
    }
}

/// What the shell does itself, and no program of the image.
const OWN: [&str; 20] = [
    ":", "break", "cd", "command", "continue", "eval", "exec", "exit", "export", "local", "read", "return", "set",
    "shift", "trap", "type", "ulimit", "umask", "unset", "wait",
];
