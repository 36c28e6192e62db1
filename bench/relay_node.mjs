// the relay's second reference: bare Socket.IO of Node, each event acknowledged and handed on in its room, nothing more
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((_request, response) => response.end());
const io = new Server(http, { serveClient: false });
io.on("connection", (socket) => {
  const { room } = socket.handshake.auth;
  socket.join(room);
  socket.on("signal", (message, acknowledge) => {
    socket.to(room).emit("signal", message);
    acknowledge({ ok: true });
  });
});
http.listen(Number(process.argv[2]), "127.0.0.1");
