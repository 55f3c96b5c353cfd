//! `rolldeck batch`: batches without a screen, for scripts and for a host in trouble.

mod args;
mod ask;
mod books;
mod document;
mod drive;
mod end;
mod link;
mod list;
mod plan;
mod progress;
mod run;
mod seen;
mod take;
mod text;
mod when;

pub use args::Batch;
pub use end::End;
pub use link::Link;
pub use run::Go;
pub use take::is_kind;

use std::process::ExitCode;

use super::Failure;

/// Runs `work` on a runtime of its own, and makes an exit code of what came of it. What ends it in another way than done is said
/// on standard error.
///
/// # Errors
/// Where no runtime can be had.
pub fn finish(work: impl Future<Output = Result<End, End>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let end = runtime.block_on(work);
    runtime.shutdown_background();
    let (Ok(end) | Err(end)) = end;
    if let Some(why) = end.why() {
        eprintln!("rolldeck: {why}");
    }
    Ok(end.code())
}

/// Plans, asks and drives what a batch file says: [`run::run`].
///
/// # Errors
/// Where no runtime can be had.
pub fn carry_out<F>(go: &Go, file: F) -> Result<ExitCode, Failure>
where
    F: AsyncFnOnce(&Link) -> Result<rolldeck_core::batch::file::BatchFile, End>,
{
    finish(async {
        let link = Link::open(&go.flags).await?;
        let file = file(&link).await?;
        run::run(&link, go, file).await
    })
}
