//! The `copydesk` command: see `copydesk --help`.

mod cli;

// All figures so far were measured with this allocator; against the system's it has not been yet.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main().into()
}
