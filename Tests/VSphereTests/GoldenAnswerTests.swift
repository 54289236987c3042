import Buffers
import Foundation
import JSON
import Support
import Testing
import Transport
import VSphereSupport

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
        "missing-route", "missing-route-on-api", "missing-route-to-a-change",
        "missing-route-without-a-kind", "missing-service", "missing-service-in-a-good-answer",
        "missing-service-as-not-found", "json-rpc-500", "bodiless-410", "problem-json-404",
        "messages-of-others-404", "error-type-of-others-404", "absent-template",
        "absent-template-on-api", "absent-template-in-an-empty-object", "absent-template-204",
        "too-many-matches", "template-of-9", "machines-of-9", "machine-of-9", "void-with-an-error",
        "void-with-an-error-on-api", "void-with-a-number", "void-with-a-text", "void-with-a-list",
        "void-with-a-value", "void-with-null", "void-with-an-empty-envelope",
        "void-with-null-on-api", "void-with-an-empty-object-on-api", "put-off",
        "put-off-with-a-task", "our-kind-on-the-wire", "our-kind-on-the-wire-of-api",
        "kind-of-a-later-release-404", "no-healthy-upstream",
    ]

    @Test(arguments: names) func `an answer gives its value or its error`(_ name: String) throws {
        let sample = try GoldenAnswer(name)
        let outcome = try outcome(of: sample)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try sample.record(outcome, in: name)
            Issue.record("recorded \(name); run again without RECORD_GOLDEN")
            return
        }
        #expect(outcome == sample.expected, "differs from Golden/\(name).txt")
    }

    @Test func `every file of the library is looked at`() throws {
        let folder = GoldenAnswer.place("x").deletingLastPathComponent().path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(files) == Set(Self.names.map { $0 + ".txt" }))
    }

    private func outcome(of sample: GoldenAnswer) throws -> String {
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
        return try Call.sample(of: try #require(Operation.named(name)))
    }

    private func text(of error: VSphereError) -> String {
        var lines = [
            "error \(error.kind)", "status \(error.status.map(String.init) ?? "none")",
            "exit \(error.exitCode.rawValue)", "outcome \(error.outcome.rawValue)",
            "retryable \(error.isRetryable)", "line \(error)",
        ]
        if let hint = error.hint { lines.append("hint \(hint)") }
        if let challenge = error.challenge { lines.append("challenge \(challenge)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
