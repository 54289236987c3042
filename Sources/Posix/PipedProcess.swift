import Glibc

/// A program with pipes for all its streams, for a loop that waits for many things at once.
///
/// Nothing here blocks. It has a process group of its own unless it shares the terminal, so that its children
/// are ended with it.
public final class PipedProcess {
    /// The result of a read.
    public enum Piece: Sendable, Equatable {
        case bytes([UInt8])
        /// Nothing now; the descriptor becomes readable when there is more.
        case nothing
        /// The other end is closed.
        case end
    }

    /// The process identifier.
    public let identifier: Int32
    /// The end of its standard input that we write to; nil once closed.
    public private(set) var input: Int32?
    /// The end of its standard output that we read from.
    public let output: Int32
    /// The end of its standard error that we read from.
    public let error: Int32
    private var ending: Ending?
    private let hasOwnGroup: Bool
    /// Whether it writes to our own streams: then nothing is to be read.
    public let hasOurStreams: Bool

    /// Starts a program without a shell.
    /// - Parameters:
    ///   - arguments: The program and its arguments; a program without `/` is looked up in `PATH`.
    ///   - environment: Its environment; nil for ours.
    ///   - sharesTerminal: Whether it stays in our process group, so that it can ask its own questions on
    ///     the terminal and Ctrl-C reaches it, and has our standard error.
    ///   - folder: The folder it runs in; nil for ours.
    ///   - hasOurStreams: Whether it has all our streams, and shares the terminal.
    /// - Throws: If it could not be started.
    public init(
        _ arguments: [String],
        environment: [String: String]? = nil,
        sharesTerminal: Bool = false,
        folder: String? = nil,
        hasOurStreams: Bool = false
    ) throws(PosixError) {
        hasOwnGroup = !sharesTerminal && !hasOurStreams
        self.hasOurStreams = hasOurStreams
        let pipes = (
            input: try Descriptor.makePipe(), output: try Descriptor.makePipe(),
            error: try Descriptor.makePipe()
        )
        let childs = [pipes.input.reading, pipes.output.writing, pipes.error.writing]
        let ours = [pipes.input.writing, pipes.output.reading, pipes.error.reading]
        defer { for descriptor in childs { close(descriptor) } }
        do throws(PosixError) {
            identifier = try spawn(
                arguments,
                input: hasOurStreams ? 0 : childs[0],
                // Without a writer a pipe is at its end at once.
                output: hasOurStreams ? 1 : childs[1],
                error: sharesTerminal || hasOurStreams ? nil : childs[2],
                environment: environment,
                folder: folder,
                hasOwnGroup: hasOwnGroup
            )
        } catch {
            for descriptor in ours { close(descriptor) }
            throw error
        }
        for descriptor in ours { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        (input, output, error) = (ours[0], ours[1], ours[2])
    }

    deinit {
        if ending == nil {
            end()
            _ = try? reap(identifier, blocks: true)
        }
        closeInput()
        close(output)
        close(error)
    }

    /// Reads available bytes of one of its streams.
    public func read(from descriptor: Int32) -> Piece {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 { return .bytes(Array(buffer[..<count])) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .nothing : .end
        }
    }

    /// Writes to its standard input as much as fits.
    /// - Parameter bytes: The bytes that are left.
    /// - Returns: The number written; nil if it does not read any more.
    public func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let input, !bytes.isEmpty else { return input == nil ? nil : 0 }
        while true {
            let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            if errno == EINTR { continue }
            return errno == EAGAIN ? 0 : nil
        }
    }

    /// Closes its standard input.
    public func closeInput() {
        if let input { close(input) }
        input = nil
    }

    /// How it ended; nil while it runs.
    public func poll() -> Ending? {
        if ending == nil { ending = (try? reap(identifier, blocks: false)) ?? nil }
        return ending
    }

    /// Ends it, and its children, at once.
    public func end() {
        if ending == nil { kill(hasOwnGroup ? -identifier : identifier, SIGKILL) }
    }
}
