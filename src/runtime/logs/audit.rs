//! What was opened for logs, in the audit: by whom, where and what. Nothing of what is read.

use rolldeck_core::{
    logs::PickedFile,
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
