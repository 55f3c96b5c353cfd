//! Which shell an image has.

/// The variable that marks the shell of a session, by the session's name and the process id.
const MARK: &str = "export ROLLDECK_SESSION=$1.$$.; shift; ";

/// Hangs up, as a terminal that closes does: Kubernetes leaves the shell of a stream that ends where it is. Only the process that
/// the session began with is told; what it detached (nohup, tmux) stays, as after any hang-up.
pub(super) const HANG_UP: &str = "for p in /proc/[0-9]*; do n=${p#/proc/}; \
    grep -qa \"ROLLDECK_SESSION=$1[.]$n[.]\" $p/environ 2>/dev/null && kill -HUP $n; done";

/// Sets what a terminal program looks at, then becomes the first of bash, ash and sh. A terminal description that the image does not
/// have would leave less and vim without a screen.
const FIRST_OF: &str = "export COLORTERM=truecolor TERM=xterm-256color LANG=${LANG:-C.UTF-8}; \
    test -e /usr/share/terminfo/x/xterm && test ! -e /usr/share/terminfo/x/xterm-256color && export TERM=xterm; \
    command -v bash >/dev/null 2>&1 && exec bash; \
    command -v ash >/dev/null 2>&1 && exec ash; \
    exec sh";

/// The same for a configured command, which is the arguments.
const CONFIGURED: &str = "export COLORTERM=truecolor TERM=xterm-256color LANG=${LANG:-C.UTF-8}; exec \"$@\"";

/// What is tried, one after the other, as long as the image does not have it: the name for people, and the words.
///
/// `session` is the name that [`HANG_UP`] takes.
pub(super) fn candidates(command: &[String], session: &str) -> Vec<(String, Vec<String>)> {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    if let [name, ..] = command {
        let mut under = owned(&["sh", "-c", &format!("{MARK}{CONFIGURED}"), "rolldeck", session]);
        under.extend_from_slice(command);
        return vec![("sh".to_owned(), under), (name.clone(), command.to_vec())];
    }
    // The last is where images without a distribution keep their shell for debugging.
    let shells = ["sh", "bash", "ash", "/bin/sh", "/busybox/sh"];
    let script = format!("{MARK}{FIRST_OF}");
    let of = |shell: &str| (shell.to_owned(), owned(&[shell, "-c", &script, "rolldeck", session]));
    shells.into_iter().map(of).collect()
}

/// Whether a runtime says that the program is not there: runc's and crun's words, behind those of containerd and CRI-O.
pub(super) fn is_missing(why: &str) -> bool {
    let why = why.to_ascii_lowercase();
    let runtime = ["exec failed", "oci runtime", "failed to exec", "starting container process", "crun:"];
    why.contains("executable file not found")
        || (why.contains("no such file or directory") || why.contains("executable file"))
            && runtime.iter().any(|words| why.contains(words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \"1\": \
        OCI runtime exec failed: exec failed: unable to start container process: exec: \"bash\": executable file not found in $PATH: unknown",
        true
    )]
    #[case(
        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"/bin/sh\": stat /bin/sh: no such file or \
        directory: unknown",
        true
    )]
    #[case(
        "crun: executable file `sh` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command",
        true
    )]
    #[case("cat: /x: No such file or directory", false)]
    #[case("container is not running", false)]
    #[case("command terminated with non-zero exit code", false)]
    fn a_missing_program_is_told_from_other_failures(#[case] why: &str, #[case] missing: bool) {
        assert_eq!(is_missing(why), missing);
    }

    #[test]
    fn a_configured_command_is_handed_over_as_arguments() {
        let tried = candidates(&["zsh".to_owned(), "-c; rm".to_owned()], "s1");
        assert_eq!(tried[0].1[5..], ["zsh", "-c; rm"]);
        assert_eq!(tried[1].1, ["zsh", "-c; rm"]);
    }
}
