import Foundation
import JSON
import Support
import Synchronization
import Testing

/// Many clients at once: what ThreadSanitizer watches where this target is built with it.
struct ClientsAtOnceTests {
    private static func work(_ form: WireClient.Form, _ simulator: SimulatorProcess) throws {
        let client = try WireClient(form, simulator)
        let item = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))"
        for round in 0..<20 {
            _ = try client.value("GET", "/vcenter/vm")
            _ = try client.value("GET", "\(item)/versions")
            _ = try client.send("POST", "\(item)/versions/1?action=rollback", ["message": "x"])
            _ = try client.send("GET", "/vcenter/vm/vm-999")
            if round % 5 == 0 {
                try simulator.add(fault: [
                    "match": ["operation": "deleteVM"], "do": "error", "kind": "resource_busy",
                ])
                _ = try simulator.state()
                _ = try simulator.requests()
            }
        }
    }

    @Test func `eight clients at once get an answer to everything, and all of it is noted`() throws
    {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let failures = Mutex<[String]>([])
        let clients = DispatchGroup()
        for number in 0..<8 {
            clients.enter()
            Thread.detachNewThread {
                defer { clients.leave() }
                do {
                    try Self.work(number % 2 == 0 ? .rest : .api, simulator)
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        clients.wait()
        #expect(failures.withLock { $0 } == [])
        // A log-in, two look-ups of the item, and four requests a round.
        #expect(try simulator.requests().count == 8 * (3 + 20 * 4))
    }
}
