//! The `copydesk` command: see `copydesk --help`.

mod cli;

// Measured in docs/performance.md: pages are many small allocations, and this one frees them faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main().into()
}
