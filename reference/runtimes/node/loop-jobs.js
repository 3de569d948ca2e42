'use strict';
// The jobs of bakeoff on one event loop: a unit is an async function.
const { EventEmitter, on, once } = require('node:events');
const { PassThrough } = require('node:stream');
const { setTimeout: sleep } = require('node:timers/promises');
const v8 = require('node:v8');
const { fail, printLine, readArguments, sum } = require('./jobs.js');
const work = require('./work.js');

let counter = 0;

// Nothing else runs between two awaits, so that nothing is lost here.
async function plain({ size }) {
  for (let i = 0; i < size; i++) counter++;
}

async function local({ size }) {
  counter += work.count({ size });
}

// A PassThrough has two queues, of what is written and of what can be read. Together they hold 1024 numbers.
const numbers = new PassThrough({ objectMode: true, highWaterMark: 512 });
let sendersDone = 0;

async function channel({ index, units, size }) {
  if (index === 0) {
    for await (const number of numbers) counter += number;
    return;
  }
  for (let i = 0; i < size; i++) {
    if (!numbers.write(1)) await once(numbers, 'drain');
  }
  if (++sendersDone === units - 1) numbers.end();
}

// A race on one thread: whoever has to wait goes on when the others have read the same number.
async function acrossAwait({ size }) {
  for (let i = 0; i < size; i++) {
    const seen = counter;
    await null;
    counter = seen + 1;
  }
}

// The language has no lock. A chain of promises is one: each waits for the one before it.
let last = Promise.resolve();

async function addAcrossAwait() {
  const seen = counter;
  await null;
  counter = seen + 1;
}

async function lockedAwait({ size }) {
  for (let i = 0; i < size; i++) await (last = last.then(addAcrossAwait));
}

const disciplines = { plain, local, channel, 'across-await': acrossAwait, 'locked-await': lockedAwait };

async function sharedCount(unit) {
  if (unit.start === 'together') await unit.allMade;
  await disciplines[unit.discipline](unit);
  return 0;
}

async function one() {
  return 1;
}

async function spawn({ size }) {
  let answer = 0;
  for (let i = 0; i < size; i++) answer += await one();
  return answer;
}

async function sleepers({ size, allMade }) {
  await allMade;
  await sleep(size);
  return 1;
}

async function skynet(number, leaves) {
  if (leaves === 1) return number;
  const parts = [];
  for (let i = 0; i < 10; i++) parts.push(skynet(number + (i * leaves) / 10, leaves / 10));
  let answer = 0;
  for (const part of parts) answer += await part;
  return answer;
}

const inboxes = [new EventEmitter(), new EventEmitter()];

async function pingPong({ index, size, allMade }) {
  // The iterator keeps what comes in until it is read.
  const inbox = on(inboxes[index], 'number');
  const send = (number) => inboxes[1 - index].emit('number', number);
  await allMade;
  return index === 0 ? ping(inbox, send, size) : pong(inbox, send, size);
}

async function ping(inbox, send, size) {
  send(0);
  for await (const [number] of inbox) {
    if (number === size) return number;
    send(number);
  }
}

async function pong(inbox, send, size) {
  for await (const [number] of inbox) {
    send(number + 1);
    if (number + 1 === size) return 0;
  }
}

const jobs = {
  count: async (unit) => work.count(unit),
  sha256: async (unit) => work.sha256(unit),
  image: async (unit) => work.image(unit),
  'shared-count': sharedCount,
  spawn,
  sleepers,
  skynet: ({ size }) => skynet(0, size),
  'ping-pong': pingPong,
};

// A timer takes 31 bits, and the sum of a larger tree does not fit into a Number.
const mostSizes = { sleepers: 2 ** 31 - 1, skynet: 1e8 };

function answerOf(job, answers) {
  if (job === 'shared-count') return counter;
  if (job === 'skynet') return answers[0];
  return sum(answers);
}

function unitsCreated(job, units, size) {
  if (job === 'spawn') return units * (1 + size);
  if (job === 'skynet') return (units * (10 * size - 1)) / 9;
  return units;
}

async function main() {
  const order = readArguments(jobs, disciplines, mostSizes);
  const { job, units, size } = order;
  numbers.setMaxListeners(0); // Otherwise Node warns when more than ten wait for room.

  const begin = process.hrtime.bigint();
  let letBegin;
  const allMade = new Promise((resolve) => (letBegin = resolve));
  const running = Array.from({ length: units }, (_, index) => jobs[job]({ ...order, index, allMade }));
  const workBegin = process.hrtime.bigint();
  letBegin();
  const answers = await Promise.all(running);
  const end = process.hrtime.bigint();

  const facts = { threads: 1, heap_limit_mib: Math.round(v8.getHeapStatistics().heap_size_limit / 2 ** 20) };
  const created = unitsCreated(job, units, size);
  printLine(order, answerOf(job, answers), created, { begin, workBegin, workEnd: end, end, alive: running.length }, facts);
}

main().catch(fail);
