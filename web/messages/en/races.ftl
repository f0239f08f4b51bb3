# Boards, the race page and the live socket.
live-protocol = Offer the subprotocol muster.v1.
live-handshake = Open this address as a WebSocket.
