import Glibc
import Testing
import Transport

/// How connections of HTTP/2 die, with the frames that a server sends before.
@Suite struct HTTP2Tests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frames: [UInt8]
        var closes = true
    }

    static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    static let headers: [UInt8] = [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]

    static let rows = [
        Row(testDescription: "nothing", frames: []),
        Row(testDescription: "settings", frames: settings),
        Row(
            testDescription: "going away",
            frames: settings + [0, 0, 8, 7, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0]
        ),
        Row(
            testDescription: "going away with an error",
            frames: settings + [0, 0, 8, 7, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 2]
        ),
        Row(
            testDescription: "an internal error",
            frames: settings + [0, 0, 4, 3, 0, 0, 0, 0, 1] + [0, 0, 0, 2],
            closes: false
        ),
        Row(
            testDescription: "cancelled",
            frames: settings + [0, 0, 4, 3, 0, 0, 0, 0, 1] + [0, 0, 0, 8],
            closes: false
        ),
        Row(testDescription: "a header", frames: settings + headers),
        Row(
            testDescription: "a header and an error",
            frames: settings + headers + [0, 0, 4, 3, 0, 0, 0, 0, 1] + [0, 0, 0, 2],
            closes: false
        ),
        Row(
            testDescription: "a frame that may not be",
            frames: settings + [0, 0, 1, 0, 0, 0, 0, 0, 0] + [1],
            closes: false
        ),
    ]

    @Test(arguments: rows) func `a connection that dies is one that broke`(row: Row) throws {
        let authority = try Authority()
        let server = try TLSServer(try authority.sign("h2"), options: ["-alpn", "h2"]) {
            process in
            guard process.read(upTo: "SM\r\n\r\n") != nil else { return }
            _ = write(process.input, row.frames, row.frames.count)
            guard row.closes else { return _ = process.readToEnd() }
            // At the end of its input it closes the connection, behind what it has passed on.
            process.endInput()
        }
        let trust = Trust(.files([authority.file]))
        let error = try Multi().fetch(try request(.get, server.url, trust: trust)).error()
        #expect(error.kind == .broken)
        // That would be an answer that was cut short.
        #expect(error.code != 18, "\(error.message)")
        #expect(error.mayHaveBeenSent)
    }
}
