'use strict';
// What comes on a connection is written to it again.
const net = require('node:net');

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => {}); // The peer has gone.
});
server.listen(+process.argv[2], '127.0.0.1');
