internal import Posix
internal import Transport

/// A process of a case, watched by the loop until it has ended.
final class CaseProcess {
    private let process: PipedProcess
    private let multi: Multi
    private let done: (Ending, _ output: [UInt8], _ error: [UInt8]) -> Void
    private var output: [UInt8] = []
    private var error: [UInt8] = []
    private var watches: [Int32: WatchID] = [:]
    private var limit: TimerID?
    private var ending: Ending?
    private var isOver = false

    /// How much of each stream is kept: its end.
    private static let kept = 64 << 10

    /// Starts to watch a process.
    /// - Parameters:
    ///   - process: The process.
    ///   - multi: The loop.
    ///   - span: The time after which it is killed.
    ///   - done: Called once with how it ended, and with the end of what it wrote.
    init(
        _ process: PipedProcess,
        on multi: Multi,
        within span: Duration,
        done: @escaping (Ending, _ output: [UInt8], _ error: [UInt8]) -> Void
    ) {
        self.process = process
        self.multi = multi
        self.done = done
        process.closeInput()
        for descriptor in [process.output, process.error] {
            watches[descriptor] = multi.watch(descriptor, for: .readable) { [self] in
                read(descriptor)
            }
        }
        limit = multi.after(span) { [self] in
            ending = .timedOut
            process.end()
            lookForEnd()
        }
    }

    private func read(_ descriptor: Int32) {
        switch process.read(from: descriptor) {
        case .bytes(let bytes):
            if descriptor == process.output {
                keep(bytes, in: &output)
            } else {
                keep(bytes, in: &error)
            }
        case .nothing: break
        case .end:
            if let watch = watches.removeValue(forKey: descriptor) { multi.unwatch(watch) }
            if watches.isEmpty { lookForEnd() }
        }
    }

    private func keep(_ bytes: [UInt8], in kept: inout [UInt8]) {
        kept += bytes
        if kept.count > 2 * Self.kept { kept.removeFirst(kept.count - Self.kept) }
    }

    /// It closes its streams a moment before it has ended.
    private func lookForEnd() {
        guard !isOver else { return }
        guard let found = process.poll() else {
            multi.after(.microseconds(300)) { [self] in lookForEnd() }
            return
        }
        isOver = true
        for watch in watches.values { multi.unwatch(watch) }
        watches = [:]
        if let limit { multi.cancel(limit) }
        done(ending ?? found, output, error)
    }
}
