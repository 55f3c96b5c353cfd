//! What was opened for logs, in the audit: by whom, where and what. Nothing of what is read.

use std::collections::BTreeSet;

use rolldeck_core::{
    kept::Name,
    logs::{Kind, PickedFile, Source},
    shell::{Opening, Place},
    text::Clean,
};

/// Writes the lines of one operator.
#[derive(Clone)]
pub struct Audit {
    /// How the cluster names the operator.
    pub user: Clean,
    /// The context.
    pub context: Clean,
}

impl Audit {
    /// Notes that something was opened, or not.
    pub fn note(&self, opening: Opening, place: &Place, step: &str, result: &str) {
        let (user, context) = (&*self.user, &*self.context);
        let (verb, pod, container) = (opening.verb(), &place.pod, &*place.container);
        tracing::info!(target: "rolldeck::audit", user, context, verb, %pod, uid = %pod.uid, container, step, result, "opened");
    }

    /// Notes that files are followed, which are commands in their containers.
    pub fn files(&self, files: &[PickedFile]) {
        let (user, context, verb) = (&*self.user, &*self.context, Opening::Files.verb());
        for file in files {
            let pod = format!("{}/{}", file.pod.namespace, file.pod.name);
            let (container, path) = (&*file.container, Clean::new(&file.path));
            tracing::info!(target: "rolldeck::audit", user, context, verb, pod, container, step = "opened", %path, "opened");
        }
    }
}

/// Notes the containers whose files are followed without having been picked themselves: those of pods that came later.
pub struct Joining {
    audit: Audit,
    known: BTreeSet<(Name, Clean)>,
}

impl Joining {
    /// To a reading of these files, which were noted.
    pub fn new(audit: Audit, files: &[PickedFile]) -> Self {
        Self { audit, known: files.iter().map(|file| (file.pod.clone(), file.container.clone())).collect() }
    }

    /// A source has joined. Whether that was noted: a container is once.
    pub fn join(&mut self, source: &Source) -> bool {
        let Kind::File(path) = &source.kind else { return false };
        let pod = Name { namespace: source.namespace.clone(), name: source.pod.clone() };
        let news = self.known.insert((pod, source.container.clone()));
        if news {
            let (user, context, verb) = (&*self.audit.user, &*self.audit.context, Opening::Files.verb());
            let (uid, container) = (&*source.uid, &*source.container);
            let pod = format!("{}/{}", source.namespace, source.pod);
            tracing::info!(target: "rolldeck::audit", user, context, verb, pod, uid, container, step = "joined", %path, "opened");
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_joins_is_noted_once_and_those_that_were_picked_are_not_again() {
        let pod = |name: &str| Name { namespace: "qa".into(), name: name.into() };
        let picked = PickedFile { pod: pod("web-1"), container: "main".into(), path: "/l/a".into() };
        let audit = Audit { user: "ann".into(), context: "qa".into() };
        let mut joining = Joining::new(audit, &[picked]);
        let source = |pod: &str, path: &str| Source {
            namespace: "qa".into(),
            pod: pod.into(),
            container: "main".into(),
            kind: Kind::File(path.into()),
            ..Source::default()
        };
        let noted = [("web-1", "/l/a"), ("web-2", "/l/a"), ("web-2", "/l/b")]
            .map(|(pod, path)| joining.join(&source(pod, path)));
        assert_eq!(noted, [false, true, false]);
        assert!(!joining.join(&Source { kind: Kind::Stdout, ..source("web-3", "") }), "no command is run for that");
    }
}
