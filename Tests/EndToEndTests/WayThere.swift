import Foundation
import Support

/// A proxy that takes connections, and treats them in one way.
struct WayThere {
    /// Its behaviour once it was asked for a tunnel.
    enum Manner: String, CaseIterable {
        /// Nothing, for ever.
        case hangs
        /// Half an answer, and then nothing.
        case hangsInAnswer
        /// Opens the tunnel, and then nothing comes out of it.
        case hangsInTunnel
        /// Says it is busy, wants a password, or forbids it.
        case isBusy, wantsPassword, forbids
        case closes
        /// Opens a tunnel and answers in it itself, without TLS.
        case answersItself
        /// Opens a tunnel to a simulator, whatever host was asked for.
        case leadsToSimulator
        /// The same, and lets nothing through after the log-in.
        case hangsAfterLogIn
    }

    /// Host and port.
    let address: String
    private let process: ChildProcess
    private let folder: TestFolder

    init(_ manner: Manner, simulator: String = "x://127.0.0.1:1") throws {
        folder = TestFolder()
        let script = try folder.write(Self.program, to: "proxy.py")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process = try ChildProcess(
            ["/usr/bin/env", "python3", script, manner.rawValue, simulator],
            environment: ["PATH": path],
            in: folder.path
        )
        let process = process
        _ = process.wait(within: .seconds(20)) { process.output.contains("\n") }
        address = process.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    func end() { process.signal(15) }

    private static let program = #"""
        import socket, sys, threading
        manner, simulator = sys.argv[1:]
        kept = []
        heads = {
            "isBusy": b"503 busy", "wantsPassword": b"407 who are you", "forbids": b"403 no",
            "hangsInTunnel": b"200 ok", "answersItself": b"200 ok",
            "leadsToSimulator": b"200 ok", "hangsAfterLogIn": b"200 ok",
        }

        def copy(source, target, limit):
            try:
                seen = 0
                while data := source.recv(65536):
                    seen += len(data)
                    if limit and seen > limit: threading.Event().wait()
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)
            except OSError: pass

        def serve(client):
            asked = b""
            while b"\r\n\r\n" not in asked:
                data = client.recv(4096)
                if not data: return
                asked += data
            if manner == "closes": return client.close()
            if manner == "hangs": return
            if manner == "hangsInAnswer": return client.sendall(b"HTTP/1.1 200")
            client.sendall(b"HTTP/1.1 " + heads[manner] + b"\r\nContent-Length: 0\r\n\r\n"
                if heads[manner][0] != 50 else b"HTTP/1.1 " + heads[manner] + b"\r\n\r\n")
            if manner == "answersItself": client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            if manner in ("leadsToSimulator", "hangsAfterLogIn"):
                host, port = simulator.split("//")[1].split(":")
                there = socket.create_connection((host, int(port)))
                # The handshake, the log-in and its answer come through; what is read then is longer.
                limit = 12000 if manner == "hangsAfterLogIn" else 0
                threading.Thread(target=copy, args=(client, there, 0), daemon=True).start()
                copy(there, client, limit)

        server = socket.create_server(("127.0.0.1", 0), backlog=50)
        print("127.0.0.1:%d" % server.getsockname()[1], flush=True)
        while True:
            client, _ = server.accept()
            kept.append(client)
            threading.Thread(target=serve, args=(client,), daemon=True).start()
        """#
}
