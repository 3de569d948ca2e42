'use strict';
// Claimed by libuv's documentation: Node.js has a pool of four threads for calls that block (files, names), and sockets go
// without it.
//
// To open a FIFO for reading blocks until somebody opens it for writing, and takes a thread of the pool so long. The
// program opens one after the other until fs.stat, which needs a thread too, is not answered within 200 ms: the pool is
// full. Then it looks whether a TCP echo within this process is still answered. It does so in a child process with the
// default pool, and in one with UV_THREADPOOL_SIZE=8.
const { execFileSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const { setImmediate: nextTurn, setTimeout: sleep } = require('node:timers/promises');

const ANSWER_MS = 200;
const FIFOS = 64;

// Whether the promise is fulfilled in time. Where this process itself got no CPU for so long, the answer is there already
// when the timer ends: the loop looks once more.
async function inTime(promise, ms) {
  let answered = false;
  const answer = promise.then(() => (answered = true));
  await Promise.race([answer, sleep(ms, null, { ref: false })]);
  if (!answered) await nextTurn();
  return answered;
}

async function echo() {
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const answer = once(client, 'data');
  client.write('hello');
  const answered = await inTime(answer, 10 * ANSWER_MS);
  client.destroy();
  server.close();
  return answered;
}

// Opens the FIFOs until the pool is full; returns how many opens wait then.
async function fillPool(fifos) {
  const opens = [];
  while (await inTime(fs.promises.stat('.'), ANSWER_MS)) {
    if (opens.length === fifos.length) throw new Error(`found a pool that ${opens.length} calls do not fill, expected a smaller one`);
    opens.push(fs.promises.open(fifos[opens.length], 'r'));
  }
  return opens;
}

async function measure() {
  const fifos = Array.from({ length: FIFOS }, (_, i) => `fifo-${process.pid}-${i}`);
  execFileSync('mkfifo', fifos);
  const opens = await fillPool(fifos);
  const answered = await echo();
  // A FIFO that is opened for both does not block, and lets the reader go. openSync runs here and not in the pool.
  const writers = fifos.slice(0, opens.length).map((fifo) => fs.openSync(fifo, fs.constants.O_RDWR));
  for (const handle of await Promise.all(opens)) await handle.close();
  writers.forEach((writer) => fs.closeSync(writer));
  fifos.forEach((fifo) => fs.unlinkSync(fifo));
  console.log(JSON.stringify({ calls: opens.length, answered }));
}

function inChild(size) {
  const { UV_THREADPOOL_SIZE: _, ...environment } = process.env;
  const env = size === undefined ? environment : { ...environment, UV_THREADPOOL_SIZE: String(size) };
  return JSON.parse(execFileSync(process.execPath, [__filename, 'measure'], { env, encoding: 'utf8' }));
}

function main() {
  const byDefault = inChild();
  const ofEight = inChild(8);
  console.log(
    JSON.stringify({
      figures: {
        blocking_calls_until_full: byDefault.calls,
        with_a_pool_of_eight: ofEight.calls,
        socket_answered_meanwhile_yes_or_no: Number(byDefault.answered && ofEight.answered),
      },
      evidence: [
        `Node.js ${process.versions.node}, libuv ${process.versions.uv}: fs.stat was answered beside ${byDefault.calls - 1} calls that block, ` +
          `and not within ${ANSWER_MS} ms beside ${byDefault.calls}.`,
      ],
    }),
  );
}

if (process.argv[2] === 'measure') measure();
else main();
