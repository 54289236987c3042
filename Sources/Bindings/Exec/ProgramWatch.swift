internal import Buffers
internal import Posix
internal import Transport

/// A program that runs beside the script: the loop writes to it, reads from it, and notices its end.
final class ProgramWatch {
    private let process: PipedProcess
    private let multi: Multi
    private let outputLimit: Int
    private let done: (Ending?, _ output: ByteBuffer, _ error: ByteBuffer) -> Void
    private var input: ArraySlice<UInt8>
    private let output: ByteBuffer
    private let error: ByteBuffer
    private var watches: [Int32: WatchID] = [:]
    private var timer: TimerID?
    private var isOver = false

    /// Prepares to watch a program.
    /// - Parameters:
    ///   - process: The program.
    ///   - input: The bytes for its standard input.
    ///   - outputLimit: The most bytes it may write to each stream.
    ///   - multi: The loop.
    ///   - done: Called once with how it ended and what it wrote, or nil where there was no memory for that; not after
    ///     `stop`.
    init(
        _ process: PipedProcess,
        input: [UInt8] = [],
        outputLimit: Int,
        on multi: Multi,
        done: @escaping (Ending?, _ output: ByteBuffer, _ error: ByteBuffer) -> Void
    ) {
        self.process = process
        self.multi = multi
        self.outputLimit = outputLimit
        self.done = done
        self.input = input[...]
        output = ByteBuffer(limit: outputLimit, isCounted: true)
        error = ByteBuffer(limit: outputLimit, isCounted: true)
    }

    /// Starts watching; from then on the loop keeps the watch alive.
    /// - Parameters:
    ///   - timeout: The time after which the program is killed; nil for never.
    ///   - endsAlone: Whether its end counts even if a program that it has started holds its streams open.
    func begin(timeout: Duration?, endsAlone: Bool = false) {
        for descriptor in process.hasOurStreams ? [] : [process.output, process.error] {
            watches[descriptor] = multi.watch(descriptor, for: .readable) { [self] in
                read(descriptor)
            }
        }
        if let descriptor = process.input, !input.isEmpty {
            watches[descriptor] = multi.watch(descriptor, for: .writable) { [self] in
                write(descriptor)
            }
        } else {
            process.closeInput()
        }
        if endsAlone { lookForEnd() }
        guard let timeout else { return }
        timer = multi.after(timeout) { [self] in
            timer = nil
            kill(as: .timedOut)
        }
    }

    /// Kills the program without calling `done`.
    func stop() {
        guard !isOver else { return }
        forget()
        process.end()
    }

    private func kill(as ending: Ending?) {
        guard !isOver else { return }
        stop()
        done(ending, output, error)
    }

    private func write(_ descriptor: Int32) {
        if let count = process.write(input) {
            input = input.dropFirst(count)
            guard input.isEmpty else { return }
        }
        unwatch(descriptor)
        process.closeInput()
    }

    private func read(_ descriptor: Int32) {
        switch process.read(from: descriptor) {
        case .bytes(let bytes): keep(bytes, from: descriptor)
        case .nothing: break
        case .end:
            unwatch(descriptor)
            if watches[process.output] == nil, watches[process.error] == nil { awaitEnd() }
        }
    }

    /// Keeps what it wrote; one that writes too much is killed.
    /// - Returns: Whether it was kept.
    @discardableResult
    private func keep(_ bytes: [UInt8], from descriptor: Int32) -> Bool {
        let text = descriptor == process.output ? output : error
        if text.append(bytes) { return true }
        kill(as: text.count + bytes.count > outputLimit ? .outputTooLarge : nil)
        return false
    }

    /// Waits for the end of a program that has closed its streams.
    private func awaitEnd() {
        guard !isOver else { return }
        guard let ending = process.poll() else {
            multi.after(.milliseconds(2)) { [self] in awaitEnd() }
            return
        }
        forget()
        done(ending, output, error)
    }

    private func lookForEnd() {
        multi.after(.milliseconds(50)) { [self] in
            guard !isOver else { return }
            guard process.poll() != nil else { return lookForEnd() }
            // All its output is readable now.
            for descriptor in [process.output, process.error] {
                while case .bytes(let bytes) = process.read(from: descriptor) {
                    guard keep(bytes, from: descriptor) else { return }
                }
            }
            awaitEnd()
        }
    }

    private func forget() {
        isOver = true
        for descriptor in Array(watches.keys) { unwatch(descriptor) }
        if let timer { multi.cancel(timer) }
        timer = nil
    }

    private func unwatch(_ descriptor: Int32) {
        if let watch = watches.removeValue(forKey: descriptor) { multi.unwatch(watch) }
    }
}
