import Buffers
import Glibc
import Testing
import Transport

typealias Outcome = Result<Response, TransportError>

/// What a program that uses the library does about connections that are gone.
private let survivesBrokenPipes: Void = { _ = signal(SIGPIPE, { _ in }) }()

/// A request with headers of no interest.
func request(
    _ method: Transport.Method = .get,
    _ url: String,
    headers: [(String, String)] = [],
    body: String? = nil,
    trust: Trust = Trust(),
    connection: Request.Connection = .shared
) throws -> Request {
    survivesBrokenPipes
    var request = Request(
        method,
        ByteBuffer(url),
        headers: try HeaderList(headers),
        body: body.map { ByteBuffer($0) },
        trust: trust
    )
    request.connection = connection
    return request
}

extension Multi {
    /// Runs one request to its end; nil when it has none within a minute.
    func fetch(_ request: Request) throws -> Outcome? {
        var outcome: Outcome?
        start(request) { outcome = $0 }
        try turnUntil { outcome != nil }
        return outcome
    }

    /// Turns until a condition holds, a minute at most by the real clock: that of the loop may run ahead.
    func turnUntil(_ condition: () -> Bool) throws {
        let end = ContinuousClock.now + .seconds(60)
        while !condition(), ContinuousClock.now < end {
            try turn(waitingAtMost: ContinuousClock.now.duration(to: end))
        }
    }
}

extension Outcome? {
    /// The answer; a failure is the test's.
    func answer() throws -> Response {
        try #require(self, "the transfer did not end").get()
    }

    /// The error; an answer is the test's failure.
    func error() throws -> TransportError {
        switch try #require(self, "the transfer did not end") {
        case .success(let response):
            Issue.record("an answer came: \(response.status) \(response.body.text)")
            return TransportError(.unavailable, "", mayHaveBeenSent: false)
        case .failure(let error): return error
        }
    }
}
