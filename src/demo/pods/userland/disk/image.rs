//! What an image has in it: most have a small userland, some lack a part of it, one has nothing but its app.

use super::Host;
use crate::pods::userland::commands::NAMES;

/// The programs of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// `find` is GNU's.
    pub(crate) is_gnu: bool,
    /// What it lacks.
    lacks: Lacks,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacks {
    Nothing,
    These(&'static [&'static str]),
    Everything,
}

/// Apps whose image is their program and nothing else.
const BARE: [&str; 1] = ["tariff-lookup"];
/// Apps whose image was stripped to what they need.
const STRIPPED: [&str; 1] = ["weighbridge"];
/// What such an image lacks.
const LACKING: &[&str] = &["find", "stat", "tail", "top", "sha256sum", "zcat", "gunzip"];

impl Image {
    /// The image of a container.
    pub(super) fn of(host: &Host) -> Self {
        let reference = host.spec()["image"].as_str().unwrap_or_default();
        let name = reference.rsplit('/').next().unwrap_or_default();
        let name = name.split([':', '@']).next().unwrap_or_default();
        if BARE.contains(&name) {
            return Self { is_gnu: false, lacks: Lacks::Everything };
        }
        if STRIPPED.contains(&name) {
            return Self { is_gnu: false, lacks: Lacks::These(LACKING) };
        }
        Self { is_gnu: name != "busybox", lacks: Lacks::Nothing }
    }

    /// Whether it has a program of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        NAMES.contains(&name)
            && match self.lacks {
                Lacks::Nothing => true,
                Lacks::These(programs) => !programs.contains(&name),
                Lacks::Everything => false,
            }
    }
}
