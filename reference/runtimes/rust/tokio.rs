//! A task per connection on tokio: on the thread that calls block_on (current-thread), or on workers that steal tasks.
mod back_end;
mod facts;
mod protocol;
mod tokio_back_end;

use back_end::Address;
use hyper::header::{HeaderValue, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Method, Request, Response, Version};
use protocol::{Asked, Next, Protocol};
use std::convert::Infallible;
use std::io::Result;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{copy_buf, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Builder;
use tokio_back_end::BackEnd;

/// What all connections share, until the end.
struct Given {
    files: String, // Below it lie the files of /file/<k>.
    back_end: Option<BackEnd>,
}

impl Given {
    fn back_end(&'static self) -> &'static BackEnd {
        self.back_end.as_ref().expect("it was asked for because it is there")
    }
}

/// How much of a file is read at once.
const CHUNK: usize = 64 << 10;

async fn echo(mut connection: TcpStream) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    loop {
        let read = connection.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        connection.write_all(&buffer[..read]).await?;
    }
}

async fn talk(mut connection: TcpStream, mut protocol: Box<dyn Protocol>, given: &'static Given) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut input = Vec::with_capacity(4096);
    let mut replies = Vec::new();
    while connection.read_buf(&mut input).await? > 0 {
        loop {
            let next = protocol.take(&mut input, &mut replies);
            connection.write_all(&replies).await?;
            replies.clear();
            match next {
                Next::Input => break,
                Next::Go => continue,
                Next::Wait(time) => tokio::time::sleep(time).await,
                Next::Open(name) => {
                    let opened = open(&given.files, &name).await;
                    let follows = protocol.opened(opened.as_ref().map(|(_, size)| *size), &mut replies);
                    connection.write_all(&replies).await?;
                    replies.clear();
                    if let (true, Some((file, _))) = (follows, opened) {
                        let mut chunks = BufReader::with_capacity(CHUNK, file);
                        copy_buf(&mut chunks, &mut connection).await?;
                    }
                }
                Next::Call(calls) => protocol.called(given.back_end().answer(calls).await),
                Next::Close => return Ok(()),
            }
        }
        input.reserve(4096);
    }
    Ok(())
}

/// Opens on a thread of the pool for what blocks; reads of the file go there too.
async fn open(files: &str, name: &str) -> Option<(File, u64)> {
    let file = File::open(format!("{files}/file/{name}")).await.ok()?;
    let size = file.metadata().await.ok()?.len();
    Some((file, size))
}

/// The same by hyper: a task reads the file and hands it over chunk by chunk.
async fn answer_with_file(files: &str, name: &str, with_body: bool) -> Response<Body> {
    let response = Response::builder().header(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    let (mut file, size) = match open(files, name).await {
        Some(opened) => opened,
        None => return response.status(404).body(Body::from("Not Found")).expect("a response"),
    };
    let (mut sender, body) = Body::channel();
    if with_body {
        tokio::spawn(async move {
            loop {
                let mut chunk = Vec::with_capacity(CHUNK);
                match (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await {
                    Ok(read) if read > 0 && sender.send_data(chunk.into()).await.is_ok() => continue,
                    _ => return,
                }
            }
        });
    }
    response.header(CONTENT_LENGTH, size).body(body).expect("a response")
}

/// http by hyper, which reads the request and writes the reply.
async fn handle(request: Request<Body>, given: &'static Given) -> std::result::Result<Response<Body>, Infallible> {
    if request.version() == Version::HTTP_11 && request.headers().get_all(HOST).iter().count() != 1 {
        let refused = Response::builder().status(400).header(CONNECTION, "close");
        return Ok(refused.body(Body::from("Bad Request")).expect("a response"));
    }
    let mut asked = Asked::of(request.method().as_str(), request.uri().path(), given.back_end.is_some());
    if let Some(time) = asked.wait() {
        tokio::time::sleep(time).await;
    }
    if let Asked::File(name) = &asked {
        return Ok(answer_with_file(&given.files, name, request.method() != Method::HEAD).await);
    }
    if let Asked::Calls(calls) = asked {
        asked = given.back_end().answer(calls).await;
    }
    let (status, body) = asked.answer();
    let response = Response::builder().status(status).header(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response.body(Body::from(body)).expect("a response"))
}

/// words: the workload, the port, raw or library, current-thread or multi-thread, the number of workers of the latter, and
/// the folder below which the files of /file/<k> lie; the URL of the back end or none, the most connections to it, and the
/// milliseconds that a call may take.
fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let word = |at: usize, otherwise| words.get(at).map_or(otherwise, String::as_str);
    let pool = word(8, "8").parse().expect("a size of the pool");
    let back_end = Address::of(word(7, "none"), word(9, "1000")).map(|address| BackEnd::new(address, pool));
    let given: &'static Given = Box::leak(Box::new(Given { files: words[6].clone(), back_end }));
    let workers: usize = words[5].parse().expect("a number of workers");
    let (mut builder, threads) = match words[4].as_str() {
        "current-thread" => (Builder::new_current_thread(), 1),
        _ => (Builder::new_multi_thread(), workers),
    };
    let runtime = builder.worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        let make = protocol::of(&words[1], given.back_end.is_some());
        assert!(make.is_some() || words[1] == "echo", "found {}, expected echo, http or counter", words[1]);
        let listener = listen(words[2].parse().expect("a port"))?;
        let facts = facts::with_threads(&words[4], Some(threads));
        println!("{{\"ready\":true,\"port\":{},\"runtime\":{facts}}}", listener.local_addr()?.port());
        if words[3] == "library" {
            let service = make_service_fn(move |_| async move { Ok::<_, Infallible>(service_fn(move |request| handle(request, given))) });
            let server = hyper::Server::from_tcp(listener.into_std()?).expect("a listener").tcp_nodelay(true);
            server.serve(service).await.expect("hyper serves");
            return Ok(());
        }
        loop {
            match (listener.accept().await, &make) {
                (Err(_), _) => tokio::time::sleep(Duration::from_millis(10)).await, // No descriptor is left, say.
                (Ok((connection, _)), None) => drop(tokio::spawn(echo(connection))),
                (Ok((connection, _)), Some(make)) => drop(tokio::spawn(talk(connection, make(), given))),
            }
        }
    })
}

fn listen(port: u16) -> Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], port).into())?;
    socket.listen(4096)
}
