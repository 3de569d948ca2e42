'use strict';
// Claimed by course texts and by the documentation of Node.js: a computation holds up everything else on the event loop,
// and a worker thread is the remedy.
//
// A timer is due after 10 ms. First the main thread computes for 200 ms meanwhile, then a worker does. How late the timer
// comes is the median of five in both cases.
const { performance } = require('node:perf_hooks');
const { once } = require('node:events');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');

const COMPUTATION_MS = 200;
const DUE_MS = 10;
const REPETITIONS = 5;

function compute(ms) {
  const end = performance.now() + ms;
  let sum = 0;
  while (performance.now() < end) for (let i = 0; i < 1000; i++) sum += Math.sqrt(i);
  return sum;
}

function timerLateMs() {
  const began = performance.now();
  return new Promise((resolve) => setTimeout(() => resolve(performance.now() - began - DUE_MS), DUE_MS));
}

async function lateBesideComputation() {
  const late = timerLateMs();
  compute(COMPUTATION_MS);
  return late;
}

async function lateBesideWorker(worker) {
  worker.postMessage('compute');
  await once(worker, 'message'); // It computes from now on.
  const late = await timerLateMs();
  await once(worker, 'message');
  return late;
}

async function median(measure) {
  const values = [];
  for (let i = 0; i < REPETITIONS; i++) values.push(await measure());
  return values.sort((a, b) => a - b)[(REPETITIONS - 1) / 2];
}

async function main() {
  const worker = new Worker(__filename);
  const late = await median(lateBesideComputation);
  const lateWithWorker = await median(() => lateBesideWorker(worker));
  await worker.terminate();
  console.log(
    JSON.stringify({
      figures: { timer_late_ms: late, timer_late_with_worker_ms: lateWithWorker },
      evidence: [`A timer of ${DUE_MS} ms came ${late.toFixed(1)} ms late, and ${lateWithWorker.toFixed(1)} ms where a worker computed.`],
      units_created: 1,
    }),
  );
}

function serveAsWorker() {
  parentPort.on('message', () => {
    parentPort.postMessage('began');
    compute(COMPUTATION_MS);
    parentPort.postMessage('ended');
  });
}

if (isMainThread) main();
else serveAsWorker();
