//! What exit codes mean: POSIX shells, signals (128 + n) and container runtimes.

/// What an exit code says, for people. `oom`: the kernel ended it for want of memory.
pub(super) fn meaning(code: i32, oom: bool) -> &'static str {
    match code {
        _ if oom => "it took more memory than it may have",
        0 => "it ended by itself and well, which a container of an app should not",
        1 => "the program gave up with an error: its log says which",
        2 => "misused arguments, or a Go program's panic: its log says which",
        125 => "the runtime could not run it",
        126 => "its command is there but cannot be executed: permissions, or another CPU architecture",
        127 => "its command was not found in the image",
        128 => "it could not be started",
        129 => "SIGHUP ended it",
        130 => "SIGINT ended it",
        131 => "SIGQUIT ended it",
        132 => "an illegal instruction: perhaps an image for another CPU",
        134 => "it aborted itself (SIGABRT): a failed assertion or a runtime's fatal error",
        135 => "a bus error (SIGBUS)",
        136 => "an arithmetic error (SIGFPE)",
        137 => "SIGKILL, and not for its memory limit: a liveness probe, or a shutdown that outlasted its grace period",
        139 => "a segmentation fault (SIGSEGV)",
        141 => "a broken pipe (SIGPIPE)",
        143 => "SIGTERM ended it: it was asked to stop, as after a failed liveness probe",
        255 => "an exit code out of range, as of a failed ssh or exit -1",
        _ => "the program's own code: its log says why",
    }
}
