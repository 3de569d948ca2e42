'use strict';
// One event loop (node), or a loop in each of several processes among which the primary deals connections (node-cluster).
// Nothing blocks but the work.
const cluster = require('node:cluster');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const { BackEnd, ITEMS } = require('./back_end.js');

const [workload, port, server, files] = [process.argv[2], +process.argv[3], process.argv[4], process.argv[5]];
const [backEndUrl, pool, callTimeout] = [process.argv[6] ?? 'none', +(process.argv[7] ?? 8), +(process.argv[8] ?? 1000)];
const processes = +(process.argv[9] ?? 0);
const backEnd = backEndUrl === 'none' ? null : new BackEnd(backEndUrl, pool, callTimeout);

const MOST_HEAD = 8192;
const MOST_MESSAGE = 4 * 2 ** 20;
const MOST_REPLIES = 65536;
const MOST_CALLS = '16';

// Digits without a sign or leading zeros, of a number that is not above `most`, which is digits too.
function isNumber(text, most) {
  return /^(0|[1-9][0-9]{0,19})$/.test(text) && (text.length < most.length || (text.length === most.length && text <= most));
}

// 64 bits that wrap around: BigInt, which is most of the price.
function work(n) {
  const u64 = (x) => BigInt.asUintN(64, x);
  let state = n;
  let answer = n;
  for (let i = Number(n); i > 0; i--) {
    state = u64(state + 0x9e3779b97f4a7c15n);
    let z = u64((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = u64((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    answer = u64((answer ^ z ^ (z >> 31n)) * 0x9e3779b97f4a7c15n);
  }
  return answer;
}

const NOT_FOUND = { status: 404, body: 'Not Found', wait: 0 };
const BAD_REQUEST = { status: 400, body: 'Bad Request', wait: 0 };
const NOT_ALLOWED = { status: 405, body: 'Method Not Allowed', wait: 0 };

// The status, the body, and the milliseconds to wait before them; or a file; or calls of the back end.
function answer(method, target) {
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  const [kind, most] =
    path === '/' ? ['/', ''] :
    path.startsWith('/id/') ? ['/id/', '18446744073709551615'] :
    path.startsWith('/wait/') ? ['/wait/', '60000000'] :
    path.startsWith('/work/') ? ['/work/', '1000000000'] :
    path.startsWith('/file/') ? ['/file/', '18446744073709551615'] : ['', ''];
  const text = path.slice(kind.length);
  if (kind === '') return backEnd === null ? NOT_FOUND : answerWithCalls(method, path);
  if (kind !== '/' && !isNumber(text, most)) return BAD_REQUEST;
  if (method !== 'GET' && method !== 'HEAD') return NOT_ALLOWED;
  if (kind === '/wait/') return { status: 200, body: `waited ${text}`, wait: Number(text) / 1000 };
  if (kind === '/file/') return { status: 200, body: '', wait: 0, file: `${files}/file/${text}` };
  if (kind === '/work/') return { status: 200, body: `${work(BigInt(text))}`, wait: 0 };
  return { status: 200, body: kind === '/' ? 'Hello, World!' : text, wait: 0 };
}

function answerWithCalls(method, path) {
  const [, kind, ...numbers] = path.split('/');
  if (!['call', 'calls', 'calls-at-once'].includes(kind)) return NOT_FOUND;
  if (kind === 'call') numbers.unshift('1');
  const [count, first] = numbers;
  const known = numbers.length === 2 && isNumber(count, MOST_CALLS) && count !== '0' && isNumber(first, `${ITEMS - 1}`);
  if (!known) return BAD_REQUEST;
  if (method !== 'GET' && method !== 'HEAD') return NOT_ALLOWED;
  return { status: 200, body: '', wait: 0, calls: { count: +count, first: +first, atOnce: kind === 'calls-at-once' } };
}

// Timers have whole milliseconds, cut off: what is asked for is waited for again.
function after(milliseconds, then) {
  const due = performance.now() + milliseconds;
  const timer = { cancel: () => clearTimeout(timer.handle) };
  const look = () => {
    const left = due - performance.now();
    if (left > 0) timer.handle = setTimeout(look, Math.ceil(left));
    else then();
  };
  timer.handle = setTimeout(look, Math.ceil(milliseconds));
  return timer;
}

// Opens the file on a thread of the pool; then(descriptor, size), null where there is none.
function openFile(name, then) {
  fs.open(name, 'r', (error, descriptor) => {
    if (error) return then(null, 0);
    fs.fstat(descriptor, (failed, facts) => {
      if (!failed) return then(descriptor, facts.size);
      fs.close(descriptor, () => then(null, 0));
    });
  });
}

// Sends it piece by piece, each read by a thread of the pool; closes it, and calls then() when all is written.
function sendFile(descriptor, size, target, then) {
  if (size === 0) return fs.close(descriptor, then);
  const stream = fs.createReadStream('', { fd: descriptor, end: size - 1, highWaterMark: 64 * 1024 });
  stream.on('error', () => target.destroy());
  target.on('close', () => stream.destroy());
  stream.on('end', then);
  stream.pipe(target, { end: false });
}

function echo(socket) {
  socket.pipe(socket);
}

// take(pending, at) reads the request that begins there: { end, reply, wait, keep }, or null when it is not complete. With
// `file`, the reply is a function of whether there is one and its size, and the file follows it unless it is `headOnly`. With
// `calls`, it is a function of what they come to.
function talk(socket, take) {
  let pending = '';
  let timer = null;
  let ended = false;
  let closing = false;
  let busy = false; // A file is sent, or the back end is called.
  const finish = (replies) => {
    closing = true;
    socket.end(replies, 'latin1');
  };
  const proceed = () => {
    let replies = '';
    let at = 0;
    while (timer === null && !busy && !closing && !socket.writableNeedDrain) {
      const taken = take(pending, at);
      if (taken === null) break;
      at = taken.end;
      if (taken.file !== undefined) {
        busy = true;
        openFile(taken.file, (descriptor, size) => {
          const after = () => {
            busy = false;
            if (!taken.keep) return finish();
            proceed();
          };
          if (socket.destroyed) return descriptor !== null && fs.close(descriptor, () => {});
          socket.write(taken.reply(descriptor !== null, size), 'latin1');
          if (descriptor === null) return after();
          if (taken.headOnly) return fs.close(descriptor, after);
          sendFile(descriptor, size, socket, after);
        });
      } else if (taken.calls !== undefined) {
        busy = true;
        backEnd.answer(taken.calls).then((came) => {
          busy = false;
          if (socket.destroyed) return;
          if (!taken.keep) return finish(taken.reply(came));
          socket.write(taken.reply(came), 'latin1');
          proceed();
        });
      } else if (taken.wait > 0) {
        timer = after(taken.wait, () => {
          timer = null;
          if (!taken.keep) return finish(taken.reply());
          socket.write(taken.reply(), 'latin1');
          proceed();
        });
      } else {
        replies += taken.reply();
        if (!taken.keep) return finish(replies);
        if (replies.length >= MOST_REPLIES) {
          socket.write(replies, 'latin1');
          replies = '';
        }
      }
    }
    pending = pending.slice(at);
    if (replies !== '') socket.write(replies, 'latin1');
    if (timer !== null || busy || socket.writableNeedDrain) socket.pause();
    else if (ended) finish();
    else socket.resume();
  };
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    if (closing) return;
    pending = pending === '' ? text : pending + text;
    proceed();
  });
  socket.on('drain', () => busy || proceed());
  socket.on('end', () => {
    ended = true;
    if (timer === null && !busy && !closing) proceed();
  });
  socket.on('close', () => timer?.cancel());
}

// Made once a second.
let second = 0;
let date = '';
function now() {
  const current = Math.floor(Date.now() / 1000);
  if (current !== second) {
    second = current;
    date = new Date(current * 1000).toUTCString();
  }
  return date;
}

// HTTP/1.1 on the connection itself: requests without a body.
function takeHttp(pending, at) {
  let begin = at;
  while (pending.startsWith('\r\n', begin)) begin += 2;
  const end = pending.indexOf('\r\n\r\n', begin);
  const size = (end < 0 ? pending.length : end) - begin;
  if (end < 0 && size <= MOST_HEAD) return null;
  const [line, ...fields] = size > MOST_HEAD ? [''] : pending.slice(begin, end).split('\r\n');
  const [method, target, version, rest] = line.split(' ');
  let keep = version === 'HTTP/1.1';
  let hosts = 0;
  let bad = rest !== undefined || (!keep && version !== 'HTTP/1.0');
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = field.slice(colon + 1).trim().toLowerCase();
    if (name === 'host') hosts++;
    else if (name === 'connection') keep = value === 'keep-alive' || (keep && value !== 'close');
    else if (name === 'transfer-encoding' || (name === 'content-length' && value !== '0')) bad = true;
  }
  bad ||= version === 'HTTP/1.1' && hosts !== 1;
  keep &&= !bad;
  const { status, body, wait, file, calls } = bad ? BAD_REQUEST : answer(method, target);
  const connection = !keep ? 'Connection: close\r\n' : version === 'HTTP/1.0' ? 'Connection: keep-alive\r\n' : '';
  const headOnly = method === 'HEAD';
  const textOf = (status, body, size) =>
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nDate: ${now()}\r\n` +
    `Content-Type: text/plain\r\nContent-Length: ${size}\r\n${connection}\r\n${headOnly ? '' : body}`;
  const next = end < 0 ? pending.length : end + 4;
  if (calls !== undefined) return { end: next, reply: (came) => textOf(came.status, came.body, came.body.length), keep, calls };
  const reply = (found, size) =>
    file === undefined ? textOf(status, body, body.length) :
    found ? textOf(200, '', size) : textOf(404, NOT_FOUND.body, NOT_FOUND.body.length);
  return { end: next, reply, wait, keep, file, headOnly };
}

// The same by node:http, which reads the request and writes the reply.
function handle(request, response) {
  const known = answer(request.method, request.url);
  if (known.file !== undefined) return handleFile(known.file, request, response);
  const reply = ({ status, body }) => {
    response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
    response.end(body, 'latin1');
  };
  if (known.calls !== undefined) backEnd.answer(known.calls).then(reply);
  else if (known.wait > 0) after(known.wait, () => reply(known));
  else reply(known);
}

function handleFile(file, request, response) {
  openFile(file, (descriptor, size) => {
    const found = descriptor !== null;
    response.writeHead(found ? 200 : 404, {
      'Content-Type': 'text/plain',
      'Content-Length': found ? size : NOT_FOUND.body.length,
    });
    if (!found) response.end(NOT_FOUND.body);
    else if (request.method === 'HEAD') fs.close(descriptor, () => response.end());
    else sendFile(descriptor, size, response, () => response.end());
  });
}

// PING, SET, GET, INCR and FLUSHALL of Redis, as arrays of bulk strings. One thread runs them all: no lock.
const values = new Map();

// A part of a string keeps the whole of it alive; this is a string of its own.
const flat = (text) => Buffer.from(text, 'latin1').latin1Slice();

const bulk = (value) => `$${value.length}\r\n${value}\r\n`;

const commands = {
  PING: () => '+PONG\r\n',
  SET: (key, value) => {
    values.set(flat(key), flat(value));
    return '+OK\r\n';
  },
  GET: (key) => {
    const value = values.get(key);
    return value === undefined ? '$-1\r\n' : bulk(value);
  },
  INCR: (key) => {
    const value = values.get(key) ?? '0';
    const number = /^(0|-?[1-9][0-9]{0,18})$/.test(value) ? BigInt(value) : 2n ** 63n;
    if (number !== BigInt.asIntN(64, number)) return '-ERR value is not an integer or out of range\r\n';
    if (number === 2n ** 63n - 1n) return '-ERR increment or decrement would overflow\r\n';
    values.set(flat(key), `${number + 1n}`);
    return `:${number + 1n}\r\n`;
  },
  FLUSHALL: () => {
    values.clear();
    return '+OK\r\n';
  },
};

class ProtocolError extends Error {}

// The number behind `kind` in the line that begins at `at`, and where the next line begins; null when it has not come.
function lengthAt(pending, at, kind, most) {
  const end = pending.indexOf('\r\n', at);
  if (end < 0 && pending.length - at < 64) return null;
  const text = end < 0 ? '' : pending.slice(at, end);
  if (text[0] !== kind || !/^[0-9]{1,7}$/.test(text.slice(1)) || +text.slice(1) > most) throw new ProtocolError();
  return [+text.slice(1), end + 2];
}

function takeCommand(pending, begin) {
  try {
    if (pending.length - begin > MOST_MESSAGE + 64) throw new ProtocolError();
    const array = pending.length === begin ? null : lengthAt(pending, begin, '*', 1024);
    if (array === null) return null;
    let [count, at] = array;
    const words = [];
    for (; count > 0; count--) {
      const bulk = lengthAt(pending, at, '$', MOST_MESSAGE);
      if (bulk === null) return null;
      const [size, from] = bulk;
      if (pending.length < from + size + 2) return null;
      if (!pending.startsWith('\r\n', from + size)) throw new ProtocolError();
      words.push(pending.slice(from, from + size));
      at = from + size + 2;
    }
    return { end: at, reply: () => run(words), wait: 0, keep: true };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { end: pending.length, reply: () => '-ERR Protocol error: invalid length\r\n', wait: 0, keep: false };
  }
}

function run([name, ...given]) {
  if (name === undefined) return '';
  const command = commands[name.toUpperCase()];
  if (command === undefined) return '-ERR unknown command\r\n';
  if (command === commands.PING && given.length === 1) return bulk(given[0]);
  if (given.length !== command.length) return '-ERR wrong number of arguments\r\n';
  return command(...given);
}

function serve() {
  const listener =
    workload === 'http' && server === 'library'
      ? http.createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, handle)
      : net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
          socket.on('error', () => {}); // The peer has gone.
          if (workload === 'echo') echo(socket);
          else talk(socket, workload === 'http' ? takeHttp : takeCommand);
        });
  listener.listen({ host: '127.0.0.1', port, backlog: 4096 }, () => {
    if (cluster.isPrimary) ready(listener.address().port);
  });
}

function ready(listening) {
  const runtime = { name: 'node', version: process.versions.node, cpus: os.availableParallelism(), collector: 'generations' };
  runtime.threads = processes || 1;
  runtime.flags = process.execArgv;
  runtime.heap_limit_mib = Math.round(require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20);
  console.log(JSON.stringify({ ready: true, port: listening, runtime }));
}

if (!processes || cluster.isWorker) {
  process.on('SIGTERM', () => process.exit(0));
  serve();
} else {
  let listening = 0;
  cluster.on('listening', (_, address) => {
    if (++listening === processes) ready(address.port);
  });
  for (let i = 0; i < processes; i++) cluster.fork();
  cluster.on('exit', (_, code) => code && process.exit(1)); // The rest would be measured as if it were all.
  process.on('SIGTERM', () => {
    cluster.on('exit', () => Object.keys(cluster.workers).length === 0 && process.exit(0));
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  });
}
