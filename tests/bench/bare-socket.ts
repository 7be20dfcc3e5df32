// SPDX-License-Identifier: Apache-2.0
// The limit that a pay socket is held against: `ws` answering every frame with one as long as `keys`, and nothing else.
import { WebSocketServer } from "ws";

const answer = Buffer.alloc(Number(process.argv[2]), 120).toString();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (socket) => {
  socket.on("message", () => socket.send(answer));
  socket.on("error", () => socket.terminate());
});
server.on("listening", () => console.log(`port ${(server.address() as { port: number }).port}`));
process.on("SIGTERM", () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});
