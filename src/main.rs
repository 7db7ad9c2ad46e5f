//! The `copydesk` command: see `copydesk --help`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main().into()
}
