import Transport
import VSphereSupport

@testable import VSphere

/// What may come back of a request, other than its answer.
enum Oddity: CaseIterable {
    case broken, timeout
    case truncated, empty, acceptedOnly, anotherShape, errorInGoodAnswer
    case page502, page503, bare401, bare404
    case internalError, timedOut, laterKind

    /// The answer; nil where none comes.
    func answer(_ bench: ChangeBench) -> Response? {
        let dialect = bench.dialect
        return switch self {
        case .broken, .timeout: nil
        case .truncated: bench.answer(200, dialect == .rest ? #"{"value":"3"# : #""3"#)
        case .empty: bench.answer(200, "")
        case .acceptedOnly: bench.answer(202, "")
        case .anotherShape: bench.answer(200, #"{"value":{"job":7}}"#)
        case .errorInGoodAnswer: bench.answer(200, dialect.error("error"))
        case .page502: bench.answer(502, "<html>bad gateway</html>")
        case .page503: bench.answer(503, "no healthy upstream")
        case .bare401: bench.answer(401, "")
        case .bare404: bench.answer(404, "<html>not found</html>")
        case .internalError: bench.answer(500, dialect.error("internal_server_error"))
        case .timedOut: bench.answer(504, dialect.error("timed_out"))
        case .laterKind: bench.answer(500, dialect.error("broken_in_a_later_release"))
        }
    }
}

/// When a request that nobody hears of any more gets there.
enum Lateness: Equatable {
    /// Before our so many-th question after it was sent.
    case beforeQuestion(Int)
    /// Before the so many-th question of the next run, which looks what became of it.
    case inNextRun(Int)
    /// After a time.
    case seconds(Int)
    /// When the run that asked for it is over; when the next run is; when somebody has reconciled.
    case afterRun, afterNextRun, afterLook

    static let all: [Lateness] =
        (1...7).map { .beforeQuestion($0) } + (1...5).map { .inNextRun($0) } + [
            .seconds(2), .afterRun, .afterNextRun, .afterLook,
        ]
}

/// What becomes of a request.
enum RequestFate {
    case answered
    /// The session has ended: it is asked for once more.
    case expired
    /// No session is good for it.
    case loggedOut
    /// So many times nothing of it leaves this computer.
    case unreachable(Int)
    /// A complete error of vCenter's.
    case refused(Int, String)
    case odd(Oddity, isApplied: Bool)
    case late(Lateness, Oddity)
    /// Something on the way sends it twice, and passes on the second answer; meanwhile the run may be told to stop.
    case twice(isStopped: Bool = false)
    /// The run is told to stop, then nothing comes back; it looks, and sends nothing again.
    case stopped(isApplied: Bool)
    /// The run is told to stop, and has no more time.
    case givenUp(isApplied: Bool, isLate: Bool)

    /// All that may become of a first request, where the vCenter is as it should be.
    static func all(for row: ChangeRow) -> [RequestFate] {
        var fates: [RequestFate] = [
            .answered, .expired, .loggedOut, .unreachable(1), .unreachable(9),
            .refused(400, "not_allowed_in_current_state"), .refused(503, "service_unavailable"),
            .refused(403, "unauthorized"), .refused(404, "not_found"),
            .givenUp(isApplied: false, isLate: false), .givenUp(isApplied: true, isLate: false),
            .givenUp(isApplied: false, isLate: true), .stopped(isApplied: false),
            .stopped(isApplied: true),
        ]
        for isApplied in [false, true] {
            fates += Oddity.allCases
                .filter { $0 != .empty || row.givesResult }
                .map { .odd($0, isApplied: isApplied) }
        }
        fates += Lateness.all.map { .late($0, .broken) }
        fates += [.late(.seconds(2), .timeout), .late(.afterRun, .page502)]
        if row.seesThroughRefusals { fates += [.twice(), .twice(isStopped: true)] }
        return fates
    }

    /// Those that are told apart by looking: for a vCenter that shows less, and where others act.
    static func few(for row: ChangeRow) -> [RequestFate] {
        [
            .answered, .odd(.broken, isApplied: false), .odd(.broken, isApplied: true),
            .late(.beforeQuestion(3), .broken), .late(.afterRun, .broken),
            .late(.afterLook, .broken),
        ] + (row.seesThroughRefusals ? [.twice()] : [])
    }

    /// Those of a second request.
    func further(isDisputed: Bool) -> [RequestFate] {
        switch self {
        case _ where isDisputed:
            [.answered, .odd(.broken, isApplied: true), .late(.afterRun, .broken)]
        case .odd(.broken, _), .late(.afterRun, .broken), .late(.afterLook, .broken):
            [
                .answered, .odd(.broken, isApplied: false), .odd(.broken, isApplied: true),
                .late(.beforeQuestion(2), .broken), .late(.afterRun, .broken), .unreachable(9),
            ]
        // What came back makes no difference any more.
        default: [.answered, .odd(.internalError, isApplied: false)]
        }
    }
}
