'use strict';
// The unit that the units of spawn make.
require('node:worker_threads').parentPort.postMessage(1);
