import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// A vCenter on a fake exchange, with what its calls were told.
final class Bench {
    let exchange = FakeExchange()
    let vcenter: VCenter
    private(set) var passwordsAsked = 0
    /// What was told to `open`, `perform` and `close`, in order: `ok …` or a kind.
    private(set) var told: [String] = []
    private(set) var errors: [VSphereError] = []
    /// What was told of a server that cannot answer for now.
    private(set) var notices: [String] = []

    init(_ dialect: ConnectionProfile.DialectChoice, limit: Int = 16) {
        let asked = PasswordCounter()
        var profile = ConnectionProfile(
            endpoint: Endpoint(host: "vc.example"),
            user: #"VSPHERE.LOCAL\ann"#,
            password: { asked.password() }
        )
        profile.dialect = dialect
        profile.requestLimit = limit
        let exchange = exchange
        vcenter = VCenter(
            profile: profile,
            exchange: exchange,
            clock: { exchange.now },
            random: { 1 }
        )
        counter = asked
        vcenter.notice = { [unowned self] in notices.append($0) }
    }

    private let counter: PasswordCounter
    var passwordCount: Int { counter.count }

    /// Makes a call and notes what it is told.
    @discardableResult
    func call(_ operation: Operation, _ texts: String...) throws -> PendingCall {
        let arguments = ValueBuffer()
        for text in texts { arguments.put(text) }
        let pending = perform(try Call(operation, arguments.values))
        // The caller's buffer holds something else by the time a queued call is sent.
        arguments.clear()
        for text in texts { arguments.put(String(repeating: "x", count: text.utf8.count)) }
        return pending
    }

    @discardableResult
    func perform(_ call: Call) -> PendingCall {
        let result = ValueBuffer()
        return vcenter.perform(call, into: result) { [self] error in
            note(error, result.root.map { JSONText.of($0) } ?? "")
        }
    }

    func open() { vcenter.open { [self] error in note(error, "open") } }

    func close(all: Bool = false) {
        vcenter.close(all: all) { [self] error in note(error, "closed") }
    }

    /// Opens the session and answers the log-in.
    func opened() -> Bench {
        open()
        exchange.answer(200, vcenter.profile.dialect == .api ? #""s1""# : #"{"value":"s1"}"#)
        return self
    }

    private func note(_ error: VSphereError?, _ result: String) {
        told.append(error.map { $0.kind.rawValue } ?? "ok" + (result.isEmpty ? "" : " " + result))
        if let error { errors.append(error) }
    }
}

/// Counts how often a password was asked for.
final class PasswordCounter: @unchecked Sendable {  // Safe because tests drive it from one thread.
    private(set) var count = 0

    func password() -> Result<Secret, ConnectionProfile.PasswordFailure> {
        count += 1
        return .success(Secret("s3cret"))
    }
}
