//! Tells the programs which tokio cargo has taken.
fn main() {
    let lock = std::fs::read_to_string("Cargo.lock").expect("cargo has written Cargo.lock");
    let version = lock.split("name = \"tokio\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());
    println!("cargo:rustc-env=TOKIO_VERSION={}", version.expect("a version of tokio in Cargo.lock"));
    println!("cargo:rerun-if-changed=Cargo.lock");
}
