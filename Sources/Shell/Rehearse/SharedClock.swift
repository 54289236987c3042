internal import JSON
internal import Text
internal import Transport

/// The time of a rehearsed run: it goes forward together with that of its simulators.
///
/// Where the run waits for nothing but time, the next thing that is to happen, here or there, happens at once.
final class SharedClock: Timekeeper {
    private let addresses: [String]
    private let passed: RehearsedRun.PassedTime
    private let multi = Multi()
    private let link: SimulatorLink
    /// Whether the run waits for something that takes real time.
    var waitsForOthers: () -> Bool = { false }
    /// Since when a request has been under way about which no simulator knows.
    private var astray: Duration?

    /// After so long such a request counts as one that waits: it goes to another server.
    private static var patience: Duration { .seconds(2) }

    init(_ run: RehearsedRun) {
        addresses = run.addresses
        passed = run.passed
        link = SimulatorLink(multi)
    }

    var isBusy: Bool { waitsForOthers() }

    func pass(atMost limit: Duration?, requests: Int) -> Duration? {
        var held = 0
        var span = limit
        for address in addresses {
            guard let clock = link.wait(.get, address + "/sim/clock") else { return nil }
            held += clock["held"]?.integer ?? 0
            guard let seconds = clock["next_s"]?.number else { continue }
            // Rounded up: it is not due before that.
            let next = Duration.milliseconds((seconds * 1000).rounded(.up))
            span = min(span ?? next, next)
        }
        guard held == requests || isAstray() else { return nil }
        astray = nil
        guard let span else { return nil }
        for address in addresses {
            let seconds = JSONValue.double(span / .seconds(1))
            _ = link.wait(.post, address + "/sim/clock", ["advance_s": seconds])
        }
        passed.add(span)
        return span
    }

    private func isAstray() -> Bool {
        // The loop of its own has the real time.
        let now = multi.now
        let since = astray ?? now
        astray = since
        return now - since > Self.patience
    }
}
