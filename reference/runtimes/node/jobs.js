'use strict';
// What the programs that run jobs share: the command line and the job line.
const os = require('node:os');

// The units of these begin together.
const TOGETHER = ['shared-count', 'sleepers', 'ping-pong'];
const STARTS = ['together', 'as-written'];

function beginTogether({ job, start }) {
  return TOGETHER.includes(job) && !(job === 'shared-count' && start === 'as-written');
}

function refuse(found, expected) {
  console.error(`found ${found}, expected ${expected}`);
  process.exit(2);
}

function fail(error) {
  console.error(`${error.code ?? error.name}: ${error.message}`);
  process.exit(1);
}

function numberOf(name, word) {
  const number = Number(word);
  if (!/^[1-9]\d*$/.test(word) || !Number.isSafeInteger(number)) {
    refuse(`${name} ${word}`, `a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return number;
}

// The command line: job, units, size, and for shared-count a discipline and a start. `jobs` and `disciplines` are those that the program has,
// `mostSizes` the bounds of some jobs.
function readArguments(jobs, disciplines, mostSizes) {
  const [job, unitsWord, sizeWord, discipline, start] = process.argv.slice(2);
  if (!Object.hasOwn(jobs, job)) refuse(`the job ${job}`, Object.keys(jobs).join(', '));
  const units = numberOf('units', unitsWord);
  const size = numberOf('the size', sizeWord);
  if (size > mostSizes[job]) refuse(`the size ${size}`, `at most ${mostSizes[job]} for ${job}`);
  if (job === 'shared-count') {
    if (!Object.hasOwn(disciplines, discipline)) refuse(`the discipline ${discipline}`, Object.keys(disciplines).join(', '));
    if (!STARTS.includes(start)) refuse(`the start ${start}`, STARTS.join(' or '));
    if (discipline === 'channel' && units < 2) refuse('units 1', '2 or more for channel');
  }
  if (job === 'ping-pong' && units !== 2) refuse(`units ${units}`, '2 for ping-pong');
  if (job === 'skynet' && !/^10*$/.test(size)) refuse(`the size ${size}`, 'a power of ten for skynet');
  return { job, units, size, discipline, start };
}

function sum(answers) {
  return answers.reduce((total, answer) => BigInt.asUintN(64, total + BigInt(answer)), 0n);
}

// The times are of process.hrtime.bigint(). `alive` units were there when they were let go.
function printLine(order, answer, created, { begin, workBegin, workEnd, end, alive }, facts) {
  const line = { answer, elapsed_ns: end - begin, units_created: created };
  if (beginTogether(order)) Object.assign(line, { work_ns: workEnd - workBegin, peak_live_units: alive });
  const runtime = { name: 'node', version: process.versions.node, cpus: os.availableParallelism(), collector: 'generations' };
  line.runtime = JSON.stringify({ ...runtime, flags: process.execArgv, ...facts });
  // JSON.stringify refuses BigInts, which the numbers of 64 bits are.
  const fields = Object.entries(line).map(([name, value]) => `"${name}":${value}`);
  console.log(`{${fields.join()}}`);
}

module.exports = { beginTogether, fail, printLine, readArguments, refuse, sum };
