//! How a command ended, as the error channel tells it.

use serde_json::{Value, json};

use crate::pods::userland::Ending;

/// The Status that closes a session.
pub(super) fn status(ending: &Ending) -> Value {
    match ending {
        Ending::Code(0) => json!({ "metadata": {}, "status": "Success" }),
        Ending::Code(code) => json!({
            "metadata": {},
            "status": "Failure",
            "message": format!("command terminated with non-zero exit code: error executing command, exit code {code}"),
            "reason": "NonZeroExitCode",
            "details": { "causes": [{ "reason": "ExitCode", "message": code.to_string() }] },
        }),
        Ending::Missing(name) => {
            // A name is looked for, a path is not.
            let missing = match name.contains('/') {
                true => format!("stat {name}: no such file or directory"),
                false => "executable file not found in $PATH".to_owned(),
            };
            let why = format!(
                "error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: \
                 exec failed: unable to start container process: exec: \"{name}\": {missing}: unknown"
            );
            json!({
                "metadata": {},
                "status": "Failure",
                "message": format!("Internal error occurred: {why}"),
                "reason": "InternalError",
                "details": { "causes": [{ "message": why }] },
                "code": 500,
            })
        }
    }
}
