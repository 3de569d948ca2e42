//! What bakeoff is told of the runtime, as JSON. The build says which compiler it was.
pub fn runtime(flags: &str) -> String {
    let version = option_env!("RUST_VERSION").unwrap_or("unknown");
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{{\"name\":\"rust\",\"version\":\"{version}\",\"cpus\":{cpus},\"flags\":[\"{flags}\"]}}")
}
