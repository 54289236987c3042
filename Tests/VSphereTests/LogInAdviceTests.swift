import Buffers
import Testing
import Transport

@testable import VSphere

@Suite struct LogInAdviceTests {
    @Test(arguments: [
        (["Basic realm=\"vc\""], "check --user and the password, which came from here"),
        ([], "check --user and the password, which came from here"),
        (["SIGN realm=\"a b\", Basic"], "check --user and the password, which came from here"),
        (["SIGN realm=x,service=y"], "passwords are refused there: the server takes only sign"),
        (
            ["SIGN", "Bearer realm=\"x\""],
            "passwords are refused there: the server takes only sign, bearer"
        ),
    ])
    func `a server that takes no passwords is known by its challenge`(
        _ challenges: [String],
        _ hint: String
    ) {
        var failure = Failure(
            VSphereError(.unauthenticated, "", status: 401),
            evidence: .answered
        )
        failure.addLogInAdvice(.place("here"), challenges: challenges)
        #expect(failure.error.hint == hint)
    }

    @Test(
        arguments: [
            (
                407, false,
                "the proxy p:1 wants a user and a password: https_proxy=http://user:password@p:1"
            ),
            (
                403, false,
                "the way there is the proxy p:1 of https_proxy; NO_PROXY=vc goes without it"
            ),
            (
                503, true,
                "the way there is the proxy p:1 of https_proxy; NO_PROXY=vc goes without it"
            ),
            (
                nil, true,
                "the way there is the proxy p:1 of https_proxy; NO_PROXY=vc goes without it"
            ),
        ] as [(Int?, Bool, String)]
    )
    func `a proxy is named, and what it refuses is not asked again`(
        _ status: Int?,
        _ isTransient: Bool,
        _ hint: String
    ) {
        var cause = TransportError(.connect, "no", code: 56, mayHaveBeenSent: false)
        cause.proxyStatus = status
        var failure = Failure(cause)
        failure.name(.init(variable: "https_proxy", address: "p:1"), to: "vc")
        #expect(failure.isTransient == isTransient)
        #expect(failure.error.hint == hint)
    }

    @Test func `the place of a bad argument is told where the server says nothing else`() throws {
        for data in [
            #"{"primary":"spec.name","secondary":["spec.type"]}"#,
            #"{"ARGUMENT_LOCATIONS":{"primary":"spec.name","secondary":["spec.type"]}}"#,
            #"{"STRUCTURE":{"argument_locations":{"primary":"spec.name","secondary":["spec.type"]}}}"#,
        ] {
            for dialect in [VSphere.Dialect.rest, .api] {
                let body =
                    dialect == .api
                    ? #"{"error_type":"INVALID_ARGUMENT","messages":[],"data":\#(data)}"#
                    : #"{"type":"com.vmware.vapi.std.errors.invalid_argument","value":{"messages":[],"data":\#(data)}}"#
                let error = try Self.error(body, dialect)
                #expect(
                    error.message
                        == "the server gave no reason, but names the place: spec.name, spec.type"
                )
            }
        }
    }

    private static func error(_ body: String, _ dialect: VSphere.Dialect) throws -> VSphereError {
        let answer = Response.make(400, body)
        let failure = #expect(throws: Failure.self) {
            try AnswerReader().read(answer, of: .listVMs, in: dialect, into: ValueBuffer())
        }
        return try #require(failure).error
    }

    @Test func `a certificate that is not trusted is shown as what it is`() {
        let shown = TransportError.Shown(pin: "sha256//x=", names: "DNS:other.lab")
        var failure = Failure(VSphereError(.tls, ""), evidence: .notSent)
        failure.add(shown, isPinned: false)
        #expect(failure.error.hint?.contains("--pin sha256//x=") == true)
        failure.add(shown, isPinned: true)
        #expect(failure.error.hint?.hasPrefix("the server shows the key sha256//x=:") == true)
        failure.isOtherHost = true
        failure.add(shown, isPinned: false)
        #expect(failure.error.hint?.contains("that of DNS:other.lab") == true)
        #expect(failure.error.hint?.contains("--ca-file") == false)
    }
}
