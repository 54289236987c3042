import Buffers
import Foundation
import JSON
import Support
import Testing
import Transport

@testable import VSphere

/// A library of answers, of real servers and odd ones, with the value or the error that each must give.
///
/// A file of `Golden/` holds the operation and the dialect, the answer, and what becomes of it.
/// `RECORD_GOLDEN=1` rewrites the last part, and fails.
@Suite struct GoldenAnswerTests {
    static let names = [
        "seed-check-out", "api-check-out", "seed-check-out-of-strings", "seed-rollback",
        "api-rollback", "seed-400-not-checked-out", "seed-401-unauthenticated",
        "seed-401-unauthorized", "spec-403-unauthorized", "seed-404-not-found", "seed-404-error",
        "spec-500-error", "seed-409-checked-out", "spec-400-checked-out",
        "seed-404-error-of-a-change", "map-as-pairs", "map-as-object", "null-is-absent",
        "challenge", "nested-causes", "localized", "unknown-kind", "out-of-sessions",
        "concurrent-change", "time-out", "bodiless-401", "bodiless-403", "text-404",
        "bodiless-404", "json-404-of-a-proxy", "method-not-allowed", "no-error-type",
        "api-without-error-type", "messages-are-null", "error-in-a-good-answer",
        "error-in-a-good-answer-to-a-change", "html-503", "html-502-to-a-change", "html-200",
        "busy-429", "redirect", "truncated-json", "truncated-json-to-a-change", "truncated-error",
        "empty-200", "no-envelope", "field-missing", "field-of-another-type", "field-is-null",
        "empty-identifier", "not-utf-8", "not-utf-8-error", "duplicate-keys", "deep-json",
        "byte-order-mark", "wrong-content-type", "more-fields", "qualified-vm",
        "delete-204-on-rest", "delete-200-on-api", "request-of-text", "request-without-envelope",
        "request-empty", "hostile-message",
    ]

    /// One file.
    private struct Sample {
        let operation: String
        let dialect: Dialect
        let status: Int
        let headers: String
        let body: [UInt8]
        let expected: String
        private let head: [UInt8]

        private static let folder =
            #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Golden"
        private static let start = Array("\n--- answer\n".utf8)
        private static let end = Array("\n--- gives\n".utf8)

        static func place(_ name: String) -> URL {
            URL(fileURLWithPath: "\(folder)/\(name).txt")
        }

        init(_ name: String) throws {
            let bytes = Array(try Data(contentsOf: Self.place(name)))
            let start = try #require(bytes.firstRange(of: Self.start))
            let end = try #require(bytes.firstRange(of: Self.end))
            let words = String(decoding: bytes[..<start.lowerBound], as: UTF8.self)
                .split(separator: " ").map(String.init)
            operation = words[0]
            dialect = try #require(Dialect(rawValue: words[1]))
            let answer = bytes[start.upperBound..<end.lowerBound]
            let blank = try #require(answer.firstRange(of: Array("\n\n".utf8)))
            let lines = String(decoding: answer[..<blank.lowerBound], as: UTF8.self)
                .split(separator: "\n").map(String.init)
            status = try #require(Int(lines[0].split(separator: " ")[1]))
            headers = lines.dropFirst().map { $0 + "\r\n" }.joined()
            body = Array(answer[blank.upperBound...])
            expected = String(decoding: bytes[end.upperBound...], as: UTF8.self)
            head = Array(bytes[..<end.upperBound])
        }

        func record(_ outcome: String, in name: String) throws {
            try Data(head + outcome.utf8).write(to: Self.place(name))
        }
    }

    @Test(arguments: names) func `an answer gives its value or its error`(_ name: String) throws {
        let sample = try Sample(name)
        let outcome = try outcome(of: sample)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try sample.record(outcome, in: name)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN")
            return
        }
        #expect(outcome == sample.expected, "differs from Golden/\(name).txt")
    }

    @Test func `every file of the library is looked at`() throws {
        let folder = Sample.place("x").deletingLastPathComponent().path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(files) == Set(Self.names.map { $0 + ".txt" }))
    }

    private func outcome(of sample: Sample) throws -> String {
        let bench = Bench(sample.dialect.choice).opened()
        try bench.perform(call(sample.operation))
        // A busy server says the same each time it is asked again; a renewed session is given.
        var answers = 0
        while bench.told.count < 2, answers < 10 {
            answers += 1
            guard let sent = bench.exchange.inFlight.first else {
                bench.exchange.advance(by: .seconds(30))
                continue
            }
            let isLogIn = sent.line.hasSuffix("/session")
            let logIn = sample.dialect == .api ? #""s2""# : #"{"value":"s2"}"#
            if isLogIn {
                bench.exchange.answer(200, logIn)
            } else {
                bench.exchange.answer(sample.status, bytes: sample.body, headers: sample.headers)
            }
        }
        if let error = bench.errors.first { return text(of: error) }
        let told = try #require(bench.told.last)
        return told == "ok" ? "nothing\n" : "value \(told.dropFirst(3))\n"
    }

    private func call(_ name: String) throws -> Call {
        guard name != "request" else { return try Call(requesting: .get, path: "/vcenter/x") }
        let operation = try #require(Operation.named(name))
        let arguments = ValueBuffer()
        for parameter in operation.parameters { arguments.put("the-" + parameter.name) }
        return try Call(operation, arguments.values)
    }

    private func text(of error: VSphereError) -> String {
        var lines = [
            "error \(error.kind)", "status \(error.status.map(String.init) ?? "none")",
            "exit \(error.exitCode)", "outcome \(error.outcome.rawValue)",
            "retryable \(error.isRetryable)", "line \(error)",
        ]
        if let hint = error.hint { lines.append("hint \(hint)") }
        if let challenge = error.challenge { lines.append("challenge \(challenge)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
