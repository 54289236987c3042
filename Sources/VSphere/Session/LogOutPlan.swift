internal import Buffers
internal import Transport

/// The data for a log-out, for a thread that shares nothing with the client.
public struct LogOutPlan: Sendable {
    let method: Transport.Method
    let url: String
    let session: Secret
    let trust: Trust

    /// Sends the log-out over a connection of its own and waits for the answer.
    /// - Parameter limit: The longest time for it; after that the answer is not waited for.
    public func perform(within limit: Duration) {
        guard
            let headers = try? HeaderList([
                ("vmware-api-session-id", session.reveal()), ("Accept", "application/json"),
            ])
        else { return }
        var request = Request(method, ByteBuffer(url), headers: headers, trust: trust)
        request.connection = .fresh
        request.timeout = limit
        let multi = Multi()
        var isDone = false
        multi.start(request) { _ in isDone = true }
        let end = multi.now + limit
        while !isDone, multi.now < end {
            guard (try? multi.turn(waitingAtMost: end - multi.now)) != nil else { return }
        }
    }
}
