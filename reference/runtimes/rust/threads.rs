//! A thread of the operating system per connection, by the standard library alone.
mod back_end;
mod facts;
mod protocol;
mod threads_back_end;

use back_end::Address;
use protocol::{Next, Protocol};
use std::fs::File;
use std::io::{copy, Error, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::os::raw::c_int;
use std::os::unix::io::AsRawFd;
use std::thread;
use std::time::Duration;
use threads_back_end::BackEnd;

/// What all connections share, until the end.
struct Given {
    files: String, // Below it lie the files of /file/<k>.
    back_end: Option<BackEnd>,
}

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

fn talk(mut connection: TcpStream, mut protocol: Box<dyn Protocol>, given: &Given) -> Result<()> {
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
                    let opened = open(&given.files, &name);
                    let follows = protocol.opened(opened.as_ref().map(|(_, size)| *size), &mut replies);
                    connection.write_all(&replies)?;
                    replies.clear();
                    if let (true, Some((mut file, _))) = (follows, opened) {
                        copy(&mut file, &mut connection)?; // By sendfile(), from a file to a socket.
                    }
                }
                Next::Call(calls) => {
                    let back_end = given.back_end.as_ref().expect("it was asked for because it is there");
                    protocol.called(back_end.answer(calls));
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

extern "C" {
    fn listen(socket: c_int, backlog: c_int) -> c_int;
}

/// With the backlog of the models. std's is 128, which a crowd that connects at once overflows, and std has no way to say
/// another. To listen again replaces it.
fn bind(port: u16) -> Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    // SAFETY: the descriptor is open, and nothing else is passed.
    match unsafe { listen(listener.as_raw_fd(), 4096) } {
        0 => Ok(listener),
        _ => Err(Error::last_os_error()),
    }
}

/// words: the workload, the port, and the folder below which the files of /file/<k> lie; the URL of the back end or none, the
/// most connections to it, and the milliseconds that a call may take.
fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let word = |at: usize, otherwise| words.get(at).map_or(otherwise, String::as_str);
    let pool = word(5, "8").parse().expect("a size of the pool");
    let back_end = Address::of(word(4, "none"), word(6, "1000")).map(|address| BackEnd::new(address, pool));
    let given: &'static Given = Box::leak(Box::new(Given { files: words[3].clone(), back_end }));
    let make = protocol::of(&words[1], given.back_end.is_some());
    assert!(make.is_some() || words[1] == "echo", "found {}, expected echo, http or counter", words[1]);
    let listener = bind(words[2].parse().expect("a port"))?;
    println!("{{\"ready\":true,\"port\":{},\"runtime\":{}}}", listener.local_addr()?.port(), facts::runtime("std"));
    loop {
        let thread = match (listener.accept(), &make) {
            (Err(error), _) => Err(error), // No descriptor is left, say.
            (Ok((connection, _)), None) => thread::Builder::new().spawn(move || echo(connection)),
            (Ok((connection, _)), Some(make)) => {
                let protocol = make();
                thread::Builder::new().spawn(move || talk(connection, protocol, given))
            }
        };
        if thread.is_err() {
            thread::sleep(Duration::from_millis(10));
        }
    }
}
