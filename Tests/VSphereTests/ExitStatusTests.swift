import Testing
import Transport

@testable import VSphere

/// Failures without an answer, and the exit status of each kind.
@Suite struct ExitStatusTests {
    @Test(arguments: [
        (TransportError.Kind.connect, false, 0, "transport 69", "transport none 69"),
        (.tls, false, 0, "tls 78", "tls none 78"),
        (.timeout, false, 0, "timeout 69", "timeout none 69"),
        (.timeout, true, 0, "timeout 69", "unknown_outcome unknown 80"),
        (.broken, true, 0, "transport 69", "unknown_outcome unknown 80"),
        // Of HTTP/2: CURLE_HTTP2, CURLE_HTTP2_STREAM.
        (.broken, true, 16, "transport 69", "unknown_outcome unknown 80"),
        (.broken, true, 92, "transport 69", "unknown_outcome unknown 80"),
        (.broken, true, 18, "protocol 76", "unknown_outcome unknown 80"),
        (.protocolViolation, true, 0, "protocol 76", "unknown_outcome unknown 80"),
        (.invalidRequest, false, 0, "usage 64", "usage none 64"),
        (.unavailable, false, 0, "transport 69", "transport none 69"),
    ])
    func `a request without an answer is known by what was sent of it`(
        kind: TransportError.Kind,
        mayHaveBeenSent: Bool,
        code: Int,
        read: String,
        change: String
    ) {
        let cause = TransportError(kind, "oh\u{7}", code: code, mayHaveBeenSent: mayHaveBeenSent)
        let failure = Failure(cause)
        let error = failure.settled(isChanging: false)
        #expect("\(error.kind) \(error.exitCode.rawValue)" == read)
        #expect(error.message == #"oh\x07"#)
        let changed = failure.settled(isChanging: true)
        #expect("\(changed.kind) \(changed.outcome) \(changed.exitCode.rawValue)" == change)
    }

    @Test(
        arguments: [
            (ErrorKind.usage, 64), (.ambiguous, 65), (.forbiddenByPolicy, 77), (.conflict, 81),
            (.unknownOutcome, 80), (.cancelled, 1), (.protocolViolation, 76), (.noSuchRoute, 78),
        ] as [(ErrorKind, Int32)]
    )
    func `our own kinds have their exit status`(kind: ErrorKind, code: Int32) {
        #expect(VSphereError.exitCode(of: kind).rawValue == code)
    }

    @Test func `a server without room at log-in is one to try again later`() {
        #expect(VSphereError.exitCode(of: .serviceUnavailable, atLogin: true).rawValue == 75)
        #expect(VSphereError.exitCode(of: .unauthenticated, atLogin: true).rawValue == 77)
        let error = VSphereError(.serviceUnavailable, "full", operation: VSphereError.login)
        #expect(error.exitCode.rawValue == 75)
    }
}
