//! What bakeoff is told of the runtime, as JSON; what is not known is left out. The build says which compiler it was, and
//! which tokio.
use std::thread::available_parallelism;

#[allow(dead_code)] // Some programs have use for the other one only.
pub fn runtime(flags: &str) -> String {
    with_threads(flags, None)
}

/// The same with the number of threads that run the units.
pub fn with_threads(flags: &str, threads: Option<usize>) -> String {
    let version = option_env!("RUST_VERSION").map_or(String::new(), |version| format!(",\"version\":\"{version}\""));
    let cpus = available_parallelism().map_or(String::new(), |cpus| format!(",\"cpus\":{cpus}"));
    let threads = threads.map_or(String::new(), |threads| format!(",\"threads\":{threads}"));
    let tokio = option_env!("TOKIO_VERSION").map_or(String::new(), |version| format!(",\"tokio {version}\""));
    format!("{{\"name\":\"rust\"{version}{cpus}{threads},\"flags\":[\"{flags}\"{tokio}]}}")
}
