//! Which key means what, on which screen: data, read from `keymaps/*.toml`.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Command, Key};

/// Where a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Room {
    /// On every screen.
    Everywhere,
    /// The fleet.
    Fleet,
    /// An app's pods.
    Pods,
    /// The app page.
    App,
    /// A plan.
    Plan,
    /// A batch in flight, or found.
    Batch,
    /// Every batch, ended or not.
    Batches,
    /// The namespaces.
    Namespaces,
    /// The contexts of the kubeconfigs.
    Contexts,
    /// A pod's containers.
    Containers,
    /// The nodes, and a node's pods.
    Nodes,
    /// Events.
    Events,
    /// An object as YAML.
    Yaml,
    /// An object described.
    Describe,
    /// Everything unhealthy in view.
    Trouble,
    /// What changed, newest first.
    Changes,
    /// Logs.
    Logs,
    /// Shells, after the prefix key.
    Shell,
    /// Forwarded ports.
    Forwards,
    /// Downloads of logs.
    Downloads,
    /// One command in many pods.
    Run,
    /// Copies of files.
    Copies,
    /// The help.
    Help,
}

/// As `keymaps/*.toml` write it: `everywhere`.
impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Room {
    /// Every room, in the order of the help.
    pub const ALL: [Self; 23] = [
        Self::Everywhere,
        Self::Fleet,
        Self::Pods,
        Self::App,
        Self::Plan,
        Self::Batch,
        Self::Batches,
        Self::Trouble,
        Self::Changes,
        Self::Events,
        Self::Nodes,
        Self::Namespaces,
        Self::Contexts,
        Self::Containers,
        Self::Describe,
        Self::Yaml,
        Self::Logs,
        Self::Shell,
        Self::Forwards,
        Self::Downloads,
        Self::Run,
        Self::Copies,
        Self::Help,
    ];

    /// What stands over its keys in the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Fleet => "Fleet",
            Self::Pods => "Pods",
            Self::App => "App page",
            Self::Plan => "Plan",
            Self::Batch => "Batch",
            Self::Batches => "Every batch",
            Self::Namespaces => "Namespaces",
            Self::Contexts => "Contexts",
            Self::Containers => "Containers",
            Self::Nodes => "Nodes",
            Self::Events => "Events",
            Self::Yaml => "YAML",
            Self::Describe => "Describe",
            Self::Trouble => "Trouble",
            Self::Changes => "Changes",
            Self::Logs => "Logs",
            Self::Shell => "Shells, after the prefix key",
            Self::Forwards => "Forwarded ports",
            Self::Downloads => "Downloads",
            Self::Run => "Run in pods",
            Self::Copies => "Copies",
            Self::Help => "Help",
        }
    }
}

/// One row of a keymap: `{ on = "fleet", keys = ["i"], run = "release", desc = "release a tag" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Where.
    pub on: Room,
    /// Any of these keys.
    pub keys: Vec<Key>,
    /// What it does.
    pub run: Command,
    /// What it does, for people.
    pub desc: String,
}

/// All bindings, in the order of the help.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    /// The rows.
    pub rows: Vec<Binding>,
}

/// A keymap as its file has it: `[[bind]]` tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeymapFile {
    /// The rows.
    #[serde(default)]
    pub bind: Vec<Binding>,
}

impl TryFrom<KeymapFile> for Keymap {
    type Error = KeymapError;

    fn try_from(file: KeymapFile) -> Result<Self, KeymapError> {
        Self::new(file.bind)
    }
}

/// What is wrong with a keymap.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeymapError {
    /// Two commands on one key on one screen.
    #[error("the key {key} is bound twice on {on:?}: to {first:?} and to {second:?}")]
    Twice {
        /// The key.
        key: Key,
        /// The screen.
        on: Room,
        /// The first command.
        first: Command,
        /// The second.
        second: Command,
    },
}

impl Keymap {
    /// A keymap of these rows; refuses a key with two meanings on one screen.
    pub fn new(rows: Vec<Binding>) -> Result<Self, KeymapError> {
        let keymap = Self { rows };
        for (n, row) in keymap.rows.iter().enumerate() {
            for key in &row.keys {
                let twin = keymap.rows[..n]
                    .iter()
                    .find(|other| other.run != row.run && (other.on == row.on) && other.keys.contains(key));
                if let Some(twin) = twin {
                    return Err(KeymapError::Twice { key: *key, on: row.on, first: twin.run, second: row.run });
                }
            }
        }
        Ok(keymap)
    }

    /// What `key` means in `room`: the room's own binding before one that holds everywhere.
    pub fn command(&self, room: Room, key: Key) -> Option<Command> {
        let on = |room| self.rows.iter().find(move |row| row.on == room && row.keys.contains(&key)).map(|row| row.run);
        on(room).or_else(|| on(Room::Everywhere))
    }

    /// The first key for a command in a room, for hints.
    pub fn key(&self, room: Room, command: Command) -> Option<Key> {
        let on = |room| {
            self.rows
                .iter()
                .find(move |row| row.on == room && row.run == command)
                .and_then(|row| row.keys.first().copied())
        };
        on(room).or_else(|| on(Room::Everywhere))
    }
}
