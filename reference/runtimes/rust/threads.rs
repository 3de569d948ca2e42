//! A thread of the operating system per connection, by the standard library alone.
mod facts;
mod protocol;

use protocol::{Next, Protocol};
use std::fs::File;
use std::io::{copy, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn echo(mut connection: TcpStream) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    loop {
        let read = connection.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        connection.write_all(&buffer[..read])?;
    }
}

fn talk(mut connection: TcpStream, mut protocol: Box<dyn Protocol>, files: &str) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    let (mut input, mut replies) = (Vec::new(), Vec::new());
    loop {
        let read = connection.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        input.extend_from_slice(&buffer[..read]);
        loop {
            let next = protocol.take(&mut input, &mut replies);
            if !replies.is_empty() {
                connection.write_all(&replies)?;
            }
            replies.clear();
            match next {
                Next::Input => break,
                Next::Go => continue,
                Next::Wait(time) => thread::sleep(time),
                Next::Open(name) => {
                    let opened = open(files, &name);
                    let follows = protocol.opened(opened.as_ref().map(|(_, size)| *size), &mut replies);
                    connection.write_all(&replies)?;
                    replies.clear();
                    if let (true, Some((mut file, _))) = (follows, opened) {
                        copy(&mut file, &mut connection)?; // By sendfile(), from a file to a socket.
                    }
                }
                Next::Close => return Ok(()),
            }
        }
    }
}

fn open(files: &str, name: &str) -> Option<(File, u64)> {
    let file = File::open(format!("{files}/file/{name}")).ok()?;
    let size = file.metadata().ok()?.len();
    Some((file, size))
}

/// words: the workload, the port, and the folder below which the files of /file/<k> lie.
fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let make = protocol::of(&words[1]);
    assert!(make.is_some() || words[1] == "echo", "found {}, expected echo, http or counter", words[1]);
    let listener = TcpListener::bind(("127.0.0.1", words[2].parse().expect("a port")))?;
    println!("{{\"ready\":true,\"port\":{},\"runtime\":{}}}", listener.local_addr()?.port(), facts::runtime("std"));
    let files: &'static str = Box::leak(words[3].clone().into_boxed_str());
    loop {
        let thread = match (listener.accept(), &make) {
            (Err(error), _) => Err(error), // No descriptor is left, say.
            (Ok((connection, _)), None) => thread::Builder::new().spawn(move || echo(connection)),
            (Ok((connection, _)), Some(make)) => {
                let protocol = make();
                thread::Builder::new().spawn(move || talk(connection, protocol, files))
            }
        };
        if thread.is_err() {
            thread::sleep(Duration::from_millis(10));
        }
    }
}
