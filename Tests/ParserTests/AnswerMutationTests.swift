import APIIndex
import Buffers
import JSON
import Support
import Testing
import Text
import Transport

@testable import VSphere

/// Answers, cassettes and addresses of whatever bytes.
struct AnswerMutationTests {
    /// A failure leaves no half of a result, and its sentence cannot control a terminal.
    private func expectClean(_ failure: Failure, _ out: ValueBuffer, _ text: [UInt8]) {
        #expect(out.isEmpty && !out.isFailed, shown(text))
        let message = failure.error.description.utf8
        #expect(!message.contains { $0 < 0x20 || $0 == 0x7F }, shown(text))
    }

    @Test func `an answer to any operation is a result or a failure, and a failure leaves nothing`()
        throws
    {
        let reader = AnswerReader()
        let out = ValueBuffer()
        var counts = (results: 0, failures: 0)
        try Corpus(answersIn: "Golden").each { text, dice in
            let body = ByteBuffer()
            body.append(text)
            let status = [200, 200, 204, 400, 404, 500, 503].randomElement(using: &dice) ?? 200
            let response = Response(
                status: status,
                headerBlock: ByteBuffer("HTTP/1.1 \(status)\r\nRetry-After: 1\r\n"),
                body: body
            )
            let dialect = Dialect.allCases.randomElement(using: &dice) ?? .rest
            let operation = try #require(Operation.all.randomElement(using: &dice))
            let isLoose = Bool.random(using: &dice)
            out.clear()
            do throws(Failure) {
                if isLoose {
                    try reader.read(response, as: .any, isLoose: true, in: dialect, into: out)
                } else {
                    try reader.read(response, of: operation, in: dialect, into: out)
                }
                counts.results += 1
                _ = out.root.map { JSONValue($0) }
            } catch {
                counts.failures += 1
                expectClean(error, out, text)
            }
        }
        #expect(counts.results > 10 && counts.failures > 10, "\(counts)")
    }

    @Test func `an answer of JSON-RPC is a result or a failure, and a failure leaves nothing`()
        throws
    {
        let reader = AnswerReader()
        let out = ValueBuffer()
        var counts = (results: 0, failures: 0)
        let operations = try [
            "vcenter.network.list", "vcenter.VM.delete", "vcenter.vm_template.library_items.get",
            "cis.session.create", "vcenter.vm.guest.environment.list", "cis.tasks.get",
        ].map { Operation(try #require(APIFacts.operation($0))) }
        try Corpus(lines: "rpc").each { text, dice in
            let body = ByteBuffer()
            body.append(text)
            let status = [200, 200, 200, 400, 503].randomElement(using: &dice) ?? 200
            let head = ByteBuffer("HTTP/1.1 \(status)\r\n")
            let response = Response(status: status, headerBlock: head, body: body)
            for operation in operations {
                out.clear()
                do throws(Failure) {
                    try reader.read(
                        response,
                        of: operation,
                        by: operation.facts,
                        in: .api,
                        into: out
                    )
                    counts.results += 1
                    _ = out.root.map { JSONValue($0) }
                } catch {
                    counts.failures += 1
                    expectClean(error, out, text)
                }
            }
            _ = reader.takeSecrets()
        }
        #expect(counts.results > 10 && counts.failures > 10, "\(counts)")
    }

    @Test func `a cassette is read or refused, and an entry that is read is written the same`()
        throws
    {
        var entries = 0
        try Corpus(files: "cassette").each { text, _ in
            let text = String(decoding: text, as: UTF8.self)
            guard let cassette = try? Cassette(parsing: text) else { return }
            for entry in cassette.entries {
                #expect(CassetteEntry(entry.document) == entry, shown(Array(text.utf8)))
                if case .success(let response) = entry.result { _ = response.headers }
            }
            entries += cassette.entries.count
            _ = CassettePlayer(cassette, named: "c").profile(for: nil)
        }
        #expect(entries > 20)
    }

    @Test func `an address is read or refused, and what is read is written the same`() throws {
        try Corpus(lines: "url").each { text, _ in
            let text = String(decoding: text, as: UTF8.self)
            guard let parsed = try? Endpoint.parse(text) else { return }
            let again = try Endpoint.parse(parsed.endpoint.url)
            #expect(again.endpoint == parsed.endpoint, shown(Array(text.utf8)))
        }
    }

    @Test func `a date, a delay and Base64 are read or refused`() throws {
        try Corpus(lines: "date").each { text, _ in
            let text = String(decoding: text, as: UTF8.self)
            _ = HTTPDate.seconds(of: text)
            let delay = RetryAfter.delay(text, date: "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(delay.map { $0 >= .zero && $0 <= .seconds(86_400) } ?? true)
            let bytes = Array(text.utf8)
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            _ = Base64.decode(text)
        }
    }
}
