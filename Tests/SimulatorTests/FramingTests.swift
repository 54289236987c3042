import JSON
import Support
import Testing

/// HTTP/1.1 as clients really use it.
struct FramingTests {
    private static let path = "/rest/vcenter/vm"

    private func request(_ client: WireClient, _ path: String = path) -> [UInt8] {
        PlainConnection.request(
            "GET",
            path,
            headers: ["vmware-api-session-id: \(client.session)"]
        )
    }

    @Test
    func `pipelined requests are answered in their order, also when the first one takes long`()
        throws
    {
        let client = try WireClient(.rest)
        try client.simulator.add(
            fault: ["do": "delay", "ms": 100, "match": ["operation": "listHosts"]])
        let paths = ["/rest/vcenter/host", "/rest/nothing", Self.path, "/sim/sessions"]
        try client.connection.send(paths.flatMap { request(client, $0) })
        let answers = try paths.map { _ in try client.connection.readAnswer() }
        #expect(answers.map(\.status) == [200, 404, 200, 200])
        #expect(answers[0].text.contains("host-10"))
        #expect(answers[2].text.contains("vm-109"))
    }

    @Test func `a request that comes byte by byte is one request`() throws {
        let client = try WireClient(.rest)
        for byte in request(client) { try client.connection.send([byte]) }
        #expect(try client.connection.readAnswer().status == 200)
        #expect(try client.simulator.requests().count == 2)
    }

    @Test func `a body may wait for 100 Continue`() throws {
        let client = try WireClient(.rest)
        let body = #"{"spec":{"name":"golden"}}"#
        let head =
            "POST /rest/com/vmware/content/library?~action=find HTTP/1.1\r\nHost: x\r\n"
            + "vmware-api-session-id: \(client.session)\r\nExpect: 100-continue\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        try client.connection.send(Array(head.utf8))
        #expect(try client.connection.readAnswer().status == 100)
        try client.connection.send(Array(body.utf8))
        #expect(try client.connection.readAnswer().status == 200)
    }

    @Test func `a body may come in chunks`() throws {
        let client = try WireClient(.rest)
        let head =
            "POST /rest/com/vmware/content/library?~action=find HTTP/1.1\r\nHost: x\r\n"
            + "vmware-api-session-id: \(client.session)\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = "9\r\n{\"spec\":{\r\n10\r\n\"name\":\"golden\"}\r\n1\r\n}\r\n0\r\n\r\n"
        try client.connection.send(Array((head + chunks).utf8))
        #expect(try client.connection.readAnswer().status == 200)
    }

    @Test(arguments: [true, false])
    func `a body over 7 MB is refused with 413, and the next connection works`(isChunked: Bool)
        throws
    {
        let client = try WireClient(.rest)
        let size = 7 << 20 + 1
        var head = "POST /rest/vcenter/vm HTTP/1.1\r\nHost: x\r\n"
        head += isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: \(size)\r\n\r\n"
        var bytes = Array(head.utf8)
        if isChunked { bytes += Array("\(String(size, radix: 16))\r\n".utf8) }
        bytes += [UInt8](repeating: 0x20, count: size)
        if isChunked { bytes += Array("\r\n0\r\n\r\n".utf8) }
        try client.connection.send(bytes)
        let answer = try client.connection.readAnswer()
        #expect(answer.status == 413)
        #expect(answer.header("connection") == "close")
        #expect(try client.connection.readToEnd() == [])
        #expect(try client.simulator.connect().exchange("GET", "/sim/sessions").status == 200)
    }

    @Test func `a body without an end is refused, under sim too, and kept nowhere`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        for path in ["/rest/vcenter/vm", "/sim/faults", "/sim/clock"] {
            let connection = try simulator.connect()
            let head = "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            try connection.send(Array(head.utf8))
            let chunk = Array("10000\r\n\(String(repeating: "x", count: 65536))\r\n".utf8)
            for _ in 0..<120 { try connection.send(chunk) }
            #expect(try connection.readAnswer().status == 413, "\(path)")
        }
    }

    @Test func `who sends a body without an end is cut off`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let connection = try simulator.connect()
        let head = "POST /rest/vcenter/vm HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        try connection.send(Array(head.utf8))
        let chunk = Array("100000\r\n\(String(repeating: "x", count: 1 << 20))\r\n".utf8)
        #expect(throws: (any Error).self) { for _ in 0..<200 { try connection.send(chunk) } }
    }

    @Test func `a body over 7 MB that waits for 100 Continue is never asked for`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let connection = try simulator.connect()
        try connection.send(
            Array(
                ("POST /rest/vcenter/vm HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 9000000\r\n\r\n").utf8
            )
        )
        #expect(try connection.readAnswer().status == 413)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n\r\n", 404),
        ("nonsense\r\n\r\n", 400),
        ("GET /rest/vcenter/vm HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        ("GET /rest/vcenter/vm HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
    ])
    func `what is no HTTP is answered 400`(text: String, status: Int) throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let connection = try simulator.connect()
        try connection.send(Array(text.utf8))
        #expect(try connection.readAnswer().status == status)
    }

    @Test func `HTTP 1_0 and Connection close end the connection behind the answer`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        for text in [
            "GET /sim/sessions HTTP/1.0\r\n\r\n",
            "GET /sim/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        ] {
            let connection = try simulator.connect()
            try connection.send(Array(text.utf8))
            #expect(try connection.readAnswer().status == 200)
            #expect(try connection.readToEnd() == [])
        }
    }

    @Test func `a thousand requests sent ahead are answered one by one`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(
            fault: ["do": "delay", "ms": 50, "match": ["operation": "listHosts"]])
        let paths = (0..<1000).map { $0 % 250 == 0 ? "/rest/vcenter/host" : "/rest/nothing" }
        try client.connection.send(paths.flatMap { request(client, $0) })
        for path in paths {
            #expect(
                try client.connection.readAnswer().status == (path.hasSuffix("host") ? 200 : 404)
            )
        }
    }

    @Test func `what is no HTTP behind a slow request waits for the answer of that`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(
            fault: ["do": "delay", "ms": 100, "match": ["operation": "listHosts"]])
        try client.connection.send(
            request(client, "/rest/vcenter/host") + Array("nonsense\r\n\r\n".utf8)
        )
        #expect(try client.connection.readAnswer().status == 200)
        #expect(try client.connection.readAnswer().status == 400)
        #expect(try client.connection.readToEnd() == [])
    }

    @Test func `a fault's text cannot forge a field of the answer`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(
            fault: ["do": "redirect", "location": "/a\r\nforged: yes"])
        try client.connection.send(request(client))
        let answer = try client.connection.readAnswer()
        #expect(answer.header("location") == "/a  forged: yes")
        #expect(answer.header("forged") == nil)
    }
}
